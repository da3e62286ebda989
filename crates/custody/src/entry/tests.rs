use super::*;
use crate::json::parse;

fn actor() -> Actor {
    Actor {
        id: "user:aex".into(),
        name: "A. Examiner".into(),
        role: "examiner".into(),
        org: "Example Forensics Ltd".into(),
        auth: Auth::OsSession,
        qualifications_ref: None,
    }
}

fn tool() -> Tool {
    Tool {
        name: "cloudcase".into(),
        version: "0.1.0".into(),
        build_sha256: [0x11; 32],
        os: None,
        host_id: None,
    }
}

fn entry(event: Event) -> Entry {
    Entry::new(event, actor(), tool())
}

fn case() -> CaseId {
    CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap()
}

fn evidence() -> Object {
    let sha256 = crate::hash::sha256(b"{\"Records\":[]}\n");
    Object::evidence("EV-0001", "cloudtrail.json", 15, sha256)
}

/// 2026-03-02T10:00:00Z.
const TEN: i64 = 1_772_445_600_000_000_000;
const MINUTE: i64 = 60_000_000_000;

#[test]
fn writes_the_first_two_entries_of_the_vectors_byte_for_byte() {
    let vectors = include_str!("../../../../fixtures/custody-vectors/custody.jsonl");
    let mut lines = vectors.lines();
    let first = entry(Event::CaseCreated)
        .reason("Engagement EL-2026-17")
        .detail("salt", "22222222222222222222222222222222")
        .detail("title", "CASE-2026-0042")
        .seal(&case(), 0, None, TEN)
        .unwrap();
    assert_eq!(
        std::str::from_utf8(&first.bytes).unwrap(),
        lines.next().unwrap()
    );
    let custodian = Actor {
        id: "ext:cust1".into(),
        name: "C. Custodian".into(),
        role: "custodian".into(),
        org: "Victim Inc".into(),
        auth: Auth::Declared,
        qualifications_ref: None,
    };
    let clock = Clock {
        source: ClockSource::Ntp,
        offset_ms: Some(-12),
        tz: "Europe/Copenhagen".into(),
        tzdata: None,
        boot_id: None,
        mono_ns: None,
    };
    let transfer = Transfer {
        from: custodian,
        to: actor(),
        method: "sftp".into(),
        location_from: "s3://example/AWSLogs/".into(),
        location_to: "case-store:objects".into(),
        seal: None,
        receipt_sha256: None,
    };
    let mut second = entry(Event::EvidenceReceived)
        .reason("Disclosure request 1")
        .occurred_at(TEN - 2 * MINUTE)
        .object(&evidence())
        .transfer(&transfer)
        .clock(&clock);
    // The vector lacks the outcome that the record layout asks of evidence.* events.
    assert_eq!(
        second
            .seal(&case(), 1, Some(first.leaf), TEN + MINUTE)
            .unwrap_err()
            .to_string(),
        "entry evidence.received: expected `outcome`, found none"
    );
    second = second.outcome(&Outcome::Success);
    let sealed = second
        .seal(&case(), 1, Some(first.leaf), TEN + MINUTE)
        .unwrap();
    let without = String::from_utf8(sealed.bytes)
        .unwrap()
        .replace("\"outcome\":\"success\",", "");
    assert_eq!(without, lines.next().unwrap());
}

#[test]
fn an_event_says_what_it_misses() {
    let missing = |entry: Entry| entry.check().unwrap_err().to_string();
    assert_eq!(
        missing(entry(Event::CaseCreated)),
        "entry case.created: expected `details.salt`, found none"
    );
    let imported = entry(Event::EvidenceImported);
    assert_eq!(
        missing(imported.clone()),
        "entry evidence.imported: expected `reason`, found none"
    );
    let imported = imported.reason("Import").object(&evidence());
    assert!(imported.clone().phase(Phase::Started).check().is_ok());
    let finished = imported.clone().phase(Phase::Finished);
    assert_eq!(
        missing(finished),
        "entry evidence.imported: expected `outcome`, found none"
    );
    let whole = imported
        .outcome(&Outcome::Partial(None))
        .detail("rows", 3_u64);
    assert_eq!(
        missing(whole.clone()),
        "entry evidence.imported: expected `details.rows_sha256`, found none"
    );
    assert!(whole.detail("rows_sha256", hex(&[0; 32])).check().is_ok());
    assert_eq!(
        missing(entry(Event::SessionStarted)),
        "entry session.started: expected `clock`, found none"
    );
    let derived = entry(Event::EvidenceDerived)
        .reason("r")
        .outcome(&Outcome::Success);
    assert_eq!(
        missing(derived.object(&evidence())),
        "entry evidence.derived: expected `objects[].parents`, found none"
    );
    assert!(missing(entry(Event::ReportSigned)).contains("sha256 of the output"));
}

#[test]
fn object_ids_cannot_be_paths() {
    for good in ["EV-0001", "a", "A.b_c-9", &"x".repeat(64)] {
        assert!(Object::is_id(good), "{good}");
    }
    for bad in [
        "",
        ".",
        "..",
        ".x",
        "a/b",
        "a\\b",
        "a b",
        "é",
        &"x".repeat(65),
    ] {
        assert!(!Object::is_id(bad), "{bad}");
    }
    let mut object = evidence();
    object.id = "../EV-0001".into();
    let entry = entry(Event::FindingCreated).object(&object);
    assert_eq!(
        entry.check(),
        Err(EntryError::ObjectId("../EV-0001".into()))
    );
}

#[test]
fn all_parts_reach_the_bytes() {
    let mut object = evidence();
    object.matching = vec![("md5", "00".repeat(16))];
    object.parents = vec!["EV-0000".into()];
    let failure = Outcome::Failure(Fault {
        code: "io".into(),
        message: "disk full".into(),
    });
    let sealed = entry(Event::FindingCreated)
        .authority(&Authority {
            kind: "warrant".into(),
            id: "W-1".into(),
        })
        .outcome(&failure)
        .object(&object)
        .location("shelf 3")
        .clock_step()
        .detail("count", u64::MAX)
        .seal(&case(), 7, Some([0xab; 32]), -1)
        .unwrap();
    let value = parse(&sealed.bytes).unwrap();
    assert_eq!(
        value.get("prev").unwrap().as_text(),
        Some("ab".repeat(32).as_str())
    );
    assert_eq!(
        value.get("recorded_at").unwrap().as_text(),
        Some("1969-12-31T23:59:59.999Z")
    );
    assert_eq!(
        value
            .get("authority")
            .unwrap()
            .get("type")
            .unwrap()
            .as_text(),
        Some("warrant")
    );
    assert_eq!(
        value.get("error").unwrap().get("code").unwrap().as_text(),
        Some("io")
    );
    assert_eq!(value.get("clock_step").unwrap().as_bool(), Some(true));
    let details = value.get("details").unwrap();
    assert_eq!(
        details.get("count").unwrap().as_text(),
        Some("18446744073709551615")
    );
    let object = &value.get("objects").unwrap().as_list().unwrap()[0];
    assert_eq!(object.get("parents").unwrap().as_list().unwrap().len(), 1);
    assert_eq!(sealed.leaf, leaf(&sealed.bytes));
}

#[test]
fn a_withheld_line_has_exactly_four_members() {
    let line = withhold(3, &[1; 32], "privileged").unwrap();
    let value = parse(&line).unwrap();
    let keys: Vec<&str> = value.as_map().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["_t", "leaf", "reason", "seq"]);
}
