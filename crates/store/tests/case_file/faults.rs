//! Every storage step fails, once before it takes effect and once after. Whatever happened, what
//! is left opens, its whole chain holds, and the same can be done again.

use crate::backup::{back_up, case_with_evidence, restored};
use crate::common::*;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex};
use vestige_store::case_file::CaseError;
use vestige_store::fault::{Faults, Moment};
use vestige_store::foreign::examine;

/// Fails the `turn`th passing of a step, before or after; notes the steps that were passed.
fn failing(
    step: &'static str,
    moment: Moment,
    turn: u32,
) -> (Faults, Arc<Mutex<BTreeSet<&'static str>>>) {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let (note, left) = (Arc::clone(&seen), Mutex::new(turn));
    let faults = Faults::hook(move |name, at| {
        note.lock().unwrap().insert(name);
        let mut left = left.lock().unwrap();
        if name != step || at != moment || *left == 0 {
            return Ok(());
        }
        *left -= 1;
        if *left == 0 {
            Err(io::Error::other("injected"))
        } else {
            Ok(())
        }
    });
    (faults, seen)
}

/// The steps that `work` passes when nothing fails.
fn steps_of(work: impl FnOnce(&Faults)) -> BTreeSet<&'static str> {
    let (faults, seen) = failing("", Moment::Before, 0);
    work(&faults);
    drop(faults);
    Arc::into_inner(seen).unwrap().into_inner().unwrap()
}

/// The whole procedure over a case; the number of its entries.
fn whole(desk: &Desk, name: &str) -> u64 {
    let quarantine = desk.quarantine();
    let all: fn() -> bool = || true;
    let examination = examine(
        &desk.path(name),
        quarantine.path(),
        &desk.settings(),
        &(Arc::new(all) as _),
    );
    examination
        .outcome
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .head
        .size
}

fn is_injected(error: &CaseError) -> bool {
    error.to_string().contains("injected")
}

#[test]
fn creating_leaves_a_whole_case_or_none() {
    let steps = steps_of(|faults| drop(Desk::new().try_create("case", faults).unwrap()));
    assert!(steps.len() >= 8, "{steps:?}");
    for step in steps {
        for moment in [Moment::Before, Moment::After] {
            let desk = Desk::new();
            let (faults, _) = failing(step, moment, 1);
            let error = desk.try_create("case", &faults).err();
            assert!(
                error.as_ref().is_some_and(is_injected),
                "{step} {moment:?}: {error:?}"
            );
            assert!(!desk.path(".case.incomplete").exists(), "{step} {moment:?}");
            if desk.path("case").exists() {
                assert_eq!(whole(&desk, "case"), 1, "{step} {moment:?}");
                desk.writer("case").unwrap();
            } else {
                desk.create("case");
            }
        }
    }
}

#[test]
fn appending_leaves_the_entry_in_or_out() {
    for (step, moment, committed) in [
        ("append entry", Moment::Before, false),
        ("append entry", Moment::After, false),
        ("commit", Moment::Before, false),
        // The disk took it and the answer was lost.
        ("commit", Moment::After, true),
    ] {
        let desk = Desk::new();
        desk.closed_case("case", 3);
        let (faults, _) = failing(step, moment, 1);
        let mut writer = desk
            .open("case", None)
            .unwrap()
            .open_writer(&by(), NOW, &faults)
            .unwrap();
        let error = try_annotate(&mut writer, 9, NOW + 9 * SECOND).unwrap_err();
        assert!(is_injected(&error));
        assert_eq!(
            writer.head().unwrap().size,
            3 + u64::from(committed),
            "{step} {moment:?}"
        );
        // The same writer goes on where the database is, not where it thought it was.
        annotate(&mut writer, 10, NOW + 10 * SECOND);
        drop(writer);
        assert_eq!(
            whole(&desk, "case"),
            4 + u64::from(committed),
            "{step} {moment:?}"
        );
    }
}

#[test]
fn backing_up_leaves_a_whole_backup_or_none() {
    let steps = steps_of(|faults| {
        let desk = Desk::new();
        drop(case_with_evidence(&desk, "case"));
        let mut writer = desk
            .open("case", None)
            .unwrap()
            .open_writer(&by(), NOW, faults)
            .unwrap();
        back_up(&mut writer, &desk.path("b.zip")).unwrap();
    });
    assert!(steps.len() >= 8, "{steps:?}");
    for step in steps {
        for moment in [Moment::Before, Moment::After] {
            let desk = Desk::new();
            drop(case_with_evidence(&desk, "case"));
            let (faults, _) = failing(step, moment, 1);
            let mut writer = desk
                .open("case", None)
                .unwrap()
                .open_writer(&by(), NOW, &faults)
                .unwrap();
            let before = writer.head().unwrap().size;
            let error = back_up(&mut writer, &desk.path("b.zip")).unwrap_err();
            assert!(is_injected(&error), "{step} {moment:?}: {error}");
            let recorded = writer.head().unwrap().size > before;
            assert!(
                !recorded || desk.path("b.zip").exists(),
                "{step} {moment:?}"
            );
            if desk.path("b.zip").exists() {
                restored(&desk, "b.zip", "again", None, &Faults::none()).unwrap();
            }
            back_up(&mut writer, &desk.path("c.zip")).unwrap();
            drop(writer);
            whole(&desk, "case");
            let left = fs::read_dir(desk.path(""))
                .unwrap()
                .map(|entry| entry.unwrap().file_name());
            let left: Vec<_> = left.collect();
            assert!(
                left.iter()
                    .all(|name| !name.to_string_lossy().contains("incomplete")),
                "{left:?}"
            );
        }
    }
}

#[test]
fn restoring_leaves_a_whole_case_or_none() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    let size = back_up(&mut writer, &desk.path("b.zip")).unwrap().head.size;
    let steps = steps_of(|faults| drop(restored(&desk, "b.zip", "first", None, faults).unwrap()));
    assert!(steps.len() >= 9, "{steps:?}");
    for (n, step) in steps.into_iter().enumerate() {
        for (m, moment) in [Moment::Before, Moment::After].into_iter().enumerate() {
            let name = format!("r{n}-{m}");
            let (faults, _) = failing(step, moment, 1);
            let error = restored(&desk, "b.zip", &name, None, &faults).unwrap_err();
            assert!(is_injected(&error), "{step} {moment:?}: {error}");
            assert!(
                !desk.path(&format!(".{name}.incomplete")).exists(),
                "{step} {moment:?}"
            );
            if !desk.path(&name).exists() {
                restored(&desk, "b.zip", &name, None, &Faults::none()).unwrap();
            }
            assert_eq!(whole(&desk, &name), size + 1, "{step} {moment:?}");
        }
    }
}

#[test]
fn a_full_disk_at_any_step_is_called_that_and_nothing_half_written_stays() {
    let steps = steps_of(|faults| drop(Desk::new().try_create("case", faults).unwrap()));
    for step in steps {
        let desk = Desk::new();
        let faults = Faults::hook(move |name, at| {
            let full = name == step && at == Moment::Before;
            if full {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        });
        let error = desk.try_create("case", &faults).err().unwrap();
        assert!(
            matches!(error, CaseError::DiskFull { .. }),
            "{step}: {error}"
        );
        let left: Vec<_> = fs::read_dir(desk.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        // After the rename only making its name durable is left; the case is whole.
        let whole_case = step == "staging parent sync";
        assert_eq!(left.len(), 1 + usize::from(whole_case), "{step}: {left:?}");
    }
}
