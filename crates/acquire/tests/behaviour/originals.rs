//! Originals: kept once, exactly, durably, or not at all.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};
use vestige_acquire::intake::{self, Listed};
use vestige_acquire::original::{
    self, OriginalError, Originals, Received, Swept, path_of, receive_in_place,
    receive_in_place_watched, sweep,
};
use vestige_acquire::unpack::{Source, Unpacker};
use vestige_acquire::{Faults, Moment};

use crate::evidence::{Seen, log, small};

struct Desk {
    _folder: tempfile::TempDir,
    case: PathBuf,
    evidence: PathBuf,
}

fn desk(files: &[&[u8]]) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let (case, evidence) = (folder.path().join("case"), folder.path().join("received"));
    fs::create_dir(&case).unwrap();
    fs::create_dir(&evidence).unwrap();
    for (at, bytes) in files.iter().enumerate() {
        fs::write(evidence.join(format!("{at:04}")), bytes).unwrap();
    }
    Desk {
        _folder: folder,
        case,
        evidence,
    }
}

impl Desk {
    fn listed(&self) -> Vec<Listed> {
        intake::list(std::slice::from_ref(&self.evidence), None)
    }

    fn import(&self, faults: Faults) -> Result<Vec<[u8; 32]>, OriginalError> {
        let originals = Originals::open(&self.case, faults)?;
        let mut buffer = Vec::new();
        let received: Result<Vec<Received>, _> = self
            .listed()
            .iter()
            .map(|one| originals.receive(one, &mut buffer, &|_| false))
            .collect();
        let mut received = received?;
        originals.commit(&mut received)?;
        Ok(received.iter().map(|one| one.sha256).collect())
    }

    /// All files below `evidence/`, temporaries included.
    fn kept(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = intake::list(&[self.case.join(original::FOLDER)], None)
            .into_iter()
            .filter(|one| one.problem.is_none())
            .map(|one| one.path)
            .collect();
        all.sort();
        all
    }
}

fn is_exact(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    original::hex(&Sha256::digest(fs::read(path).unwrap())) == name
}

#[test]
fn files_are_kept_by_digest_read_only_and_unpack_without_a_second_read() {
    let desk = desk(&[b"one", b"", b"two", b"one"]);
    let originals = Originals::open(&desk.case, Faults::none()).unwrap();
    let mut buffer = Vec::new();
    let mut batch = Vec::new();
    for (at, listed) in desk.listed().iter().enumerate() {
        let received = originals.receive(listed, &mut buffer, &|_| false).unwrap();
        let mut seen = Seen::default();
        Unpacker::new(small(), std::env::temp_dir())
            .walk(received.source(&buffer), &mut seen)
            .unwrap();
        assert_eq!(seen.only().bytes, [&b"one"[..], b"", b"two", b"one"][at]);
        batch.push(received);
    }
    originals.commit(&mut batch).unwrap();
    let kept = desk.kept();
    assert_eq!(kept.len(), 3);
    for path in &kept {
        assert!(is_exact(path));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o444);
    }
    assert!(kept.contains(&path_of(&desk.case, &batch[0].sha256)));
}

#[test]
fn what_is_known_is_not_written_again() {
    let desk = desk(&[b"known"]);
    let originals = Originals::open(&desk.case, Faults::none()).unwrap();
    let digest: [u8; 32] = Sha256::digest(b"known").into();
    let mut received = originals
        .receive(&desk.listed()[0], &mut Vec::new(), &|sha256| {
            *sha256 == digest
        })
        .unwrap();
    assert!(!received.is_new());
    originals
        .commit(std::slice::from_mut(&mut received))
        .unwrap();
    assert!(desk.kept().is_empty());
}

