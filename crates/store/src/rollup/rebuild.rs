//! Roll-ups and dictionary counts made anew from the rows.

use rusqlite::Connection;

use super::{HOUR, MINUTE, MOST};

/// SQL for the whole number of `unit`s in `time`, rounded down for times before 1970 too.
fn whole(time: &str, unit: i64) -> String {
    format!("({time}-(({time}%{unit})+{unit})%{unit})/{unit}")
}

/// Makes all roll-ups and dictionary counts anew from the visible rows: after an interrupted
/// import, and where rows became hidden or visible again. Slow and exact; nothing is held in
/// memory.
///
/// # Errors
/// What SQLite says.
pub fn rebuild(connection: &Connection, step: &mut dyn FnMut(&str)) -> rusqlite::Result<()> {
    step("minutes");
    let minute = whole("time", MINUTE);
    connection.execute_batch(&format!(
        "DELETE FROM minute;
         INSERT INTO minute SELECT m, type, sum(n) FROM (
           SELECT {minute} m, type, count(*) n FROM event
             WHERE hidden=0 AND time IS NOT NULL GROUP BY 1,2
           UNION ALL
           SELECT {minute}, type, count(*) FROM flow
             WHERE hidden=0 AND time IS NOT NULL GROUP BY 1,2) GROUP BY 1,2;"
    ))?;
    step("flow totals");
    let flows = |table: &str, only: &str| {
        format!(
            "SELECT coalesce({},-1) h, coalesce(src_ip,0) s, coalesce(dst_ip,0) d,
               coalesce(bytes,0) b, coalesce(packets,0) p, time FROM {table} WHERE hidden=0 {only}",
            whole("time", HOUR)
        )
    };
    connection.execute_batch(&format!(
        "DELETE FROM flow_hour; DELETE FROM flow_pair;
         DELETE FROM flow_source; DELETE FROM flow_destination;
         INSERT INTO flow_hour SELECT h, s, d, count(*), {}, {}, min(time), max(time)
           FROM ({} UNION ALL {}) GROUP BY 1,2,3;",
        capped("b"),
        capped("p"),
        flows("flow", ""),
        flows("event", "AND kind=1"),
    ))?;
    for (table, key, from) in [
        ("flow_pair", "src_ip, dst_ip", "flow_hour"),
        ("flow_source", "src_ip", "flow_pair"),
        ("flow_destination", "dst_ip", "flow_pair"),
    ] {
        connection.execute_batch(&format!(
            "INSERT INTO {table} SELECT {key}, sum(flows), {}, {}, min(first), max(last)
               FROM {from} GROUP BY {key}",
            capped("bytes"),
            capped("packets"),
        ))?;
    }
    rebuild_terms(connection, step)
}

/// SQL for a sum that stops growing. It is made of two parts, as `sum` fails beyond 64 bits.
fn capped(column: &str) -> String {
    format!(
        "CASE WHEN sum({column}>>31)>{} THEN {MOST}
           ELSE min(sum({column}>>31)*2147483648+sum({column}&2147483647),{MOST}) END",
        MOST >> 31
    )
}

/// Columns by the name of their table, with the counter they feed.
fn rebuild_terms(connection: &Connection, step: &mut dyn FnMut(&str)) -> rusqlite::Result<()> {
    use crate::batch::{EVENT, FLOW};
    connection.execute_batch("UPDATE term SET count=0, count_dst=0, first=NULL, last=NULL")?;
    let resource = ["resource_type", "resource_id", "resource_name"];
    let tables = [("event", &EVENT[..]), ("flow", &FLOW[..])];
    for (table, columns) in tables {
        for column in columns.iter().filter(|column| column.term.is_some()) {
            step(column.name);
            let counter = if column.name == "dst_ip" {
                "count_dst"
            } else {
                "count"
            };
            let mut source = format!(
                "SELECT {0} t, time, id FROM {table} WHERE hidden=0 AND {0} IS NOT NULL",
                column.name
            );
            if table == "event" && resource.contains(&column.name) {
                // The first resource stands in the row as well; UNION counts each row once.
                let name = column.name.trim_start_matches("resource_");
                source += &format!(
                    " UNION SELECT r.{name}, e.time, e.id FROM event_resource r JOIN event e ON e.id=r.event
                      WHERE e.hidden=0 AND r.{name} IS NOT NULL"
                );
            }
            connection.execute_batch(&format!(
                "UPDATE term SET {counter}={counter}+n,
                   first=min(coalesce(first,f),coalesce(f,first)),
                   last=max(coalesce(last,l),coalesce(l,last))
                 FROM (SELECT t, count(*) n, min(time) f, max(time) l FROM ({source}) GROUP BY t)
                 WHERE term.id=t"
            ))?;
        }
    }
    Ok(())
}
