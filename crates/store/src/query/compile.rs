//! From a query to a condition for each table.

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Result};
use vestige_model::{Field, Kind};

use super::Query;
use super::bits::{PhraseHits, RowBits};
use super::column::{INDEXED, Source, Table, source, term_kind};
use super::expr::{Expr, Value};
use super::function::TextSet;
use super::node::{Key, Node, Sql, Test};
use super::origin;
use super::pattern::Pattern;
use super::terms::{Lookup, Terms};
use super::value::known_words;
use super::when::Stretch;
use crate::annotation;
use crate::term::HashKey;

/// More values than this are tested in a bit string instead of a list.
const LISTED: usize = 64;

/// Hits of a phrase up to which their rows are looked up instead of every row being tested.
const FEW_ROWS: u64 = 20_000;

/// Annotated rows up to which they are looked up: they are few beside the others.
const FEW_NOTED: u64 = 250_000;

/// A query whose values are looked up in a case. It holds for that case as it was then: terms that
/// a later import adds are not in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    pub(crate) event: Node,
    pub(crate) flow: Node,
    pub(crate) shape: Shape,
}

/// What the roll-ups can answer of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// The stretch of time asked for, none where undated rows match as well.
    pub time: Option<Stretch>,
    /// What is asked besides.
    pub rest: Rest,
}

impl Shape {
    /// The types asked for, `Some(None)` for all; none where something else is asked, too.
    pub fn types(&self) -> Option<Option<&[i64]>> {
        match &self.rest {
            Rest::Nothing => Some(None),
            Rest::Terms(Field::Type, ids) => Some(Some(ids)),
            _ => None,
        }
    }
}

/// What a query asks besides a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rest {
    /// Nothing.
    Nothing,
    /// That one field has one of these terms.
    Terms(Field, Vec<i64>),
    /// Something else.
    Other,
}

/// Looks the values of a query up. `key` is that of the case's dictionary. `hits` are those of its phrases, in their order; a phrase
/// without hits in the list is found nowhere.
///
/// # Errors
/// What SQLite says.
pub fn compile(
    query: &Query,
    connection: &Connection,
    key: HashKey,
    hits: &PhraseHits,
) -> Result<Compiled> {
    let mut compiler = Compiler {
        connection,
        hits,
        lookup: Lookup::new(key),
    };
    let event = compiler.node(&query.expr, Table::Event)?;
    let flow = compiler.node(&query.expr, Table::Flow)?;
    let shape = compiler.shape(&query.expr)?;
    Ok(Compiled { event, flow, shape })
}

impl Compiled {
    pub(crate) fn node(&self, table: Table) -> &Node {
        match table {
            Table::Event => &self.event,
            Table::Flow => &self.flow,
        }
    }
}

struct Compiler<'a> {
    connection: &'a Connection,
    hits: &'a PhraseHits,
    lookup: Lookup,
}

