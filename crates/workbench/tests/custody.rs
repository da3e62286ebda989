//! Custody from its user's side: made, signed, exported, verified by a stranger, anchored, handed
//! to a second examiner and to a new key.

mod support;

use std::fs;

use support::*;
use vestige_custody::Verdict;
use vestige_workbench::custody::{self, Exported};
use vestige_workbench::examiner::{self, NewExaminer};
use vestige_workbench::verify::{Status, Terms, Verification, verify};
use vestige_workbench::{WorkError, case, key};

const LOG: &[u8] = b"{\"Records\":[]}\n";

fn checked(verification: &Verification, check: &str, status: Status) -> bool {
    verification
        .checks
        .iter()
        .any(|one| one.check == check && one.status == status)
}

fn pinned(host: &TestHost, case: &std::path::Path) -> Terms {
    let pin = custody::pin(host, case).unwrap().line();
    Terms {
        pins: vec![pin],
        ..Terms::default()
    }
}

#[test]
fn a_new_case_is_signed_and_verifies() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    assert!(host.heard().contains("a signing key was made"));
    let facts = case::show(&host, &path).unwrap();
    assert_eq!(facts.zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!((facts.custody.size, facts.custody.since_signed), (2, 0));
    assert_eq!(facts.custody.since_anchor, 2);
    assert_eq!(facts.examiners.len(), 1);
    assert!(
        facts.examiners[0]
            .vkey
            .starts_with(&format!("vestige/case/{}+", facts.case))
    );

    let alone = verify(&host, &path, &Terms::default()).unwrap();
    assert_eq!(
        alone.verdict,
        Verdict::VerifiedWithWarnings,
        "{:#?}",
        alone.checks
    );
    assert_eq!(alone.since_anchor, 2);
    let with_pin = verify(&host, &path, &pinned(&host, &path)).unwrap();
    assert_eq!(
        with_pin.verdict,
        Verdict::Verified,
        "{:#?}",
        with_pin.checks
    );
    assert_eq!(with_pin.pin(), custody::pin(&host, &path).unwrap().line());
    assert!(
        with_pin.statement.contains("what was never entered"),
        "{}",
        with_pin.statement
    );
}

#[test]
fn the_listed_entries_are_the_exact_bytes_of_the_chain() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let mut out = Vec::new();
    custody::list(&host, &path, &mut out).unwrap();
    let lines: Vec<&[u8]> = out.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), 2);
    let pin = custody::pin(&host, &path).unwrap();
    let last = lines[1].strip_suffix(b"\n").unwrap();
    assert_eq!(
        vestige_custody::hex(&vestige_custody::hash::leaf(last)),
        pin.head
    );
}

#[test]
fn an_export_is_verified_by_a_stranger_with_python_and_with_vestige() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    receive(&host, &path, 1, "log.json", LOG);
    let folder = host.path("export");
    let Exported {
        size,
        root,
        left_out,
        checkpoints,
        ..
    } = custody::export(&host, &path, &folder).unwrap();
    assert_eq!((left_out, checkpoints), (0, 2));
    let vkey = key::show(&host).unwrap().vkey;
    let case_key = fs::read_to_string(folder.join("trust/trusted.vkey")).unwrap();
    let pin = format!("{size}:{root}");

    let (status, text) = python(&folder, &[]);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("key came with what it signs"), "{text}");
    // The evidence is not in the export, and says so.
    let (status, text) = python(&folder, &["--key", case_key.trim(), "--pin", &pin]);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("EV-0001 is not here"), "{text}");
    fs::create_dir(folder.join("evidence")).unwrap();
    fs::write(folder.join("evidence/EV-0001"), LOG).unwrap();
    let (status, text) = python(&folder, &["--key", case_key.trim(), "--pin", &pin]);
    assert_eq!(status, 0, "{text}");
    assert!(
        text.trim_end()
            .ends_with(&custody::pin(&host, &path).unwrap().head),
        "{text}"
    );

    // A stranger has another home; the key as `key show` prints it is as good.
    let stranger = TestHost::without_passphrase("stranger");
    let terms = Terms {
        keys: vec![vkey],
        pins: vec![pin],
        ..Terms::default()
    };
    let verification = verify(&stranger, &folder, &terms).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::Verified,
        "{:#?}",
        verification.checks
    );
    let bare = verify(&stranger, &folder, &Terms::default()).unwrap();
    assert_eq!(bare.verdict, Verdict::VerifiedWithWarnings);
    assert!(
        checked(&bare, "keys", Status::Warning),
        "{:#?}",
        bare.checks
    );

    fs::write(folder.join("evidence/EV-0001"), b"{\"Records\":[1]}").unwrap();
    assert_eq!(python(&folder, &["--key", case_key.trim()]).0, 1);
    assert_eq!(
        verify(&stranger, &folder, &terms).unwrap().verdict,
        Verdict::Failed
    );
}

