//! Any changes, taken back or not, against a plain model of what they mean.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rusqlite::Connection;
use vestige_custody::hex;

use super::*;
use crate::migration;

/// Events of the model: rows of both tables with the same numbers.
const ROWS: usize = 6;

fn row(number: usize) -> RowRef {
    row_ref((number % 2) as i64, (number / 2) as i64 + 1)
}

/// What somebody does.
#[derive(Clone, Debug)]
enum Act {
    Change(What, BTreeSet<usize>),
    /// Takes one of the changes before back, where it was not.
    Undo(usize),
}

fn what() -> impl Strategy<Value = What> {
    let tag = prop::sample::select(vec!["c2", "exfil", "größe"]);
    prop_oneof![
        any::<bool>().prop_map(What::Star),
        prop::option::of(prop::sample::select(Mark::ALL.to_vec())).prop_map(What::Mark),
        (tag, any::<bool>()).prop_map(|(name, on)| What::Tag {
            name: name.to_owned(),
            on
        }),
        "[a-c]{1,3}".prop_map(|text| What::Comment { text }),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let rows = prop::collection::btree_set(0..ROWS, 1..=ROWS);
    let act = prop_oneof![
        3 => (what(), rows).prop_map(|(what, rows)| Act::Change(what, rows)),
        1 => any::<prop::sample::Index>().prop_map(|at| Act::Undo(at.index(64))),
    ];
    prop::collection::vec(act, 0..20)
}

fn empty() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    migration::apply(&connection, migration::KNOWN, 0).unwrap();
    connection
}

/// A change that was made.
struct Made {
    seq: u64,
    what: What,
    rows: BTreeSet<usize>,
    undone: Option<u64>,
}

/// Everything that was done, and what the entries would state of it.
#[derive(Default)]
struct Done {
    changes: Vec<Made>,
    stated: BTreeMap<u64, Stated>,
}

impl Done {
    fn run(connection: &Connection, acts: &[Act]) -> Done {
        let mut done = Done::default();
        for (seq, act) in (1..).zip(acts) {
            match act {
                Act::Change(what, rows) => done.change(connection, seq, what, rows),
                Act::Undo(at) => done.undo(connection, *at, seq),
            }
        }
        done
    }

    fn change(&mut self, connection: &Connection, seq: u64, what: &What, rows: &BTreeSet<usize>) {
        let refs: Vec<RowRef> = rows.iter().map(|number| row(*number)).collect();
        let digest = digest(connection, &refs).unwrap();
        record(connection, seq, what, &refs, &mut |_| true).unwrap();
        let stated = Stated {
            what: what.clone(),
            events: digest.events,
            sha256: hex(&digest.sha256),
            undone_seq: None,
        };
        self.stated.insert(seq, stated);
        self.changes.push(Made {
            seq,
            what: what.clone(),
            rows: rows.clone(),
            undone: None,
        });
    }

    fn undo(&mut self, connection: &Connection, at: usize, by: u64) {
        let open = self.changes.iter_mut().filter(|one| one.undone.is_none());
        let mut open: Vec<&mut Made> = open.collect();
        let count = open.len().max(1);
        let Some(made) = open.get_mut(at % count) else {
            return;
        };
        undo(connection, made.seq, by, &mut |_| true).unwrap();
        made.undone = Some(by);
        if let Some(stated) = self.stated.get_mut(&made.seq) {
            stated.undone_seq = Some(by);
        }
    }

    /// What is said of an event, by looking for the last that says it.
    fn of(&self, number: usize) -> Option<Noted> {
        let about = || self.changes.iter().filter(|one| one.rows.contains(&number));
        let holds: Vec<&Made> = about().filter(|one| one.undone.is_none()).collect();
        let last = |fits: &dyn Fn(&What) -> bool| {
            let last = holds.iter().rev().find(|one| fits(&one.what));
            last.map(|one| one.what.clone())
        };
        let tagged = |tag: &&&str| {
            let of_tag = |what: &What| matches!(what, What::Tag { name, .. } if name == **tag);
            matches!(last(&of_tag), Some(What::Tag { on: true, .. }))
        };
        let comment = |one: &&Made| match &one.what {
            What::Comment { text } => Some(Comment {
                seq: one.seq,
                text: text.clone(),
            }),
            _ => None,
        };
        let mark = last(&|what| matches!(what, What::Mark(_)));
        let names = ["c2", "exfil", "größe"];
        let noted = Noted {
            starred: last(&|what| matches!(what, What::Star(_))) == Some(What::Star(true)),
            mark: match mark {
                Some(What::Mark(mark)) => mark,
                _ => None,
            },
            tags: names
                .iter()
                .filter(tagged)
                .map(|tag| (*tag).to_owned())
                .collect(),
            comments: holds.iter().filter_map(comment).collect(),
            seq: about()
                .map(|one| one.undone.unwrap_or(one.seq))
                .max()
                .unwrap_or(0),
        };
        (!noted.is_empty()).then_some(noted)
    }
}

proptest! {
    #[test]
    fn events_have_what_the_changes_that_hold_say(acts in acts()) {
        let connection = empty();
        let done = Done::run(&connection, &acts);
        for number in 0..ROWS {
            prop_assert_eq!(noted(&connection, row(number)).unwrap(), done.of(number), "{}", number);
        }
        prop_assert_eq!(differences(&connection, &done.stated).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_change_alters_nothing_exactly_where_everything_stays(acts in acts(), what in what(), rows in prop::collection::btree_set(0..ROWS, 1..4)) {
        let connection = empty();
        Done::run(&connection, &acts);
        let refs: Vec<RowRef> = rows.iter().map(|number| row(*number)).collect();
        let state = |row: &RowRef| {
            let noted = noted(&connection, *row).unwrap().unwrap_or_default();
            Noted { seq: 0, ..noted }
        };
        let before: Vec<Noted> = refs.iter().map(state).collect();
        let said = alters(&connection, &what, &refs).unwrap();
        record(&connection, 100, &what, &refs, &mut |_| true).unwrap();
        let after: Vec<Noted> = refs.iter().map(state).collect();
        prop_assert_eq!(said, before != after);
    }
}

#[test]
fn who_stops_a_change_is_heard() {
    let connection = empty();
    let rows: Vec<RowRef> = (1..2_000).map(|id| row_ref(0, id)).collect();
    let mut told = Vec::new();
    let stopped = record(&connection, 1, &What::Star(true), &rows, &mut |done| {
        told.push(done);
        done < 1_000
    });
    assert!(matches!(stopped, Err(ChangeError::Stopped)));
    assert_eq!(told, [500, 1_000]);
}

#[test]
fn an_older_case_has_no_annotations_and_says_so() {
    let connection = Connection::open_in_memory().unwrap();
    migration::apply(&connection, &migration::KNOWN[..2], 0).unwrap();
    assert_eq!(noted(&connection, row(0)).unwrap(), None);
    assert_eq!(tags(&connection).unwrap(), []);
    assert_eq!(noted_rows(&connection).unwrap(), []);
    assert!(item_notes(&connection).unwrap().is_empty());
    assert_eq!(differences(&connection, &BTreeMap::new()).unwrap(), [""; 0]);
}
