//! Phrases, searched in the bytes of the originals: the newest evidence first, in as many threads
//! as there are cores. There is no text index to build, and nothing is too odd to be found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use vestige_acquire::reopen::{Item, Reopen};
use vestige_acquire::scan::Needles;
use vestige_acquire::unpack::{Content, End, Member, Place, Visitor};
use vestige_model::{MemberPath, MemberRef, Warning};
use vestige_store::evidence::{self, SearchItem};
use vestige_store::page::Reader;
use vestige_store::query::{Hits, PhraseHits, Query, Table};

use crate::error::WorkError;
use crate::explore::watched;
use crate::host::Host;
use crate::item;
use crate::progress::Counters;

/// Offsets of one phrase that are handed over at once.
const HANDED: usize = 1 << 16;
/// Between two looks at what was found so far.
const LOOK: Duration = Duration::from_millis(200);
/// Hits outside records that are kept.
const LISTED: usize = 10_000;

/// A hit that lies in no record: in a header, between records, in a file of unknown format.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Outside {
    /// The evidence item (`EV-0001`).
    pub evidence: String,
    /// The member's ordinals.
    pub member: String,
    /// Offset in the member's decompressed bytes.
    pub offset: u64,
    /// The phrase.
    pub phrase: String,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Rows, by phrase.
    pub hits: PhraseHits,
    /// Hits outside records; the first of them.
    pub outside: BTreeSet<Outside>,
    /// All hits outside records.
    pub outside_count: u64,
    /// Rows later than this are decided: everything that could hold them was searched. None at the
    /// end, where all are.
    pub undecided: Option<i64>,
}

/// Searches the phrases of a query. `each` is told what was found at most every moment or so, and
/// at the end; it says whether to go on.
///
/// # Errors
/// A phrase that is none, evidence that cannot be read again, or that the user stopped.
pub(crate) fn search(
    host: &dyn Host,
    reader: &Reader,
    root: &std::path::Path,
    query: &Query,
    each: &mut dyn FnMut(&Found) -> Result<bool, WorkError>,
) -> Result<(), WorkError> {
    let needles = Needles::new(query.phrases()).map_err(|error| {
        WorkError::usage("query", "phrases that can be searched", error.to_string())
    })?;
    let items = in_scope(host, reader, &query.scope())?;
    let search = Search {
        needles: &needles,
        reopen: Reopen::new(root, 0),
        root,
        stop: AtomicBool::new(false),
        next: AtomicUsize::new(0),
        counters: Counters::new(items.iter().map(|item| item.bytes).sum()),
        items,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (send, receive) = bounded(threads * 4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (search, send) = (&search, send.clone());
            scope.spawn(move || search.work(&send));
        }
        drop(send);
        let gathered = Gather::new(&search, query, reader).run(host, &receive, each);
        search.stop.store(true, Ordering::Relaxed);
        // Workers end when nobody listens.
        drop(receive);
        gathered
    })
}

/// The evidence to be searched, newest first.
fn in_scope(host: &dyn Host, reader: &Reader, scope: &Query) -> Result<Vec<SearchItem>, WorkError> {
    let of = if scope.is_all() {
        None
    } else {
        let members = watched(host, "finding the evidence to search", |progress| {
            reader
                .compile(scope, &PhraseHits::default(), progress)
                .and_then(|scope| reader.members(&scope, progress))
        })?;
        Some(members)
    };
    let mut items = evidence::searchable(reader.connection(), of.as_ref())?;
    // The sort is stable, so equal ones stay in the order of their ids; undated ones come last.
    items.sort_by_key(|item| std::cmp::Reverse(item.last));
    Ok(items)
}

struct Search<'a> {
    needles: &'a Needles,
    reopen: Reopen,
    root: &'a std::path::Path,
    stop: AtomicBool,
    next: AtomicUsize,
    counters: Counters,
    items: Vec<SearchItem>,
}

/// What a worker tells.
enum Told {
    /// Offsets of a phrase in a member, ascending.
    Hits {
        item: usize,
        member: MemberRef,
        phrase: usize,
        offsets: Vec<u64>,
    },
    /// An item was searched, or could not be.
    Done(usize, Result<(), String>),
}

