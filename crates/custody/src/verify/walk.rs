//! Going through the entries: each canonical, in its place and linked to the one before.

use super::evidence::Objects;
use super::report::{Check, Findings};
use crate::case_id::CaseId;
use crate::hash::{Hash, hex, leaf};
use crate::line::{EntryLine, Line, millis};
use crate::merkle::Frontier;
use crate::vkey::Vkey;

/// What is known after the entries taken so far.
#[derive(Debug)]
pub(super) struct Walk {
    pub tree: Frontier,
    pub head: Option<Hash>,
    pub case: Option<CaseId>,
    pub objects: Objects,
    /// What entries say of keys, by their number.
    pub keys: Vec<(u64, KeyEvent)>,
    /// What `checkpoint.anchored` entries say.
    pub anchorings: Vec<Anchoring>,
    /// Sizes that `checkpoint.signed` entries say were signed, with the entry's number.
    pub signings: Vec<(u64, u64)>,
    /// What holds at each size from 0.
    marks: Vec<Mark>,
    last_time: String,
    withheld_allowed: bool,
    withheld: u64,
    entries: Findings,
    times: Findings,
}

/// The state at a size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub root: Hash,
    /// When the last entry covered was written, in UTC nanoseconds.
    pub recorded_at: Option<i64>,
}

/// What an entry says of keys.
#[derive(Clone, Debug)]
pub(super) enum KeyEvent {
    Added(Vkey),
    Rotated {
        old: Vkey,
        new: Vkey,
    },
    Revoked(Vkey),
    /// Names a key in a form that cannot be read.
    Unreadable,
}

impl KeyEvent {
    fn added(keys: &[Vkey]) -> Option<KeyEvent> {
        keys.first().map(|key| KeyEvent::Added(key.clone()))
    }

    fn revoked(keys: &[Vkey]) -> Option<KeyEvent> {
        keys.first().map(|key| KeyEvent::Revoked(key.clone()))
    }

    fn rotated(keys: &[Vkey]) -> Option<KeyEvent> {
        let [old, new] = keys else { return None };
        Some(KeyEvent::Rotated {
            old: old.clone(),
            new: new.clone(),
        })
    }
}

/// What a `checkpoint.anchored` entry says.
#[derive(Clone, Debug)]
pub(super) struct Anchoring {
    pub seq: u64,
    pub size: u64,
    pub root: String,
    pub token_sha256: String,
    pub recorded_at: Option<i64>,
}

impl Walk {
    pub(super) fn new(withheld_allowed: bool) -> Walk {
        let mut walk = Walk {
            tree: Frontier::default(),
            head: None,
            case: None,
            objects: Objects::default(),
            keys: Vec::new(),
            anchorings: Vec::new(),
            signings: Vec::new(),
            marks: Vec::new(),
            last_time: String::new(),
            withheld_allowed,
            withheld: 0,
            entries: Findings::new("entries"),
            times: Findings::new("time"),
        };
        walk.mark();
        walk
    }

    fn fail(&mut self, expected: impl std::fmt::Display, found: impl std::fmt::Display) {
        let seq = self.tree.size();
        let line = seq + 1;
        self.entries.fail(format!(
            "entry {seq} (line {line}): expected {expected}, found {found}"
        ));
    }

    pub(super) fn unterminated(&mut self) {
        let line = self.tree.size();
        self.entries.fail(format!(
            "line {line}: expected a line feed at the end, found none"
        ));
    }

    pub(super) fn line(&mut self, bytes: &[u8]) {
        let seq = self.tree.size();
        let leaf = match Line::parse(bytes) {
            Err(error) => {
                self.entries
                    .fail(format!("entry {seq} (line {}): {error}", seq + 1));
                leaf(bytes)
            }
            Ok(line) => {
                if line.seq() != seq {
                    self.fail(
                        format_args!("seq {seq}"),
                        format_args!("seq {}", line.seq()),
                    );
                }
                match &line {
                    Line::Entry(entry) => self.entry(entry),
                    Line::Withheld { .. } => self.withheld(),
                }
                line.leaf()
            }
        };
        self.tree.push(leaf);
        self.head = Some(leaf);
        self.mark();
    }

    fn mark(&mut self) {
        let recorded_at = millis(&self.last_time);
        self.marks.push(Mark {
            root: self.tree.root(),
            recorded_at,
        });
    }

