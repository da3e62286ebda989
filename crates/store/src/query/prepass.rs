//! The pass before the grammar: it reads the query as people write it and writes it as
//! `tantivy-query-grammar` cannot misread it.
//!
//! Every value is quoted (ARNs, IPv6 addresses and times need no quotes from the user), every AND
//! is written out so that juxtaposition binds tighter than OR, comparisons become ranges, and each
//! atom carries its number as a boost (`^2` for the first), by which its place in the user's text
//! is found again: the grammar's tree has no positions. Depth and size are bounded here, because
//! the grammar recurses.

use std::ops::Range;

use vestige_model::Field;

use super::problem::{QueryProblem, Span};
use super::scan::{Scan, quote};

/// Deepest nesting of parentheses.
pub const DEPTH: usize = 50;
/// Longest query, in bytes.
pub const LENGTH: usize = 1 << 20;
/// Most terms and phrases in a query; values of lists are not counted.
pub const ATOMS: usize = 4_000;

/// The first boost; the grammar drops 1.
pub(super) const FIRST: usize = 2;

/// A term, range, list or phrase in the user's text.
#[derive(Debug)]
pub(super) struct Atom {
    /// All of it.
    pub whole: Span,
    /// The field's name, where one is given.
    pub field: Option<Span>,
    /// Its values: one, two for a range, any number for a list.
    pub values: Vec<Span>,
    /// Where it stands in the rewritten text.
    pub written: Range<usize>,
}

/// The query for the grammar.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    pub text: String,
    pub atoms: Vec<Atom>,
}

/// Rewrites a query.
///
/// # Errors
/// The first thing that leaves its structure in doubt.
pub(super) fn rewrite(text: &str) -> Result<Rewritten, QueryProblem> {
    if text.len() > LENGTH {
        let at = Span {
            start: LENGTH,
            end: text.len(),
        };
        return Err(QueryProblem::new(
            at,
            format!("the query has {} bytes, more than {LENGTH}", text.len()),
            "put long lists of values into several queries",
        ));
    }
    let mut pass = Prepass {
        scan: Scan::new(text),
        out: Rewritten::default(),
        groups: Vec::new(),
        before: Before::Nothing,
        negated: false,
    };
    while pass.scan.skip_blanks() {
        pass.token()?;
    }
    pass.end()?;
    Ok(pass.out)
}

struct Group {
    at: Span,
    field: Option<Span>,
}

/// What stands before the place that is read.
enum Before {
    /// The beginning, or an opening parenthesis.
    Nothing,
    /// AND, OR or NOT.
    Operator(Span),
    /// Something complete.
    Operand,
}

struct Prepass<'a> {
    scan: Scan<'a>,
    out: Rewritten,
    groups: Vec<Group>,
    before: Before,
    negated: bool,
}

const OPERATORS: [&str; 3] = ["AND", "OR", "NOT"];

