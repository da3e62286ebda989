//! How many rows match.

use rusqlite::params;
use vestige_model::Field;

use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Key, Node, Rest, Sql, Stretch, Table, Test};

/// A number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// Rows that match.
    pub rows: u64,
    /// Whether roll-ups or the dictionary knew it; otherwise the rows were read.
    pub known: bool,
}

pub(super) const MINUTE: i64 = 60_000_000_000;

impl Reader {
    /// The number of visible rows that match.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn count(&self, query: &Compiled, progress: &Progress) -> Result<Total, ReadError> {
        self.watched(progress, || {
            if self.rollups_hold()?
                && let Some(rows) = self.known(query)?
            {
                return Ok(Total { rows, known: true });
            }
            let mut rows = 0;
            for table in Table::ALL {
                rows += self.count_rows(query.node(table), table)?;
            }
            Ok(Total { rows, known: false })
        })
    }

    /// The number of rows of a table that match, by reading them or an index.
    pub(super) fn count_rows(&self, node: &Node, table: Table) -> Result<u64, ReadError> {
        let mut rows = 0;
        self.scan(table, node, "count(*)", &mut |row| {
            rows += unsigned(row.get(0)?);
            Ok(())
        })?;
        Ok(rows)
    }

    fn known(&self, query: &Compiled) -> Result<Option<u64>, ReadError> {
        Ok(match (&query.shape.time, &query.shape.rest) {
            (None, Rest::Nothing) => Some(self.minutes(Stretch::ALL, None)? + self.undated()?),
            (None, Rest::Terms(field, ids)) => self.count_terms(*field, ids)?,
            (Some(stretch), Rest::Nothing) => Some(self.count_within(*stretch, None)?),
            (Some(stretch), Rest::Terms(Field::Type, ids)) => {
                Some(self.count_within(*stretch, Some(ids))?)
            }
            _ => None,
        })
    }

    /// Rows that have any of these terms, by the dictionary's counts.
    fn count_terms(&self, field: Field, ids: &[i64]) -> Result<Option<u64>, ReadError> {
        let several = matches!(
            field,
            Field::ResourceId | Field::ResourceName | Field::ResourceType
        );
        if several && ids.len() > 1 {
            // One row may have two of them.
            return Ok(None);
        }
        let column = if field == Field::DstIp {
            "count_dst"
        } else {
            "count"
        };
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {column} FROM term WHERE id=?1"))?;
        let mut rows = 0;
        for id in ids {
            rows += unsigned(statement.query_row([id], |row| row.get(0))?);
        }
        Ok(Some(rows))
    }

    /// Undated rows; the index on time has them together.
    pub(super) fn undated(&self) -> Result<u64, ReadError> {
        let mut rows = 0;
        for table in Table::ALL {
            let sql = format!(
                "SELECT count(*) FROM {} WHERE hidden=0 AND time IS NULL",
                table.name()
            );
            rows += unsigned(
                self.connection
                    .prepare_cached(&sql)?
                    .query_row([], |row| row.get(0))?,
            );
        }
        Ok(rows)
    }

    /// Dated rows in a stretch, of any of these types: whole minutes from the roll-up, what is
    /// left at its ends from the rows.
    fn count_within(&self, stretch: Stretch, types: Option<&[i64]>) -> Result<u64, ReadError> {
        let parts = Parts::new(stretch, MINUTE);
        let mut rows = match parts.whole {
            Some((first, last)) => {
                let ends = Stretch {
                    first: first.saturating_mul(MINUTE),
                    last: last.saturating_mul(MINUTE),
                };
                self.minutes(ends, types)?
            }
            None => 0,
        };
        for rest in parts.rest {
            for table in Table::ALL {
                rows += self.count_rows(&in_stretch(rest, types), table)?;
            }
        }
        Ok(rows)
    }

    /// Dated rows of the minutes that the ends lie in and those between.
    fn minutes(&self, stretch: Stretch, types: Option<&[i64]>) -> Result<u64, ReadError> {
        if stretch.is_empty() {
            return Ok(0);
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT type, sum(count) FROM minute WHERE minute BETWEEN ?1 AND ?2 GROUP BY type",
        )?;
        let ends = params![
            stretch.first.div_euclid(MINUTE),
            stretch.last.div_euclid(MINUTE)
        ];
        let mut rows = statement.query(ends)?;
        let mut sum = 0;
        while let Some(row) = rows.next()? {
            let wanted = match types {
                Some(types) => types.contains(&row.get(0)?),
                None => true,
            };
            if wanted {
                sum += unsigned(row.get(1)?);
            }
        }
        Ok(sum)
    }
}

/// The condition that the time lies in a stretch and the type is one of these.
pub(super) fn in_stretch(stretch: Stretch, types: Option<&[i64]>) -> Node {
    let integer = rusqlite::types::Value::Integer;
    let time = Node::Test(Test {
        column: "time",
        plain: Sql {
            text: " BETWEEN ? AND ?".to_owned(),
            values: vec![integer(stretch.first), integer(stretch.last)],
        },
        driven: None,
        key: Key::Time(stretch),
    });
    let Some(types) = types else { return time };
    Node::and(vec![time, of_types(types)])
}

/// The condition that the type is one of these.
pub(super) fn of_types(types: &[i64]) -> Node {
    let one = |id: &i64| Test::other("type=?", vec![rusqlite::types::Value::Integer(*id)]);
    Node::or(types.iter().map(one).collect())
}

/// A stretch cut into whole units and what is left at its ends.
#[derive(Debug, PartialEq)]
pub(super) struct Parts {
    /// First and last whole unit, counted from 1970.
    pub whole: Option<(i64, i64)>,
    /// The rest: none, one or two stretches.
    pub rest: Vec<Stretch>,
}

impl Parts {
    pub fn new(stretch: Stretch, unit: i64) -> Parts {
        if stretch.is_empty() {
            return Parts {
                whole: None,
                rest: Vec::new(),
            };
        }
        let (begin, end) = (i128::from(stretch.first), i128::from(stretch.last) + 1);
        let long = i128::from(unit);
        // Where a unit reaches beyond what 64 bits hold, all of it that exists is in the stretch.
        let first = if stretch.first == i64::MIN {
            begin.div_euclid(long)
        } else {
            -(-begin).div_euclid(long)
        };
        let after = if stretch.last == i64::MAX {
            -(-end).div_euclid(long)
        } else {
            end.div_euclid(long)
        };
        if first >= after {
            return Parts {
                whole: None,
                rest: vec![stretch],
            };
        }
        let rest = [
            Stretch::of(begin, first * long - 1),
            Stretch::of(after * long, end - 1),
        ];
        Parts {
            // Units are fewer than nanoseconds.
            whole: Some((first as i64, (after - 1) as i64)),
            rest: rest.into_iter().filter(|rest| !rest.is_empty()).collect(),
        }
    }
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_cover_the_stretch_once(first in -500..500_i64, length in 0..400_i64, probe in -600..1_000_i64) {
            let stretch = Stretch { first, last: first + length - 1 };
            let parts = Parts::new(stretch, 60);
            let covered = parts.rest.iter().filter(|rest| (rest.first..=rest.last).contains(&probe)).count()
                + usize::from(parts.whole.is_some_and(|(from, to)| (from..=to).contains(&probe.div_euclid(60))));
            prop_assert_eq!(covered, usize::from((stretch.first..=stretch.last).contains(&probe)), "{:?}", parts);
        }
    }

    #[test]
    fn all_of_time_is_whole_units() {
        assert_eq!(Parts::new(Stretch::ALL, MINUTE).rest, []);
    }
}
