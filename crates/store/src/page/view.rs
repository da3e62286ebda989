//! The views of the SQL console: read-only, with names and texts instead of numbers.
//!
//! | view | a row is |
//! |---|---|
//! | `v_event` | a visible row of kind event or resource, or a flow with more than `v_flow` shows |
//! | `v_flow` | any other visible flow |
//! | `v_resource` | a resource of a row of `v_event` |
//!
//! Columns have the flat field names with `_` for `.`; times are RFC 3339 texts with nine decimals,
//! and nanoseconds since 1970 in columns that end in `_ns`. `id` is the stable event id, `row` the
//! number within this case.

use rusqlite::Connection;
use vestige_model::Field;

use crate::query::{Source, Table, known_words, source};

/// Makes the views, which live as long as the connection. A connection that is kept to reading by
/// an authorizer or `query_only` needs them before that.
///
/// # Errors
/// What SQLite says.
pub fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&definitions())
}

/// The SQL of the views.
pub fn definitions() -> String {
    let view = |name: &str, table: Table| {
        format!(
            "CREATE TEMP VIEW {name} AS SELECT {} FROM main.{} AS t
             JOIN main.member AS m ON m.id=t.member JOIN main.evidence AS e ON e.id=m.evidence
             WHERE t.hidden=0;\n",
            columns(table).join(", "),
            table.name()
        )
    };
    view("v_event", Table::Event) + &view("v_flow", Table::Flow) + RESOURCES
}

const RESOURCES: &str = "CREATE TEMP VIEW v_resource AS
    SELECT t.id AS row, 0 AS n,
      (SELECT value FROM main.term WHERE id=t.resource_type) AS type,
      (SELECT value FROM main.term WHERE id=t.resource_id) AS id,
      (SELECT value FROM main.term WHERE id=t.resource_name) AS name
    FROM main.event AS t WHERE t.hidden=0 AND t.resources IS NULL
      AND coalesce(t.resource_type,t.resource_id,t.resource_name) IS NOT NULL
    UNION ALL
    SELECT r.event, r.n,
      (SELECT value FROM main.term WHERE id=r.type),
      (SELECT value FROM main.term WHERE id=r.id),
      (SELECT value FROM main.term WHERE id=r.name)
    FROM main.event_resource AS r JOIN main.event AS t ON t.id=r.event WHERE t.hidden=0;\n";

fn columns(table: Table) -> Vec<String> {
    let mut columns = vec!["t.id AS row".to_owned()];
    for field in Field::ALL {
        let name = field.name().replace('.', "_");
        match source(*field, table) {
            // What is noted is no part of the rows; older cases have no tables for it.
            None | Some(Source::Noted) => {}
            Some(Source::Time(column)) => {
                columns.push(format!("{} AS {name}", time(&format!("t.{column}"))));
                columns.push(format!("t.{column} AS {name}_ns"));
            }
            Some(source) => columns.push(format!("{} AS {name}", expression(*field, source))),
        }
    }
    columns
}

fn expression(field: Field, source: Source) -> String {
    match source {
        Source::Term(column, _) | Source::Resource(column, _, _) => {
            format!("(SELECT value FROM main.term WHERE id=t.{column})")
        }
        Source::Word(column) => word(field, &format!("t.{column}")),
        Source::Number(column) => format!("t.{column}"),
        Source::Time(column) => time(&format!("t.{column}")),
        Source::Text(column) => text(&format!("t.{column}")),
        Source::Flow => "'flow'".to_owned(),
        Source::Noted => "NULL".to_owned(),
        Source::Id => {
            "lower(hex(substr(e.sha256,1,8)))||'.'||m.path||'.'||t.offset||coalesce('.'||t.sub,'')"
                .to_owned()
        }
        Source::Member => match field {
            Field::Evidence => "printf('EV-%04d',e.id)".to_owned(),
            Field::Member => "m.path".to_owned(),
            _ => time("(SELECT started FROM main.acquisition WHERE id=e.acquisition)"),
        },
    }
}

fn word(field: Field, column: &str) -> String {
    let cases: Vec<String> = known_words(field)
        .iter()
        .map(|(number, word)| format!("WHEN {number} THEN '{word}'"))
        .collect();
    format!("CASE {column} {} END", cases.join(" "))
}

/// A time as text; the division rounds down before 1970 too.
fn time(ns: &str) -> String {
    let rest = format!("((({ns})%1000000000+1000000000)%1000000000)");
    format!(
        "strftime('%Y-%m-%dT%H:%M:%S',(({ns})-{rest})/1000000000,'unixepoch')||printf('.%09dZ',{rest})"
    )
}

/// A text, or a UUID that is kept as sixteen bytes.
fn text(column: &str) -> String {
    let part = |from, length| format!("lower(hex(substr({column},{from},{length})))");
    let uuid = [part(1, 4), part(5, 2), part(7, 2), part(9, 2), part(11, 6)].join("||'-'||");
    format!("CASE typeof({column}) WHEN 'blob' THEN {uuid} ELSE {column} END")
}
