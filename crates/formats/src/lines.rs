//! Lines of text, each with the bytes it stands in.

use memchr::memchr;
use vestige_model::{Warning, warning};

use crate::input::{Input, RECORD};
use crate::sink::Sink;

/// Moves over the lines of an input: `line` is called with the input, whose window begins with
/// the line, and the line's length without its end. Empty lines are passed; a line longer than a
/// record may be is rejected.
pub fn lines(
    input: &mut Input<'_>,
    sink: &mut dyn Sink,
    mut line: impl FnMut(&Input<'_>, usize, &mut dyn Sink),
) {
    while !sink.stopped() {
        let window = input.window();
        let end = memchr(b'\n', window.get(..RECORD).unwrap_or(window));
        let held = window.len();
        if end.is_none() && held < RECORD && input.more() {
            continue;
        }
        if end.is_none() && held >= RECORD {
            refuse(input, sink);
            continue;
        }
        let length = end.unwrap_or(held);
        if length == 0 && end.is_none() {
            return;
        }
        let text = input.window().get(..length).unwrap_or(&[]);
        let trimmed = length - usize::from(text.ends_with(b"\r"));
        if text.first().is_some_and(|first| *first > b' ') || !text.trim_ascii().is_empty() {
            line(input, trimmed, sink);
        }
        input.consume(length + usize::from(end.is_some()));
    }
}

fn refuse(input: &mut Input<'_>, sink: &mut dyn Sink) {
    let offset = input.offset();
    let excerpt = warning::excerpt(input.window());
    loop {
        let end = memchr(b'\n', input.window()).map(|end| end + 1);
        input.consume(end.unwrap_or(input.window().len()));
        if end.is_some() || !input.more() {
            break;
        }
    }
    let length = input.offset() - offset;
    sink.rejected(Warning {
        offset,
        length,
        reason: "longer than a record may be".to_owned(),
        expected: format!("a line end within {RECORD} bytes"),
        found: format!("a line of {length} bytes"),
        excerpt,
    });
}
