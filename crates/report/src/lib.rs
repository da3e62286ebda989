//! The report of a case: facts in, bytes out.
//!
//! Read from the top: [`facts`] is what a report is made from, [`visible`] makes hostile text
//! harmless, [`content`] says it in sections, [`figure`] draws, and the same content is set as
//! PDF/A ([`pdf`]) or pages for the window ([`pages`]) by typst, or written as HTML ([`html`]).
//! The same facts give the same bytes.

pub mod content;
pub mod document;
pub mod facts;
pub mod figure;
mod fonts;
mod html;
mod say;
pub mod visible;
mod world;

pub use document::{Document, ReportError, Standard, json_of};
pub use facts::Facts;
pub use html::html;

/// The report as PDF/A.
///
/// # Errors
/// [`ReportError`]: a defect of this program, whatever the facts say.
pub fn pdf(facts: &Facts, standard: Standard) -> Result<Vec<u8>, ReportError> {
    Document::set(facts, standard)?.pdf()
}

/// The pages of the report as SVG, text as outlines, for a window.
///
/// # Errors
/// As [`pdf`].
pub fn pages(facts: &Facts) -> Result<Vec<String>, ReportError> {
    Ok(Document::set(facts, Standard::A2u)?.pages())
}