impl Compiler<'_> {
    fn node(&mut self, expr: &Expr, table: Table) -> Result<Node> {
        Ok(match expr {
            Expr::All => Node::True,
            Expr::And(parts) => Node::and(self.nodes(parts, table)?),
            Expr::Or(parts) => Node::or(self.nodes(&join_fields(parts), table)?),
            Expr::Not(inner) => Node::not(self.node(inner, table)?),
            Expr::Phrase(number) => self.phrase(*number, table),
            Expr::Field(field, values) => self.field(*field, values, table)?,
        })
    }

    fn nodes(&mut self, parts: &[Expr], table: Table) -> Result<Vec<Node>> {
        parts.iter().map(|part| self.node(part, table)).collect()
    }

    fn phrase(&self, number: usize, table: Table) -> Node {
        let rows = self.hits.get(number).map(|hits| match table {
            Table::Event => &hits.events,
            Table::Flow => &hits.flows,
        });
        rows.map_or(Node::False, |rows| rows_test(rows, FEW_ROWS))
    }

    fn field(&mut self, field: Field, values: &[Value], table: Table) -> Result<Node> {
        let Some(source) = source(field, table) else {
            return Ok(absent_only(values));
        };
        Ok(match source {
            Source::Term(column, kind) => {
                if values.contains(&Value::Present) {
                    return Ok(present(column));
                }
                let terms = self.lookup.find(self.connection, kind, values)?;
                term_test(column, &terms)
            }
            Source::Resource(column, own, kind) => {
                if values.contains(&Value::Present) {
                    return Ok(any_resource(column, own, None));
                }
                let terms = self.lookup.find(self.connection, kind, values)?;
                any_resource(column, own, Some(&terms.ids))
            }
            Source::Word(column) => numbers_test(column, values),
            Source::Flow => {
                let flow = values.contains(&Value::Word(Kind::Flow as u8));
                if flow { Node::True } else { Node::False }
            }
            Source::Number(column) => numbers_test(column, values),
            Source::Time(column) => times_test(column, values),
            Source::Text(column) => texts_test(column, values),
            Source::Member => runs_test(&origin::runs(self.connection, table, field, values)?),
            Source::Id => {
                let mut rows = RowBits::default();
                for value in values {
                    let Value::Id(id) = value else { continue };
                    origin::rows_of_id(self.connection, table, id)?
                        .into_iter()
                        .for_each(|row| rows.insert(row));
                }
                rows_test(&rows, FEW_ROWS)
            }
            Source::Noted => noted_test(self.connection, table, field, values)?,
        })
    }

    fn shape(&mut self, expr: &Expr) -> Result<Shape> {
        let parts = match expr {
            Expr::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut shape = Shape {
            time: None,
            rest: Rest::Nothing,
        };
        for part in parts {
            match part {
                Expr::All => {}
                Expr::Field(Field::Time, values)
                    if matches!(values.as_slice(), [Value::Time(_)]) =>
                {
                    let [Value::Time(stretch)] = values.as_slice() else {
                        continue;
                    };
                    shape.time = Some(shape.time.unwrap_or(Stretch::ALL).and(*stretch));
                }
                Expr::Field(field, values) if shape.rest == Rest::Nothing && all_texts(values) => {
                    shape.rest = match term_kind(*field) {
                        Some(kind) => Rest::Terms(
                            *field,
                            self.lookup.find(self.connection, kind, values)?.ids,
                        ),
                        None => Rest::Other,
                    };
                }
                _ => shape.rest = Rest::Other,
            }
        }
        Ok(shape)
    }
}

fn all_texts(values: &[Value]) -> bool {
    values
        .iter()
        .all(|value| matches!(value, Value::Text(_) | Value::Addresses(_)))
}

/// What a table without the field answers.
fn absent_only(values: &[Value]) -> Node {
    if values.contains(&Value::Absent) {
        Node::True
    } else {
        Node::False
    }
}

/// Joins the parts of an OR that ask for the same field, so that their values are looked up and
/// tested together.
fn join_fields(parts: &[Expr]) -> Vec<Expr> {
    let mut joined: Vec<Expr> = Vec::with_capacity(parts.len());
    let mut places = std::collections::HashMap::new();
    for part in parts {
        if let Expr::Field(field, values) = part {
            let place = *places.entry(*field).or_insert(joined.len());
            if let Some(Expr::Field(_, before)) = joined.get_mut(place) {
                before.extend(values.iter().cloned());
                continue;
            }
        }
        joined.push(part.clone());
    }
    joined
}

fn present(column: &'static str) -> Node {
    Test::other(format!("{column} IS NOT NULL"), Vec::new())
}

fn term_test(column: &'static str, terms: &Terms) -> Node {
    if terms.ids.is_empty() {
        return Node::False;
    }
    let single = terms.ids.len() == 1;
    let (plain, driven) = membership(&terms.ids, column);
    if !INDEXED.contains(&column) {
        return Test::other(format!("{}{}", plain.0, plain.1.text), plain.1.values);
    }
    let key = Key::Column {
        rows: terms.rows,
        single,
    };
    match driven {
        None => Node::Test(Test {
            column,
            plain: plain.1,
            driven: None,
            key,
        }),
        Some(driven) => {
            // The bit string comes before the column, so the plain form brings the column itself.
            let plain = Sql {
                text: format!("{}{}", plain.0, plain.1.text),
                values: plain.1.values,
            };
            let driven = Sql {
                text: format!("{column}{}", driven.text),
                values: driven.values,
            };
            Node::Test(Test {
                column: "",
                plain,
                driven: Some(driven),
                key,
            })
        }
    }
}

/// Tests whether a column has one of these numbers: what stands before and after the column's
/// name, and the form that looks each number up, where it differs.
fn membership(ids: &[i64], column: &str) -> ((String, Sql), Option<Sql>) {
    let integers = |ids: &[i64]| ids.iter().map(|id| SqlValue::Integer(*id)).collect();
    if ids.len() <= LISTED {
        let text = match ids.len() {
            1 => "=?".to_owned(),
            many => format!(" IN ({})", vec!["?"; many].join(",")),
        };
        return (
            (
                column.to_owned(),
                Sql {
                    text,
                    values: integers(ids),
                },
            ),
            None,
        );
    }
    let bits: RowBits = ids.iter().copied().collect();
    let plain = Sql {
        text: String::new(),
        values: vec![SqlValue::Blob(bits.bytes().to_vec())],
    };
    (
        (format!("vestige_has(?,{column})"), plain),
        Some(listed(ids)),
    )
}