    /// What holds after the first `size` entries; none where there are not so many.
    pub(super) fn at(&self, size: u64) -> Option<&Mark> {
        self.marks.get(usize::try_from(size).ok()?)
    }

    fn withheld(&mut self) {
        self.withheld += 1;
        if !self.withheld_allowed {
            self.fail(
                "an entry",
                "one that is withheld, which only an export may have",
            );
        }
    }

    fn entry(&mut self, entry: &EntryLine) {
        if entry.prev != self.head {
            let text = |hash: Option<Hash>| hash.map_or("null".to_owned(), |hash| hex(&hash));
            self.fail(format_args!("prev {}", text(self.head)), text(entry.prev));
        }
        self.check_case(entry);
        self.check_time(entry);
        self.objects.take(self.tree.size(), &entry.value);
        self.take_events(entry);
    }

    fn check_case(&mut self, entry: &EntryLine) {
        match (self.case.clone(), CaseId::parse(&entry.case)) {
            (Some(case), _) if case.as_str() == entry.case => {}
            (Some(case), _) => {
                self.fail(
                    format_args!("case {case}"),
                    format_args!("{:?}", entry.case),
                );
            }
            (None, Ok(case)) => self.case = Some(case),
            (None, Err(error)) => self.fail("a case", error),
        }
    }

    fn check_time(&mut self, entry: &EntryLine) {
        // The form makes the order of the texts the order of the times.
        if entry.recorded_at < self.last_time && !entry.steps_back() {
            let seq = self.tree.size();
            let (now, last) = (&entry.recorded_at, &self.last_time);
            self.times.warn(format!(
                "entry {seq}: written at {now}, the one before at {last}"
            ));
        }
        self.last_time.clone_from(&entry.recorded_at);
    }

    fn take_events(&mut self, entry: &EntryLine) {
        let seq = self.tree.size();
        let size = || u64::try_from(entry.detail("size")?.as_int()?).ok();
        let of_key = |keys: &[&str], event: fn(&[Vkey]) -> Option<KeyEvent>| {
            let texts: Vec<&str> = keys
                .iter()
                .filter_map(|key| entry.detail_text(key))
                .collect();
            let read: Result<Vec<Vkey>, _> = texts.iter().map(|text| Vkey::parse(text)).collect();
            let event = read.ok().and_then(|keys| event(&keys));
            // An actor may be added without a key.
            (!texts.is_empty()).then(|| (seq, event.unwrap_or(KeyEvent::Unreadable)))
        };
        match entry.event.as_str() {
            "actor.added" => self.keys.extend(of_key(&["vkey"], KeyEvent::added)),
            "key.revoked" => self.keys.extend(of_key(&["vkey"], KeyEvent::revoked)),
            "key.rotated" => {
                self.keys
                    .extend(of_key(&["old_vkey", "new_vkey"], KeyEvent::rotated));
            }
            "checkpoint.signed" => self.signings.extend(size().map(|size| (seq, size))),
            "checkpoint.anchored" => self.anchorings.extend(size().map(|size| {
                Anchoring {
                    seq,
                    size,
                    root: entry.detail_text("root").unwrap_or_default().to_owned(),
                    token_sha256: entry
                        .detail_text("token_sha256")
                        .unwrap_or_default()
                        .to_owned(),
                    recorded_at: millis(&entry.recorded_at),
                }
            })),
            _ => {}
        }
    }

    /// What the entries alone show.
    pub(super) fn checks(&mut self) -> Vec<Check> {
        let mut checks = Vec::new();
        let (size, withheld) = (self.tree.size(), self.withheld);
        let mut entries = std::mem::replace(&mut self.entries, Findings::new("entries"));
        if size == 0 {
            entries.fail("expected at least one entry, found none".to_owned());
        }
        entries.into_checks(
            || {
                let held = if withheld > 0 {
                    format!(", {withheld} withheld")
                } else {
                    String::new()
                };
                Some(format!(
                    "{size} entries{held}, each canonical and linked to the one before"
                ))
            },
            &mut checks,
        );
        let times = std::mem::replace(&mut self.times, Findings::new("time"));
        times.into_checks(|| None, &mut checks);
        checks
    }
}
