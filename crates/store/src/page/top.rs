//! The most frequent values of a field.

use std::collections::{BTreeMap, HashMap};

use rusqlite::params;
use vestige_model::{Field, FieldKind};

use super::group::{Groups, Sum, greatest};
use super::row::RowRef;
use super::{Progress, ReadError, Reader};
use crate::annotation::{self, Noted};
use crate::query::{
    Compiled, Node, Rest, Source, Table, Value, evidence_label, known_words, noted_test, source,
    term_kind,
};
use crate::term::TermKind;

/// A value and the rows that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopValue {
    /// The value as text.
    pub value: String,
    /// Rows that have it; a row with several resources counts for each of their values.
    pub count: u64,
    /// Time of the earliest of them, UTC nanoseconds; none where all are undated.
    pub first: Option<i64>,
    /// Time of the latest of them.
    pub last: Option<i64>,
}

impl Reader {
    /// The most frequent values of a field among the rows that match, most frequent first, then
    /// by value. Rows without the field are not counted.
    ///
    /// # Errors
    /// What SQLite says, that the caller stopped, or that the field has no values to be ranked.
    pub fn top(
        &self,
        field: Field,
        query: &Compiled,
        limit: usize,
        progress: &Progress,
    ) -> Result<Vec<TopValue>, ReadError> {
        rankable(field)?;
        self.watched(progress, || {
            if field.is_noted() {
                return self.top_of_noted(field, query, limit);
            }
            let whole_case = query.shape.time.is_none() && query.shape.rest == Rest::Nothing;
            if whole_case
                && self.rollups_hold()?
                && let Some(kind) = term_kind(field)
            {
                return self.top_of_dictionary(field, kind, limit);
            }
            let same = self.canonical(term_kind(field))?;
            // Members of several items have the same ordinals: they are one value, once merged.
            let kept = if field == Field::Member {
                1_000_000
            } else {
                limit
            };
            let best = greatest(kept, |sum| (u128::from(sum.rows), 0), &mut |groups| {
                for table in Table::ALL {
                    self.read_values(field, query, table, &same, groups)?;
                }
                Ok(())
            })?;
            let mut merged: BTreeMap<String, Sum> = BTreeMap::new();
            for (key, sum) in best {
                merged
                    .entry(self.value_text(field, key)?)
                    .or_insert(Sum::ZERO)
                    .add(&sum);
            }
            Ok(ranked(merged, limit))
        })
    }

    /// What is noted of rows is looked up for each row that has it: these are few.
    fn top_of_noted(
        &self,
        field: Field,
        query: &Compiled,
        limit: usize,
    ) -> Result<Vec<TopValue>, ReadError> {
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        for table in Table::ALL {
            let noted = noted_test(&self.connection, table, field, &[Value::Present])?;
            let node = Node::and(vec![noted, query.node(table).clone()]);
            self.scan(table, &node, "id, time", &mut |row| {
                let (id, sum) = (row.get(0)?, Sum::row(row.get(1)?));
                let noted = annotation::noted(&self.connection, RowRef { table, id })?;
                for value in values_of(field, noted.unwrap_or_default()) {
                    sums.entry(value).or_insert(Sum::ZERO).add(&sum);
                }
                Ok(())
            })?;
        }
        Ok(ranked(sums, limit))
    }

