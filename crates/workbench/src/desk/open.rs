//! The case that is open in the window: read beside whoever writes, written by one command at a
//! time.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use vestige_store::case_file::{Case, CaseError};
use vestige_store::page::Reader;
use vestige_store::term::HashKey;

use super::holdings::Holdings;
use super::report::Laid;
use super::timeline::{Questions, Results};
use super::{CallHost, Desk, locked};
use crate::error::WorkError;
use crate::host::Host as _;
use crate::session::OpenCase;

/// How long a command waits for another one that writes: five seconds.
const PAUSE: Duration = Duration::from_millis(20);
const WAITS: u32 = 250;

/// An open case. Readers are kept for the next question; they are let go when something is written.
#[derive(Debug)]
pub(super) struct Open {
    case: Case,
    readers: Mutex<Vec<Reader>>,
    writing: Mutex<()>,
    /// Questions that were looked up.
    pub questions: Questions,
    /// Results whose rows are looked at.
    pub results: Results,
    /// The evidence as it was looked up last.
    pub holdings: Holdings,
    /// Reports that are looked at.
    pub laid: Mutex<Laid>,
}

/// A reader that goes back when it is dropped.
pub(super) struct Borrowed<'o> {
    open: &'o Open,
    reader: Option<Reader>,
}

impl std::ops::Deref for Borrowed<'_> {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        self.reader.as_ref().expect("a reader until it is dropped")
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            locked(&self.open.readers).push(reader);
        }
    }
}

impl Open {
    pub fn new(case: Case) -> Open {
        Open {
            case,
            readers: Mutex::default(),
            writing: Mutex::default(),
            questions: Questions::default(),
            results: Results::default(),
            holdings: Holdings::default(),
            laid: Mutex::default(),
        }
    }

    /// The case as it was opened; its head may lie behind.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        self.case.root()
    }

    /// A reader of its own.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn own_reader(&self) -> Result<Reader, WorkError> {
        let connection = self.case.open_reader()?.into_connection();
        Reader::new(connection, HashKey::of(self.case.id())).map_err(WorkError::database)
    }

    /// A reader for one question.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn reader(&self) -> Result<Borrowed<'_>, WorkError> {
        let kept = locked(&self.readers).pop();
        let reader = match kept {
            Some(reader) => reader,
            None => self.own_reader()?,
        };
        Ok(Borrowed {
            open: self,
            reader: Some(reader),
        })
    }

    /// Opens the case for writing, signs at the end, and lets kept readers go.
    ///
    /// # Errors
    /// As [`OpenCase::open`]; what `work` says.
    pub fn write<T>(
        &self,
        host: &CallHost<'_>,
        work: impl FnOnce(&mut OpenCase) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let _one = self.writing(host)?;
        let mut case = OpenCase::open(host, self.root())?;
        let done = work(&mut case);
        let signed = case.finish(host);
        drop(case);
        self.written();
        let done = done?;
        // What was done is done: that it is not signed is to be known, and is no failure of it.
        if let Err(error) = signed {
            host.notice(&format!("what was written could not be signed: {error}"));
        }
        Ok(done)
    }

    /// Runs a use case that opens the case for writing itself.
    ///
    /// # Errors
    /// Where another command of this window writes for longer than this one waits; what `work`
    /// says.
    pub fn writing_itself<T>(
        &self,
        host: &CallHost<'_>,
        work: impl FnOnce(&Path) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let _one = self.writing(host)?;
        let done = work(self.root());
        self.written();
        done
    }

    /// Lets go what holds no longer. A result does where no row changed.
    fn written(&self) {
        locked(&self.readers).clear();
        let state = self.reader().and_then(|reader| Ok(reader.rows_state()?));
        // What people noted is looked up with a question.
        self.questions.keep(None);
        self.results.keep(state.as_ref().ok());
    }

    /// Waits for its turn to write, as long as another program would wait for the case's lock.
    fn writing(&self, host: &CallHost<'_>) -> Result<MutexGuard<'_, ()>, WorkError> {
        for _ in 0..WAITS {
            match self.writing.try_lock() {
                Ok(guard) => return Ok(guard),
                Err(TryLockError::Poisoned(poisoned)) => return Ok(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
            if host.cancelled() {
                let doing = "waiting for another command that writes";
                return Err(WorkError::Stopped { doing });
            }
        }
        Err(CaseError::Locked {
            path: self.root().to_path_buf(),
            holder: "an import or another command of this window".to_owned(),
        }
        .into())
    }
}

impl Desk {
    /// The case that is open, where one is.
    pub(super) fn opened(&self) -> Option<Arc<Open>> {
        locked(&self.open).clone()
    }

    /// The case that is open.
    ///
    /// # Errors
    /// [`WorkError::Usage`] where none is.
    pub(super) fn needed(&self) -> Result<Arc<Open>, WorkError> {
        self.opened()
            .ok_or_else(|| WorkError::usage("case", "an open case", "none"))
    }
}
