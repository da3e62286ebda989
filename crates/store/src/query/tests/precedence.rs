//! Which operator binds what, as a table and against an independent evaluation.

use proptest::prelude::*;

use crate::query::expr::{Expr, Value};
use crate::query::parse;

/// The meaning with every group in parentheses; fields are named by their value.
fn shape(text: &str) -> String {
    parse(text).map_or_else(
        |problems| format!("{problems:?}"),
        |query| show(&query.expr),
    )
}

fn show(expr: &Expr) -> String {
    let join = |parts: &[Expr], with| {
        let parts: Vec<String> = parts.iter().map(show).collect();
        format!("({})", parts.join(with))
    };
    match expr {
        Expr::All => "*".to_owned(),
        Expr::And(parts) => join(parts, " & "),
        Expr::Or(parts) => join(parts, " | "),
        Expr::Not(inner) => format!("!{}", show(inner)),
        Expr::Phrase(number) => format!("#{number}"),
        Expr::Field(_, values) => match values.as_slice() {
            [Value::Text(pattern)] => pattern.spelling().to_owned(),
            other => format!("{other:?}"),
        },
    }
}

#[test]
fn juxtaposition_binds_tighter_than_or() {
    for (text, expected) in [
        (
            "action:a action:b OR action:c action:d",
            "((a & b) | (c & d))",
        ),
        ("action:a OR action:b action:c", "(a | (b & c))"),
        (
            "action:a OR action:b OR action:c action:d",
            "(a | b | (c & d))",
        ),
        ("action:a AND action:b OR action:c", "((a & b) | c)"),
        (
            "action:a OR action:b AND action:c OR action:d",
            "(a | (b & c) | d)",
        ),
        ("NOT action:a action:b", "(!a & b)"),
        ("NOT action:a OR action:b", "(!a | b)"),
        ("action:a OR NOT action:b action:c", "(a | (!b & c))"),
        ("action:a NOT action:b OR NOT action:c", "((a & !b) | !c)"),
        ("action:a OR NOT action:b", "(a | !b)"),
        ("-action:a -action:b", "(!a & !b)"),
        ("!action:a OR !action:b", "(!a | !b)"),
        ("NOT NOT action:a", "a"),
        ("NOT NOT NOT action:a", "!a"),
        ("NOT (action:a OR action:b)", "!(a | b)"),
        ("NOT (action:a action:b) OR action:c", "(!(a & b) | c)"),
        ("action:a (action:b OR action:c)", "(a & (b | c))"),
        (
            "(action:a OR action:b) (action:c OR action:d)",
            "((a | b) & (c | d))",
        ),
        ("((action:a))", "a"),
        ("action:a && action:b || action:c", "((a & b) | c)"),
        ("action:(a OR b) service:c", "((a | b) & c)"),
        ("action:(a OR service:b)", "(a | b)"),
        ("action:(a OR (b c))", "(a | (b & c))"),
        ("NOT action:(a b)", "!(a & b)"),
        ("action:a OR action:a action:b", "(a | (a & b))"),
        ("action:a action:a", "(a & a)"),
        ("action:a OR * action:b", "(a | b)"),
        ("", "*"),
        ("  ", "*"),
        ("*", "*"),
        ("*:*", "*"),
        ("NOT *", "!*"),
        ("alpha beta OR \"alpha\"", "((#0 & #1) | #0)"),
        (
            "action:a(action:b)",
            "[QueryProblem { position: 8, length: 1, message: \"( stands inside a word\", hint: \"put the whole value into quotes, or write a blank before it\" }]",
        ),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

/// A tree to be written down with as few parentheses as its meaning needs.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(usize),
    Not(Box<Tree>),
    And(Vec<Tree>, bool),
    Or(Vec<Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (0..4_usize).prop_map(Tree::Leaf);
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::Not(Box::new(tree))),
            (prop::collection::vec(inner.clone(), 2..4), any::<bool>())
                .prop_map(|(parts, written)| Tree::And(parts, written)),
            prop::collection::vec(inner, 2..4).prop_map(Tree::Or),
        ]
    })
}

fn write(tree: &Tree, level: u8) -> String {
    let (text, own) = match tree {
        Tree::Leaf(n) => (format!("bytes:{n}"), 3),
        Tree::Not(inner) => (format!("NOT {}", write(inner, 2)), 2),
        Tree::And(parts, written) => {
            let parts: Vec<_> = parts.iter().map(|part| write(part, 2)).collect();
            (parts.join(if *written { " AND " } else { " " }), 1)
        }
        Tree::Or(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| write(part, 1)).collect();
            (parts.join(" OR "), 0)
        }
    };
    if own < level {
        format!("({text})")
    } else {
        text
    }
}

fn truth(tree: &Tree, facts: usize) -> bool {
    match tree {
        Tree::Leaf(n) => facts >> n & 1 == 1,
        Tree::Not(inner) => !truth(inner, facts),
        Tree::And(parts, _) => parts.iter().all(|part| truth(part, facts)),
        Tree::Or(parts) => parts.iter().any(|part| truth(part, facts)),
    }
}

fn meant(expr: &Expr, facts: usize) -> bool {
    match expr {
        Expr::All => true,
        Expr::And(parts) => parts.iter().all(|part| meant(part, facts)),
        Expr::Or(parts) => parts.iter().any(|part| meant(part, facts)),
        Expr::Not(inner) => !meant(inner, facts),
        Expr::Field(_, values) => match values.as_slice() {
            [Value::Number(n, _)] => facts >> n & 1 == 1,
            other => panic!("{other:?}"),
        },
        Expr::Phrase(n) => panic!("{n}"),
    }
}

proptest! {
    #[test]
    fn means_what_the_operators_say(tree in tree()) {
        let text = write(&tree, 0);
        let query = parse(&text).unwrap();
        for facts in 0..16 {
            prop_assert_eq!(meant(&query.expr, facts), truth(&tree, facts), "{} {:b}", text, facts);
        }
    }
}