#[test]
fn an_export_never_overwrites_and_names_what_is_there() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let folder = host.path("export");
    fs::create_dir(&folder).unwrap();
    custody::export(&host, &path, &folder).unwrap();
    let error = custody::export(&host, &path, &folder).unwrap_err();
    assert_eq!(error.code(), "case-exists", "{error}");
    let left: Vec<_> = fs::read_dir(host.folder.path())
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("vestige-export")
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_anchored_export_is_verified_in_full() {
    let host = TestHost::new("aex");
    let authority = Authority::new();
    let path = host.case("case");
    let requested = custody::request(&host, &path).unwrap();
    assert_eq!(requested.size, 2);
    let response = authority.answer(&requested.file);
    host.turn_clock(2 * SECOND);
    let anchored = custody::anchor(&host, &path, &response, Some(&authority.ca())).unwrap();
    assert_eq!(
        (anchored.size, anchored.seq, anchored.chain_checked),
        (2, 2, true)
    );
    let facts = case::show(&host, &path).unwrap();
    assert_eq!(facts.custody.last_anchor.as_ref().unwrap().size, 2);
    assert_eq!(
        facts.custody.last_anchor.as_ref().unwrap().gen_time,
        anchored.gen_time
    );
    assert_eq!(facts.custody.since_anchor, 1);

    // Giving it out leaves the time stamp at the end of the export.
    let folder = host.path("export");
    let exported = custody::export(&host, &path, &folder).unwrap();
    assert_eq!(
        (exported.size, exported.left_out, exported.time_stamps),
        (2, 1, 1)
    );
    let case_key = fs::read_to_string(folder.join("trust/trusted.vkey")).unwrap();
    let ca = authority.ca();
    let ca = ca.to_str().unwrap();
    let (status, text) = python(&folder, &["--key", case_key.trim(), "--tsa-ca", ca]);
    assert_eq!(status, 0, "{text}");
    let terms = Terms {
        keys: vec![case_key.trim().to_owned()],
        tsa_ca: Some(authority.ca()),
        ..Terms::default()
    };
    assert_eq!(
        verify(&host, &folder, &terms).unwrap().verdict,
        Verdict::Verified
    );
    let verification = verify(&host, &path, &terms).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::VerifiedWithWarnings,
        "{:#?}",
        verification.checks
    );
    assert_eq!(verification.since_anchor, 1);
    assert!(
        checked(&verification, "token", Status::Pass),
        "{:#?}",
        verification.checks
    );

    // A second request has nothing new to stamp; the same answer is not taken twice.
    assert_eq!(custody::request(&host, &path).unwrap_err().code(), "absent");
    let again = custody::anchor(&host, &path, &response, None).unwrap_err();
    assert!(again.to_string().contains("has one already"), "{again}");
}

#[test]
fn an_answer_to_another_query_or_of_another_authority_is_not_taken() {
    let host = TestHost::new("aex");
    let (authority, other) = (Authority::new(), Authority::new());
    let path = host.case("case");
    let first = custody::request(&host, &path).unwrap();
    let stale = host.path("stale.tsq");
    fs::copy(&first.file, &stale).unwrap();
    let stale = authority.answer(&stale);
    let second = custody::request(&host, &path).unwrap();
    assert_eq!(first.size, second.size);
    host.turn_clock(2 * SECOND);
    let error = custody::anchor(&host, &path, &stale, None).unwrap_err();
    assert!(error.to_string().contains("nonce"), "{error}");
    let response = authority.answer(&second.file);
    let error = custody::anchor(&host, &path, &response, Some(&other.ca())).unwrap_err();
    assert_eq!(error.code(), "time-stamp", "{error}");
    let strange = host.path("strange.tsr");
    fs::write(&strange, b"no response").unwrap();
    assert_eq!(
        custody::anchor(&host, &path, &strange, None)
            .unwrap_err()
            .code(),
        "time-stamp"
    );
    // A clock that is a day behind would make every later verification fail.
    host.turn_clock(-DAY);
    let error = custody::anchor(&host, &path, &response, None).unwrap_err();
    assert!(error.to_string().contains("check the clock"), "{error}");
    host.turn_clock(DAY);
    assert_eq!(
        custody::anchor(&host, &path, &response, None).unwrap().size,
        second.size
    );
    assert!(host.heard().contains("--tsa-ca"));
}

