//! How far a question is, and whether to go on.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::{ReadError, Reader};

/// SQLite instructions between two looks at the clock's place: about a millisecond.
pub(super) const STEPS: i32 = 20_000;

type Callback = dyn Fn(u64) -> bool + Send + Sync;

/// Told the number of rows looked at so far; says whether to go on. It is called often, so it
/// should return at once.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Callback>>);

impl Progress {
    /// Nobody is told and nobody stops.
    pub fn none() -> Progress {
        Progress(None)
    }

    /// Tells `callback`; where it returns `false` the question ends with [`ReadError::Stopped`].
    pub fn new(callback: impl Fn(u64) -> bool + Send + Sync + 'static) -> Progress {
        Progress(Some(Arc::new(callback)))
    }

    fn goes_on(&self, rows: u64) -> bool {
        self.0.as_ref().is_none_or(|callback| callback(rows))
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Progress(told)"
        } else {
            "Progress(none)"
        })
    }
}

/// What the connection's progress handler looks at.
#[derive(Debug, Default)]
pub(super) struct Watch {
    rows: AtomicU64,
    /// Calls left before a statement is given up, below 0 for no bound.
    left: AtomicI64,
    bounded: AtomicBool,
    spent: AtomicBool,
    progress: Mutex<Progress>,
}

impl Watch {
    /// Called by SQLite; `true` interrupts the statement.
    pub fn step(&self) -> bool {
        if self.bounded.load(Ordering::Relaxed) && self.left.fetch_sub(1, Ordering::Relaxed) <= 0 {
            self.spent.store(true, Ordering::Relaxed);
            return true;
        }
        let progress = self
            .progress
            .lock()
            .map(|progress| progress.clone())
            .unwrap_or_default();
        !progress.goes_on(self.rows.load(Ordering::Relaxed))
    }

    fn set(&self, progress: &Progress, steps: Option<i64>) {
        self.rows.store(0, Ordering::Relaxed);
        self.spent.store(false, Ordering::Relaxed);
        self.bounded.store(steps.is_some(), Ordering::Relaxed);
        self.left.store(steps.unwrap_or(0), Ordering::Relaxed);
        if let Ok(mut held) = self.progress.lock() {
            *held = progress.clone();
        }
    }
}

impl Reader {
    /// Runs `work` with the progress told while SQLite is busy.
    pub(super) fn watched<T>(
        &self,
        progress: &Progress,
        work: impl FnOnce() -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        self.watch.set(progress, None);
        let result = work();
        self.watch.set(&Progress::none(), None);
        result.map_err(|error| {
            if interrupted(&error) {
                ReadError::Stopped
            } else {
                error
            }
        })
    }

    /// Runs `work` for so many steps at most; none where it takes longer.
    pub(super) fn bounded<T>(
        &self,
        progress: &Progress,
        steps: i64,
        work: impl FnOnce() -> Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        self.watch.set(progress, Some(steps));
        let result = work();
        let spent = self.watch.spent.load(Ordering::Relaxed);
        self.watch.set(&Progress::none(), None);
        match result {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if interrupted(&error) && spent => Ok(None),
            Err(error) if interrupted(&error) => Err(ReadError::Stopped),
            Err(error) => Err(error),
        }
    }

    /// Tells that so many more rows were looked at, within [`Reader::watched`].
    ///
    /// # Errors
    /// [`ReadError::Stopped`] where the caller wants to.
    pub(super) fn advance(&self, rows: u64) -> Result<(), ReadError> {
        let rows = self.watch.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        let progress = self
            .watch
            .progress
            .lock()
            .map(|held| held.clone())
            .unwrap_or_default();
        if progress.goes_on(rows) {
            Ok(())
        } else {
            Err(ReadError::Stopped)
        }
    }
}

fn interrupted(error: &ReadError) -> bool {
    let ReadError::Sql(error) = error else {
        return false;
    };
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
}
