//! Backups and what is made from them.

use crate::common::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use vestige_custody::{CaseId, Event, Hash};
use vestige_store::backup::{
    BackedUp, Originals, Restoration, Restored, Standing, Unwatched, Watch, backup, restore,
};
use vestige_store::case_file::{CaseError, CaseWriter, original};
use vestige_store::fault::Faults;
use vestige_store::ledger::{Head, Ledger};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Originals in the case folder.
pub struct InCase<'a>(pub &'a Path);

impl Originals for InCase<'_> {
    fn open(&self, sha256: &Hash) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(fs::File::open(self.0.join(original(sha256)))?))
    }
}

/// Puts an original into a case as an import would.
pub fn receive(writer: &mut CaseWriter, id: i64, content: &[u8], in_place: bool) {
    let sha256: Hash = Sha256::digest(content).into();
    let path = writer.case().root().join(original(&sha256));
    if !in_place {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let (transaction, ledger) = writer.begin().unwrap();
    let entry = ledger.entry(Event::TimelineAnnotated);
    let seq = ledger
        .append(&transaction, &entry, NOW)
        .unwrap()
        .seq
        .cast_signed();
    transaction
        .execute("INSERT OR IGNORE INTO acquisition VALUES(1,0,'test')", [])
        .unwrap();
    transaction
        .execute(
            "INSERT INTO evidence VALUES(?1,1,'n','p',?2,?3,?3,?4,'imported',NULL,NULL,?5,NULL)",
            (id, sha256, content.len() as i64, in_place, seq),
        )
        .unwrap();
    CaseWriter::commit(transaction, &Faults::none()).unwrap();
}

/// A case with two originals and one item left in place.
pub fn case_with_evidence(desk: &Desk, name: &str) -> CaseWriter {
    let mut writer = desk.create(name);
    receive(&mut writer, 1, &b"plain text ".repeat(1000), false);
    receive(&mut writer, 2, b"\x1f\x8b compressed already", false);
    receive(&mut writer, 3, b"elsewhere", true);
    writer
}

pub fn back_up(writer: &mut CaseWriter, output: &Path) -> Result<BackedUp, CaseError> {
    let root = writer.case().root().to_path_buf();
    backup(writer, output, &InCase(&root), NOW, &mut Unwatched)
}

pub fn restored(
    desk: &Desk,
    zip: &str,
    name: &str,
    last_seen: Option<Head>,
    faults: &Faults,
) -> Result<Restored, CaseError> {
    let all: fn() -> bool = || true;
    let last_seen = |id: &CaseId| last_seen.filter(|_| *id == genesis().case);
    let with = Restoration {
        by: &by(),
        now: NOW,
        last_seen: &last_seen,
        settings: &desk.settings(),
        faults,
        go_on: Arc::new(all),
    };
    restore(&desk.path(zip), &desk.path(name), &with, &mut Unwatched)
}

fn last_entry(writer: &CaseWriter) -> String {
    let mut last = String::new();
    Ledger::entries(writer.connection(), 0, &mut |stored| {
        last = String::from_utf8(stored.body.to_vec()).unwrap();
        Ok(true)
    })
    .unwrap();
    last
}

#[test]
fn a_backup_is_recorded_and_gives_the_case_back() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    let before = writer.head().unwrap();
    let done = back_up(&mut writer, &desk.path("b.zip")).unwrap();
    assert_eq!((done.head, done.originals, done.in_place), (before, 2, 1));
    assert_eq!(done.missing, []);
    let bytes = fs::read(desk.path("b.zip")).unwrap();
    assert_eq!(done.bytes, bytes.len() as u64);
    assert_eq!(done.sha256, <Hash>::from(Sha256::digest(&bytes)));

    let after = writer.head().unwrap();
    assert_eq!(after.size, before.size + 1);
    let entry = last_entry(&writer);
    assert!(entry.contains("\"event\":\"db.backed_up\""), "{entry}");
    assert!(
        entry.contains(&vestige_custody::hex(&done.sha256)),
        "{entry}"
    );
    let stated = format!(
        "\"backup_head\":\"{}:{}\"",
        before.size,
        vestige_custody::hex(&before.leaf)
    );
    assert!(entry.contains(&stated), "{entry}");

    let again = restored(&desk, "b.zip", "again", Some(after), &Faults::none()).unwrap();
    assert_eq!(again.standing, Standing::Older { entries_lost: 1 });
    assert_eq!(
        (again.backup_head, again.backup_sha256),
        (before, done.sha256)
    );
    assert_eq!(again.case.head().size, before.size + 1);
    let writer = desk.writer("again").unwrap();
    let entry = last_entry(&writer);
    for part in [
        "\"event\":\"db.restored\"",
        "\"standing\":\"older\"",
        &stated,
    ] {
        assert!(entry.contains(part), "{entry}");
    }
    let last = format!(
        "\"last_head\":\"{}:{}\"",
        after.size,
        vestige_custody::hex(&after.leaf)
    );
    assert!(entry.contains(&last), "{entry}");
    let sha256: Hash = Sha256::digest(b"plain text ".repeat(1000)).into();
    let kept = desk.path("again").join(original(&sha256));
    assert_eq!(fs::read(&kept).unwrap(), b"plain text ".repeat(1000));
    assert!(fs::metadata(&kept).unwrap().permissions().readonly());
}