#[test]
fn a_second_examiner_enters_by_a_signed_entry_and_signs() {
    let (first, second) = (TestHost::new("aex"), TestHost::new("bex"));
    let path = first.case("case");
    let vkey = key::create(&second).unwrap().vkey;
    // Before that the second one works unsigned.
    let sign = custody::sign(&second, &path);
    assert!(
        matches!(sign, Err(WorkError::NotAnExaminer { .. })),
        "{sign:?}"
    );
    let refused = sign.unwrap_err().to_string();
    assert!(
        refused.contains("none of the case's examiners"),
        "{refused}"
    );
    assert_eq!(second.heard().matches("going on unsigned").count(), 0);
    drop(vestige_workbench::OpenCase::open(&second, &path).unwrap());
    assert!(second.heard().contains("none of the case's examiners"));
    let new = NewExaminer {
        name: "B. Examiner".into(),
        vkey,
        ..NewExaminer::default()
    };
    let added = examiner::add(&first, &path, &new).unwrap();
    assert_eq!(added.size, added.seq + 2);
    receive(&second, &path, 1, "log.json", LOG);
    let facts = case::show(&second, &path).unwrap();
    assert_eq!(facts.custody.since_signed, 0);
    assert_eq!(facts.examiners[1].name, "B. Examiner");

    // The newest note is the second one's alone; the first one's key leads to it.
    let verification = verify(&first, &path, &pinned(&first, &path)).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::Verified,
        "{:#?}",
        verification.checks
    );
    assert_eq!(verification.keys.len(), 2);
    let folder = first.path("export");
    custody::export(&first, &path, &folder).unwrap();
    let keys = fs::read_to_string(folder.join("trust/trusted.vkey")).unwrap();
    let own = keys.lines().next().unwrap();
    let (status, text) = python(&folder, &["--key", own]);
    assert_eq!(status, 2, "{text}");
    assert!(!text.contains("FAIL"), "{text}");
    // Nobody enters twice, and a text that is no key does not enter.
    assert!(examiner::add(&first, &path, &new).is_err());
    let wrong = NewExaminer {
        vkey: "nonsense".into(),
        ..new
    };
    assert_eq!(
        examiner::add(&first, &path, &wrong).unwrap_err().code(),
        "usage"
    );
}

#[test]
fn a_key_is_followed_by_another_and_both_sign() {
    let host = TestHost::new("aex");
    let (path, other) = (host.case("case"), host.case("other"));
    let before = key::show(&host).unwrap();
    let rotated = key::rotate(&host, &path).unwrap();
    assert_ne!(key::show(&host).unwrap(), before);
    receive(&host, &path, 1, "log.json", LOG);
    let verification = verify(&host, &path, &pinned(&host, &path)).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::Verified,
        "{:#?}",
        verification.checks
    );
    assert_eq!(verification.keys, std::slice::from_ref(&rotated.new));
    // Whoever has the old key only is led to the new one.
    let terms = Terms {
        keys: vec![before.vkey],
        ..pinned(&host, &path)
    };
    let verification = verify(&TestHost::new("stranger"), &path, &terms).unwrap();
    assert_eq!(
        verification.signed, verification.size,
        "{:#?}",
        verification.checks
    );

    // The other case still has the old key, and then gets the same new one.
    receive(&host, &other, 1, "other.json", LOG);
    assert_eq!(
        verify(&host, &other, &pinned(&host, &other))
            .unwrap()
            .verdict,
        Verdict::Verified
    );
    let second = key::rotate(&host, &other).unwrap();
    let bare = |vkey: &str| vkey.rsplit('+').next().unwrap().to_owned();
    assert_eq!(bare(&second.new), bare(&rotated.new));
    let facts = case::show(&host, &other).unwrap();
    assert_eq!((facts.custody.since_signed, facts.examiners.len()), (0, 2));
}

