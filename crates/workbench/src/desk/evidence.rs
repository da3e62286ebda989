//! Evidence: planned, imported, listed, withdrawn, backed up.

use super::{CallHost, Desk};
use crate::backup;
use crate::error::WorkError;
use crate::import::{self, ImportReport, Request};
use crate::wire::{Fact, Import, ImportPlan, Nothing, OfTicket, Saved, Withdraw};
use crate::withdraw::{self, Withdrawn};

/// Files and members that the result of an import lists; `evidence` lists all.
const LISTED: usize = 10_000;

impl Desk {
    pub(super) fn plan_import(
        &self,
        host: &CallHost<'_>,
        input: OfTicket,
    ) -> Result<ImportPlan, WorkError> {
        let paths = self.paths(&input.ticket)?;
        let open = self.needed()?;
        let reader = open.reader()?;
        import::preview(host, reader.connection(), open.root(), paths)
    }

    pub(super) fn import(
        &self,
        host: &CallHost<'_>,
        input: Import,
    ) -> Result<ImportReport, WorkError> {
        let reason = input.reason.map(|reason| reason.trim().to_owned());
        let request = Request {
            paths: self.paths(&input.ticket)?,
            data_type: input.data_type,
            in_place: input.in_place,
            allow_ratio: input.allow_ratio,
            reason: reason
                .filter(|reason| !reason.is_empty())
                .unwrap_or_else(|| "not stated".to_owned()),
            jobs: 0,
        };
        let open = self.needed()?;
        let report = open.write(host, |case| import::import(host, case, &request))?;
        Ok(report.cut(LISTED))
    }

    /// The formats that are read: name and title.
    pub(super) fn formats(&self, _: &CallHost<'_>, _: Nothing) -> Result<Vec<Fact>, WorkError> {
        let all = vestige_formats::registry::ALL.iter();
        Ok(all
            .map(|format| Fact {
                name: format.name().to_owned(),
                value: format.title().to_owned(),
            })
            .collect())
    }

    pub(super) fn withdraw(
        &self,
        host: &CallHost<'_>,
        input: Withdraw,
    ) -> Result<Withdrawn, WorkError> {
        let open = self.needed()?;
        open.writing_itself(host, |case| {
            withdraw::withdraw(host, case, &input.id, &input.reason)
        })
    }

    pub(super) fn backup(&self, host: &CallHost<'_>, input: OfTicket) -> Result<Saved, WorkError> {
        let open = self.needed()?;
        let output = self.place_to_write(&open, &input.ticket)?.path;
        let done = open.writing_itself(host, |case| backup::backup(host, case, &output))?;
        Ok(Saved {
            path: done.file.display().to_string(),
            sha256: done.sha256,
            bytes: done.bytes,
            parts: done.originals,
            custody_seq: Some(done.seq),
        })
    }
}
