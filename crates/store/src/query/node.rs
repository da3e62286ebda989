//! A condition on one table, with its values as parameters.

use rusqlite::types::Value;

use super::when::Stretch;

/// A condition in which everything is looked up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    True,
    False,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Test(Test),
}

/// A test of one column, true only where the column has a value that fits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Test {
    /// The column an index could be used for, or nothing.
    pub column: &'static str,
    /// What follows it.
    pub plain: Sql,
    /// The same in the form that looks each value up in the column's index, where it differs.
    pub driven: Option<Sql>,
    /// What is known of the rows that fit.
    pub key: Key,
}

/// SQL and its parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sql {
    pub text: String,
    pub values: Vec<Value>,
}

/// Whether a test can lead to its rows without reading the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Key {
    /// It cannot.
    None,
    /// By the column's index; at most so many rows, of one value or several.
    Column { rows: u64, single: bool },
    /// By the index on the time.
    Time(Stretch),
    /// By row number; at most so many rows.
    Rows(u64),
}

impl Test {
    /// A test that no index helps with; the text is all of it.
    pub fn other(text: impl Into<String>, values: Vec<Value>) -> Node {
        let plain = Sql {
            text: text.into(),
            values,
        };
        Node::Test(Test {
            column: "",
            plain,
            driven: None,
            key: Key::None,
        })
    }
}

impl Node {
    pub fn and(parts: Vec<Node>) -> Node {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Node::True => {}
                Node::False => return Node::False,
                Node::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Node::True,
            1 => kept.remove(0),
            _ => Node::And(kept),
        }
    }

    pub fn or(parts: Vec<Node>) -> Node {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Node::False => {}
                Node::True => return Node::True,
                Node::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Node::False,
            1 => kept.remove(0),
            _ => Node::Or(kept),
        }
    }

    pub fn not(inner: Node) -> Node {
        match inner {
            Node::True => Node::False,
            Node::False => Node::True,
            Node::Not(inner) => *inner,
            other => Node::Not(Box::new(other)),
        }
    }

    /// The tests that every row must pass.
    pub fn required(&self) -> Vec<&Test> {
        match self {
            Node::Test(test) => vec![test],
            Node::And(parts) => parts.iter().filter_map(Node::test).collect(),
            _ => Vec::new(),
        }
    }

    fn test(&self) -> Option<&Test> {
        match self {
            Node::Test(test) => Some(test),
            _ => None,
        }
    }

    /// The condition in SQL. Only the index of the test `lead` may be used, and with `time` the
    /// times; other columns are kept out of the planner's sight with a `+`.
    pub fn render(&self, lead: Option<&Test>, time: bool) -> Sql {
        let mut sql = Sql::default();
        self.write(Sight { lead, time }, &mut sql);
        sql
    }

    fn write(&self, sight: Sight<'_>, sql: &mut Sql) {
        match self {
            Node::True => sql.text.push('1'),
            Node::False => sql.text.push('0'),
            Node::And(parts) => write_list(parts, " AND ", sight, sql),
            Node::Or(parts) => write_list(parts, " OR ", sight, sql),
            Node::Not(inner) => {
                // A test of an absent value is unknown, which a negation must not keep.
                sql.text.push('(');
                inner.write(Sight::default(), sql);
                sql.text.push_str(" IS NOT TRUE)");
            }
            Node::Test(test) => test.write(sight, sql),
        }
    }
}

/// What SQLite's planner may see.
#[derive(Clone, Copy, Default)]
struct Sight<'a> {
    lead: Option<&'a Test>,
    time: bool,
}

impl Test {
    fn write(&self, sight: Sight<'_>, sql: &mut Sql) {
        let leads = sight.lead.is_some_and(|lead| std::ptr::eq(lead, self));
        let hidden = match self.key {
            Key::None => false,
            Key::Time(_) => !sight.time,
            Key::Column { .. } | Key::Rows(_) => !leads,
        };
        let body = self
            .driven
            .as_ref()
            .filter(|_| leads)
            .unwrap_or(&self.plain);
        sql.text.push('(');
        if hidden && !self.column.is_empty() {
            sql.text.push('+');
        }
        sql.text.push_str(self.column);
        sql.text.push_str(&body.text);
        sql.text.push(')');
        sql.values.extend(body.values.iter().cloned());
    }
}

/// Halves the list again and again, so that the depth grows with its logarithm: SQLite bounds it.
fn write_list(parts: &[Node], operator: &str, sight: Sight<'_>, sql: &mut Sql) {
    match parts {
        [] => sql.text.push('0'),
        [one] => one.write(sight, sql),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            sql.text.push('(');
            write_list(left, operator, sight, sql);
            sql.text.push_str(operator);
            write_list(right, operator, sight, sql);
            sql.text.push(')');
        }
    }
}
