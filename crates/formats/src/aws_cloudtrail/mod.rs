//! AWS CloudTrail: management, data and Insight events, and digest files.
//!
//! Record contents: the CloudTrail user guide, "CloudTrail record contents" and "userIdentity
//! element". One record is one row.

mod activity;
mod digest;
mod identify;
mod identity;
mod insight;
mod normalise;
mod parameters;
mod record;
mod resources;
mod table;

use crate::json::{again, walk};
use crate::{Format, Head, Input, Recognised, Sink, Span};

/// The format.
pub static FORMAT: CloudTrail = CloudTrail;

/// AWS CloudTrail.
#[derive(Clone, Copy, Debug)]
pub struct CloudTrail;

impl Format for CloudTrail {
    fn name(&self) -> &'static str {
        "aws:cloudtrail"
    }

    fn title(&self) -> &'static str {
        "AWS CloudTrail"
    }

    fn has_ids(&self) -> bool {
        true
    }

    fn identify(&self, head: &Head<'_>) -> Option<Recognised> {
        identify::identify(head)
    }

    fn read(&self, envelope: &str, input: &mut Input<'_>, sink: &mut dyn Sink) {
        if envelope == table::ENVELOPE {
            table::read(input, sink);
        } else if let Some(context) = walk(self, input, sink) {
            sink.context(context);
        }
    }

    fn read_record(&self, context: &[u8], span: Span, decoded: &[u8], sink: &mut dyn Sink) {
        match table::Header::from_context(context) {
            Some(header) => header.read_row(span, decoded, sink),
            None => again(self, context, span, decoded, sink),
        }
    }
}
