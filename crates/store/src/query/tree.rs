//! From the grammar's tree to what the query means.

use tantivy_query_grammar::{
    Occur, UserInputAst, UserInputBound, UserInputLeaf, parse_query_lenient,
};
use vestige_model::{Field, FieldKind};

use super::expr::{Expr, Value};
use super::pattern::Pattern;
use super::prepass::{Atom, FIRST, rewrite};
use super::problem::{QueryProblem, Span};
use super::{names, value};

/// Most times in one list: each is a range, and SQL has room for so many.
const TIMES: usize = 1_000;

/// Reads a query into its meaning and its phrases.
pub(super) fn read(text: &str) -> Result<(Expr, Vec<String>), Vec<QueryProblem>> {
    let rewritten = rewrite(text).map_err(|problem| vec![problem])?;
    let (ast, errors) = parse_query_lenient(&rewritten.text);
    let mut tree = Tree {
        text,
        atoms: &rewritten.atoms,
        phrases: Vec::new(),
        problems: Vec::new(),
    };
    // The rewritten query is in the grammar's language, so this is a last resort.
    for error in errors {
        let atom = rewritten
            .atoms
            .iter()
            .find(|atom| atom.written.end >= error.pos);
        let at = atom.map_or_else(Span::default, |atom| atom.whole);
        tree.problems.push(QueryProblem::new(
            at,
            error.message,
            "quote the values near it",
        ));
    }
    let expr = tree.expr(ast);
    match (expr, tree.problems.is_empty()) {
        (Some(expr), true) => Ok((expr, tree.phrases)),
        _ => Err(tree.problems),
    }
}

struct Tree<'a> {
    text: &'a str,
    atoms: &'a [Atom],
    phrases: Vec<String>,
    problems: Vec<QueryProblem>,
}