#[test]
fn large_files_stream_with_the_same_digest() {
    let large = log((64 << 20) + 12_345);
    let desk = desk(&[&large]);
    let expected: [u8; 32] = Sha256::digest(&large).into();
    let originals = Originals::open(&desk.case, Faults::none()).unwrap();
    let mut buffer = Vec::new();
    let listed = &desk.listed()[0];
    let mut received = originals.receive(listed, &mut buffer, &|_| false).unwrap();
    assert_eq!(
        (received.sha256, received.bytes),
        (expected, large.len() as u64)
    );
    assert!(matches!(received.source(&buffer), Source::File(_)));
    let mut seen = Seen {
        keep: large.len(),
        ..Seen::default()
    };
    Unpacker::new(small(), std::env::temp_dir())
        .walk(received.source(&buffer), &mut seen)
        .unwrap();
    assert!(seen.only().bytes == large);
    originals
        .commit(std::slice::from_mut(&mut received))
        .unwrap();
    assert!(is_exact(&path_of(&desk.case, &expected)));
    let stop = |bytes: u64| {
        if bytes < 5 << 20 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let stopped = originals.receive_watched(listed, &mut buffer, &|_| false, &stop);
    assert!(matches!(stopped, Err(OriginalError::Stopped { .. })));
    assert_eq!(desk.kept(), [path_of(&desk.case, &expected)]);
    let stopped = receive_in_place_watched(listed, &mut buffer, &stop);
    assert!(matches!(stopped, Err(OriginalError::Stopped { .. })));
    let in_place = receive_in_place(listed, &mut buffer).unwrap();
    assert_eq!(
        (in_place.sha256, in_place.bytes, in_place.is_new()),
        (expected, large.len() as u64, false)
    );
}

#[test]
fn in_place_reads_and_writes_nothing() {
    let desk = desk(&[b"stays"]);
    let mut buffer = Vec::new();
    let received = receive_in_place(&desk.listed()[0], &mut buffer).unwrap();
    assert_eq!(received.sha256, <[u8; 32]>::from(Sha256::digest(b"stays")));
    assert_eq!(buffer, b"stays");
    assert!(!desk.case.join(original::FOLDER).exists());
}

#[test]
fn a_batch_that_is_dropped_leaves_no_temporary() {
    let desk = desk(&[b"one", b"two"]);
    let originals = Originals::open(&desk.case, Faults::none()).unwrap();
    let mut buffer = Vec::new();
    let received: Vec<_> = desk
        .listed()
        .iter()
        .map(|one| originals.receive(one, &mut buffer, &|_| false).unwrap())
        .collect();
    assert_eq!(desk.kept().len(), 2);
    drop(received);
    assert!(desk.kept().is_empty());
}

#[test]
fn a_temporary_left_by_a_crash_is_in_nobodys_way() {
    let desk = desk(&[b"one"]);
    let incoming = desk.case.join(original::FOLDER).join(original::INCOMING);
    fs::create_dir_all(&incoming).unwrap();
    fs::write(incoming.join(format!("{}-0", std::process::id())), b"half").unwrap();
    let digest = desk.import(Faults::none()).unwrap()[0];
    assert!(is_exact(&path_of(&desk.case, &digest)));
}

/// Fails the `nth` storage step.
fn fail_nth(nth: usize, when: Moment, kind: io::ErrorKind) -> (Faults, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let steps = Arc::clone(&count);
    let faults = Faults::hook(move |name, moment| {
        // Cleaning up after a failure is not made to fail here; a crash test does that.
        if moment != when || name.starts_with("remove") {
            return Ok(());
        }
        match steps.fetch_add(1, Ordering::Relaxed) == nth {
            true => Err(kind.into()),
            false => Ok(()),
        }
    });
    (faults, count)
}

#[test]
fn every_step_may_fail_before_or_after_and_nothing_half_written_stays() {
    let files: [&[u8]; 3] = [b"one", b"two", &log(100_000)];
    let (counting, steps) = fail_nth(usize::MAX, Moment::Before, io::ErrorKind::Other);
    desk(&files).import(counting).unwrap();
    let steps = steps.load(Ordering::Relaxed);
    assert!(steps >= 14, "{steps} steps");
    for nth in 0..steps {
        for when in [Moment::Before, Moment::After] {
            let desk = desk(&files);
            let (faults, _) = fail_nth(nth, when, io::ErrorKind::Other);
            let error = desk.import(faults).expect_err("the step failed");
            assert!(
                error.to_string().contains(desk.case.to_str().unwrap()),
                "{error}"
            );
            assert_eq!(
                desk.kept(),
                Vec::<PathBuf>::new(),
                "step {nth} {when:?}: {error}"
            );
            let digests = desk.import(Faults::none()).unwrap();
            assert!(
                digests
                    .iter()
                    .all(|sha256| is_exact(&path_of(&desk.case, sha256)))
            );
        }
    }
}

#[test]
fn a_crash_at_any_step_leaves_what_a_sweep_removes() {
    let files: [&[u8]; 3] = [b"one", b"two", b"three"];
    for nth in 0..16 {
        let desk = desk(&files);
        let known = Sha256::digest(b"known");
        let kept = path_of(&desk.case, &known.into());
        fs::create_dir_all(kept.parent().unwrap()).unwrap();
        fs::write(&kept, b"known").unwrap();
        // From the nth step on nothing takes effect any more, cleaning up neither.
        let count = AtomicUsize::new(0);
        let faults = Faults::hook(move |_, moment| {
            let over =
                count.fetch_add(usize::from(moment == Moment::Before), Ordering::Relaxed) >= nth;
            match over {
                true => Err(io::ErrorKind::Other.into()),
                false => Ok(()),
            }
        });
        let _ = desk.import(faults);
        let swept = sweep(&desk.case, &Faults::none(), &|sha256| {
            sha256[..] == known[..]
        })
        .unwrap();
        assert_eq!(swept.foreign, Vec::<PathBuf>::new());
        assert_eq!(
            desk.kept(),
            std::slice::from_ref(&kept),
            "step {nth}: {swept:?}"
        );
    }
}

#[test]
fn a_sweep_leaves_what_it_does_not_know_the_name_of() {
    let desk = desk(&[b"one"]);
    let digest = desk.import(Faults::none()).unwrap()[0];
    let evidence = desk.case.join(original::FOLDER);
    fs::write(evidence.join("notes.txt"), b"mine").unwrap();
    fs::write(evidence.join(".incoming/1-1"), b"half").unwrap();
    let swept = sweep(&desk.case, &Faults::none(), &|_| false).unwrap();
    let expected = Swept {
        temporaries: 1,
        originals: 1,
        foreign: vec![evidence.join("notes.txt")],
    };
    assert_eq!(swept, expected);
    assert!(!path_of(&desk.case, &digest).exists());
    assert_eq!(
        sweep(&desk.evidence, &Faults::none(), &|_| false).unwrap(),
        Swept::default()
    );
}

#[test]
fn a_full_disk_and_a_read_only_folder_say_what_to_do() {
    for (kind, words) in [
        (
            io::ErrorKind::StorageFull,
            ["no space is left", "free some"],
        ),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            ["cannot be written", "permissions"],
        ),
    ] {
        let desk = desk(&[b"one"]);
        let faults = Faults::hook(move |name, moment| match (name, moment) {
            ("write temporary", Moment::Before) => Err(kind.into()),
            _ => Ok(()),
        });
        let error = desk.import(faults).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
        assert!(desk.kept().is_empty());
    }
}

