//! AWS flow logs of VPCs (version 2 to 8) and Transit Gateways (version 6).
//!
//! Fields and their default orders: the VPC user guide, "Flow log records", and the Transit
//! Gateway guide, "Transit Gateway Flow Log records". One line or object is one row.

mod document;
mod field;
mod flow;
mod identify;
mod layout;
mod text;

use crate::json::{again, walk};
use crate::{Format, Head, Input, Recognised, Sink, Span};

/// The format.
pub static FORMAT: VpcFlow = VpcFlow;

/// AWS VPC and Transit Gateway flow logs.
#[derive(Clone, Copy, Debug)]
pub struct VpcFlow;

/// Whether what the user calls a flow log, and is not recognised as one, looks like JSON.
fn is_json(input: &mut Input<'_>) -> bool {
    input.ensure(64);
    let mut solid = input
        .window()
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace());
    matches!(solid.next(), Some(b'{' | b'['))
}

impl Format for VpcFlow {
    fn name(&self) -> &'static str {
        "aws:vpcflow"
    }

    fn title(&self) -> &'static str {
        "AWS VPC Flow Logs"
    }

    fn has_ids(&self) -> bool {
        false
    }

    fn identify(&self, head: &Head<'_>) -> Option<Recognised> {
        identify::identify(head)
    }

    fn read(&self, envelope: &str, input: &mut Input<'_>, sink: &mut dyn Sink) {
        if envelope == identify::TEXT || envelope.is_empty() && !is_json(input) {
            text::read(input, sink);
        } else if let Some(context) = walk(self, input, sink) {
            sink.context(context);
        }
    }

    fn read_record(&self, context: &[u8], span: Span, decoded: &[u8], sink: &mut dyn Sink) {
        match layout::Layouts::from_context(context) {
            Some(layouts) => text::read_again(&layouts, span, decoded, sink),
            None => again(self, context, span, decoded, sink),
        }
    }
}
