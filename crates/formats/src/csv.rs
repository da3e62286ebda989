//! Rows and cells of CSV (RFC 4180), each row with the bytes it stands in.

use std::ops::Range;

use memchr::{memchr, memchr2};
use vestige_model::{Warning, warning};

use crate::input::{Input, RECORD};
use crate::sink::Sink;

/// Where a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Here, with a line end of so many bytes behind it.
    Row(usize, usize),
    /// Not in these bytes, which end inside quotes or not.
    Open {
        /// A quote is not closed.
        quoted: bool,
    },
}

/// Where the row at the start of `bytes` ends. Line ends inside quotes belong to the row.
pub fn row_end(bytes: &[u8]) -> End {
    let (mut at, mut quoted) = (0, false);
    while let Some(rest) = bytes.get(at..) {
        let next = if quoted {
            memchr(b'"', rest)
        } else {
            memchr2(b'"', b'\n', rest)
        };
        let Some(next) = next.map(|next| at + next) else {
            break;
        };
        if bytes.get(next) == Some(&b'\n') {
            let carriage = next > 0 && bytes.get(next - 1) == Some(&b'\r');
            return End::Row(next - usize::from(carriage), 1 + usize::from(carriage));
        }
        quoted = !quoted;
        at = next + 1;
    }
    End::Open { quoted }
}

/// Splits a row into cells: appends their text, with quotes undone, to `text` and gives their
/// ranges in it. A quote inside an unquoted cell is text.
pub fn cells(row: &[u8], separator: u8, text: &mut Vec<u8>) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut rest = Some(row);
    while let Some(bytes) = rest {
        let start = text.len();
        let blanks = bytes.iter().take_while(|byte| **byte == b' ').count();
        let quoted = bytes
            .get(blanks..)
            .and_then(|cell| cell.strip_prefix(b"\""));
        rest = match quoted {
            Some(cell) => quoted_cell(cell, separator, text),
            None => plain_cell(bytes, separator, text),
        };
        cells.push(start..text.len());
    }
    cells
}

fn plain_cell<'a>(bytes: &'a [u8], separator: u8, text: &mut Vec<u8>) -> Option<&'a [u8]> {
    let end = memchr(separator, bytes);
    text.extend_from_slice(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(&[]));
    bytes.get(end? + 1..)
}

fn quoted_cell<'a>(mut bytes: &'a [u8], separator: u8, text: &mut Vec<u8>) -> Option<&'a [u8]> {
    while let Some(quote) = memchr(b'"', bytes) {
        text.extend_from_slice(bytes.get(..quote).unwrap_or(&[]));
        bytes = bytes.get(quote + 1..).unwrap_or(&[]);
        match bytes.strip_prefix(b"\"") {
            Some(rest) => {
                text.push(b'"');
                bytes = rest;
            }
            // What stands between the closing quote and the separator is kept as text.
            None => return plain_cell(bytes, separator, text),
        }
    }
    text.extend_from_slice(bytes);
    None
}

/// Moves over the rows of an input: `row` is called with the input, whose window begins with the
/// row, and the row's length. Empty rows are passed; rows that are no rows are rejected.
pub fn rows(
    input: &mut Input<'_>,
    sink: &mut dyn Sink,
    mut row: impl FnMut(&Input<'_>, usize, &mut dyn Sink),
) {
    while !sink.stopped() {
        let window = input.window();
        let part = window.get(..RECORD).unwrap_or(window);
        let (end, held) = (row_end(part), part.len());
        if matches!(end, End::Open { .. }) && held < RECORD && input.more() {
            continue;
        }
        let (length, after) = match end {
            End::Row(length, after) => (length, after),
            End::Open { .. } if held == 0 => return,
            End::Open { quoted: false } if held < RECORD => (held, 0),
            End::Open { quoted } => {
                refuse(input, quoted, sink);
                continue;
            }
        };
        let blank = input
            .window()
            .iter()
            .take(length)
            .all(u8::is_ascii_whitespace);
        if !blank {
            row(input, length, sink);
        }
        input.consume(length + after);
    }
}

/// Rejects the first line of what is no row.
fn refuse(input: &mut Input<'_>, quoted: bool, sink: &mut dyn Sink) {
    let offset = input.offset();
    let excerpt = warning::excerpt(input.window());
    loop {
        let end = memchr(b'\n', input.window()).map(|end| end + 1);
        input.consume(end.unwrap_or(input.window().len()));
        if end.is_some() || !input.more() {
            break;
        }
    }
    let (reason, expected) = if quoted {
        (
            "a quote that is not closed",
            "'\"' before the end of the row",
        )
    } else {
        ("longer than a record may be", "a line end")
    };
    sink.rejected(Warning {
        offset,
        length: input.offset() - offset,
        reason: reason.to_owned(),
        expected: expected.to_owned(),
        found: format!("none within {RECORD} bytes, or before the end of the data"),
        excerpt,
    });
}

/// A header's names as they are compared: letters and digits only, in lower case.
pub fn squashed(name: &[u8]) -> Vec<u8> {
    name.iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(row: &[u8]) -> Vec<String> {
        let mut text = Vec::new();
        let ranges = cells(row, b',', &mut text);
        ranges
            .into_iter()
            .map(|range| String::from_utf8_lossy(&text[range]).into_owned())
            .collect()
    }

    #[test]
    fn quotes_are_undone() {
        assert_eq!(
            split(b"a,\"b \"\"c\"\", d\",,e"),
            ["a", "b \"c\", d", "", "e"]
        );
        assert_eq!(split(b"5'11\", \"x\"y"), ["5'11\"", "xy"]);
        assert_eq!(split(b""), [""]);
        assert_eq!(row_end(b"a,\"b\nc\"\r\nd"), End::Row(7, 2));
        assert_eq!(row_end(b"a,\"b\nc"), End::Open { quoted: true });
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read(fields in proptest::collection::vec("[ -~\n\r\"é]{0,8}", 2..5)) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let bytes = writer.into_inner().unwrap();
            let End::Row(length, _) = row_end(&bytes) else { panic!("no row") };
            prop_assert_eq!(split(&bytes[..length]), fields);
        }
    }
}