#[test]
fn a_folder_of_originals_that_is_a_link_is_refused() {
    let desk = desk(&[b"one"]);
    let elsewhere = desk.case.with_file_name("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, desk.case.join(original::FOLDER)).unwrap();
    assert!(desk.import(Faults::none()).is_err());
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn evidence_that_became_a_link_is_not_followed() {
    let desk = desk(&[b"one"]);
    let listed = desk.listed();
    fs::remove_file(&listed[0].path).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &listed[0].path).unwrap();
    let originals = Originals::open(&desk.case, Faults::none()).unwrap();
    let error = originals
        .receive(&listed[0], &mut Vec::new(), &|_| false)
        .unwrap_err();
    assert!(matches!(error, OriginalError::Read { .. }));
    assert!(desk.kept().is_empty());
}

/// Of a file of these bytes: what is said where `meanwhile` happens to it while it is received.
fn said(bytes: &[u8], meanwhile: impl Fn(&Path)) -> Option<vestige_model::Warning> {
    let desk = desk(&[bytes]);
    let listed = desk.listed();
    let originals = Originals::open(&desk.case, Faults::none()).unwrap();
    let happens = |_: &[u8; 32]| {
        meanwhile(&listed[0].path);
        false
    };
    let mut buffer = Vec::new();
    let received = originals
        .receive(&listed[0], &mut buffer, &happens)
        .unwrap();
    assert_eq!(
        (received.bytes, buffer.as_slice()),
        (bytes.len() as u64, bytes)
    );
    received.changed
}

#[test]
fn a_file_that_grows_or_changes_while_it_is_read_is_told() {
    use std::io::Write as _;
    let grows = said(b"one line\n", |path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(b"another\n").unwrap();
    });
    let grows = grows.expect("a warning");
    assert!(
        grows.reason.contains("changed while it was read"),
        "{grows:?}"
    );
    assert!(
        grows.expected.starts_with("9 bytes, modified 2"),
        "{grows:?}"
    );
    assert!(
        grows.found.starts_with("9 bytes read, then 17 bytes"),
        "{grows:?}"
    );
    let rewritten = said(b"one line\n", |path| {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        let before = file.metadata().unwrap().modified().unwrap();
        let later = before + std::time::Duration::from_secs(1);
        file.set_modified(later).unwrap();
    });
    assert!(rewritten.is_some(), "another time of modification");
    let cut = said(b"one line\n", |path| fs::write(path, b"one").unwrap());
    assert!(cut.expect("a warning").found.contains("then 3 bytes"));
    assert_eq!(said(b"one line\n", |_| {}), None);
}

#[test]
fn a_file_that_grows_in_place_is_told() {
    let desk = desk(&[b"x"]);
    let listed = desk.listed();
    let grow = |to: u64| {
        let file = fs::OpenOptions::new().write(true).open(&listed[0].path);
        file.unwrap().set_len(to).unwrap();
    };
    // Longer than what is read at once, so that it is watched.
    grow((64 << 20) + 10);
    let mut buffer = Vec::new();
    let quiet = receive_in_place(&listed[0], &mut buffer).unwrap();
    assert_eq!(quiet.changed, None);
    let watch = |read: u64| {
        if read == 1 << 20 {
            grow((64 << 20) + 20);
        }
        ControlFlow::Continue(())
    };
    let received = receive_in_place_watched(&listed[0], &mut buffer, &watch).unwrap();
    assert_eq!(received.bytes, (64 << 20) + 20);
    assert!(received.changed.is_some());
}
