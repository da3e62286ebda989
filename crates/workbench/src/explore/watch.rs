//! Questions that take time: told to the host while they run, and stopped when it says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};
use vestige_store::page::{Progress, ReadError};

use crate::error::WorkError;
use crate::host::Host;
use crate::progress;

/// Between two looks at a question that runs.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Default)]
struct State {
    rows: AtomicU64,
    stop: AtomicBool,
}

/// Asks a question beside which the host is told how far it is, and asked whether to go on.
///
/// # Errors
/// [`WorkError::Stopped`] where it is not; what the question meets.
pub(crate) fn watched<T, E: Into<WorkError>>(
    host: &dyn Host,
    stage: &str,
    question: impl FnOnce(&Progress) -> Result<T, E>,
) -> Result<T, WorkError> {
    let state = Arc::new(State::default());
    let told = Arc::clone(&state);
    let progress = Progress::new(move |rows| {
        told.rows.store(rows, Ordering::Relaxed);
        !told.stop.load(Ordering::Relaxed)
    });
    let (running, ended) = bounded::<()>(0);
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                state.stop.fetch_or(host.cancelled(), Ordering::Relaxed);
                host.progress(&progress::Progress {
                    stage: stage.to_owned(),
                    records: state.rows.load(Ordering::Relaxed),
                    ..progress::Progress::default()
                });
            }
        });
        let result = question(&progress);
        drop(running);
        result
    });
    result.map_err(Into::into)
}

/// What ends a stream of rows.
pub(crate) struct Streamed(WorkError);

impl From<ReadError> for Streamed {
    fn from(error: ReadError) -> Streamed {
        Streamed(error.into())
    }
}

impl From<WorkError> for Streamed {
    fn from(error: WorkError) -> Streamed {
        Streamed(error)
    }
}

impl From<Streamed> for WorkError {
    fn from(error: Streamed) -> WorkError {
        error.0
    }
}
