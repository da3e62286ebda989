//! Who talked to whom, and how much.

use std::collections::HashMap;

use rusqlite::Row;
use vestige_model::Field;

use super::count::{Parts, in_stretch, unsigned};
use super::group::{Best, Groups, Sum, TIES, cut, greatest};
use super::{Progress, ReadError, Reader};
use crate::index::LARGE_PAIRS;
use crate::query::{Compiled, Node, Rest, Source, Stretch, Table, Test, source, term_kind};
use crate::rollup;

/// Most fields to group by.
pub(super) const FIELDS: usize = 4;
const HOUR: i64 = 3_600_000_000_000;

/// Flows that have the same values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowGroup {
    /// The value of each field, none where the flows have none.
    pub values: Vec<Option<String>>,
    /// Number of flow rows.
    pub flows: u64,
    /// Their bytes together; absent numbers are 0.
    pub bytes: u128,
    /// Their packets together; absent numbers are 0.
    pub packets: u128,
    /// Time of the earliest, UTC nanoseconds; none where all are undated.
    pub first: Option<i64>,
    /// Time of the latest.
    pub last: Option<i64>,
}

/// The numbers of a group's values; unused places are absent.
type Key = [Option<i64>; FIELDS];

impl Reader {
    /// The flows that match, grouped by one to four fields, most bytes first, then most flows,
    /// then by value. The roll-ups answer for source and destination addresses over the whole
    /// case or a stretch of time; everything else reads the flows.
    ///
    /// # Errors
    /// What SQLite says, that the caller stopped, or fields that flows cannot be grouped by.
    pub fn flows(
        &self,
        by: &[Field],
        query: &Compiled,
        limit: usize,
        progress: &Progress,
    ) -> Result<Vec<FlowGroup>, ReadError> {
        let columns = columns(by)?;
        self.watched(progress, || {
            let rolled = query.shape.rest == Rest::Nothing
                && columns
                    .iter()
                    .all(|column| ["src_ip", "dst_ip"].contains(column))
                && self.rollups_hold()?;
            if rolled && let Some(best) = self.rolled(&columns, query, limit)? {
                return self.told(by, best, limit);
            }
            let same = by
                .iter()
                .map(|field| self.canonical(term_kind(*field)))
                .collect::<Result<Vec<_>, _>>()?;
            let best = greatest(limit, rank, &mut |groups| {
                for table in Table::ALL {
                    let node = flows_of(query.node(table), table);
                    self.read_flows(&columns, &node, table, &same, groups)?;
                }
                Ok(())
            })?;
            self.told(by, best, limit)
        })
    }

