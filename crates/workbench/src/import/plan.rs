//! What is to be read, in sorted path order: numbers for the items, identical files, units of work.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use vestige_acquire::intake::{self, Listed};
use vestige_acquire::original::{self, OriginalError};
use vestige_store::Connection;
use vestige_store::writer::next_id;

use super::Request;
use crate::error::WorkError;
use crate::host::Host;
use crate::progress::Progress;

/// Bytes and files after which a unit of work is closed.
const UNIT_BYTES: u64 = 4 << 20;
const UNIT_FILES: usize = 1000;

/// One thing that was listed.
#[derive(Debug)]
pub(super) struct Planned {
    pub listed: Listed,
    /// Number of its evidence item.
    pub id: i64,
    pub task: Task,
}

/// What is to be done with it.
#[derive(Debug)]
pub(super) enum Task {
    /// Read all of it.
    Read,
    /// Read the members that an interrupted import left.
    Resume(HashSet<String>),
    /// Nothing: it is identical to this item.
    Duplicate(i64),
    /// Nothing: it cannot be read.
    Reject(String),
}

/// Everything that is to be read.
#[derive(Debug)]
pub(super) struct Plan {
    pub items: Vec<Planned>,
    /// Runs of items that one worker takes, first and one past the last.
    pub units: Vec<(usize, usize)>,
    pub bytes: u64,
}

/// Files of equal size are read to be compared, none larger than `largest`.
pub(super) fn make(
    host: &dyn Host,
    connection: &Connection,
    case: &Path,
    request: &Request,
    largest: u64,
) -> Result<Plan, WorkError> {
    let listed = intake::list(&request.paths, Some(case));
    let mut next = next_id(connection, "evidence")?;
    let mut identical = Identical::new(host, connection, &listed, request, largest)?;
    let mut items = Vec::with_capacity(listed.len());
    for one in listed {
        let task = match &one.problem {
            Some(problem) => Task::Reject(problem.to_string()),
            None => identical.task(&one, next)?,
        };
        let id = match &task {
            Task::Resume(_) => identical.resumed,
            _ => {
                next += 1;
                next - 1
            }
        };
        items.push(Planned {
            listed: one,
            id,
            task,
        });
    }
    let bytes = items.iter().map(|item| item.listed.size).sum();
    Ok(Plan {
        units: units(&items),
        items,
        bytes,
    })
}

fn units(items: &[Planned]) -> Vec<(usize, usize)> {
    let (mut units, mut from, mut bytes) = (Vec::new(), 0, 0);
    for (at, item) in items.iter().enumerate() {
        bytes += item.listed.size;
        if bytes >= UNIT_BYTES || at + 1 - from >= UNIT_FILES {
            units.push((from, at + 1));
            (from, bytes) = (at + 1, 0);
        }
    }
    if from < items.len() {
        units.push((from, items.len()));
    }
    units
}

/// Bytes that are compared in a moment: nothing is told of fewer.
const A_MOMENT: u64 = 64 << 20;

fn told(host: &dyn Host, bytes: u64) -> ControlFlow<()> {
    if bytes >= A_MOMENT {
        host.progress(&Progress {
            stage: "comparing files of equal size".to_owned(),
            bytes,
            ..Progress::default()
        });
    }
    match host.cancelled() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

/// Finds identical files. Only files of equal size can be, so only those are read beforehand.
struct Identical<'a> {
    host: &'a dyn Host,
    largest: u64,
    /// Bytes read so far.
    read: u64,
    connection: &'a Connection,
    sizes: HashMap<u64, u32>,
    seen: HashMap<[u8; 32], i64>,
    buffer: Vec<u8>,
    resumed: i64,
    /// Members that were refused for their ratio are read where the user allows it now.
    rejected_are_done: bool,
}

impl<'a> Identical<'a> {
    fn new(
        host: &'a dyn Host,
        connection: &'a Connection,
        listed: &[Listed],
        request: &Request,
        largest: u64,
    ) -> Result<Identical<'a>, WorkError> {
        let mut sizes: HashMap<u64, u32> = HashMap::new();
        for one in listed.iter().filter(|one| one.problem.is_none()) {
            *sizes.entry(one.size).or_default() += 1;
        }
        Ok(Identical {
            host,
            largest,
            read: 0,
            connection,
            sizes,
            seen: HashMap::new(),
            buffer: Vec::new(),
            resumed: 0,
            rejected_are_done: !request.allow_ratio,
        })
    }

    fn task(&mut self, one: &Listed, id: i64) -> Result<Task, WorkError> {
        let here = self.sizes.get(&one.size).copied().unwrap_or_default() > 1;
        let stored = vestige_store::writer::has_size(self.connection, one.size)?;
        if !here && !stored || one.size > self.largest {
            return Ok(Task::Read);
        }
        let (host, before) = (self.host, self.read);
        let watch = |bytes: u64| told(host, before + bytes);
        let received = original::receive_in_place_watched(one, &mut self.buffer, &watch);
        let received = match received {
            Ok(received) if watch(received.bytes).is_continue() => received,
            Ok(_) | Err(OriginalError::Stopped { .. }) => {
                return Err(WorkError::Stopped {
                    doing: "looking for files that are the same; nothing of these was read into the case",
                });
            }
            Err(error) => return Ok(Task::Reject(error.to_string())),
        };
        self.read += received.bytes;
        if let Some(of) = self.seen.get(&received.sha256) {
            return Ok(Task::Duplicate(*of));
        }
        let (sha256, done) = (&received.sha256, self.rejected_are_done);
        let found = vestige_store::writer::identical(self.connection, sha256, done)?;
        let task = match found {
            None => Task::Read,
            Some((of, left)) => match left {
                Some(done) => {
                    self.resumed = of;
                    Task::Resume(done)
                }
                None => Task::Duplicate(of),
            },
        };
        let first = match &task {
            Task::Duplicate(of) => *of,
            Task::Resume(_) => self.resumed,
            _ => id,
        };
        self.seen.insert(received.sha256, first);
        Ok(task)
    }
}
