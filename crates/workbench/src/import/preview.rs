//! What an import would do, shown before anything is read into the case. Nothing is written.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use vestige_acquire::intake;
use vestige_acquire::unpack::{Content, End, Limits, Member, Place, Source, Unpacker, Visitor};
use vestige_formats::Identity;
use vestige_model::Warning;
use vestige_store::Connection;

use super::plan::{self, Plan, Planned, Task};
use super::work::HEAD;
use super::{Request, jobs};
use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Counters;
use crate::wire::{ImportPlan, PlannedFile};

/// Files that are listed one by one.
const LISTED: usize = 10_000;
/// Files looked at between two questions whether to go on.
const TURN: usize = 256;
/// The largest file, in bytes, that is read as a whole to see whether it repeats another.
const COMPARED: u64 = 256 << 20;

/// The plan of an import of these files and folders.
///
/// # Errors
/// [`WorkError::Stopped`]; what SQLite says. What is wrong with a file is in the plan.
pub(crate) fn preview(
    host: &dyn Host,
    connection: &Connection,
    case: &Path,
    paths: Vec<PathBuf>,
) -> Result<ImportPlan, WorkError> {
    let request = Request {
        paths,
        data_type: None,
        in_place: true,
        allow_ratio: false,
        reason: String::new(),
        jobs: 0,
    };
    let plan = plan::make(host, connection, case, &request, COMPARED)?;
    let mut shown = ImportPlan {
        files: Vec::new(),
        total: plan.items.len() as u64,
        bytes: plan.bytes,
        unknown: 0,
        duplicate: 0,
    };
    let counters = Counters::new(plan.bytes);
    for turn in plan.items.chunks(TURN) {
        for (planned, look) in turn.iter().zip(look_at(&plan, turn, jobs(&request))) {
            counters.bytes(planned.listed.size);
            shown.unknown += u64::from(look.unknown);
            shown.duplicate += u64::from(matches!(planned.task, Task::Duplicate(_)));
            if shown.files.len() < LISTED {
                shown.files.push(look.file);
            }
        }
        host.progress(&counters.now("recognising formats"));
        if host.cancelled() {
            return Err(WorkError::Stopped {
                doing: "looking at the files; nothing of these was read into the case",
            });
        }
    }
    Ok(shown)
}

/// A file as it is shown.
struct Look {
    file: PlannedFile,
    /// Whether it will be read and no format knows it.
    unknown: bool,
}

/// Looks at some files, several at once, in their order.
fn look_at(plan: &Plan, some: &[Planned], jobs: usize) -> Vec<Look> {
    let each = some.len().div_ceil(jobs).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = some
            .chunks(each)
            .map(|part| {
                scope.spawn(move || {
                    let limits = Limits {
                        whole: HEAD,
                        ..Limits::default()
                    };
                    let mut unpacker = Unpacker::new(limits, std::env::temp_dir());
                    let looks = part.iter().map(|one| look(plan, one, &mut unpacker));
                    looks.collect::<Vec<_>>()
                })
            })
            .collect();
        // A reader that fails is one of ours: it is not hidden.
        parts
            .into_iter()
            .flat_map(|part| match part.join() {
                Ok(looks) => looks,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

fn look(plan: &Plan, planned: &Planned, unpacker: &mut Unpacker) -> Look {
    let listed = &planned.listed;
    let mut file = PlannedFile {
        name: listed.name.clone(),
        bytes: listed.size,
        data_type: None,
        why: "not looked at".to_owned(),
        problem: None,
    };
    if let Task::Reject(reason) = &planned.task {
        file.problem = Some(reason.clone());
        return Look {
            file,
            unknown: false,
        };
    }
    let mut first = First::default();
    let walked = match intake::open(listed) {
        Ok(opened) => unpacker
            .walk(Source::File(&opened), &mut first)
            .map_err(|error| error.to_string()),
        Err(error) => Err(format!("cannot be read: {error}")),
    };
    let repeats = repeats(plan, planned);
    let seen = match (first.seen, walked) {
        (Some(seen), _) => seen,
        (None, walked) => {
            file.problem = walked.err().or(first.rejected).or(repeats);
            file.why = "no file in it can be read".to_owned();
            return Look {
                file,
                unknown: false,
            };
        }
    };
    let format = seen.identity.format.map(|format| format.name().to_owned());
    let recognised = match &format {
        Some(format) => format!("{format}: {}", seen.identity.reason),
        None => format!("not recognised: {}", seen.identity.reason),
    };
    let archive = !seen.at.name.is_empty();
    file.problem = repeats;
    if archive {
        let Place { layers, name, .. } = &seen.at;
        file.why = format!("archive ({layers}); the first file in it, {name}, is {recognised}");
    } else {
        file.why = match &format {
            Some(_) => seen.identity.reason,
            None => recognised,
        };
        file.data_type = format;
    }
    Look {
        unknown: !archive && file.data_type.is_none() && file.problem.is_none(),
        file,
    }
}

/// What a file repeats, or goes on with.
fn repeats(plan: &Plan, planned: &Planned) -> Option<String> {
    match &planned.task {
        Task::Duplicate(of) => {
            let here = plan.items.iter().take_while(|one| !is(one, planned));
            let mut here = here.filter(|one| one.id == *of && matches!(one.task, Task::Read));
            Some(match here.next() {
                Some(other) => format!(
                    "the same file as {}, which is chosen too",
                    other.listed.name
                ),
                None => format!("the same file as {}, which is in the case", item::name(*of)),
            })
        }
        Task::Resume(_) => Some(format!(
            "partly in the case as {}; importing it reads the rest",
            item::name(planned.id)
        )),
        Task::Read | Task::Reject(_) => None,
    }
}

fn is(one: &Planned, other: &Planned) -> bool {
    std::ptr::eq(one, other)
}

/// Takes the first innermost file, as far as its format shows.
#[derive(Default)]
struct First {
    seen: Option<Seen>,
    rejected: Option<String>,
}

struct Seen {
    at: Place,
    identity: Identity,
}

impl Visitor for First {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        let identity = match member.content {
            Content::Whole(bytes) => {
                let head = bytes.get(..HEAD).unwrap_or(bytes);
                vestige_formats::identify(head, head.len() == bytes.len())
            }
            Content::Stream(stream) => {
                let mut head = Vec::new();
                // What could be read of it before a fault shows its format, too.
                let _ = stream.take(HEAD as u64).read_to_end(&mut head);
                vestige_formats::identify(&head, false)
            }
        };
        self.seen = Some(Seen {
            at: member.at.clone(),
            identity,
        });
        ControlFlow::Break(())
    }

    fn ended(&mut self, _: &Place, _: End) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, at: &Place, reason: String) -> ControlFlow<()> {
        self.rejected.get_or_insert_with(|| match at.name.as_str() {
            "" => reason,
            name => format!("{name}: {reason}"),
        });
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &Place, _: Warning) {}
}