/// ` IN` a list that is given as one parameter.
fn listed(ids: &[i64]) -> Sql {
    let mut list = String::with_capacity(ids.len() * 8);
    for id in ids {
        list.push(if list.is_empty() { '[' } else { ',' });
        list.push_str(&id.to_string());
    }
    list.push(']');
    let text = " IN (SELECT value FROM json_each(?))".to_owned();
    Sql {
        text,
        values: vec![SqlValue::Text(list)],
    }
}

/// Any of an event's resources has one of these terms, or any term at all.
fn any_resource(column: &'static str, own: &'static str, ids: Option<&[i64]>) -> Node {
    let test = |name: &str| match ids {
        None => (format!("{name} IS NOT NULL"), Vec::new()),
        Some(ids) => {
            let (plain, _) = membership(ids, name);
            (format!("{}{}", plain.0, plain.1.text), plain.1.values)
        }
    };
    if ids.is_some_and(<[i64]>::is_empty) {
        return Node::False;
    }
    let (first, mut values) = test(column);
    let (further, more) = test(&format!("r.{own}"));
    values.extend(more);
    Test::other(
        format!(
            "{first} OR resources IS NOT NULL AND EXISTS(\
             SELECT 1 FROM event_resource r WHERE r.event=event.id AND {further})"
        ),
        values,
    )
}

/// Tests for what examiners noted. The rows are looked up here, as they are few.
pub(crate) fn noted_test(
    connection: &Connection,
    table: Table,
    field: Field,
    values: &[Value],
) -> Result<Node> {
    if !annotation::has_tables(connection)? {
        return Ok(match (field, values.contains(&Value::Word(0))) {
            (Field::Starred, true) => Node::True,
            _ => Node::False,
        });
    }
    let present = values.contains(&Value::Present);
    if matches!(field, Field::Tag | Field::Comment) {
        let texts = TextSet::new(values.iter().filter_map(|value| match value {
            Value::Text(pattern) => Some(pattern.clone()),
            _ => None,
        }));
        let fits = |text: &str| present || texts.matches(text);
        let rows = annotation::named(connection, table, field, &fits)?;
        return Ok(rows_test(&rows, FEW_NOTED));
    }
    let words = known_words(field).into_iter().map(|(number, _)| number);
    let wanted: Vec<u8> = words
        .filter(|word| *word > 0 && (present || values.contains(&Value::Word(*word))))
        .collect();
    let with = |words: &[u8]| -> Result<Node> {
        let rows = annotation::rows_with(connection, table, field, words)?;
        Ok(rows_test(&rows, FEW_NOTED))
    };
    let mut parts = Vec::new();
    if !wanted.is_empty() {
        parts.push(with(&wanted)?);
    }
    // Only the star has a word for rows without it.
    if values.contains(&Value::Word(0)) {
        parts.push(Node::not(with(&[1])?));
    }
    Ok(Node::or(parts))
}

/// Tests for row numbers; up to `few` of them are looked up where that is the way.
fn rows_test(rows: &RowBits, few: u64) -> Node {
    if rows.is_empty() {
        return Node::False;
    }
    let plain = Sql {
        text: "vestige_has(?,id)".to_owned(),
        values: vec![SqlValue::Blob(rows.bytes().to_vec())],
    };
    if rows.len() > few {
        return Node::Test(Test {
            column: "",
            plain,
            driven: None,
            key: Key::None,
        });
    }
    let list = listed(&rows.iter().collect::<Vec<_>>());
    let driven = Sql {
        text: format!("id{}", list.text),
        values: list.values,
    };
    Node::Test(Test {
        column: "",
        plain,
        driven: Some(driven),
        key: Key::Rows(rows.len()),
    })
}

/// Tests for runs of row numbers.
fn runs_test(runs: &[origin::Run]) -> Node {
    const FEW_RUNS: usize = 8;
    if runs.is_empty() {
        return Node::False;
    }
    if runs.len() > FEW_RUNS {
        let rows: RowBits = runs.iter().flat_map(|(from, to)| *from..=*to).collect();
        return rows_test(&rows, FEW_ROWS);
    }
    let rows = runs.iter().map(|(from, to)| to.abs_diff(*from) + 1).sum();
    let write = |column: &str| Sql {
        text: vec![format!("{column} BETWEEN ? AND ?"); runs.len()].join(" OR "),
        values: runs
            .iter()
            .flat_map(|(from, to)| [*from, *to])
            .map(SqlValue::Integer)
            .collect(),
    };
    Node::Test(Test {
        column: "",
        plain: write("+id"),
        driven: Some(write("id")),
        key: Key::Rows(rows),
    })
}