impl Search<'_> {
    fn work(&self, out: &Sender<Told>) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = self.items.get(at) else {
                return;
            };
            let result = self.item(at, one, out);
            self.counters.bytes(one.bytes);
            let gone = out.send(Told::Done(at, result)).is_err();
            if gone || self.stop.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    fn item(&self, at: usize, one: &SearchItem, out: &Sender<Told>) -> Result<(), String> {
        let source = if one.in_place {
            Item::in_place(&one.path, one.sha256, one.bytes)
        } else {
            Item::kept(self.root, one.sha256, one.bytes)
        };
        let members = one.members.iter();
        let mut visit = Visit {
            search: self,
            at,
            out,
            wanted: members
                .map(|(path, member)| (ordinals(path), *member))
                .collect(),
            failed: None,
        };
        self.reopen
            .visit(&source, &mut visit)
            .map_err(|error| error.to_string())?;
        if self.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Some(reason) = visit.failed {
            return Err(reason);
        }
        match visit.wanted.keys().next() {
            None => Ok(()),
            Some(path) => Err(format!(
                "expected a member {}, found none: the original is not the one that was imported",
                MemberPath(path.clone())
            )),
        }
    }
}

/// Searches the members of one item.
struct Visit<'a> {
    search: &'a Search<'a>,
    at: usize,
    out: &'a Sender<Told>,
    /// Members that were not met yet.
    wanted: BTreeMap<Vec<u32>, MemberRef>,
    failed: Option<String>,
}

impl Visit<'_> {
    /// Hands offsets over; false where nobody listens any more.
    fn hand_over(&self, member: MemberRef, phrase: usize, offsets: &mut Vec<u64>) {
        // Forms of one phrase are found interleaved.
        offsets.sort_unstable();
        offsets.dedup();
        let told = Told::Hits {
            item: self.at,
            member,
            phrase,
            offsets: std::mem::take(offsets),
        };
        if self.out.send(told).is_err() {
            self.search.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Visitor for Visit<'_> {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        let Some(known) = self.wanted.remove(&of_file(member.at)) else {
            return ControlFlow::Continue(());
        };
        let mut found: HashMap<usize, Vec<u64>> = HashMap::new();
        let mut hit = |phrase, offset| {
            let offsets = found.entry(phrase).or_default();
            offsets.push(offset);
            if offsets.len() >= HANDED {
                self.hand_over(known, phrase, offsets);
            }
        };
        match member.content {
            Content::Whole(bytes) => self.search.needles.scan(bytes, &mut hit),
            Content::Stream(stream) => {
                let mut stream = Stoppable {
                    stream,
                    stop: &self.search.stop,
                };
                if let Err(error) = self.search.needles.scan_stream(&mut stream, &mut hit)
                    && !self.search.stop.load(Ordering::Relaxed)
                {
                    self.failed = Some(error.to_string());
                }
            }
        }
        for (phrase, mut offsets) in found {
            if !offsets.is_empty() {
                self.hand_over(known, phrase, &mut offsets);
            }
        }
        if self.search.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn ended(&mut self, _: &Place, _: End) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, _: &Place, _: String) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &Place, _: Warning) {}

    fn wants(&mut self, at: &Place) -> bool {
        let mut following = self.wanted.range(at.path.0.clone()..);
        following
            .next()
            .is_some_and(|(wanted, _)| wanted.starts_with(&at.path.0))
    }
}

/// Ordinals as they stand in event ids.
fn ordinals(path: &str) -> Vec<u32> {
    path.split('-')
        .filter_map(|part| part.parse().ok())
        .collect()
}

/// The ordinals of a member; a file that is no archive has 0.
fn of_file(at: &Place) -> Vec<u32> {
    match at.path.0.as_slice() {
        [] => vec![0],
        path => path.to_vec(),
    }
}

/// A stream that ends when the search is stopped.
struct Stoppable<'a> {
    stream: &'a mut dyn std::io::Read,
    stop: &'a AtomicBool,
}

impl std::io::Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Ok(0);
        }
        self.stream.read(buffer)
    }
}

/// There is no complete answer.
fn unsearched(unread: Vec<(String, String)>) -> WorkError {
    let (items, without): (Vec<_>, Vec<_>) = unread
        .into_iter()
        .map(|(name, reason)| (format!("{name}: {reason}"), format!("NOT evidence:{name}")))
        .unzip();
    WorkError::Unsearched {
        items: items.join("; "),
        without: without.join(" "),
    }
}

