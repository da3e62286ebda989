//! Flow logs in lines.

use vestige_model::{Event, Quality, Warning};

use super::flow::{Flow, Malformed};
use super::layout::{Layout, Layouts, parts, without_time};
use crate::json::Verdict;
use crate::json::records::deliver;
use crate::json::text::{encoding_quality, readable};
use crate::lines::lines;
use crate::{Input, Sink, Span};

/// Reads every line.
pub fn read(input: &mut Input<'_>, sink: &mut dyn Sink) {
    let mut layouts = Layouts::default();
    lines(input, sink, |input, length, sink| {
        let line = input.window().get(..length).unwrap_or(&[]);
        let offset = input.offset();
        let length = input.offset_of(length) - offset;
        let span = Span {
            offset,
            length,
            decode: input.encoding().plain(),
        };
        one(&mut layouts, span, line, sink);
    });
}

/// Reads one line again.
pub fn read_again(layouts: &Layouts, span: Span, line: &[u8], sink: &mut dyn Sink) {
    let text = readable(line);
    let mut rows = Vec::with_capacity(1);
    match layouts
        .at(span.offset)
        .map(|layout| parse(layout, &text, &mut rows))
    {
        Some(Ok(verdict)) => deliver(sink, span, line, verdict, &mut rows, quality(line)),
        Some(Err(wrong)) => sink.rejected(wrong.warning(span, line)),
        None => sink.rejected(no_layout(span, line)),
    }
}

#[inline]
fn one(layouts: &mut Layouts, span: Span, line: &[u8], sink: &mut dyn Sink) {
    let text = readable(line);
    let mut rows = Vec::with_capacity(1);
    let result = layouts.last().map(|layout| parse(layout, &text, &mut rows));
    match result {
        Some(Ok(verdict)) => deliver(sink, span, line, verdict, &mut rows, quality(line)),
        Some(Err(wrong)) => other(layouts, span, line, &text, wrong, sink),
        None => first(layouts, span, line, &text, sink),
    }
}

fn quality(line: &[u8]) -> Quality {
    if line.is_ascii() {
        Quality::default()
    } else {
        encoding_quality(line)
    }
}

/// The first line: a header, which is no record, or a record of a default layout.
fn first(layouts: &mut Layouts, span: Span, line: &[u8], text: &str, sink: &mut dyn Sink) {
    if layouts.learn(span.offset, text, true) {
        sink.context(layouts.context());
    } else if layouts.learn(span.offset, text, false) {
        sink.context(layouts.context());
        one(layouts, span, line, sink);
    } else {
        sink.rejected(no_layout(span, line));
    }
}

/// A line that does not fit the layout: perhaps a header again, as files put together have, or
/// the beginning of lines with another layout.
fn other(
    layouts: &mut Layouts,
    span: Span,
    line: &[u8],
    text: &str,
    wrong: Wrong,
    sink: &mut dyn Sink,
) {
    match Layout::of_header(text) {
        Some(header) if Some(&header) == layouts.last() => sink.ignored(span, "the header again"),
        Some(_) if layouts.learn(span.offset, text, true) => {
            sink.context(layouts.context());
            sink.ignored(span, "another header");
        }
        _ => sink.rejected(wrong.warning(span, line)),
    }
}

fn no_layout(span: Span, line: &[u8]) -> Warning {
    let mut warning = Warning::about(
        span.offset,
        line,
        "no header came before, and no default layout fits",
    );
    warning.length = span.length;
    let count = line
        .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
        .count();
    warning.expected(
        "a header, or 14, 21, 25, 29, 31, 36, 39 or 40 fields",
        format!("{count} fields"),
    )
}

/// What is wrong with a line.
struct Wrong {
    expected: String,
    found: String,
}

impl Wrong {
    fn warning(self, span: Span, line: &[u8]) -> Warning {
        let mut warning = Warning::about(span.offset, line, "not a line of this flow log");
        warning.length = span.length;
        warning.expected(self.expected, self.found)
    }
}

/// Reads a line by a layout.
fn parse<'a>(layout: &Layout, line: &'a str, rows: &mut Vec<Event<'a>>) -> Result<Verdict, Wrong> {
    let result = fill(layout, line);
    // The time before a line is tried only where the line as it is does not fit.
    let (flow, count) = match result {
        Ok((flow, count)) if count == layout.fields.len() => (flow, count),
        other => match (without_time(line), other) {
            (shorter, other) if shorter.len() == line.len() => other?,
            (shorter, _) => fill(layout, shorter)?,
        },
    };
    if count != layout.fields.len() {
        let (expected, found) = (
            format!("{} fields", layout.fields.len()),
            format!("{count} fields"),
        );
        return Err(Wrong { expected, found });
    }
    Ok(flow.finish(rows))
}

#[inline]
fn fill<'a>(layout: &Layout, line: &'a str) -> Result<(Flow<'a>, usize), Wrong> {
    let (mut flow, mut count) = (Flow::new(), 0);
    for value in parts(line.trim_end(), layout.separator) {
        if let Some(field) = layout.fields.get(count) {
            flow.set(*field, value.into())
                .map_err(|wrong| malformed(wrong, count, value))?;
        }
        count += 1;
    }
    Ok((flow, count))
}

#[cold]
fn malformed(wrong: Malformed, index: usize, value: &str) -> Wrong {
    let shown: String = value
        .chars()
        .take(40)
        .flat_map(char::escape_default)
        .collect();
    Wrong {
        expected: format!("{} in field {}", wrong.expected, index + 1),
        found: format!("\"{shown}\""),
    }
}

/// Reads a line that stands alone, in the message of a log event: it must fit a default layout.
pub fn message<'a>(line: &'a str, rows: &mut Vec<Event<'a>>) -> Verdict {
    let unfit = |expected: &'static str, found: String| Verdict::Unfit {
        reason: "the message is no flow log line of a default layout",
        expected,
        found,
    };
    let Some(layout) = Layout::of_line(line) else {
        let count = line.split_ascii_whitespace().count();
        return unfit(
            "14, 21, 25, 29, 31, 36, 39 or 40 fields",
            format!("{count} fields"),
        );
    };
    match parse(&layout, line, rows) {
        Ok(verdict) => verdict,
        Err(wrong) => unfit(
            "a line that fits its layout",
            format!("{} instead of {}", wrong.found, wrong.expected),
        ),
    }
}