    /// The greatest sums from the roll-ups, none where these do not hold the answer.
    fn rolled(
        &self,
        columns: &[&'static str],
        query: &Compiled,
        limit: usize,
    ) -> Result<Option<Vec<(Key, Sum)>>, ReadError> {
        let best = match query.shape.time {
            Some(stretch) => greatest(limit, rank, &mut |groups| {
                self.read_rollup(columns, stretch, groups)
            })?,
            None if self.has_totals()? => self.read_totals(columns, limit)?,
            None => return Ok(None),
        };
        Ok((!is_capped(&best)).then_some(best))
    }

    /// Groups in the order in which they are told: equal ones by value.
    fn told(
        &self,
        by: &[Field],
        best: Vec<(Key, Sum)>,
        limit: usize,
    ) -> Result<Vec<FlowGroup>, ReadError> {
        let mut flows = Vec::with_capacity(best.len());
        for (key, sum) in best {
            flows.push(self.flow_group(by, &key, &sum)?);
        }
        flows.sort_by(|a, b| {
            (b.bytes, b.flows)
                .cmp(&(a.bytes, a.flows))
                .then_with(|| a.values.cmp(&b.values))
        });
        flows.truncate(limit);
        Ok(flows)
    }

    fn flow_group(&self, by: &[Field], key: &Key, sum: &Sum) -> Result<FlowGroup, ReadError> {
        let values = by
            .iter()
            .zip(key)
            .map(|(field, value)| {
                value
                    .map(|value| self.value_text(*field, value))
                    .transpose()
            })
            .collect::<Result<_, _>>()?;
        Ok(FlowGroup {
            values,
            flows: sum.rows,
            bytes: sum.bytes,
            packets: sum.packets,
            first: sum.first,
            last: sum.last,
        })
    }

    fn read_flows(
        &self,
        columns: &[&'static str],
        node: &Node,
        table: Table,
        same: &[HashMap<i64, i64>],
        groups: &mut Groups<Key>,
    ) -> Result<(), ReadError> {
        let select = format!("bytes, packets, time, {}", columns.join(", "));
        self.scan(table, node, &select, &mut |row| {
            let mut key = Key::default();
            for (index, (slot, same)) in key.iter_mut().zip(same).enumerate() {
                let value: Option<i64> = row.get(3 + index)?;
                *slot = value.map(|value| *same.get(&value).unwrap_or(&value));
            }
            let time = row.get(2)?;
            let sum = Sum {
                rows: 1,
                bytes: row.get::<_, Option<i64>>(0)?.map_or(0, number),
                packets: row.get::<_, Option<i64>>(1)?.map_or(0, number),
                first: time,
                last: time,
            };
            groups.add(key, &sum);
            Ok(())
        })
    }

    /// The greatest totals of the whole case, with those that equal the last of them: an index has
    /// them in this order.
    fn read_totals(
        &self,
        columns: &[&'static str],
        limit: usize,
    ) -> Result<Vec<(Key, Sum)>, ReadError> {
        let (table, key) = match ["src_ip", "dst_ip"].map(|end| columns.contains(&end)) {
            [true, true] => ("flow_pair", "src_ip, dst_ip"),
            [true, false] => ("flow_source", "src_ip"),
            [false, _] => ("flow_destination", "dst_ip"),
        };
        let select = format!(
            "SELECT flows, bytes, packets, first, last, {} FROM {table}",
            columns.join(", ")
        );
        if table == "flow_pair" {
            let large = format!("{select} WHERE {LARGE_PAIRS}");
            let best = self.read_in_order(&large, key, columns.len(), limit)?;
            if best.len() >= limit {
                return Ok(best);
            }
            return self.read_any_order(&select, columns.len(), limit);
        }
        self.read_in_order(&select, key, columns.len(), limit)
    }

    fn read_in_order(
        &self,
        select: &str,
        key: &str,
        addresses: usize,
        limit: usize,
    ) -> Result<Vec<(Key, Sum)>, ReadError> {
        let sql = format!("{select} ORDER BY bytes DESC, flows DESC, {key}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut best = Best::new(limit, rank);
        while let Some(row) = rows.next()? {
            let (key, sum) = total(row, addresses)?;
            if !best.take(key, sum) {
                break;
            }
        }
        Ok(best.groups)
    }

    /// Where no index has the order.
    fn read_any_order(
        &self,
        select: &str,
        addresses: usize,
        limit: usize,
    ) -> Result<Vec<(Key, Sum)>, ReadError> {
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query([])?;
        let mut best = Vec::new();
        let held = limit.max(TIES).saturating_mul(2);
        while let Some(row) = rows.next()? {
            best.push(total(row, addresses)?);
            if best.len() >= held {
                best = cut(best, limit, rank);
            }
        }
        Ok(cut(best, limit, rank))
    }

    /// Whole hours of a stretch by the hour, and what is left at its ends from the rows.
    fn read_rollup(
        &self,
        columns: &[&'static str],
        stretch: Stretch,
        groups: &mut Groups<Key>,
    ) -> Result<(), ReadError> {
        let mut parts = Parts::new(stretch, HOUR);
        if let Some((first, last)) = parts.whole {
            // The hour before 1970 marks undated flows, so it is read from the rows.
            if first <= -1 && last >= -1 {
                parts.rest.push(Stretch {
                    first: -HOUR,
                    last: -1,
                });
            }
            self.read_hours([first, last], columns, groups)?;
        }
        for rest in parts.rest {
            for table in Table::ALL {
                let node = flows_of(&in_stretch(rest, None), table);
                self.read_flows(
                    columns,
                    &node,
                    table,
                    &vec![HashMap::new(); columns.len()],
                    groups,
                )?;
            }
        }
        Ok(())
    }

    fn read_hours(
        &self,
        ends: [i64; 2],
        columns: &[&'static str],
        groups: &mut Groups<Key>,
    ) -> Result<(), ReadError> {
        let sql = format!(
            "SELECT flows, bytes, packets, first, last, {} FROM flow_hour
             WHERE hour BETWEEN ?1 AND ?2 AND hour<>-1",
            columns.join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(ends)?;
        while let Some(row) = rows.next()? {
            let (key, sum) = total(row, columns.len())?;
            groups.add(key, &sum);
        }
        Ok(())
    }
}

/// Most bytes first, then most flows.
fn rank(sum: &Sum) -> (u128, u64) {
    (sum.bytes, sum.rows)
}

fn number(value: i64) -> u128 {
    u128::from(unsigned(value))
}

/// Whether one of the greatest sums may be one that a roll-up stopped adding to: then the rows are
/// read. Where none of these is, no smaller one is either.
fn is_capped(best: &[(Key, Sum)]) -> bool {
    let most = number(rollup::MOST);
    best.iter()
        .any(|(_, sum)| sum.bytes >= most || sum.packets >= most)
}

/// A sum and so many addresses it is of.
fn total(row: &Row<'_>, addresses: usize) -> rusqlite::Result<(Key, Sum)> {
    let mut key = Key::default();
    for (index, slot) in key.iter_mut().take(addresses).enumerate() {
        *slot = Some(row.get(5 + index)?).filter(|id| *id != 0);
    }
    let sum = Sum {
        rows: unsigned(row.get(0)?),
        bytes: number(row.get(1)?),
        packets: number(row.get(2)?),
        first: row.get(3)?,
        last: row.get(4)?,
    };
    Ok((key, sum))
}

/// The condition that a row matches and is a flow.
fn flows_of(node: &Node, table: Table) -> Node {
    match table {
        Table::Flow => node.clone(),
        Table::Event => Node::and(vec![Test::other("kind=1", Vec::new()), node.clone()]),
    }
}

/// The columns of these fields, which both tables have.
fn columns(by: &[Field]) -> Result<Vec<&'static str>, ReadError> {
    let first = by.first().copied().unwrap_or(Field::SrcIp);
    if by.is_empty() || by.len() > FIELDS {
        let reason = format!(
            "flows are grouped by one to {FIELDS} fields, {} were named",
            by.len()
        );
        return Err(ReadError::Field {
            field: first,
            reason,
        });
    }
    by.iter()
        .map(|field| match source(*field, Table::Flow) {
            Some(Source::Term(column, _) | Source::Word(column) | Source::Number(column)) => Ok(column),
            _ => Err(ReadError::Field {
                field: *field,
                reason: "flows cannot be grouped by it; name addresses, ports, protocol, action, account or region".to_owned(),
            }),
        })
        .collect()
}
