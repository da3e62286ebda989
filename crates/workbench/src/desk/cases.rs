//! Cases: those of this installation, new ones, and the one that is opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestige_model::time;
use vestige_store::case_file::Case;
use vestige_store::summary::{self, Sizes};

use super::memory::{self, Seen, Verdict};
use super::open::Open;
use super::{CallHost, Desk, locked};
use crate::case::{self, NewCase};
use crate::error::WorkError;
use crate::home::{Home, Known};
use crate::host::Host as _;
use crate::session;
use crate::verify::{self, Terms, Verification};
use crate::wire::{
    CaseCreate, CaseOpen, CaseView, Nothing, Opened, RecentCase, RestoreCase, Signing, Ticket,
};

impl Desk {
    pub(super) fn cases(
        &self,
        host: &CallHost<'_>,
        _: Nothing,
    ) -> Result<Vec<RecentCase>, WorkError> {
        let home = Home::of(host)?;
        let mut seen = memory::all(&home);
        let known = home.all()?;
        let mut cases: Vec<RecentCase> = known
            .into_iter()
            .map(|known| {
                let seen = seen.remove(known.id.as_str()).unwrap_or_default();
                (known, seen)
            })
            .filter(|(_, seen)| !seen.forgotten)
            .map(|(known, seen)| self.recent(host, known, seen))
            .collect();
        cases.sort_by(|a, b| (&b.opened, &b.changed).cmp(&(&a.opened, &a.changed)));
        Ok(cases)
    }

    fn recent(&self, host: &CallHost<'_>, known: Known, seen: Seen) -> RecentCase {
        let chosen = self.give(vec![known.path.clone()]);
        let (mut facts, holds, problem) = match look(host, &known) {
            Ok((facts, holds)) => (facts, holds, None),
            Err(error) => (BTreeMap::new(), Sizes::default(), Some(error.to_string())),
        };
        RecentCase {
            case: known.id.as_str().to_owned(),
            ticket: chosen.ticket,
            path: chosen.shown,
            title: facts.remove("title"),
            reference: facts.remove("reference"),
            changed: changed(&known.path),
            opened: seen.opened,
            bytes: holds.bytes,
            evidence: holds.evidence,
            events: holds.events,
            verdict: seen.verdict.map(Verdict::told),
            problem,
        }
    }

    pub(super) fn create_case(
        &self,
        host: &CallHost<'_>,
        input: CaseCreate,
    ) -> Result<CaseView, WorkError> {
        let path = self.place_of_case(&input.place)?;
        let new = NewCase {
            title: input.title,
            examiner: input.examiner,
            organisation: input.organisation,
            role: input.role,
            reference: input.reference,
            authority: input.authority,
            zone: input.zone,
            custody_level: Some(input.custody_level),
        };
        case::create(host, &path, &new)?;
        self.put(host, &path)?;
        self.view(host)
    }

    /// Where a case is made: a place that was chosen for it, not for instance one of evidence.
    fn place_of_case(&self, ticket: &Ticket) -> Result<PathBuf, WorkError> {
        locked(&self.choices).may_write(ticket)?;
        self.path(ticket)
    }

    /// Verifies first and says what was found, before anything else is shown. A case that fails is
    /// not opened.
    pub(super) fn open_case(
        &self,
        host: &CallHost<'_>,
        input: CaseOpen,
    ) -> Result<Opened, WorkError> {
        let path = self.path(&input.case)?;
        self.open_at(host, &path)
    }

    fn open_at(&self, host: &CallHost<'_>, path: &Path) -> Result<Opened, WorkError> {
        *locked(&self.open) = None;
        let verification = verify::verify(host, path, &Terms::default())?;
        remember_verdict(host, path, &verification)?;
        if verification.verdict == verify::Verdict::Failed {
            return Ok(Opened {
                verification,
                case: None,
            });
        }
        self.put(host, path)?;
        Ok(Opened {
            verification,
            case: Some(self.view(host)?),
        })
    }

    /// Makes the case at a path the open one.
    fn put(&self, host: &CallHost<'_>, path: &Path) -> Result<(), WorkError> {
        let reader = session::read(host, path, "window")?;
        let case = reader.case().clone();
        memory::change(&Home::of(host)?, case.id().as_str(), |seen| {
            seen.opened = Some(time::format(host.now()));
            seen.forgotten = false;
        })?;
        *locked(&self.open) = Some(Arc::new(Open::new(case)));
        Ok(())
    }