#[test]
fn the_same_case_at_the_same_moment_gives_the_same_bytes() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    let zip = |writer: &mut CaseWriter, name: &str| {
        back_up(writer, &desk.path(name)).unwrap();
        read_entries(&desk.path(name))
    };
    let (first, second) = (zip(&mut writer, "1.zip"), zip(&mut writer, "2.zip"));
    // The second holds one entry more; everything else is equal, names sorted.
    let names: Vec<_> = first.keys().cloned().collect();
    assert_eq!(names, second.keys().cloned().collect::<Vec<_>>());
    assert_eq!(names.first().map(String::as_str), Some("case.db"));
    assert_eq!(names.last().map(String::as_str), Some("manifest.jsonl"));
    drop(writer);
    copy_folder(&desk.path("case"), &desk.path("twin"));
    let (mut one, mut two) = (desk.writer("case").unwrap(), desk.writer("twin").unwrap());
    back_up(&mut one, &desk.path("3.zip")).unwrap();
    back_up(&mut two, &desk.path("4.zip")).unwrap();
    assert_eq!(
        fs::read(desk.path("3.zip")).unwrap(),
        fs::read(desk.path("4.zip")).unwrap()
    );
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn how_a_backup_stands_to_what_was_last_seen() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    let early = writer.head().unwrap();
    annotate(&mut writer, 1, NOW);
    let head = writer.head().unwrap();
    back_up(&mut writer, &desk.path("b.zip")).unwrap();
    let other = Head {
        leaf: [1; 32],
        ..early
    };
    for (n, (last, expected)) in [
        (None, Standing::FirstSeen),
        (Some(head), Standing::Same),
        (Some(early), Standing::Ahead),
        (Some(other), Standing::Forked),
        (
            Some(Head {
                size: 9,
                leaf: [1; 32],
            }),
            Standing::Older {
                entries_lost: 9 - head.size,
            },
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let restored = restored(&desk, "b.zip", &format!("r{n}"), last, &Faults::none()).unwrap();
        assert_eq!(restored.standing, expected);
    }
}

#[test]
fn an_original_that_is_gone_or_altered_is_named_and_the_rest_is_backed_up() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    let sha256: Hash = Sha256::digest(b"\x1f\x8b compressed already").into();
    let path = writer.case().root().join(original(&sha256));
    fs::write(&path, b"\x1f\x8b compressed alreadx").unwrap();
    let done = back_up(&mut writer, &desk.path("1.zip")).unwrap();
    assert_eq!((done.originals, done.missing.len()), (1, 1));
    assert!(done.missing[0].1.contains("altered"), "{:?}", done.missing);
    assert!(last_entry(&writer).contains("\"outcome\":\"partial\""));
    fs::remove_file(&path).unwrap();
    let done = back_up(&mut writer, &desk.path("2.zip")).unwrap();
    assert_eq!(done.missing.len(), 1);
    let restored = restored(&desk, "2.zip", "again", None, &Faults::none()).unwrap();
    assert_eq!(restored.missing, done.missing);
}

