//! Which field stands where in a line.

use serde::{Deserialize, Serialize};

use super::field::{Field, TRANSIT, TRANSIT_COUNTS, VPC, VPC_COUNTS, field};

/// The most headers that one member may have.
const MOST: usize = 1024;

/// The order of fields in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// What stands between them.
    pub separator: u8,
}

impl Layout {
    /// The layout that a line states, where it is a header.
    pub fn of_header(line: &str) -> Option<Layout> {
        let separator = separator(line);
        let fields: Vec<Field> = parts(line, separator)
            .map(|name| field(name.as_bytes()))
            .collect();
        let known = fields
            .iter()
            .filter(|field| **field != Field::Unknown)
            .count();
        let essential = [
            Field::Source,
            Field::Destination,
            Field::Bytes,
            Field::Packets,
            Field::Start,
            Field::Interface,
        ];
        let essential = essential.iter().any(|field| fields.contains(field));
        // A header has no digits or addresses in it; a few columns may be a data lake's own.
        (known >= 3 && essential && known * 4 >= fields.len() * 3)
            .then_some(Layout { fields, separator })
    }

    /// The default layout that a line without header fits, by number and content of its fields.
    pub fn of_line(line: &str) -> Option<Layout> {
        let separator = separator(line);
        let mut parts: Vec<&str> = parts(without_time(line), separator).collect();
        while parts.last() == Some(&"") {
            parts.pop();
        }
        let count = parts.len();
        let at = |index: usize| parts.get(index).copied().unwrap_or("");
        let number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let status = |text: &str| matches!(text, "OK" | "NODATA" | "SKIPDATA" | "-");
        let times = |start: usize| {
            [start, start + 1]
                .into_iter()
                .all(|index| number(at(index)) || at(index) == "-")
        };
        let version = number(at(0)) && at(0).len() == 1;
        let fields: &[Field] =
            if version && VPC_COUNTS.contains(&count) && status(at(13)) && times(10) {
                VPC.get(..count)?
            } else if version && TRANSIT_COUNTS.contains(&count) && status(at(25)) && times(23) {
                TRANSIT.get(..count)?
            } else {
                return None;
            };
        Some(Layout {
            fields: fields.to_vec(),
            separator,
        })
    }
}

/// The separator of a line: tab or comma where there are any, else blank.
fn separator(line: &str) -> u8 {
    [b'\t', b',']
        .into_iter()
        .find(|separator| line.as_bytes().contains(separator))
        .unwrap_or(b' ')
}

/// The parts of a line, without quotes around them.
pub fn parts(line: &str, separator: u8) -> impl Iterator<Item = &str> {
    line.split(char::from(separator)).map(|part| {
        let inner = part
            .strip_prefix('"')
            .and_then(|part| part.strip_suffix('"'));
        inner.unwrap_or(part)
    })
}

/// A line without the time that CloudWatch exports put before it.
pub fn without_time(line: &str) -> &str {
    let bytes = line.as_bytes();
    if bytes.get(10) != Some(&b'T') || bytes.get(4) != Some(&b'-') {
        return line;
    }
    match line.split_once([' ', '\t', ',']) {
        Some((time, rest)) if vestige_model::time::parse(time).ns.is_some() => rest,
        _ => line,
    }
}

/// The layouts of a member, each from an offset on. This is the member's context.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Layouts {
    layouts: Vec<From>,
}

#[derive(Debug, Serialize, Deserialize)]
struct From {
    /// Offset of the first line it applies to.
    from: u64,
    /// The header or, without one, the first line.
    line: String,
    /// Whether the line is a header.
    header: bool,
    #[serde(skip)]
    layout: Option<Layout>,
}

impl Layouts {
    /// The layouts that a member's context holds, if it is one.
    pub fn from_context(context: &[u8]) -> Option<Layouts> {
        if !context.starts_with(b"{\"layouts\"") {
            return None;
        }
        let mut layouts: Layouts = serde_json::from_slice(context).ok()?;
        for one in &mut layouts.layouts {
            one.layout = if one.header {
                Layout::of_header(&one.line)
            } else {
                Layout::of_line(&one.line)
            };
        }
        Some(layouts)
    }

    /// The context that holds these layouts.
    pub fn context(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The layout of the line at an offset.
    pub fn at(&self, offset: u64) -> Option<&Layout> {
        let after = self.layouts.partition_point(|one| one.from <= offset);
        self.layouts.get(after.checked_sub(1)?)?.layout.as_ref()
    }

    /// The layout of the lines that come next.
    pub fn last(&self) -> Option<&Layout> {
        self.layouts.last()?.layout.as_ref()
    }

    /// Takes the layout that a line states or fits; false where it does neither, or there are too
    /// many headers to be true.
    pub fn learn(&mut self, offset: u64, line: &str, header: bool) -> bool {
        let layout = if header {
            Layout::of_header(line)
        } else {
            Layout::of_line(line)
        };
        if layout.is_none() || self.layouts.len() >= MOST {
            return false;
        }
        self.layouts.push(From {
            from: offset,
            line: line.to_owned(),
            header,
            layout,
        });
        true
    }
}
