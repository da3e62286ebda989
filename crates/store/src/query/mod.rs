//! The query language: from text to SQL with parameters only.
//!
//! [`parse`] reads a query without a case and says what is wrong with it. [`compile`] looks
//! its values up in the dictionary of a case and makes a condition for each of the two row tables.
//!
//! ```text
//! service:s3 action:GetObject NOT outcome:success src.ip:10.0.0.0/8
//! time:[2026-11-01 TO 2026-11-03] "AKIA..."
//! ```
//!
//! Juxtaposition is AND and binds tighter than OR; `NOT`, `-` and `!` negate what follows them.
//! Values match whole and without case; `*` and `?` are wild; `field:*` is any value, `time:none`
//! no time. `tag`, `starred`, `comment` and `mark` are what examiners noted; a row of which nothing is
//! noted is `starred:false`. Several resources of a row: any of them may match. A bare word or phrase is searched
//! in the bytes of the originals by the caller, who gives the hits to `compile`.

mod bits;
mod column;
mod compile;
mod expr;
mod function;
mod names;
mod network;
mod node;
mod origin;
mod pattern;
mod prepass;
mod problem;
mod scan;
mod terms;
mod tree;
mod value;
mod when;

#[cfg(test)]
mod tests;

pub use bits::{Hits, PhraseHits, RowBits};
pub use column::Table;
pub use compile::{Compiled, compile};
pub use function::register;
pub use names::suggestion;
pub use prepass::{ATOMS, DEPTH, LENGTH};
pub use problem::QueryProblem;
pub use value::evidence_label;
pub use when::{Stretch, stretch};

pub(crate) use column::{Source, source, term_kind};
pub(crate) use compile::{Rest, noted_test};
pub(crate) use expr::Value;
pub(crate) use function::uuid_text;
pub(crate) use node::{Key, Node, Sql, Test};
pub(crate) use origin::rows_of_id;
pub(crate) use value::known_words;

use expr::Expr;
use vestige_model::Field;

/// A query that was read and makes sense.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub(crate) expr: Expr,
    phrases: Vec<String>,
}

/// The words that a field takes, where they are few.
pub fn words(field: Field) -> Vec<&'static str> {
    let words = known_words(field).into_iter();
    words.map(|(_, word)| word).collect()
}

/// Reads a query. An empty one matches every row.
///
/// # Errors
/// Everything that is wrong with it: at least one problem, each with its place and a hint.
pub fn parse(text: &str) -> Result<Query, Vec<QueryProblem>> {
    let (expr, phrases) = tree::read(text)?;
    Ok(Query { expr, phrases })
}

impl Query {
    /// The query that matches every row.
    pub fn all() -> Query {
        Query {
            expr: Expr::All,
            phrases: Vec::new(),
        }
    }

    /// The phrases to be searched in the bytes, each once; hits are given in this order.
    pub fn phrases(&self) -> &[String] {
        &self.phrases
    }

    /// Whether it matches every row.
    pub fn is_all(&self) -> bool {
        self.expr == Expr::All
    }

    /// The rows among those it matches that have no time.
    #[must_use]
    pub fn undated(self) -> Query {
        let undated = Expr::Field(Field::Time, vec![Value::Absent]);
        Query {
            expr: Expr::and(vec![undated, self.expr]),
            phrases: self.phrases,
        }
    }

    /// The same with `from <= time < to`, in UTC nanoseconds.
    #[must_use]
    pub fn within(self, from: Option<i64>, to: Option<i64>) -> Query {
        if from.is_none() && to.is_none() {
            return self;
        }
        let last = to.map_or(i128::from(i64::MAX), |to| i128::from(to) - 1);
        let stretch = Stretch::of(i128::from(from.unwrap_or(i64::MIN)), last);
        let time = Expr::Field(Field::Time, vec![Value::Time(stretch)]);
        Query {
            expr: Expr::and(vec![time, self.expr]),
            phrases: self.phrases,
        }
    }

    /// What can be said before the phrases are searched: a query without phrases that matches at
    /// least every row this one matches, whatever they hit.
    #[must_use]
    pub fn scope(&self) -> Query {
        let expr = self.expr.without_phrases(true).unwrap_or(Expr::All);
        Query {
            expr,
            phrases: Vec::new(),
        }
    }
}