#[test]
fn without_a_passphrase_all_goes_on_unsigned_and_says_so() {
    let host = TestHost::without_passphrase("aex");
    let path = host.case("case");
    assert!(host.heard().contains("unsigned: there is no signing key"));
    receive(&host, &path, 1, "log.json", LOG);
    let facts = case::show(&host, &path).unwrap();
    assert_eq!((facts.custody.size, facts.custody.since_signed), (2, 2));
    assert!(matches!(
        custody::sign(&host, &path),
        Err(WorkError::Locked { .. })
    ));
    let verification = verify(&host, &path, &Terms::default()).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::VerifiedWithWarnings,
        "{:#?}",
        verification.checks
    );
    assert!(checked(&verification, "note", Status::Warning));
    let folder = host.path("export");
    let exported = custody::export(&host, &path, &folder).unwrap();
    assert_eq!((exported.size, exported.checkpoints), (2, 0));
    assert_eq!(python(&folder, &[]).0, 2);

    // Later there is a passphrase: the key enters the case as the examiner's.
    host.say(Some("correct horse"));
    let signed = custody::sign(&host, &path).unwrap();
    assert_eq!(signed.size, 4);
    assert_eq!(
        case::show(&host, &path).unwrap().examiners[0].name,
        "A. Examiner"
    );
    assert_eq!(
        verify(&host, &path, &pinned(&host, &path)).unwrap().verdict,
        Verdict::Verified
    );
}

#[test]
fn a_wrong_passphrase_is_an_error_and_nothing_is_written() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let before = custody::pin(&host, &path).unwrap();
    host.say(Some("wrong"));
    let error = custody::sign(&host, &path).unwrap_err();
    assert_eq!(error.code(), "wrong-passphrase");
    assert!(error.to_string().contains("home/keys/"), "{error}");
    assert_eq!(custody::pin(&host, &path).unwrap(), before);
    assert_eq!(key::create(&host).unwrap_err().code(), "key-exists");
}

#[test]
fn what_a_new_case_is_given_must_be_usable() {
    let host = TestHost::new("aex");
    let good = new_case();
    type Spoil = fn(&mut case::NewCase);
    let table: [(&str, Spoil); 5] = [
        ("--title", |new| new.title.clear()),
        ("--zone", |new| new.zone = Some("Europe/Nowhere".into())),
        ("--custody-level", |new| {
            new.custody_level = Some("high".into())
        }),
        ("--authority", |new| new.authority = Some("warrant".into())),
        ("--authority", |new| {
            new.custody_level = Some("litigation".into())
        }),
    ];
    for (option, spoil) in table {
        let mut new = good.clone();
        spoil(&mut new);
        let error = case::create(&host, &host.path("case"), &new).unwrap_err();
        assert_eq!(error.code(), "usage");
        assert!(error.to_string().starts_with(option), "{error}");
        assert!(!host.path("case").exists());
    }
    host.case("case");
    let error = case::create(&host, &host.path("case"), &good).unwrap_err();
    assert_eq!(error.code(), "case-exists");
}

#[test]
fn at_litigation_level_reading_is_on_record() {
    let host = TestHost::new("aex");
    let new = case::NewCase {
        custody_level: Some("litigation".into()),
        authority: Some("warrant:7 Js 12/26".into()),
        ..new_case()
    };
    host.make("case", &new);
    let path = host.path("case");
    let size = custody::pin(&host, &path).unwrap().size;
    verify(&host, &path, &Terms::default()).unwrap();
    let facts = case::show(&host, &path).unwrap();
    assert_eq!((size, facts.custody.size), (3, 5));
    assert_eq!(facts.authority.as_deref(), Some("warrant:7 Js 12/26"));
    custody::sign(&host, &path).unwrap();
    assert_eq!(
        verify(&host, &path, &pinned(&host, &path)).unwrap().verdict,
        Verdict::Verified
    );
}

#[test]
fn a_clock_set_back_is_recorded_and_the_note_still_covers_it() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    host.turn_clock(-DAY);
    receive(&host, &path, 1, "log.json", LOG);
    host.turn_clock(-DAY);
    custody::sign(&host, &path).unwrap();
    let verification = verify(&host, &path, &pinned(&host, &path)).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::Verified,
        "{:#?}",
        verification.checks
    );
}