impl Prepass<'_> {
    fn token(&mut self) -> Result<(), QueryProblem> {
        let start = self.scan.at;
        match self.scan.peek() {
            Some('(') => self.open(start, None),
            Some(')') => self.close(),
            Some('-' | '!') => self.sign(),
            Some('+') => Err(QueryProblem::new(
                self.scan.here(1),
                "'+' is no operator here",
                "leave it out, as all terms are required already, or quote a text that begins with it",
            )),
            Some('[' | '{' | '<' | '>') if self.group_field().is_none() => Err(QueryProblem::new(
                self.scan.here(1),
                "a range stands without a field",
                "write the field before it, as in time:[2026-11-01 TO 2026-11-03] or bytes:>1000",
            )),
            Some('[' | '{' | '<' | '>' | '"' | '\'') => {
                self.value(start, self.group_field(), false)
            }
            _ => self.word(start),
        }
    }

    fn group_field(&self) -> Option<Span> {
        self.groups.last().and_then(|group| group.field)
    }

    /// A word: an operator, `field:` with what follows, or a text to look for.
    fn word(&mut self, start: usize) -> Result<(), QueryProblem> {
        if self.scan.eat("*:*") {
            return self.any(start);
        }
        if let Some(name) = self.field_name() {
            let field = Span {
                start,
                end: start + name.len(),
            };
            self.scan.at = field.end + 1;
            self.scan.skip_blanks();
            return self.after_field(start, field);
        }
        let raw = self.scan.raw_word();
        let at = Span {
            start,
            end: start + raw.len(),
        };
        match raw {
            "AND" | "&&" => self.operator(at, " AND "),
            "OR" | "||" => self.operator(at, " OR "),
            "NOT" => self.not(at),
            "*" => self.any(start),
            _ => self.plain(at, raw),
        }
    }

    fn plain(&mut self, at: Span, raw: &str) -> Result<(), QueryProblem> {
        if let Some(operator) = OPERATORS
            .iter()
            .find(|operator| raw.eq_ignore_ascii_case(operator))
        {
            return Err(QueryProblem::new(
                at,
                format!("{raw} in small letters is no operator"),
                format!("write {operator} to join, or \"{raw}\" to search for the word"),
            ));
        }
        self.scan.at = at.start;
        self.value(at.start, self.group_field(), false)
    }

    /// The name of the field at this place, if what stands here is `name:`. Inside `field:( )`
    /// only real fields count, so that ARNs can stand there.
    fn field_name(&self) -> Option<String> {
        let rest = self.scan.rest();
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let name = &rest[..rest.find(|c| !inner(c))?];
        let like_a_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && rest[name.len()..].starts_with(':');
        let fits = self.group_field().is_none() || Field::from_name(name).is_some();
        (like_a_name && fits).then(|| name.to_owned())
    }

    fn after_field(&mut self, start: usize, field: Span) -> Result<(), QueryProblem> {
        let next = self.scan.clone().raw_word();
        if matches!(self.scan.peek(), None | Some(')')) || OPERATORS.contains(&next) {
            let name = self.scan.slice(field);
            let hint = if next == "NOT" {
                format!("write NOT before the field: NOT {name}:value")
            } else {
                format!("write a value after the colon, or {name}:* for any")
            };
            let at = Span {
                start: self.scan.at,
                end: self.scan.at,
            };
            return Err(QueryProblem::new(
                at,
                format!("no value stands after {name}:"),
                hint,
            ));
        }
        if self.scan.peek() == Some('(') {
            return self.open(start, Some(field));
        }
        self.value(start, Some(field), true)
    }

    /// One value in any of its forms. `written` says that the field stands right before it.
    fn value(
        &mut self,
        start: usize,
        field: Option<Span>,
        written: bool,
    ) -> Result<(), QueryProblem> {
        let name = match field {
            Some(field) if written => format!("{}:", self.scan.slice(field)),
            _ => String::new(),
        };
        let (body, values) = match self.scan.peek() {
            Some('[' | '{') => self.scan.range()?,
            Some('<' | '>') => self.scan.comparison()?,
            _ if field.is_some() && self.scan.at_list() => self.scan.list()?,
            _ => {
                let (spelling, at) = self.scan.spelling(")")?;
                let body = if spelling == "*" && field.is_some() {
                    spelling
                } else {
                    quote(&spelling)
                };
                (body, vec![at])
            }
        };
        self.atom(&format!("{name}{body}"), start, field, values)
    }

    fn any(&mut self, start: usize) -> Result<(), QueryProblem> {
        self.atom("*", start, self.group_field(), Vec::new())
    }

    fn atom(
        &mut self,
        body: &str,
        start: usize,
        field: Option<Span>,
        values: Vec<Span>,
    ) -> Result<(), QueryProblem> {
        self.begin();
        let number = self.out.atoms.len() + FIRST;
        let from = self.out.text.len();
        self.out.text.push_str(body);
        self.out.text.push_str(&format!("^{number}"));
        let whole = Span {
            start,
            end: self.scan.at,
        };
        if self.out.atoms.len() >= ATOMS {
            return Err(QueryProblem::new(
                whole,
                format!("the query has more than {ATOMS} terms"),
                "put many values of one field into a list, as in src.ip: IN [192.0.2.1 192.0.2.2]",
            ));
        }
        self.out.atoms.push(Atom {
            whole,
            field,
            values,
            written: from..self.out.text.len(),
        });
        self.before = Before::Operand;
        Ok(())
    }

    /// Writes what joins the next operand to what is before it.
    fn begin(&mut self) {
        if matches!(self.before, Before::Operand) {
            self.out.text.push_str(" AND ");
        }
        if std::mem::take(&mut self.negated) {
            self.out.text.push('-');
        }
    }

    fn operator(&mut self, at: Span, text: &str) -> Result<(), QueryProblem> {
        if !matches!(self.before, Before::Operand) {
            return Err(QueryProblem::new(
                at,
                format!("nothing stands before {}", self.scan.slice(at)),
                "write a term before it, or quote it to search for the word",
            ));
        }
        self.out.text.push_str(text);
        self.before = Before::Operator(at);
        Ok(())
    }

    fn not(&mut self, at: Span) -> Result<(), QueryProblem> {
        if matches!(self.before, Before::Operand) {
            self.out.text.push_str(" AND ");
        }
        self.negated = !self.negated;
        self.before = Before::Operator(at);
        Ok(())
    }

    /// `-` and `!` directly before a term.
    fn sign(&mut self) -> Result<(), QueryProblem> {
        let at = self.scan.here(1);
        self.scan.at = at.end;
        match self.scan.peek() {
            Some(c) if !c.is_whitespace() && c != ')' => self.not(at),
            _ => Err(QueryProblem::new(
                at,
                format!("nothing stands after {}", self.scan.slice(at)),
                "write the term right after it, or quote it to search for the sign",
            )),
        }
    }

    fn open(&mut self, start: usize, field: Option<Span>) -> Result<(), QueryProblem> {
        let at = Span {
            start,
            end: self.scan.at + 1,
        };
        if self.groups.len() >= DEPTH {
            return Err(QueryProblem::new(
                at,
                format!("parentheses are nested more than {DEPTH} deep"),
                "leave out parentheses that change nothing",
            ));
        }
        self.begin();
        if let Some(field) = field {
            self.out
                .text
                .push_str(&format!("{}:", self.scan.slice(field)));
        }
        self.out.text.push('(');
        self.scan.at = at.end;
        self.groups.push(Group {
            at,
            field: field.or(self.group_field()),
        });
        self.before = Before::Nothing;
        Ok(())
    }

    fn close(&mut self) -> Result<(), QueryProblem> {
        let at = self.scan.here(1);
        if self.groups.is_empty() {
            let message = "')' closes nothing";
            return Err(QueryProblem::new(
                at,
                message,
                "leave it out, or quote a text that has it",
            ));
        }
        self.complete(at)?;
        self.groups.pop();
        self.scan.at = at.end;
        self.out.text.push(')');
        self.before = Before::Operand;
        Ok(())
    }

    /// Refuses an operator or a parenthesis with nothing after it.
    fn complete(&self, at: Span) -> Result<(), QueryProblem> {
        match self.before {
            Before::Operand => Ok(()),
            Before::Operator(operator) => Err(QueryProblem::new(
                operator,
                format!("nothing stands after {}", self.scan.slice(operator)),
                "write a term after it, or leave it out",
            )),
            Before::Nothing => Err(QueryProblem::new(
                at,
                "the parentheses are empty",
                "write a term between them, or leave them out",
            )),
        }
    }

    fn end(&self) -> Result<(), QueryProblem> {
        if let Some(group) = self.groups.last() {
            let at = Span {
                start: group.at.end - 1,
                end: group.at.end,
            };
            return Err(QueryProblem::new(
                at,
                "'(' is never closed",
                "write ')' where the group ends",
            ));
        }
        if matches!(self.before, Before::Nothing) {
            return Ok(());
        }
        self.complete(Span {
            start: self.scan.at,
            end: self.scan.at,
        })
    }
}
