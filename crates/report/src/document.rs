//! The report as a typst document: PDF/A, or pages for a window.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use typst_svg::SvgOptions;

use crate::content::{Content, content};
use crate::facts::Facts;
use crate::fonts;
use crate::visible::escaped;
use crate::world::Papers;

/// Which PDF/A a report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standard {
    /// PDF/A-3b, with `report.json` attached.
    #[default]
    A3b,
    /// PDF/A-2u, without attachments, for who accepts no other.
    A2u,
}

impl Standard {
    /// `a-3b` or `a-2u`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Standard::A3b => "a-3b",
            Standard::A2u => "a-2u",
        }
    }
}

/// A report that could not be set. Facts cannot cause it: it is a defect of this program.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be set: {0}")]
pub struct ReportError(String);

/// Compilations whose parts are kept to be used again: none but the last.
const KEPT: usize = 0;

/// A report that is set.
pub struct Document {
    set: PagedDocument,
    standard: Standard,
    /// Tells documents apart: the digest of the facts.
    ident: String,
    timestamp: Option<Timestamp>,
}

impl Document {
    /// Sets the report.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn set(facts: &Facts, standard: Standard) -> Result<Document, ReportError> {
        let exact = json_of(facts)?;
        let ident = Sha256::digest(&exact)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let papers = papers(&content(facts), exact, standard)?;
        let done = typst::compile::<PagedDocument>(&papers);
        comemo::evict(KEPT);
        Ok(Document {
            set: done.output.map_err(|errors| failed(&errors))?,
            standard,
            ident,
            timestamp: timestamp(&facts.as_of),
        })
    }

    /// Number of pages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.pages().len()
    }

    /// Whether there is no page; there always is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As PDF/A.
    ///
    /// # Errors
    /// [`ReportError`] where the document is not what its standard asks for.
    pub fn pdf(&self) -> Result<Vec<u8>, ReportError> {
        let standard = match self.standard {
            Standard::A3b => PdfStandard::A_3b,
            Standard::A2u => PdfStandard::A_2u,
        };
        let standards = PdfStandards::new(&[standard]);
        let options = PdfOptions {
            ident: Smart::Custom(self.ident.clone()),
            creator: Smart::Custom(Some("Vestige".to_owned())),
            timestamp: self.timestamp,
            standards: standards.map_err(|error| ReportError(error.message().to_string()))?,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&self.set, &options).map_err(|errors| failed(&errors));
        comemo::evict(KEPT);
        pdf
    }

    /// Each page as SVG, text as outlines.
    #[must_use]
    pub fn pages(&self) -> Vec<String> {
        let options = SvgOptions {
            render_bleed: false,
            pretty: false,
        };
        let pages = self
            .set
            .pages()
            .iter()
            .map(|page| typst_svg::svg(page, &options));
        let pages = pages.collect();
        comemo::evict(KEPT);
        pages
    }
}

/// The facts as `report.json` holds them.
///
/// # Errors
/// [`ReportError`].
pub fn json_of(facts: &Facts) -> Result<Vec<u8>, ReportError> {
    let mut json =
        serde_json::to_vec_pretty(facts).map_err(|error| ReportError(error.to_string()))?;
    json.push(b'\n');
    Ok(json)
}

/// What the template reads: the words with everything hostile made visible, the drawings, and the
/// exact facts where they are attached.
fn papers(content: &Content, exact: Vec<u8>, standard: Standard) -> Result<Papers, ReportError> {
    let words = serde_json::to_value(content).map_err(|error| ReportError(error.to_string()))?;
    let alts: Vec<&str> = content
        .figures
        .iter()
        .map(|figure| figure.alt.as_str())
        .collect();
    let attached = standard == Standard::A3b;
    let values = json!({"content": made_visible(words), "alts": alts, "attached": attached});
    let mut files = BTreeMap::from([(
        "values.json".to_owned(),
        Bytes::new(values.to_string().into_bytes()),
    )]);
    for (place, figure) in content.figures.iter().enumerate() {
        files.insert(
            format!("figure-{place}.svg"),
            Bytes::new(figure.svg.clone().into_bytes()),
        );
    }
    if attached {
        files.insert("report.json".to_owned(), Bytes::new(exact));
    }
    Papers::new(files).ok_or_else(|| ReportError("a name is no path".to_owned()))
}

/// Every text with what is hidden, or cannot be drawn, written out.
fn made_visible(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(escaped(&text, &fonts::draws)),
        Value::Array(all) => all.into_iter().map(made_visible).collect(),
        Value::Object(all) => {
            let all = all
                .into_iter()
                .map(|(name, value)| (name, made_visible(value)));
            Value::Object(all.collect())
        }
        other => other,
    }
}

/// The date of the PDF: that of the state it was made from. PDF/A has to have one; where that state
/// has none it is the beginning of 1970, which nobody takes for a date.
fn timestamp(as_of: &str) -> Option<Timestamp> {
    let epoch = || Datetime::from_ymd_hms(1970, 1, 1, 0, 0, 0);
    read(as_of).or_else(epoch).map(Timestamp::new_utc)
}

fn read(as_of: &str) -> Option<Datetime> {
    let part = |from: usize, to: usize| as_of.get(from..to)?.parse::<u8>().ok();
    let year = as_of.get(0..4)?.parse().ok()?;
    let time = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    Datetime::from_ymd_hms(year, part(5, 7)?, part(8, 10)?, time.0, time.1, time.2)
}

fn failed(errors: &[SourceDiagnostic]) -> ReportError {
    let told: Vec<_> = errors
        .iter()
        .map(|error| error.message.to_string())
        .collect();
    ReportError(told.join("; "))
}
