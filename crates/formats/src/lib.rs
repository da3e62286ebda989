//! Log formats: recognised by content, read into rows, never failing as a whole.
//!
//! A format is a folder with a [`Format`] and one line in [`registry`]. It is given an [`Input`]
//! and puts every record it finds into a [`Sink`]: stored with its rows, rejected with offset,
//! expected and found, or ignored as a known non-event. It has no other way out: no error, no
//! file, no clock.

pub mod csv;
pub mod decode;
pub mod encoding;
pub mod head;
pub mod input;
pub mod json;
pub mod lines;
pub mod registry;
pub mod sink;

pub use head::Head;
pub use input::Input;
pub use registry::{Identity, by_name, identify, identify_as};
pub use sink::{Sink, Span};

/// A log format.
pub trait Format: Sync {
    /// The name, `platform:format` (`aws:cloudtrail`).
    fn name(&self) -> &'static str;

    /// The name for people (`AWS CloudTrail`).
    fn title(&self) -> &'static str;

    /// Whether records carry ids of their own, by which duplicates are known across files.
    fn has_ids(&self) -> bool;

    /// Whether the first bytes of a member are of this format.
    fn identify(&self, head: &Head<'_>) -> Option<Recognised>;

    /// Reads every record. `envelope` is what [`Format::identify`] said.
    fn read(&self, envelope: &str, input: &mut Input<'_>, sink: &mut dyn Sink);

    /// Reads one record again, from its decoded bytes and the member's context: the sink gets
    /// exactly what [`Format::read`] gave it for this record, quality marks that come from what
    /// lies around it ([`vestige_model::Quality::RECOVERED`]) excepted.
    fn read_record(&self, context: &[u8], span: Span, decoded: &[u8], sink: &mut dyn Sink);
}

/// What makes a member be of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// From 1 (could be) to 100 (cannot be anything else).
    pub confidence: u8,
    /// The envelope the records lie in, a word of the format's own.
    pub envelope: &'static str,
    /// Why, for people.
    pub reason: String,
}