    pub(super) fn close_case(&self, _: &CallHost<'_>, _: Nothing) -> Result<Nothing, WorkError> {
        *locked(&self.open) = None;
        Ok(Nothing {})
    }

    pub(super) fn case(
        &self,
        host: &CallHost<'_>,
        _: Nothing,
    ) -> Result<Option<CaseView>, WorkError> {
        match self.opened() {
            None => Ok(None),
            Some(_) => self.view(host).map(Some),
        }
    }

    fn view(&self, host: &CallHost<'_>) -> Result<CaseView, WorkError> {
        let open = self.needed()?;
        let reader = open.reader()?;
        let connection = reader.connection();
        let (first, last) = summary::span(connection)?;
        Ok(CaseView {
            facts: case::facts_of(connection, open.case().version())?,
            path: open.root().display().to_string(),
            signing: self.signing(host)?,
            first: first.map(time::format),
            last: last.map(time::format),
        })
    }

    fn signing(&self, host: &CallHost<'_>) -> Result<Signing, WorkError> {
        let key = self.key(host, Nothing {})?;
        let why = match (&key.vkey, key.unlocked) {
            (None, _) => Some("no signing key was made yet; make one on the cases screen"),
            (Some(_), false) => Some("the signing key is locked; unlock it with its passphrase"),
            _ => None,
        };
        Ok(Signing {
            can: why.is_none(),
            why: why.map(str::to_owned),
        })
    }

    /// Takes a case off the list; nothing of it is touched.
    pub(super) fn forget_case(
        &self,
        host: &CallHost<'_>,
        input: CaseOpen,
    ) -> Result<Nothing, WorkError> {
        let path = self.path(&input.case)?;
        let home = Home::of(host)?;
        if let Some(known) = home.at(&path)? {
            memory::change(&home, known.id.as_str(), |seen| seen.forgotten = true)?;
        }
        Ok(Nothing {})
    }

    pub(super) fn restore_case(
        &self,
        host: &CallHost<'_>,
        input: RestoreCase,
    ) -> Result<Opened, WorkError> {
        let (backup, place) = (self.path(&input.backup)?, self.place_of_case(&input.place)?);
        crate::backup::restore(host, &backup, &place)?;
        self.open_at(host, &place)
    }
}

/// Remembers what verification found, for the list of cases. One that was refused before it said
/// which case it is counts for the case that was last seen there.
pub(super) fn remember_verdict(
    host: &CallHost<'_>,
    path: &Path,
    verification: &Verification,
) -> Result<(), WorkError> {
    let home = Home::of(host)?;
    let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let case = match &verification.case {
        Some(case) => Some(case.clone()),
        None => home.at(&full)?.map(|known| known.id.as_str().to_owned()),
    };
    let Some(case) = case else { return Ok(()) };
    let at = time::format(host.now());
    let verdict = Verdict::new(verification.verdict.word(), verification.size, at);
    memory::change(&home, &case, |seen| seen.verdict = Some(verdict))
}

/// The facts of a case on the list. Nothing is written and nothing adopted, so that looking at the
/// list is no access; its chain is not followed, for there may be many cases.
fn look(
    host: &CallHost<'_>,
    known: &Known,
) -> Result<(BTreeMap<String, String>, Sizes), WorkError> {
    let settings = Home::of(host)?.settings()?;
    let case = Case::open_known(&known.path, Some(known.head), &settings)?;
    if *case.id() != known.id {
        return Err(WorkError::Absent {
            case: known.path.clone(),
            what: "case",
            expected: format!("case {}", known.id.as_str()),
            found: format!("case {}", case.id().as_str()),
        });
    }
    let reader = case.open_reader()?;
    let connection = reader.connection();
    Ok((summary::facts(connection)?, summary::sizes(connection)?))
}

/// When the database of a case was last changed, as the file system says.
fn changed(path: &Path) -> Option<String> {
    let files: [PathBuf; 2] = [path.join("case.db"), path.join("case.db-wal")];
    let newest = files
        .iter()
        .filter_map(|file| file.metadata().ok()?.modified().ok())
        .max()?;
    let since = newest.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(time::format(i64::try_from(since.as_nanos()).ok()?))
}
