use super::*;
use crate::entry::{Actor, Auth, Authority, Clock, ClockSource, Object, Outcome, Tool, Transfer};
use crate::hash::hex;

const VECTORS: &str = include_str!("../../../../fixtures/custody-vectors/custody.jsonl");
const SECOND: i64 = 1_000_000_000;

fn case() -> CaseId {
    CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap()
}

fn actor() -> Actor {
    Actor {
        id: "user:a".into(),
        name: "A".into(),
        role: "examiner".into(),
        org: "O".into(),
        auth: Auth::OsSession,
        qualifications_ref: None,
    }
}

fn entry(event: Event) -> Entry {
    let tool = Tool {
        name: "vestige".into(),
        version: "0".into(),
        build_sha256: [0; 32],
        os: None,
        host_id: None,
    };
    Entry::new(event, actor(), tool)
}

fn created() -> Entry {
    entry(Event::CaseCreated).detail("salt", "00".repeat(16))
}

fn received() -> Entry {
    let transfer = Transfer {
        from: actor(),
        to: actor(),
        method: "copy".into(),
        location_from: "a".into(),
        location_to: "b".into(),
        seal: None,
        receipt_sha256: None,
    };
    let clock = Clock {
        source: ClockSource::None,
        offset_ms: None,
        tz: "UTC".into(),
        tzdata: None,
        boot_id: None,
        mono_ns: None,
    };
    entry(Event::EvidenceReceived)
        .reason("r")
        .outcome(&Outcome::Success)
        .object(&Object::evidence("EV-1", "x", 0, [0; 32]))
        .transfer(&transfer)
        .clock(&clock)
}

#[test]
fn the_vectors_give_the_published_root_and_head() {
    let chain = Chain::resume(case(), VECTORS.lines()).unwrap();
    assert_eq!(
        chain.pin(),
        "6:e90c673604a22cbb70e7f40d6f2dfc2b19df89b871126dc83f3a08f90dbe9766"
    );
    assert_eq!(
        hex(&chain.head().unwrap()),
        "75224fb2abc3292a93d59a5ca2e97df3d9297992ba40a00a14d892aacb6ff82f"
    );
}

#[test]
fn what_was_appended_resumes_to_the_same_state() {
    let mut chain = Chain::new(case());
    let mut lines = vec![chain.append(&created(), 0).unwrap().bytes];
    for n in 0..20 {
        let sealed = chain.append(&entry(Event::CaseOpened), n * SECOND).unwrap();
        assert_eq!(Some(sealed.leaf), chain.head());
        lines.push(sealed.bytes);
    }
    let resumed = Chain::resume(case(), &lines).unwrap();
    assert_eq!((resumed.pin(), resumed.head()), (chain.pin(), chain.head()));
    lines.swap(3, 4);
    assert_eq!(
        Chain::resume(case(), &lines).unwrap_err(),
        ChainError::Broken {
            seq: 3,
            member: "seq"
        }
    );
}

#[test]
fn a_refused_entry_leaves_the_chain_as_it_was() {
    let mut chain = Chain::new(case());
    assert!(matches!(
        chain.append(&entry(Event::CaseOpened), 0),
        Err(ChainError::Genesis {
            seq: 0,
            found: "case.opened"
        })
    ));
    chain.append(&created(), 0).unwrap();
    let before = chain.pin();
    assert!(chain.append(&created(), 0).is_err());
    assert!(chain.append(&entry(Event::EvidenceReceived), 0).is_err());
    assert_eq!(chain.pin(), before);
}

#[test]
fn time_runs_back_only_with_a_clock_step() {
    let mut chain = Chain::new(case());
    chain.append(&created(), 10 * SECOND).unwrap();
    assert_eq!(chain.clock_back(9 * SECOND), Some(10 * SECOND));
    let error = chain
        .append(&entry(Event::CaseOpened), 9 * SECOND)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "entry 1: expected a time from 1970-01-01T00:00:10.000Z, found 1970-01-01T00:00:09.000Z; record clock.step first"
    );
    chain
        .append(&entry(Event::ClockStep).clock_step(), 9 * SECOND)
        .unwrap();
    chain
        .append(&entry(Event::CaseOpened), 9 * SECOND + 1)
        .unwrap();
}

#[test]
fn above_the_internal_level_evidence_needs_an_authority_on_record() {
    let mut chain = Chain::new(case());
    chain
        .append(&created().detail("custody_level", "regulatory"), 0)
        .unwrap();
    assert_eq!(chain.level(), Level::Regulatory);
    assert_eq!(
        chain.append(&received(), 0),
        Err(ChainError::NoAuthority {
            level: "regulatory"
        })
    );
    let authority = Authority {
        kind: "engagement".into(),
        id: "EL-1".into(),
    };
    chain.append(&received().authority(&authority), 0).unwrap();
    chain.append(&received(), 0).unwrap();

    let mut internal = Chain::new(case());
    internal.append(&created(), 0).unwrap();
    internal.append(&received(), 0).unwrap();
}