#[test]
fn nothing_is_overwritten_and_nothing_half_written_stays() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    fs::write(desk.path("there"), "x").unwrap();
    let refused = back_up(&mut writer, &desk.path("there"));
    assert!(message(refused).contains("a file is there already"));
    assert_eq!(fs::read(desk.path("there")).unwrap(), b"x");
    back_up(&mut writer, &desk.path("b.zip")).unwrap();
    let refused = restored(&desk, "b.zip", "case", None, &Faults::none());
    assert!(message(refused).contains("a case is there already"));

    struct Impatient(u32);
    impl Watch for Impatient {
        fn advanced(&mut self, _: &'static str, _: u64, _: u64) -> bool {
            self.0 -= 1;
            self.0 > 0
        }
    }
    let root = writer.case().root().to_path_buf();
    let size = writer.head().unwrap().size;
    for patience in 1..6 {
        let stopped = backup(
            &mut writer,
            &desk.path("never.zip"),
            &InCase(&root),
            NOW,
            &mut Impatient(patience),
        );
        assert!(
            matches!(stopped, Err(CaseError::Stopped { .. })),
            "{patience}"
        );
    }
    assert_eq!(writer.head().unwrap().size, size);
    let names: Vec<_> = fs::read_dir(desk.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| !name.contains("incomplete") && !name.contains("never")),
        "{names:?}"
    );
    assert_eq!(fs::read_dir(desk.path("tmp")).unwrap().count(), 0);
}

type Entries = BTreeMap<String, Vec<u8>>;

fn read_entries(zip: &Path) -> Entries {
    let mut zip = ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    let mut entries = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        entries.insert(entry.name().unwrap().into_owned(), bytes);
    }
    entries
}

fn write_entries(path: &Path, entries: &Entries) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// The entries with the manifest's line of a file made right for other bytes.
fn relisted(mut entries: Entries, name: &str, bytes: Vec<u8>) -> Entries {
    let manifest = String::from_utf8(entries["manifest.jsonl"].clone()).unwrap();
    let mut lines: Vec<String> = manifest.lines().map(str::to_owned).collect();
    for line in lines
        .iter_mut()
        .filter(|line| line.contains(&format!("\"path\":\"{name}\"")))
    {
        let sha256 = vestige_custody::hex(&Sha256::digest(&bytes));
        *line = format!(
            "{{\"bytes\":{},\"path\":\"{name}\",\"sha256\":\"{sha256}\"}}",
            bytes.len()
        );
    }
    entries.insert(
        "manifest.jsonl".into(),
        (lines.join("\n") + "\n").into_bytes(),
    );
    entries.insert(name.into(), bytes);
    entries
}

#[test]
fn a_hostile_backup_is_refused_and_leaves_nothing() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    back_up(&mut writer, &desk.path("b.zip")).unwrap();
    let good = read_entries(&desk.path("b.zip"));
    let evidence = good
        .keys()
        .find(|name| name.starts_with("evidence/"))
        .unwrap()
        .clone();
    write_entries(&desk.path("t.zip"), &good);
    restored(&desk, "t.zip", "good", None, &Faults::none()).unwrap();

    let mut tries: Vec<(Entries, &str)> = Vec::new();
    let change = |name: &str, bytes: Option<Vec<u8>>| {
        let mut entries = good.clone();
        match bytes {
            Some(bytes) => entries.insert(name.to_owned(), bytes),
            None => entries.remove(name),
        };
        entries
    };
    for name in [
        "../outside",
        "/outside",
        "exports/x",
        "evidence/../x",
        "case.db-wal",
        "C:\\x",
    ] {
        tries.push((change(name, Some(b"x".to_vec())), "entries, found"));
    }
    tries.push((change(&evidence, None), "entries, found"));
    tries.push((
        change("manifest.jsonl", None),
        "manifest.jsonl: it is not there",
    ));
    tries.push((
        change("manifest.jsonl", Some(vec![])),
        "manifest.jsonl: it is empty",
    ));
    let mut altered = good[&evidence].clone();
    altered[0] ^= 1;
    tries.push((change(&evidence, Some(altered)), "do not have the SHA-256"));
    let mut longer = good[&evidence].clone();
    longer.push(1);
    tries.push((change(&evidence, Some(longer)), "bytes, found"));
    let renamed = {
        let mut entries = good.clone();
        let bytes = entries.remove(&evidence).unwrap();
        entries.insert("evidence/../../x".into(), bytes);
        entries
    };
    tries.push((renamed, "is not in it"));
    // A database that its list vouches for and that is no sound case.
    let mut cut = good["case.db"].clone();
    cut.truncate(8192);
    tries.push((relisted(good.clone(), "case.db", cut), "truncated"));
    fs::create_dir(desk.path("evil")).unwrap();
    fs::write(desk.path("evil").join("case.db"), &good["case.db"]).unwrap();
    desk.sqlite("evil")
        .execute_batch("CREATE TRIGGER t AFTER INSERT ON custody_entry BEGIN SELECT 1; END; PRAGMA journal_mode=DELETE")
        .unwrap();
    let evil = fs::read(desk.path("evil").join("case.db")).unwrap();
    tries.push((relisted(good.clone(), "case.db", evil), "trigger \"t\""));
    // A sound case that is not the one stated.
    let manifest = String::from_utf8(good["manifest.jsonl"].clone()).unwrap();
    let other_size = manifest.replacen("\"size\":4", "\"size\":3", 1);
    assert_ne!(other_size, manifest);
    tries.push((
        change("manifest.jsonl", Some(other_size.into_bytes())),
        "its database has",
    ));
    // An original less, in list and zip alike.
    let lines: Vec<&str> = manifest.split_inclusive('\n').collect();
    let fewer: String = lines
        .iter()
        .filter(|line| !line.contains(&format!("\"{evidence}\"")))
        .copied()
        .collect();
    let mut without = change(&evidence, None);
    without.insert("manifest.jsonl".into(), fewer.into_bytes());
    tries.push((without, "which is not in it"));

    for (entries, expected) in tries {
        write_entries(&desk.path("t.zip"), &entries);
        let text = message(restored(&desk, "t.zip", "bad", None, &Faults::none()));
        assert!(text.contains(expected), "expected {expected}: {text}");
        assert!(
            !desk.path("bad").exists() && !desk.path(".bad.incomplete").exists(),
            "{expected}"
        );
    }
    assert!(!desk.path("outside").exists());
}