/// Tests of a number against words and ranges.
fn numbers_test(column: &'static str, values: &[Value]) -> Node {
    let mut ranges = Vec::new();
    for value in values {
        match value {
            Value::Present => return present(column),
            Value::Word(number) => ranges.push((i64::from(*number), i64::from(*number))),
            Value::Number(low, high) => {
                // Storage holds nothing above what 63 bits hold.
                let Ok(low) = i64::try_from(*low) else {
                    continue;
                };
                ranges.push((low, i64::try_from(*high).unwrap_or(i64::MAX)));
            }
            _ => {}
        }
    }
    ranges_test(column, ranges, Key::None)
}

fn times_test(column: &'static str, values: &[Value]) -> Node {
    let mut ranges = Vec::new();
    let mut parts = Vec::new();
    for value in values {
        match value {
            Value::Present => parts.push(present(column)),
            Value::Absent => parts.push(Test::other(format!("{column} IS NULL"), Vec::new())),
            Value::Time(stretch) => ranges.push((stretch.first, stretch.last)),
            _ => {}
        }
    }
    let key = match ranges.as_slice() {
        [(first, last)] if column == "time" => Key::Time(Stretch {
            first: *first,
            last: *last,
        }),
        _ => Key::None,
    };
    parts.push(ranges_test(column, ranges, key));
    Node::or(parts)
}

/// Tests of a number against ranges with both ends included; joined where they touch.
fn ranges_test(column: &'static str, mut ranges: Vec<(i64, i64)>, key: Key) -> Node {
    ranges.retain(|(low, high)| low <= high);
    ranges.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (low, high) in ranges {
        match joined.last_mut() {
            Some((_, last)) if low <= last.saturating_add(1) => *last = high.max(*last),
            _ => joined.push((low, high)),
        }
    }
    let (single, wide): (Vec<_>, Vec<_>) = joined.into_iter().partition(|(low, high)| low == high);
    let mut parts: Vec<Node> = wide
        .into_iter()
        .map(|(low, high)| range_test(column, low, high, key))
        .collect();
    if !single.is_empty() {
        let ids: Vec<i64> = single.into_iter().map(|(low, _)| low).collect();
        let sql = if ids.len() <= LISTED {
            membership(&ids, column).0.1
        } else {
            listed(&ids)
        };
        parts.push(Test::other(format!("{column}{}", sql.text), sql.values));
    }
    Node::or(parts)
}

fn range_test(column: &'static str, low: i64, high: i64, key: Key) -> Node {
    let (text, values) = match (low, high) {
        (i64::MIN, i64::MAX) => return present(column),
        (i64::MIN, high) => ("<=?", vec![high]),
        (low, i64::MAX) => (">=?", vec![low]),
        (low, high) => (" BETWEEN ? AND ?", vec![low, high]),
    };
    let values = values.into_iter().map(SqlValue::Integer).collect();
    Node::Test(Test {
        column,
        plain: Sql {
            text: text.to_owned(),
            values,
        },
        driven: None,
        key,
    })
}

/// Tests of texts and ids that are kept in the row itself.
fn texts_test(column: &'static str, values: &[Value]) -> Node {
    let patterns: Vec<&Pattern> = values
        .iter()
        .filter_map(|value| match value {
            Value::Text(pattern) => Some(pattern),
            _ => None,
        })
        .collect();
    if values.contains(&Value::Present) || patterns.iter().any(|pattern| pattern.is_any()) {
        return present(column);
    }
    if let [pattern] = patterns.as_slice()
        && let Some(text) = pattern.exact().filter(|text| text.is_ascii())
    {
        let bytes = uuid::Uuid::try_parse(&text)
            .ok()
            .filter(|_| text.len() == 36);
        let mut sql = format!("{column}=? COLLATE NOCASE");
        let mut values = vec![SqlValue::Text(text)];
        if let Some(uuid) = bytes {
            sql.push_str(&format!(" OR {column}=?"));
            values.push(SqlValue::Blob(uuid.as_bytes().to_vec()));
        }
        return Test::other(sql, values);
    }
    let spellings: Vec<&str> = patterns.iter().map(|pattern| pattern.spelling()).collect();
    let list = serde_json::Value::from(spellings).to_string();
    Test::other(
        format!("vestige_matches({column},?)"),
        vec![SqlValue::Text(list)],
    )
}
