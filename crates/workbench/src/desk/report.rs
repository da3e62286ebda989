//! The report: looked at, then written.

use std::collections::VecDeque;
use std::sync::Arc;

use vestige_report::Standard;
use vestige_report::facts::{Note, Weight};

use super::{CallHost, Desk, locked};
use crate::error::WorkError;
use crate::explore::Asked;
use crate::report::{self, Options};
use crate::wire::{PageAsked, PageView, Preflight, ReportAsked, ReportSave, ReportView, Saved};

/// Reports that were laid out and can be asked for by page.
const KEPT: usize = 2;

/// The reports that were laid out last.
#[derive(Debug, Default)]
pub(super) struct Laid {
    next: u64,
    kept: VecDeque<(u64, Arc<Vec<String>>)>,
}

impl Desk {
    pub(super) fn preview_report(
        &self,
        host: &CallHost<'_>,
        input: ReportAsked,
    ) -> Result<ReportView, WorkError> {
        let open = self.needed()?;
        standard(&input.standard)?;
        let laid = report::preview(host, open.root(), &asked(&input))?;
        let pages = u32::try_from(laid.pages.len()).unwrap_or(u32::MAX);
        let mut kept = locked(&open.laid);
        kept.next += 1;
        let number = kept.next;
        kept.kept.push_back((number, Arc::new(laid.pages)));
        if kept.kept.len() > KEPT {
            kept.kept.pop_front();
        }
        let size = laid
            .pin
            .split(':')
            .next()
            .and_then(|size| size.parse().ok());
        Ok(ReportView {
            laid: number,
            pages,
            preflight: laid.preflight.into_iter().map(Preflight::from).collect(),
            size: size.unwrap_or(0),
        })
    }

    pub(super) fn report_page(
        &self,
        _: &CallHost<'_>,
        input: PageAsked,
    ) -> Result<PageView, WorkError> {
        let open = self.needed()?;
        let pages = locked(&open.laid)
            .kept
            .iter()
            .find(|(number, _)| *number == input.laid)
            .map(|(_, pages)| Arc::clone(pages));
        let page = pages.and_then(|pages| pages.get(input.page as usize).cloned());
        let svg = page.ok_or_else(|| {
            let found = format!("page {} of report {}", input.page, input.laid);
            WorkError::usage("page", "a page of a report that was laid out last", found)
        })?;
        Ok(PageView { svg })
    }

    pub(super) fn save_report(
        &self,
        host: &CallHost<'_>,
        input: ReportSave,
    ) -> Result<Saved, WorkError> {
        let open = self.needed()?;
        let place = self.place_to_write(&open, &input.to)?;
        let options = Options {
            standard: standard(&input.report.standard)?,
            overwrite: place.over,
        };
        let asked = asked(&input.report);
        let made = open.writing_itself(host, |case| {
            report::make(host, case, &asked, options, &place.path)
        })?;
        Ok(Saved {
            path: made.file.display().to_string(),
            sha256: made.sha256,
            bytes: made.bytes,
            parts: made.pages.unwrap_or(1) as u64,
            custody_seq: Some(made.custody_seq),
        })
    }
}

fn asked(input: &ReportAsked) -> Asked {
    Asked {
        query: input.query.clone(),
        from: None,
        to: None,
    }
}

fn standard(word: &str) -> Result<Standard, WorkError> {
    [Standard::A3b, Standard::A2u]
        .into_iter()
        .find(|standard| standard.word() == word)
        .ok_or_else(|| WorkError::usage("standard", "a-3b or a-2u", word.to_owned()))
}

impl From<Note> for Preflight {
    fn from(note: Note) -> Preflight {
        Preflight {
            status: match note.weight {
                Weight::Note => "note",
                Weight::Warning => "warning",
                Weight::Failure => "fail",
            },
            text: note.text,
        }
    }
}
