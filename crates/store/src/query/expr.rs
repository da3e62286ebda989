//! A query as it is understood, before it meets a case.

use vestige_model::{EventId, Field};

use super::network::AddressRange;
use super::pattern::Pattern;
use super::when::Stretch;

/// What a row must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// Every row.
    All,
    /// All of these.
    And(Vec<Expr>),
    /// Any of these.
    Or(Vec<Expr>),
    /// Not this; a row whose field is absent is none of it.
    Not(Box<Expr>),
    /// A field has any of these values.
    Field(Field, Vec<Value>),
    /// The record's bytes hold this phrase, by its number.
    Phrase(usize),
}

/// One value, or one range of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Anything at all.
    Present,
    /// Nothing.
    Absent,
    /// A text.
    Text(Pattern),
    /// An address in a range.
    Addresses(AddressRange),
    /// The number of one of the field's words.
    Word(u8),
    /// A number, both ends included.
    Number(u64, u64),
    /// A time in this stretch.
    Time(Stretch),
    /// An event by its id.
    Id(EventId),
}

impl Expr {
    /// All of these, flattened.
    pub fn and(parts: Vec<Expr>) -> Expr {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::All => {}
                Expr::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Expr::All,
            1 => flat.remove(0),
            _ => Expr::And(flat),
        }
    }

    /// Any of these, flattened.
    pub fn or(parts: Vec<Expr>) -> Expr {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::All => return Expr::All,
                Expr::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 {
            flat.remove(0)
        } else {
            Expr::Or(flat)
        }
    }

    /// The least this query admits whatever its phrases hit: every row it can match, and maybe
    /// more. `wanted` is false below an odd number of negations.
    pub fn without_phrases(&self, wanted: bool) -> Option<Expr> {
        match self {
            Expr::Phrase(_) => None,
            Expr::All | Expr::Field(..) => Some(self.clone()),
            Expr::Not(inner) => Some(Expr::Not(Box::new(inner.without_phrases(!wanted)?))),
            Expr::And(parts) if wanted => Some(Expr::and(known(parts, wanted))),
            Expr::Or(parts) if !wanted => {
                let known = known(parts, wanted);
                if known.is_empty() {
                    None
                } else {
                    Some(Expr::or(known))
                }
            }
            Expr::And(parts) | Expr::Or(parts) => {
                let all: Option<Vec<_>> = parts
                    .iter()
                    .map(|part| part.without_phrases(wanted))
                    .collect();
                let join = if matches!(self, Expr::And(_)) {
                    Expr::and
                } else {
                    Expr::or
                };
                all.map(join)
            }
        }
    }
}

fn known(parts: &[Expr], wanted: bool) -> Vec<Expr> {
    parts
        .iter()
        .filter_map(|part| part.without_phrases(wanted))
        .collect()
}
