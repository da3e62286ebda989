//! Evidence comes into the case: planned in sorted path order, read by workers, stored by one
//! writer, then indexed and settled.

mod content;
mod finish;
mod keep;
mod message;
mod plan;
mod preview;
mod provider;
mod reading;
mod report;
mod work;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, bounded};
use vestige_acquire::original::Originals;
use vestige_acquire::unpack::Limits;
use vestige_store::evidence;
use vestige_store::term::HashKey;
use vestige_store::writer::{self, Writer};

pub(crate) use content::content_of;
pub(crate) use finish::Records;
pub use finish::repair;
pub(crate) use preview::preview;
pub(crate) use provider::facts as provider_facts;
pub(crate) use report::files_of;
pub use report::{EvidenceReport, ImportReport, Totals, evidence, warnings};

use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Counters;
use crate::session::OpenCase;
use keep::Keeper;
use message::Message;
pub(crate) use work::Hashed;
use work::{Shared, Worker};

/// The rule set of an analysis that has none: the SHA-256 of nothing.
const NO_RULE_SET: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is to be imported, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Read as this format (`aws:cloudtrail`) whatever is not clearly of another.
    pub data_type: Option<String>,
    /// Leave the files where they lie.
    pub in_place: bool,
    /// Read members that unpack to more than 200 times their size.
    pub allow_ratio: bool,
    /// Why, for the custody entries.
    pub reason: String,
    /// Threads that read; 0 for one a core.
    pub jobs: usize,
}

/// Imports evidence into an open case.
///
/// # Errors
/// What keeps the import from going on; what was stored by then stays, and importing again reads
/// the rest. Damaged evidence is no error: it is in the report.
pub fn import(
    host: &dyn Host,
    open: &mut OpenCase,
    request: &Request,
) -> Result<ImportReport, WorkError> {
    let forced = match &request.data_type {
        None => None,
        Some(name) => Some(vestige_formats::by_name(name).ok_or_else(|| {
            WorkError::Usage {
                what: "--type",
                expected: vestige_formats::registry::ALL
                    .iter()
                    .map(|format| format.name())
                    .collect::<Vec<_>>()
                    .join(", "),
                found: name.clone(),
            }
        })?),
    };
    // An import that failed while the case stayed open.
    repair(host, open)?;
    let root = open.case().root().to_path_buf();
    let plan = plan::make(host, open.writer().connection(), &root, request, u64::MAX)?;
    let counters = Counters::new(plan.bytes);
    let imported = host.now();
    let connection = open.writer().connection();
    let first_id = plan.items.iter().map(|item| item.id).min().unwrap_or(0);
    let rows_before = writer::next_id(connection, "event")? - 1;
    let acquisition = writer::next_id(connection, "acquisition")?;
    let faults = open.evidence_faults().clone();
    let originals = Originals::open(&root, faults.clone())?;
    let stop = Arc::new(AtomicBool::new(false));
    let scratch = std::env::temp_dir();
    let shared = Shared {
        plan: &plan,
        case: &root,
        scratch: &scratch,
        faults,
        originals: &originals,
        key: HashKey::of(open.case().id()),
        imported,
        in_place: request.in_place,
        limits: Limits {
            allow_ratio: request.allow_ratio,
            ..Limits::default()
        },
        forced,
        stop: &stop,
        counters: &counters,
    };
    let writer = Writer::new(open.writer().connection()).map_err(WorkError::database)?;
    let mut keeper = Keeper {
        host,
        case: open.writer_mut(),
        writer,
        originals: &originals,
        plan: &plan,
        counters: &counters,
        request,
        acquisition,
        imported,
    };
    run(host, &shared, &mut keeper, jobs(request))?;
    let writer = keeper.writer;
    finish::after(host, open, writer, rows_before)?;
    open.finish(host)?;
    if host.cancelled() {
        return Err(stopped(open, &plan, counters.seconds())?);
    }
    tell_withdrawn(host, open, first_id)?;
    report::of(
        open.writer().connection(),
        first_id,
        &plan,
        counters.seconds(),
    )
}

/// What is in the case of an import that the user stopped.
fn stopped(open: &OpenCase, plan: &plan::Plan, seconds: f64) -> Result<WorkError, WorkError> {
    let report = report::of(open.writer().connection(), 0, plan, seconds)?;
    Ok(WorkError::ImportStopped {
        files: report.totals.files,
        listed: plan.items.len() as u64,
        stored: report.totals.tally.stored,
    })
}

/// Items that are told one by one.
const TOLD: usize = 10;

/// Bytes that were withdrawn and come again are new evidence, which is to be known.
fn tell_withdrawn(host: &dyn Host, open: &OpenCase, first: i64) -> Result<(), WorkError> {
    let again = evidence::withdrawn_before(open.writer().connection(), first)?;
    for (id, withdrawn) in again.iter().take(TOLD) {
        host.notice(&format!(
            "{} is the same file as {}, which was withdrawn: its records are in view again",
            item::name(*id),
            item::name(*withdrawn)
        ));
    }
    if let Some(more) = again.len().checked_sub(TOLD).filter(|more| *more > 0) {
        host.notice(&format!("and {more} more files that were withdrawn before"));
    }
    Ok(())
}

fn jobs(request: &Request) -> usize {
    match request.jobs {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        jobs => jobs.min(256),
    }
}

/// Workers take units in order; the writer stores them in the same order.
fn run(
    host: &dyn Host,
    shared: &Shared<'_>,
    keeper: &mut Keeper<'_>,
    jobs: usize,
) -> Result<(), WorkError> {
    let (order_in, order): (Sender<Receiver<Message>>, Receiver<Receiver<Message>>) = bounded(jobs);
    let next = Mutex::new((shared.plan.units.iter(), order_in));
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let mut worker = Worker::new(shared);
                loop {
                    let (unit, out) = {
                        let Ok(mut next) = next.lock() else { return };
                        let Some(unit) = next.0.next() else { return };
                        let (out, messages) = bounded(2);
                        if next.1.send(messages).is_err() {
                            return;
                        }
                        (unit, out)
                    };
                    worker.unit(unit.0, unit.1, &out);
                }
            });
        }
        let result = keep_all(host, shared, keeper, &order);
        if result.is_err() {
            shared.stop.store(true, Ordering::Relaxed);
        }
        drop(order);
        result
    })
}

fn keep_all(
    host: &dyn Host,
    shared: &Shared<'_>,
    keeper: &mut Keeper<'_>,
    order: &Receiver<Receiver<Message>>,
) -> Result<(), WorkError> {
    let told = || {
        host.progress(&shared.counters.now("reading"));
        if host.cancelled() {
            shared.stop.store(true, Ordering::Relaxed);
        }
    };
    for _ in 0..shared.plan.units.len() {
        let Ok(messages) = order.recv() else { break };
        keeper.unit(&messages, &told)?;
    }
    Ok(())
}