    fn top_of_dictionary(
        &self,
        field: Field,
        kind: TermKind,
        limit: usize,
    ) -> Result<Vec<TopValue>, ReadError> {
        let count = if field == Field::DstIp {
            "count_dst"
        } else {
            "count"
        };
        let both = if kind == TermKind::Address {
            "min(count,count_dst)"
        } else {
            "0"
        };
        let sql = if self.one_namespace(kind)? {
            format!(
                "SELECT value, {count}, first, last, {both}, id FROM term
                 WHERE kind=?1 AND {count}>0 ORDER BY 2 DESC, 1 LIMIT ?2"
            )
        } else {
            format!(
                "SELECT value, sum({count}), min(first), max(last), sum({both}), id FROM term
                 WHERE kind=?1 AND {count}>0 GROUP BY value ORDER BY 2 DESC, 1 LIMIT ?2"
            )
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![kind as u8, limit])?;
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            let mut value = TopValue {
                value: row.get(0)?,
                count: super::count::unsigned(row.get(1)?),
                first: row.get(2)?,
                last: row.get(3)?,
            };
            if row.get::<_, i64>(4)? > 0 {
                // The dictionary's times are of both ends of a connection.
                (value.first, value.last) = self.times_of(field, row.get(5)?)?;
            }
            values.push(value);
        }
        Ok(values)
    }

    /// First and last time of the rows that have an address at this end.
    fn times_of(&self, field: Field, id: i64) -> Result<(Option<i64>, Option<i64>), ReadError> {
        let (column, totals) = if field == Field::DstIp {
            ("dst_ip", "flow_destination")
        } else {
            ("src_ip", "flow_source")
        };
        let table = if self.has_totals()? {
            totals
        } else {
            "flow_pair"
        };
        let mut sum = Sum::ZERO;
        let flows = format!("SELECT min(first), max(last) FROM {table} WHERE {column}=?1");
        let events =
            format!("SELECT min(time), max(time) FROM event WHERE hidden=0 AND {column}=?1");
        for sql in [flows, events] {
            let ends = self
                .connection
                .prepare_cached(&sql)?
                .query_row([id], |row| {
                    Ok(Sum {
                        first: row.get(0)?,
                        last: row.get(1)?,
                        ..Sum::ZERO
                    })
                })?;
            sum.add(&ends);
        }
        Ok((sum.first, sum.last))
    }

    fn read_values(
        &self,
        field: Field,
        query: &Compiled,
        table: Table,
        same: &HashMap<i64, i64>,
        groups: &mut Groups<i64>,
    ) -> Result<(), ReadError> {
        let Some(source) = source(field, table) else {
            return Ok(());
        };
        let (column, own) = match source {
            Source::Term(column, _) | Source::Word(column) | Source::Number(column) => {
                (column, None)
            }
            Source::Resource(column, own, _) => (column, Some(own)),
            Source::Flow => ("1", None),
            Source::Member => ("member", None),
            Source::Time(_) | Source::Text(_) | Source::Id | Source::Noted => return Ok(()),
        };
        let columns = match own {
            Some(_) => format!("{column}, time, resources, id"),
            None => format!("{column}, time"),
        };
        self.scan(table, query.node(table), &columns, &mut |row| {
            let sum = Sum::row(row.get(1)?);
            let mut add = |value: i64| groups.add(*same.get(&value).unwrap_or(&value), &sum);
            if let Some(own) = own
                && row.get::<_, Option<i64>>(2)?.is_some()
            {
                return self.distinct_of(
                    own,
                    RowRef {
                        table,
                        id: row.get(3)?,
                    },
                    &mut add,
                );
            }
            if let Some(value) = row.get::<_, Option<i64>>(0)? {
                add(if field == Field::Evidence {
                    self.evidence_of(value)?
                } else {
                    value
                });
            }
            Ok(())
        })
    }

    /// The different values of an event's resources.
    fn distinct_of(
        &self,
        own: &str,
        row: RowRef,
        add: &mut dyn FnMut(i64),
    ) -> Result<(), ReadError> {
        let sql = format!(
            "SELECT DISTINCT {own} FROM event_resource WHERE event=?1 AND {own} IS NOT NULL"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([row.id])?;
        while let Some(row) = rows.next()? {
            add(row.get(0)?);
        }
        Ok(())
    }

    fn evidence_of(&self, member: i64) -> Result<i64, ReadError> {
        Ok(self.origin(member)?.map_or(0, |origin| origin.evidence))
    }

    /// A group's number as text.
    pub(super) fn value_text(&self, field: Field, key: i64) -> Result<String, ReadError> {
        let word = |key| {
            known_words(field)
                .iter()
                .find(|(number, _)| i64::from(*number) == key)
                .map(|(_, word)| *word)
        };
        Ok(match field {
            Field::Evidence => evidence_label(key),
            Field::Member => self
                .origin(key)?
                .map_or_else(String::new, |origin| origin.path.clone()),
            _ if term_kind(field).is_some() => self
                .text(key)?
                .map_or_else(String::new, |text| text.as_ref().to_owned()),
            _ => word(key).map_or_else(|| key.to_string(), str::to_owned),
        })
    }

    fn one_namespace(&self, kind: TermKind) -> Result<bool, ReadError> {
        let end = |sql: &str| -> rusqlite::Result<Option<i64>> {
            self.connection
                .prepare_cached(sql)?
                .query_row([kind as u8], |row| row.get(0))
        };
        let least = end("SELECT min(namespace) FROM term WHERE kind=?1")?;
        Ok(least == end("SELECT max(namespace) FROM term WHERE kind=?1")?)
    }

    /// For texts that several clouds have, the term that stands for all of them.
    pub(super) fn canonical(&self, kind: Option<TermKind>) -> Result<HashMap<i64, i64>, ReadError> {
        let mut same = HashMap::new();
        let Some(kind) = kind else { return Ok(same) };
        if self.one_namespace(kind)? {
            return Ok(same);
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT id, (SELECT min(o.id) FROM term o WHERE o.kind=?1 AND o.value=t.value) FROM term t
             WHERE kind=?1 AND value IN (SELECT value FROM term WHERE kind=?1 GROUP BY value HAVING count(*)>1)",
        )?;
        let mut rows = statement.query([kind as u8])?;
        while let Some(row) = rows.next()? {
            same.insert(row.get(0)?, row.get(1)?);
        }
        Ok(same)
    }
}

/// The greatest first, then by value.
fn ranked(sums: BTreeMap<String, Sum>, limit: usize) -> Vec<TopValue> {
    let value = |(value, sum): (String, Sum)| TopValue {
        value,
        count: sum.rows,
        first: sum.first,
        last: sum.last,
    };
    let mut values: Vec<TopValue> = sums.into_iter().map(value).collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    values.truncate(limit);
    values
}

/// The values that a row has in a field of what is noted.
fn values_of(field: Field, noted: Noted) -> Vec<String> {
    match field {
        Field::Tag => noted.tags.into_iter().collect(),
        Field::Mark => noted
            .mark
            .iter()
            .map(|mark| mark.word().to_owned())
            .collect(),
        Field::Starred if noted.starred => vec!["true".to_owned()],
        _ => Vec::new(),
    }
}

/// Refuses fields whose values are distinct in nearly every row, and times.
fn rankable(field: Field) -> Result<(), ReadError> {
    let reason = match field.kind() {
        _ if matches!(field, Field::Evidence | Field::Member) => return Ok(()),
        FieldKind::Time => "times are counted by a histogram",
        FieldKind::Unique => "nearly every row has a value of its own; list the rows instead",
        _ => return Ok(()),
    };
    Err(ReadError::Field {
        field,
        reason: reason.to_owned(),
    })
}
