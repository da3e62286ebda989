//! The list of a result's rows, made beside everything else.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use vestige_store::page::{Order, Progress, ReadError, Reader, RowIndex, RowsState};

use super::super::{CallHost, locked};
use crate::error::WorkError;
use crate::explore::LookedUp;
use crate::host::Host as _;

/// Between two looks at whether the user wants to stop waiting.
const LOOK: Duration = Duration::from_millis(50);

/// How far the list is.
#[derive(Debug)]
enum Stage {
    Building,
    Ready(Arc<RowIndex>),
    /// It cannot be made, and why; where the rows changed meanwhile, none.
    Failed(Option<String>),
}

/// A list of rows that is made, or is there.
#[derive(Debug)]
pub(super) struct Index {
    stage: Mutex<Stage>,
    changed: Condvar,
    stop: AtomicBool,
}

/// What a list is made of.
pub(super) struct Wanted {
    pub looked_up: Arc<LookedUp>,
    pub order: Order,
    pub state: RowsState,
}

impl Index {
    /// Begins to make a list in a thread of its own, into a file in `folder` that has no name.
    pub fn begin(reader: Reader, wanted: Wanted, folder: &Path) -> Result<Arc<Index>, WorkError> {
        let file =
            tempfile::tempfile_in(folder).map_err(WorkError::io(folder, "listing the rows"))?;
        let index = Arc::new(Index {
            stage: Mutex::new(Stage::Building),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let (making, place) = (Making(Arc::clone(&index)), folder.to_path_buf());
        std::thread::Builder::new()
            .name("list of rows".to_owned())
            .spawn(move || making.make(&reader, &wanted, file, &place))
            .map_err(WorkError::io(folder, "listing the rows"))?;
        Ok(index)
    }

    /// Nobody wants it any more.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// The list, where it is there.
    pub fn ready(&self) -> Option<Arc<RowIndex>> {
        match &*locked(&self.stage) {
            Stage::Ready(index) => Some(Arc::clone(index)),
            Stage::Building | Stage::Failed(_) => None,
        }
    }

    /// The list, waited for.
    pub fn wait(&self, host: &CallHost<'_>, result: u64) -> Result<Arc<RowIndex>, WorkError> {
        let mut stage = locked(&self.stage);
        loop {
            match &*stage {
                Stage::Ready(index) => return Ok(Arc::clone(index)),
                Stage::Failed(None) => return Err(WorkError::ResultGone { result }),
                Stage::Failed(Some(why)) => return Err(WorkError::database(why)),
                Stage::Building if host.cancelled() => {
                    return Err(WorkError::Stopped {
                        doing: "waiting for the list of rows",
                    });
                }
                Stage::Building => {}
            }
            let woken = self.changed.wait_timeout(stage, LOOK);
            stage = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn end(&self, stage: Stage) {
        *locked(&self.stage) = stage;
        self.changed.notify_all();
    }
}

/// A list while it is made: however that ends, nobody waits for ever.
struct Making(Arc<Index>);

impl Making {
    fn make(self, reader: &Reader, wanted: &Wanted, file: File, folder: &Path) {
        let index = Arc::clone(&self.0);
        let progress = Progress::new(move |_| !index.stop.load(Ordering::Relaxed));
        let (query, order) = (&wanted.looked_up.compiled, wanted.order);
        let stage =
            RowIndex::fill(file, folder, reader, query, order, &progress).and_then(|made| {
                // Rows that changed since may be listed or missing.
                let same = reader.rows_state()? == wanted.state;
                Ok(match same {
                    true => Stage::Ready(Arc::new(made)),
                    false => Stage::Failed(None),
                })
            });
        self.0.end(match stage {
            Ok(stage) => stage,
            Err(ReadError::Stopped) => Stage::Failed(None),
            Err(error) => Stage::Failed(Some(error.to_string())),
        });
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        let building = matches!(*locked(&self.0.stage), Stage::Building);
        if building {
            self.0
                .end(Stage::Failed(Some("listing the rows broke off".to_owned())));
        }
    }
}
