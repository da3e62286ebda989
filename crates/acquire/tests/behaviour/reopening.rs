//! Evidence of the case, read again.

use std::fs;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use vestige_acquire::Faults;
use vestige_acquire::intake;
use vestige_acquire::original::Originals;
use vestige_acquire::reopen::{Item, Reopen, ReopenError, hash_original};
use vestige_acquire::seekable;
use vestige_model::MemberPath;

use crate::evidence::*;

fn keep(case: &Path, bytes: &[u8]) -> Item {
    let path = case.join("received");
    fs::write(&path, bytes).unwrap();
    let listed = intake::list(&[path], None).remove(0);
    let originals = Originals::open(case, Faults::none()).unwrap();
    let received = originals
        .receive(&listed, &mut Vec::new(), &|_| false)
        .unwrap();
    let item = Item::kept(case, received.sha256, received.bytes);
    originals.commit(&mut [received]).unwrap();
    item
}

fn path(ordinals: &[u32]) -> MemberPath {
    MemberPath(ordinals.to_vec())
}

#[test]
fn ranges_and_members_of_every_kind_come_back() {
    let case = tempfile::tempdir().unwrap();
    let (a, b) = (log(70_000), log(5000));
    let inner = zip(&[("a", &a), ("b", &b)], true);
    let cases: [(Vec<u8>, &[u32], &[u8]); 6] = [
        (a.clone(), &[], &a),
        (a.clone(), &[0], &a),
        (gz(&a), &[0], &a),
        (inner.clone(), &[1], &b),
        (gz(&tar(&[("x", b"x"), ("inner", &inner)])), &[1, 0], &a),
        (tar(&[("z.zst", &zst(&b))]), &[0], &b),
    ];
    for (bytes, ordinals, expected) in cases {
        let item = keep(case.path(), &bytes);
        let reopen = Reopen::new(case.path(), 1 << 20);
        let member = path(ordinals);
        for (offset, length) in [
            (0, 10),
            (4000, 1000),
            (0, expected.len()),
            (expected.len(), 0),
        ] {
            let range = &expected[offset..offset + length];
            let (offset, length) = (offset as u64, length as u64);
            assert_eq!(
                reopen.read_range(&item, &member, offset, length).unwrap(),
                range
            );
            assert_eq!(
                reopen
                    .read_original_range(&item, &member, offset, length)
                    .unwrap(),
                range
            );
        }
        let mut all = Vec::new();
        reopen
            .open(&item, &member)
            .unwrap()
            .read_to_end(&mut all)
            .unwrap();
        assert_eq!(all, expected);
        let past = reopen.read_range(&item, &member, expected.len() as u64 - 1, 2);
        assert!(matches!(past, Err(ReopenError::PastEnd { .. })));
        let absurd = reopen.read_range(&item, &member, 1, u64::MAX);
        assert!(matches!(absurd, Err(ReopenError::PastEnd { .. })));
        assert!(matches!(
            reopen.read_range(&item, &path(&[9]), 0, 1),
            Err(ReopenError::NoMember { .. })
        ));
    }
}

#[test]
fn a_large_member_gets_a_side_copy_and_does_not_need_it() {
    let case = tempfile::tempdir().unwrap();
    let large = log(40 << 20);
    let item = keep(case.path(), &gz(&large));
    let reopen = Reopen::new(case.path(), 1 << 20);
    let member = path(&[]);
    let (offset, length) = (39 << 20, 300);
    let expected = &large[offset..offset + length];
    let read = || {
        reopen
            .read_range(&item, &member, offset as u64, length as u64)
            .unwrap()
    };
    assert_eq!(read(), expected);
    let copy = seekable::path_of(case.path(), &item.sha256, &member);
    assert!(copy.exists());
    assert_eq!(read(), expected);
    // A side copy that lies is not believed by a proof; a broken one is made again.
    fs::write(&copy, b"broken").unwrap();
    assert_eq!(
        reopen
            .read_original_range(&item, &member, offset as u64, length as u64)
            .unwrap(),
        expected
    );
    assert_eq!(read(), expected);
    let mut all = Vec::new();
    reopen
        .open(&item, &member)
        .unwrap()
        .read_to_end(&mut all)
        .unwrap();
    assert!(all == large);
}

