//! Members of other items that were hidden because they repeat one that is withdrawn now: the next
//! in order comes into view, the rest repeat that one from here on.

use rusqlite::Connection;

use super::Withdrawn;
use crate::duplicates::members::{reason, row_ranges};

/// Gives the duplicates of an item's members their heir, and returns the custody entries that
/// found them.
pub(super) fn reveal(
    connection: &Connection,
    evidence: i64,
    done: &mut Withdrawn,
) -> rusqlite::Result<Vec<u64>> {
    let affected = collect(connection, evidence)?;
    let mut heirs = connection.prepare("SELECT DISTINCT heir FROM temp.orphan_member")?;
    for heir in heirs.query_map([], |row| row.get(0))? {
        let heir = heir?;
        done.revealed += show(connection, heir)?;
        done.revealed_in.insert(connection.query_row(
            "SELECT evidence FROM member WHERE id=?1",
            [heir],
            |row| row.get(0),
        )?);
    }
    drop(heirs);
    let sql = "SELECT coalesce(sum(events),0) FROM member
                WHERE id IN (SELECT member FROM temp.orphan_member WHERE member<>heir)";
    let moved: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    done.moved += moved.unsigned_abs();
    connection.execute_batch(&format!(
        "DELETE FROM duplicate_member WHERE member IN (SELECT heir FROM temp.orphan_member);
         UPDATE duplicate_member SET survivor=o.heir FROM temp.orphan_member o
          WHERE o.member=duplicate_member.member;
         UPDATE member SET reason={} FROM temp.orphan_member o
          WHERE o.member=member.id AND o.heir<>o.member AND state='duplicate';
         DROP TABLE temp.orphan_member;",
        reason("o.heir")
    ))?;
    Ok(affected)
}

/// Lists the members that lose their survivor, each with the first of those that shared it.
fn collect(connection: &Connection, evidence: i64) -> rusqlite::Result<Vec<u64>> {
    connection.execute_batch(
        "DROP TABLE IF EXISTS temp.orphan_member;
         CREATE TEMP TABLE orphan_member(member INTEGER PRIMARY KEY, heir INTEGER NOT NULL, seq INTEGER NOT NULL);",
    )?;
    connection.execute(
        "INSERT INTO temp.orphan_member
           SELECT d.member,
                  first_value(d.member) OVER (PARTITION BY d.survivor ORDER BY m.evidence, m.id),
                  d.seq
             FROM duplicate_member d
             JOIN member m ON m.id=d.member
             JOIN evidence v ON v.id=m.evidence
             JOIN member s ON s.id=d.survivor
            WHERE s.evidence=?1 AND m.evidence<>?1 AND v.withdrawn_seq IS NULL",
        [evidence],
    )?;
    let mut seqs =
        connection.prepare("SELECT DISTINCT seq FROM temp.orphan_member ORDER BY seq")?;
    seqs.query_map([], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))?
        .collect()
}

/// Brings the rows of a member into view and counts its records as stored.
fn show(connection: &Connection, member: i64) -> rusqlite::Result<u64> {
    let mut shown = 0;
    for (table, from, to) in row_ranges(connection, member)? {
        let sql =
            format!("UPDATE {table} SET hidden=hidden&~1 WHERE id BETWEEN ?2 AND ?3 AND member=?1");
        shown += connection
            .prepare_cached(&sql)?
            .execute([member, from, to])? as u64;
    }
    connection
        .prepare_cached(
            "UPDATE member SET stored=duplicate, duplicate=0,
               reason=CASE state WHEN 'duplicate' THEN NULL ELSE reason END,
               state=CASE state WHEN 'duplicate' THEN 'imported' ELSE state END WHERE id=?1",
        )?
        .execute([member])?;
    Ok(shown)
}
