//! The chain of custody: looked at, verified, signed, pinned, time-stamped.

use qrcode::{Color, EcLevel, QrCode};

use super::cases::remember_verdict;
use super::{CallHost, Desk};
use crate::custody::{self, Anchored};
use crate::error::WorkError;
use crate::session::Signed;
use crate::verify::{self, Terms, Verification};
use crate::wire::{
    EntryAsked, EntryBytes, LedgerAsked, LedgerView, Nothing, PinView, TimeStampAnswer,
    TimeStampQuery, VerifyAsked,
};

/// Entries that are given at once.
const MOST: u32 = 1000;

impl Desk {
    pub(super) fn ledger(
        &self,
        _: &CallHost<'_>,
        input: LedgerAsked,
    ) -> Result<LedgerView, WorkError> {
        let open = self.needed()?;
        let reader = open.reader()?;
        let limit = input.limit.min(MOST);
        custody::window(
            reader.connection(),
            input.from,
            limit,
            input.filter.as_deref(),
        )
    }

    pub(super) fn entry(
        &self,
        _: &CallHost<'_>,
        input: EntryAsked,
    ) -> Result<EntryBytes, WorkError> {
        let open = self.needed()?;
        custody::exact(open.reader()?.connection(), input.seq)
    }

    pub(super) fn verify(
        &self,
        host: &CallHost<'_>,
        input: VerifyAsked,
    ) -> Result<Verification, WorkError> {
        let open = self.needed()?;
        let tsa_ca = input.tsa_ca.as_ref().map(|ca| self.path(ca)).transpose()?;
        let terms = Terms {
            deep: input.deep,
            keys: input.keys,
            pins: input.pins,
            tsa_ca,
        };
        let verification = verify::verify(host, open.root(), &terms)?;
        remember_verdict(host, open.root(), &verification)?;
        Ok(verification)
    }

    pub(super) fn sign(&self, host: &CallHost<'_>, _: Nothing) -> Result<Signed, WorkError> {
        let open = self.needed()?;
        open.writing_itself(host, |case| custody::sign(host, case))
    }

    pub(super) fn pin(&self, host: &CallHost<'_>, _: Nothing) -> Result<PinView, WorkError> {
        let open = self.needed()?;
        let pinned = custody::pin_of(host, open.case(), open.reader()?.connection())?;
        let line = pinned.line();
        Ok(PinView {
            qr: qr(&line)?,
            size: pinned.size,
            root: pinned.root,
            head: pinned.head,
            key: pinned.key,
            line,
        })
    }

    pub(super) fn request_time_stamp(
        &self,
        host: &CallHost<'_>,
        _: Nothing,
    ) -> Result<TimeStampQuery, WorkError> {
        let open = self.needed()?;
        let made = open.writing_itself(host, |case| custody::request(host, case))?;
        Ok(TimeStampQuery {
            size: made.size,
            path: made.file.display().to_string(),
            command: made.command,
        })
    }

    pub(super) fn take_time_stamp(
        &self,
        host: &CallHost<'_>,
        input: TimeStampAnswer,
    ) -> Result<Anchored, WorkError> {
        let reply = self.path(&input.reply)?;
        let ca = input.ca.as_ref().map(|ca| self.path(ca)).transpose()?;
        let open = self.needed()?;
        open.writing_itself(host, |case| {
            custody::anchor(host, case, &reply, ca.as_deref())
        })
    }
}

/// A QR code (ISO/IEC 18004) without its quiet zone, a text of `0` and `1` a row.
fn qr(text: &str) -> Result<Vec<String>, WorkError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M);
    let code = code.map_err(|_| WorkError::Defect {
        doing: "drawing the QR code of a pin line",
    })?;
    let dot = |color: &Color| if *color == Color::Dark { '1' } else { '0' };
    let colors = code.to_colors();
    let rows = colors.chunks(code.width());
    Ok(rows.map(|row| row.iter().map(dot).collect()).collect())
}