/// The bytes with every occurrence of one text replaced by another of the same length.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for at in 0..=out.len() - from.len() {
        if out[at..].starts_with(from) {
            out[at..at + to.len()].copy_from_slice(to);
        }
    }
    out
}

#[test]
fn a_zip_of_another_making_is_refused() {
    let desk = Desk::new();
    let mut writer = case_with_evidence(&desk, "case");
    back_up(&mut writer, &desk.path("b.zip")).unwrap();
    let good = fs::read(desk.path("b.zip")).unwrap();
    let mut tries: Vec<Vec<u8>> = vec![
        vec![],
        b"no zip".to_vec(),
        good[..good.len() / 2].to_vec(),
        [b"in front".to_vec(), good.clone()].concat(),
    ];
    // Single bytes over the whole file: names, sizes, offsets, data.
    tries.extend((0..60).map(|n| {
        let mut bytes = good.clone();
        let at = n * bytes.len() / 60;
        bytes[at] ^= 0x21;
        bytes
    }));
    let sound = restored(&desk, "b.zip", "sound", None, &Faults::none())
        .unwrap()
        .backup_head;
    for (n, bytes) in tries.into_iter().enumerate() {
        fs::write(desk.path("t.zip"), bytes).unwrap();
        // A time or a version in a header may differ without any harm; bytes and names may not.
        if let Ok(restored) = restored(&desk, "t.zip", "bad", None, &Faults::none()) {
            assert_eq!(restored.backup_head, sound, "{n}");
            fs::remove_dir_all(desk.path("bad")).unwrap();
        }
    }
    let refused = |path: &str| message(restored(&desk, path, "bad", None, &Faults::none()));
    // One name twice, and two names for the same bytes.
    let mut entries = read_entries(&desk.path("b.zip"));
    entries.insert("exports/a".into(), b"1".to_vec());
    entries.insert("exports/b".into(), b"2".to_vec());
    write_entries(&desk.path("t.zip"), &entries);
    let twice = replaced(
        &fs::read(desk.path("t.zip")).unwrap(),
        b"exports/b",
        b"exports/a",
    );
    fs::write(desk.path("t.zip"), twice).unwrap();
    assert!(
        refused("t.zip").contains("duplicate"),
        "{}",
        refused("t.zip")
    );
    let mut zip = ZipWriter::new(fs::File::create(desk.path("t.zip")).unwrap());
    zip.start_file("case.db", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"x").unwrap();
    zip.shallow_copy_file("case.db", "manifest.jsonl").unwrap();
    zip.finish().unwrap();
    assert!(
        refused("t.zip").contains("header inconsistency"),
        "{}",
        refused("t.zip")
    );
    let link = {
        let mut entries = read_entries(&desk.path("b.zip"));
        let database = entries.remove("case.db").unwrap();
        let mut zip = ZipWriter::new(fs::File::create(desk.path("t.zip")).unwrap());
        zip.add_symlink("case.db", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
        for (name, bytes) in &entries {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        drop(database);
        refused("t.zip")
    };
    assert!(link.contains("case.db: it is no regular file"), "{link}");
}
