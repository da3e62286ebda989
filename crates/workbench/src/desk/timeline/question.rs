//! Questions of the page: understood, and looked up once for all that is asked about them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use vestige_store::page::{Reader, RowsState};

use super::super::open::Open;
use super::super::{CallHost, locked};
use crate::error::WorkError;
use crate::explore::{Asked, INSTANT, LookedUp, instant};
use crate::host::Host as _;
use crate::wire::Question;

/// Questions that are kept.
const KEPT: usize = 8;

/// Between two looks at a question that another command looks up.
const LOOK: Duration = Duration::from_millis(20);

/// A question as it is looked up; another command that asks it waits.
type Slot = Arc<Mutex<Option<Arc<LookedUp>>>>;

/// The questions that were asked last. A phrase is searched once, whatever is asked about it.
#[derive(Debug, Default)]
pub(in crate::desk) struct Questions {
    kept: Mutex<VecDeque<(Asked, RowsState, Slot)>>,
}

impl Questions {
    fn slot(&self, asked: &Asked, state: RowsState) -> Slot {
        let mut kept = locked(&self.kept);
        let known = kept
            .iter()
            .find(|(other, then, _)| other == asked && *then == state);
        if let Some((.., slot)) = known {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        kept.push_back((asked.clone(), state, Arc::clone(&slot)));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        slot
    }

    /// Forgets those of other states of the rows.
    pub fn keep(&self, state: Option<&RowsState>) {
        locked(&self.kept).retain(|(_, then, _)| Some(then) == state);
    }
}

impl Open {
    /// A question looked up, now or before.
    pub(super) fn looked_up(
        &self,
        host: &CallHost<'_>,
        reader: &Reader,
        asked: &Asked,
    ) -> Result<Arc<LookedUp>, WorkError> {
        let query = asked.query()?;
        let slot = self.questions.slot(asked, reader.rows_state()?);
        let mut held = taken(host, &slot)?;
        if let Some(known) = &*held {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(LookedUp::new(host, reader, self.root(), &query)?);
        *held = Some(Arc::clone(&found));
        Ok(found)
    }
}

fn taken<'s>(
    host: &CallHost<'_>,
    slot: &'s Slot,
) -> Result<MutexGuard<'s, Option<Arc<LookedUp>>>, WorkError> {
    loop {
        match slot.try_lock() {
            Ok(held) => return Ok(held),
            Err(TryLockError::Poisoned(held)) => return Ok(held.into_inner()),
            Err(TryLockError::WouldBlock) if host.cancelled() => {
                return Err(WorkError::Stopped {
                    doing: "looking up the question",
                });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
        }
    }
}

/// A question of the page.
pub(super) fn asked(question: &Question) -> Result<Asked, WorkError> {
    let (from, to) = (at(question.from.as_deref())?, at(question.to.as_deref())?);
    if let (Some(begin), Some(end)) = (from, to)
        && begin > end
    {
        let found = question.to.clone().unwrap_or_default();
        return Err(WorkError::usage("to", "a time after from", found));
    }
    Ok(Asked {
        query: question.query.clone(),
        from,
        to,
    })
}

fn at(text: Option<&str>) -> Result<Option<i64>, WorkError> {
    text.map(time).transpose()
}

/// A time of the page.
pub(super) fn time(text: &str) -> Result<i64, WorkError> {
    instant(text).ok_or_else(|| WorkError::usage("time", INSTANT, format!("{text:?}")))
}
