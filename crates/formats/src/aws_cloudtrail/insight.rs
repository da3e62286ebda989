//! Insight events: unusual rates of calls or errors that CloudTrail itself noticed.

use vestige_model::{Event, Resource};

use super::normalise::service;
use super::record::Record;
use crate::json::text::Checked;
use crate::json::{Fault, Scanner, Str};

/// What is read of `insightDetails`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Insight<'a> {
    source: Option<Str<'a>>,
    name: Option<Str<'a>>,
    kind: Option<Str<'a>>,
    error_code: Option<Str<'a>>,
}

impl<'a> Insight<'a> {
    /// Reads the element at the scanner's position.
    ///
    /// # Errors
    /// Where it is not well formed.
    pub fn read(scanner: &mut Scanner<'a>) -> Result<Insight<'a>, Fault> {
        let mut insight = Insight::default();
        if scanner.next() != Some(b'{') {
            scanner.skip()?;
            return Ok(insight);
        }
        scanner.object(|scanner, key| {
            let target = match key {
                b"eventSource" => &mut insight.source,
                b"eventName" => &mut insight.name,
                b"insightType" => &mut insight.kind,
                b"errorCode" => &mut insight.error_code,
                _ => return scanner.skip(),
            };
            *target = scanner.scalar()?;
            Ok(())
        })?;
        Ok(insight)
    }
}

/// Fills the row of an Insight event: the call it is about, the insight as the resource. Neither
/// an outcome nor an actor: nobody called.
pub fn fill<'a>(
    record: &Record<'a>,
    insight: &Insight<'a>,
    texts: &Checked<'a>,
    event: &mut Event<'a>,
) {
    event.data_type = "aws:cloudtrail:insight".into();
    event.service = texts.text(insight.source.or(record.source)).map(service);
    event.action = texts.text(insight.name.or(record.name));
    event.error_code = texts.text(insight.error_code);
    event.resources.push(Resource {
        kind: Some("insight".into()),
        id: texts.text(record.shared_id),
        name: texts.text(insight.kind),
    });
}
