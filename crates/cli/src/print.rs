//! What commands write: results to standard output, everything else to standard error.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write as _};

use serde::Serialize;
use serde_json::Value;
use vestige_workbench::WorkError;

/// How a command ends: with an exit code, or an error.
pub type Done = Result<u8, WorkError>;

/// Standard output, for many lines.
pub fn out() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Standard output takes no more.
pub fn unwritable(source: io::Error) -> WorkError {
    WorkError::Io {
        path: "standard output".into(),
        doing: "writing",
        source,
    }
}

/// Whether an error is only that nobody reads on, as in `vestige events CASE --all | head`.
pub fn is_closed(error: &WorkError) -> bool {
    matches!(error, WorkError::Io { source, .. } if source.kind() == ErrorKind::BrokenPipe)
}

/// One line.
pub fn line(text: &str) -> Done {
    writeln!(io::stdout().lock(), "{text}").map_err(unwritable)?;
    Ok(0)
}

/// One JSON document.
pub fn json(value: &impl Serialize) -> Done {
    let mut out = out();
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
    written
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(unwritable)?;
    Ok(0)
}

/// Something for whoever looks on. Nobody may: that is no reason to end.
pub fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Objects with the same keys as JSON, or as a table with a column a key.
pub fn rows(found: &[Value], as_json: bool) -> Done {
    if as_json {
        return json(&found);
    }
    let Some(Value::Object(first)) = found.first() else {
        return Ok(0);
    };
    let head = first.keys().cloned().collect();
    let mut lines: Vec<Vec<String>> = vec![head];
    lines.extend(found.iter().map(cells));
    let numeric: Vec<bool> = first.values().map(Value::is_number).collect();
    let mut out = out();
    for one in aligned(&lines, &numeric) {
        writeln!(out, "{one}").map_err(unwritable)?;
    }
    out.flush().map_err(unwritable)?;
    Ok(0)
}

fn cells(row: &Value) -> Vec<String> {
    let values = row.as_object().into_iter().flat_map(|row| row.values());
    values.map(cell).collect()
}

/// Text of evidence must not steer a terminal.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    }
}

fn aligned(lines: &[Vec<String>], numeric: &[bool]) -> Vec<String> {
    let width = |column: usize| {
        let lengths = lines.iter().filter_map(|line| line.get(column));
        lengths.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..numeric.len()).map(width).collect();
    let shape = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).zip(numeric);
        let padded = cells.map(|((cell, width), numeric)| match numeric {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(shape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_text_steers_no_terminal() {
        let lines = [
            vec!["value".to_owned(), "count".to_owned()],
            cells(&serde_json::json!({"value": "a\u{1b}[2Jb", "count": 7})),
        ];
        let lines = aligned(&lines, &[false, true]);
        assert_eq!(lines, ["value        count", "a\\u{1b}[2Jb      7"]);
    }
}