/// Puts together what the workers tell.
struct Gather<'a> {
    search: &'a Search<'a>,
    query: &'a Query,
    reader: &'a Reader,
    found: Found,
    /// By item, whether it was searched.
    done: Vec<bool>,
    /// Items from the first on that were searched.
    decided: usize,
    /// Items that could not be searched, and why.
    unread: Vec<(String, String)>,
}

impl<'a> Gather<'a> {
    fn new(search: &'a Search<'a>, query: &'a Query, reader: &'a Reader) -> Gather<'a> {
        let found = Found {
            hits: vec![Hits::default(); query.phrases().len()],
            ..Found::default()
        };
        Gather {
            search,
            query,
            reader,
            found,
            done: vec![false; search.items.len()],
            decided: 0,
            unread: Vec::new(),
        }
    }

    #[allow(clippy::disallowed_methods)] // the interval at which a person is shown what was found
    fn run(
        mut self,
        host: &dyn Host,
        told: &Receiver<Told>,
        each: &mut dyn FnMut(&Found) -> Result<bool, WorkError>,
    ) -> Result<(), WorkError> {
        // What the newest evidence holds is shown at once.
        let mut looked = None::<Instant>;
        loop {
            if host.cancelled() {
                return Err(WorkError::Stopped { doing: "searching" });
            }
            match told.recv_timeout(LOOK) {
                Ok(one) => self.take(one)?,
                Err(error) if error.is_timeout() => {}
                Err(_) => break,
            }
            if looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
                host.progress(&self.search.counters.now("searching the evidence"));
                let moved = self.advance();
                if moved || looked.is_some() {
                    looked = Some(Instant::now());
                }
                if moved && !each(&self.found)? {
                    return Ok(());
                }
            }
        }
        if !self.unread.is_empty() {
            return Err(unsearched(self.unread));
        }
        self.found.undecided = None;
        each(&self.found).map(drop)
    }

    fn take(&mut self, told: Told) -> Result<(), WorkError> {
        match told {
            Told::Hits {
                item,
                member,
                phrase,
                offsets,
            } => self.hits(item, member, phrase, &offsets),
            // An item that could not be searched stays undecided, and so do all rows of its time and
            // before.
            Told::Done(at, Err(reason)) => {
                let name = self.search.items.get(at).map(|one| item::name(one.id));
                self.unread.push((name.unwrap_or_default(), reason));
                Ok(())
            }
            Told::Done(at, Ok(())) => {
                if let Some(done) = self.done.get_mut(at) {
                    *done = true;
                }
                Ok(())
            }
        }
    }

    fn hits(
        &mut self,
        item: usize,
        member: MemberRef,
        phrase: usize,
        offsets: &[u64],
    ) -> Result<(), WorkError> {
        let Found {
            hits,
            outside,
            outside_count,
            ..
        } = &mut self.found;
        let Some(hits) = hits.get_mut(phrase) else {
            return Ok(());
        };
        let one = self.search.items.get(item);
        let path = one.and_then(|one| one.members.iter().find(|(_, other)| *other == member));
        let label = Outside {
            phrase: self
                .query
                .phrases()
                .get(phrase)
                .cloned()
                .unwrap_or_default(),
            evidence: one.map(|one| item::name(one.id)).unwrap_or_default(),
            member: path.map(|(path, _)| path.clone()).unwrap_or_default(),
            offset: 0,
        };
        self.reader
            .locate(
                member,
                offsets,
                &mut |row| match row.table {
                    Table::Event => hits.events.insert(row.id),
                    Table::Flow => hits.flows.insert(row.id),
                },
                &mut |offset| {
                    *outside_count += 1;
                    outside.insert(Outside {
                        offset,
                        ..label.clone()
                    });
                    // The first of them, whatever the threads did.
                    if outside.len() > LISTED {
                        outside.pop_last();
                    }
                },
            )
            .map_err(WorkError::database)
    }

    /// Brings the line between decided and undecided rows forward; whether it moved.
    fn advance(&mut self) -> bool {
        while self.done.get(self.decided) == Some(&true) {
            self.decided += 1;
        }
        let Some(next) = self.search.items.get(self.decided) else {
            return false;
        };
        // Items are in the order of their last times, so the first that is not done has the
        // latest of all that follow.
        let line = Some(next.last.unwrap_or(i64::MIN));
        let moved = self.found.undecided != line;
        self.found.undecided = line;
        moved
    }
}