impl Tree<'_> {
    /// The meaning, none where something in it is wrong; all of it is read for its problems.
    fn expr(&mut self, ast: UserInputAst) -> Option<Expr> {
        match ast {
            UserInputAst::Clause(parts) => self.clause(parts),
            UserInputAst::Boost(inner, number) => match *inner {
                UserInputAst::Leaf(leaf) => self.atom(*leaf, number.into_inner() as usize),
                other => self.expr(other),
            },
            UserInputAst::Leaf(_) => self.lost(),
        }
    }

    fn clause(&mut self, parts: Vec<(Option<Occur>, UserInputAst)>) -> Option<Expr> {
        let (mut all, mut any) = (Vec::new(), Vec::new());
        let mut whole = true;
        for (occur, part) in parts {
            let Some(expr) = self.expr(part) else {
                whole = false;
                continue;
            };
            match occur {
                Some(Occur::Should) => any.push(expr),
                Some(Occur::MustNot) => all.push(Expr::Not(Box::new(expr))),
                Some(Occur::Must) | None => all.push(expr),
            }
        }
        match (all.is_empty(), any.is_empty()) {
            _ if !whole => None,
            (_, true) => Some(Expr::and(all)),
            (true, false) => Some(Expr::or(any)),
            // Operators are written out, so the grammar has no reason to mix them.
            (false, false) => self.lost(),
        }
    }

    fn atom(&mut self, leaf: UserInputLeaf, number: usize) -> Option<Expr> {
        let Some(atom) = number
            .checked_sub(FIRST)
            .and_then(|index| self.atoms.get(index))
        else {
            return self.lost();
        };
        match self.leaf(leaf, atom) {
            Ok(expr) => Some(expr),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn leaf(&mut self, leaf: UserInputLeaf, atom: &Atom) -> Result<Expr, QueryProblem> {
        let field = |name: Option<String>| match name {
            Some(name) => names::field(&name, self.text, atom),
            None => Err(unreadable(atom.whole)),
        };
        match leaf {
            UserInputLeaf::All => Ok(Expr::All),
            UserInputLeaf::Exists { field: name } => Ok(present(field(Some(name))?)),
            UserInputLeaf::Literal(literal) if literal.field_name.is_none() => {
                self.phrase(&literal.phrase, atom.whole)
            }
            UserInputLeaf::Literal(literal) => {
                let field = field(literal.field_name)?;
                let at = atom.values.first().copied().unwrap_or(atom.whole);
                Ok(Expr::Field(
                    field,
                    value::single(field, &literal.phrase, at)?,
                ))
            }
            UserInputLeaf::Set {
                field: name,
                elements,
            } => {
                let field = field(name)?;
                if field.kind() == FieldKind::Time && elements.len() > TIMES {
                    let message = format!("the list has more than {TIMES} times");
                    let hint = "write ranges, or several queries";
                    return Err(QueryProblem::new(atom.whole, message, hint));
                }
                let mut values = Vec::new();
                for (element, at) in elements.iter().zip(&atom.values) {
                    values.append(&mut value::single(field, element, *at)?);
                }
                Ok(Expr::Field(field, values))
            }
            UserInputLeaf::Range {
                field: name,
                lower,
                upper,
            } => {
                let field = field(name)?;
                let ends = [bound(lower), bound(upper)];
                let at = [0, 1].map(|index| atom.values.get(index).copied().unwrap_or(atom.whole));
                Ok(Expr::Field(
                    field,
                    vec![value::range(field, ends, at, atom.whole)?],
                ))
            }
            UserInputLeaf::Regex { .. } => Err(unreadable(atom.whole)),
        }
    }

    fn phrase(&mut self, spelling: &str, at: Span) -> Result<Expr, QueryProblem> {
        let problem = |message, hint: &str| Err(QueryProblem::new(at, message, hint));
        let Some(text) = Pattern::new(spelling).exact() else {
            return problem(
                "wild cards do not work in a search of the bytes",
                "leave them out, as the text is found anywhere, or quote them, or name a field before them",
            );
        };
        if text.is_empty() {
            return problem(
                "there is nothing to search for",
                "write the text between the quotes",
            );
        }
        let index = self
            .phrases
            .iter()
            .position(|phrase| *phrase == text)
            .unwrap_or_else(|| {
                self.phrases.push(text);
                self.phrases.len() - 1
            });
        Ok(Expr::Phrase(index))
    }

    fn lost(&mut self) -> Option<Expr> {
        let at = Span {
            start: 0,
            end: self.text.len(),
        };
        self.problems.push(unreadable(at));
        None
    }
}

fn unreadable(at: Span) -> QueryProblem {
    QueryProblem::new(
        at,
        "this cannot be read",
        "put values into quotes and groups into parentheses",
    )
}

/// What `field:*` means: fields that every row has admit all.
fn present(field: Field) -> Expr {
    let always = [
        Field::Id,
        Field::Kind,
        Field::Ingested,
        Field::Type,
        Field::Cloud,
        Field::Evidence,
        Field::Member,
        Field::Offset,
        Field::Length,
    ];
    if always.contains(&field) {
        Expr::All
    } else {
        Expr::Field(field, vec![Value::Present])
    }
}

/// An end of a range: its text, and whether it belongs to it.
fn bound(bound: UserInputBound) -> Option<(String, bool)> {
    match bound {
        UserInputBound::Inclusive(text) => Some((text, true)),
        UserInputBound::Exclusive(text) => Some((text, false)),
        UserInputBound::Unbounded => None,
    }
}

/// What a kind of field takes, for hints.
pub(super) fn takes(field: Field) -> &'static str {
    match field.kind() {
        FieldKind::Term => "text, with * and ? as wild cards",
        FieldKind::Address => "an address, a network as in 10.0.0.0/8, or a range of addresses",
        FieldKind::Word => "one of its words",
        FieldKind::Number => "a whole number or a range of them",
        FieldKind::Time => "a time or a range of times",
        FieldKind::Unique if field == Field::Id => "a whole event id",
        FieldKind::Unique => "text, with * and ? as wild cards",
    }
}