#[test]
fn a_sweep_leaves_finished_side_copies_of_known_evidence_only() {
    let case = tempfile::tempdir().unwrap();
    let folder = |digit: &str| case.path().join(seekable::FOLDER).join(digit.repeat(32));
    for digit in ["aa", "bb"] {
        fs::create_dir_all(folder(digit)).unwrap();
        fs::write(folder(digit).join("0.seek"), b"finished").unwrap();
        fs::write(folder(digit).join(".side-copy-x1"), b"half").unwrap();
    }
    fs::write(case.path().join("index/other"), b"of something else").unwrap();
    let removed = seekable::sweep(case.path(), &Faults::none(), &|sha256| sha256[0] == 0xaa);
    assert_eq!(removed.unwrap(), 3);
    assert!(folder("aa").join("0.seek").exists() && !folder("aa").join(".side-copy-x1").exists());
    assert!(!folder("bb").exists() && case.path().join("index/other").exists());
    let nothing = tempfile::tempdir().unwrap();
    let removed = seekable::sweep(nothing.path(), &Faults::none(), &|_| false);
    assert_eq!(removed.unwrap(), 0);
}

#[test]
fn missing_changed_and_exchanged_originals_are_told() {
    let case = tempfile::tempdir().unwrap();
    let item = keep(case.path(), b"original");
    let original = item.path().to_owned();
    assert!(fs::metadata(&original).unwrap().permissions().readonly());
    let hash = |item: &Item| hash_original(item, &mut |_| ControlFlow::Continue(()));
    assert_eq!(hash(&item).unwrap(), Some(item.sha256));
    assert_eq!(
        hash_original(&item, &mut |_| ControlFlow::Break(())).unwrap(),
        None
    );
    let exchange = |bytes: &[u8]| {
        fs::remove_file(&original).unwrap();
        fs::write(&original, bytes).unwrap();
    };
    exchange(b"0riginal");
    assert_ne!(hash(&item).unwrap(), Some(item.sha256));
    exchange(b"longer than it was");
    assert!(matches!(
        hash(&item),
        Err(ReopenError::Changed {
            expected: 8,
            found: 18,
            ..
        })
    ));
    fs::remove_file(&original).unwrap();
    let error = hash(&item).unwrap_err();
    assert!(matches!(error, ReopenError::Missing { .. }));
    assert!(error.to_string().contains(original.to_str().unwrap()));
    std::os::unix::fs::symlink("/etc/passwd", &original).unwrap();
    assert!(matches!(hash(&item), Err(ReopenError::Read { .. })));
}

#[test]
fn evidence_in_place_is_read_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("a.gz");
    fs::write(&file, gz(b"in place")).unwrap();
    let bytes = fs::read(&file).unwrap();
    let item = Item::in_place(&file, Sha256::digest(&bytes).into(), bytes.len() as u64);
    let reopen = Reopen::new(folder.path().join("case"), 0);
    assert_eq!(
        reopen.read_range(&item, &path(&[]), 3, 5).unwrap(),
        b"place"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_locator_gives_the_same_bytes(
        files in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..3000), 1..5),
        is_zip: bool, which in any::<prop::sample::Index>(), start in any::<prop::sample::Index>(), end in any::<prop::sample::Index>(),
    ) {
        let case = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..files.len()).map(|at| format!("f{at}")).collect();
        // A mark in front keeps random bytes from being a container.
        let files: Vec<Vec<u8>> = files.into_iter().map(|bytes| [b"{".as_slice(), &bytes].concat()).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().zip(&files).map(|(name, bytes)| (&**name, &**bytes)).collect();
        let item = keep(case.path(), &if is_zip { zip(&entries, true) } else { gz(&tar(&entries)) });
        let which = which.index(files.len());
        let content = &files[which];
        let (start, end) = (start.index(content.len()), end.index(content.len()));
        let (start, end) = (start.min(end), start.max(end));
        let reopen = Reopen::new(case.path(), 4096);
        let found = reopen.read_range(&item, &path(&[which as u32]), start as u64, (end - start) as u64).unwrap();
        prop_assert_eq!(&found, &content[start..end]);
    }
}
