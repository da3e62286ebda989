//! Members that are the same as one stored before: a log beside its compressed copy, or once more
//! in an archive.
//!
//! Formats without ids are compared by whole members. Of those with equal decompressed bytes, read
//! as the same format, the first in (evidence item, member) order stays, which is sorted path order
//! within an import; one that others were found to repeat stays whatever comes later. All rows of
//! the others are hidden.

use rusqlite::{Connection, params};

use super::SettleError;
use crate::writer::Writer;

/// Settles the members of evidence that is not withdrawn and returns how many became duplicates.
/// `go_on` is asked after each.
pub(super) fn settle(
    connection: &Connection,
    writer: &mut Writer,
    seq: u64,
    go_on: &dyn Fn() -> bool,
) -> Result<u64, SettleError> {
    find_same(connection)?;
    let mut settled = 0;
    let mut same =
        connection.prepare("SELECT member,survivor FROM temp.same_member ORDER BY member")?;
    let mut rows = same.query([])?;
    while let Some(row) = rows.next()? {
        let (member, survivor): (i64, i64) = (row.get(0)?, row.get(1)?);
        hide(connection, writer, member)?;
        note(connection, member, survivor, seq)?;
        settled += 1;
        if !go_on() {
            return Err(SettleError::Stopped);
        }
    }
    drop(rows);
    drop(same);
    connection.execute_batch("DROP TABLE temp.same_member")?;
    Ok(settled)
}

/// Lists the members that are not settled and have a survivor. What was read otherwise than the
/// first (another format, fewer rows) is not the same although its bytes are.
fn find_same(connection: &Connection) -> rusqlite::Result<()> {
    find_shared(connection)?;
    connection.execute_batch(
        "DROP TABLE IF EXISTS temp.same_member;
         CREATE TEMP TABLE same_member(member INTEGER PRIMARY KEY, survivor INTEGER NOT NULL);
         INSERT INTO temp.same_member SELECT id, survivor FROM (
           SELECT m.id id, d.member settled, first_value(m.id) OVER (
                    PARTITION BY m.content, m.format, m.envelope, m.events, m.first, m.last
                    ORDER BY m.id NOT IN (SELECT survivor FROM duplicate_member),
                             d.member IS NOT NULL, m.evidence, m.id) survivor
             FROM member m JOIN evidence v ON v.id=m.evidence
             LEFT JOIN duplicate_member d ON d.member=m.id
            WHERE m.id IN (SELECT id FROM temp.shared_member))
          WHERE settled IS NULL AND survivor<>id;
         DROP TABLE temp.shared_member",
    )
}

/// Lists the members whose bytes another has: first the hashes, from the index alone.
fn find_shared(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "DROP TABLE IF EXISTS temp.shared_member;
         CREATE TEMP TABLE shared_member(id INTEGER PRIMARY KEY);
         INSERT INTO temp.shared_member {SHARED}"
    ))
}

const SHARED: &str = "SELECT m.id
      FROM (SELECT content c FROM member INDEXED BY member_content WHERE content IS NOT NULL
             GROUP BY content HAVING count(*)>1) s
     CROSS JOIN member m INDEXED BY member_content ON m.content=s.c
     CROSS JOIN evidence v ON v.id=m.evidence
     WHERE m.content IS NOT NULL AND m.events>0 AND v.withdrawn_seq IS NULL";

fn hide(connection: &Connection, writer: &mut Writer, member: i64) -> rusqlite::Result<()> {
    for (table, from, to) in row_ranges(connection, member)? {
        writer.uncount_member(connection, table, member, (from, to))?;
        let sql =
            format!("UPDATE {table} SET hidden=hidden|1 WHERE id BETWEEN ?2 AND ?3 AND member=?1");
        connection
            .prepare_cached(&sql)?
            .execute([member, from, to])?;
    }
    Ok(())
}

/// A member that could be read in part only stays `partial`: that matters more.
fn note(connection: &Connection, member: i64, survivor: i64, seq: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO duplicate_member VALUES(?1,?2,?3)")?
        .execute(params![member, survivor, seq as i64])?;
    let reason = reason("?2");
    let sql = format!(
        "UPDATE member SET duplicate=duplicate+stored, stored=0,
           reason=CASE state WHEN 'imported' THEN {reason} ELSE reason END,
           state=CASE state WHEN 'imported' THEN 'duplicate' ELSE state END WHERE id=?1"
    );
    connection
        .prepare_cached(&sql)?
        .execute([member, survivor])
        .map(drop)
}

/// SQL for what is said of a member that repeats `survivor`: `identical to EV-0003 name!member`.
pub(crate) fn reason(survivor: &str) -> String {
    format!(
        "(SELECT 'identical to EV-'||printf('%04d',v.id)||' '||v.name||
            CASE s.name WHEN '' THEN '' ELSE '!'||s.name END
          FROM member s JOIN evidence v ON v.id=s.evidence WHERE s.id={survivor})"
    )
}

/// The tables in which a member has rows, with its first and last id there.
pub(crate) fn row_ranges(
    connection: &Connection,
    member: i64,
) -> rusqlite::Result<Vec<(&'static str, i64, i64)>> {
    let mut statement = connection
        .prepare_cached("SELECT event_from,event_to,flow_from,flow_to FROM member WHERE id=?1")?;
    statement.query_row([member], |row| {
        let mut ranges = Vec::new();
        for (table, at) in [("event", 0), ("flow", 2)] {
            let ends: (Option<i64>, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
            if let (Some(from), Some(to)) = ends {
                ranges.push((table, from, to));
            }
        }
        Ok(ranges)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An import of a few files into a case of very many does not look at all its members.
    #[test]
    fn only_members_whose_bytes_another_has_are_looked_at() {
        let connection = Connection::open_in_memory().unwrap();
        crate::migration::apply(&connection, crate::migration::KNOWN, 0).unwrap();
        let mut plan = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {SHARED}"))
            .unwrap();
        let steps = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        for step in steps.iter().filter(|step| step.contains("SCAN")) {
            let fits = step == "SCAN s" || step.contains("USING COVERING INDEX member_content");
            assert!(fits, "{steps:#?}");
        }
        assert!(
            steps
                .iter()
                .any(|step| step.starts_with("SEARCH m USING INDEX member_content"))
        );
    }
}
