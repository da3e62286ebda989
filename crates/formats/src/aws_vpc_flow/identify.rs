//! Recognises flow logs by a header, by lines of a default layout, or by the keys of objects.

use super::field::{Field, field};
use super::layout::Layout;
use crate::json::text::printable;
use crate::json::outline::{DAMAGED, Object, Outline};
use crate::json::text::readable;
use crate::{Head, Recognised};

/// The envelope of lines.
pub const TEXT: &str = "lines";

/// What the head is recognised as.
pub fn identify(head: &Head<'_>) -> Option<Recognised> {
    let objects = &head.outline().objects;
    if objects.is_empty() {
        text(head)
    } else {
        objects
            .iter()
            .find_map(|object| json(head.outline(), object))
    }
}

fn text(head: &Head<'_>) -> Option<Recognised> {
    let mut lines = head.lines();
    let first = readable(lines.next()?);
    if let Some(layout) = Layout::of_header(&first) {
        let kind = match layout.separator {
            b',' => "comma separated",
            b'\t' => "tab separated",
            _ => "space separated",
        };
        let known = layout
            .fields
            .iter()
            .filter(|field| **field != Field::Unknown)
            .count();
        let reason = format!("{kind} lines under a header that names {known} fields of flow logs");
        return Some(Recognised {
            confidence: 90,
            envelope: TEXT,
            reason,
        });
    }
    // One damaged line at the beginning should not hide the rest.
    let (index, layout) = std::iter::once(first)
        .chain(lines.map(readable))
        .take(5)
        .enumerate()
        .find_map(|(index, line)| Some((index, Layout::of_line(&line)?)))?;
    let reason = format!(
        "line {} has {} fields in the default order of flow logs, with times and a log status",
        index + 1,
        layout.fields.len()
    );
    Some(Recognised {
        confidence: if index == 0 { 85 } else { 60 },
        envelope: TEXT,
        reason,
    })
}

fn json(outline: &Outline, object: &Object) -> Option<Recognised> {
    for key in ["message", "@message"] {
        let Some(line) = object.text(key) else {
            continue;
        };
        if Layout::of_line(line).is_some() {
            let reason = format!("CloudWatch Logs event whose {key} is a line of a flow log");
            return Some(Recognised {
                confidence: 90,
                envelope: "cloudwatch",
                reason,
            });
        }
    }
    let fields: Vec<Field> = object
        .members
        .iter()
        .map(|(key, _)| field(key.as_bytes()))
        .collect();
    let both = fields.contains(&Field::Source) && fields.contains(&Field::Destination);
    let known = fields
        .iter()
        .filter(|field| **field != Field::Unknown)
        .count();
    if !both || known < 3 {
        return None;
    }
    let envelope = match object.path.as_str() {
        "" if outline.documents > 1 => "json-lines",
        "" => "json-object",
        "[]" => "json-array",
        path if path.starts_with(DAMAGED) => "json-damaged",
        _ => "json-nested",
    };
    let place = if object.path.is_empty() {
        "JSON object".to_owned()
    } else {
        format!("JSON object at {}", printable(&object.path))
    };
    let reason = format!(
        "{place} with source and destination address and {known} fields of flow logs in all"
    );
    Some(Recognised {
        confidence: 80,
        envelope,
        reason,
    })
}
