//! What is noted is on record, found, shown, and taken back.

use std::path::Path;

use serde_json::Value;
use vestige_workbench::annotations::{Changed, ItemNote, Mark, Selection, What};
use vestige_workbench::explore::{Asked, Explorer, Output};
use vestige_workbench::withdraw::withdraw;
use vestige_workbench::{OpenCase, annotations};

use crate::scene::{
    asked, change, comment, count, entries, found, ids, imported, query, reader, tag, take_back,
    written,
};
use crate::support::{TestHost, copy_folder, import, nothing_failed, record, request};

#[test]
fn a_change_of_many_events_is_one_entry_that_says_what_and_which() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let before = entries(&host, &path).len() as u64;
    let done = change(&host, &path, tag("Exfil"), query("service:s3")).unwrap();
    assert_eq!(
        done,
        Changed {
            events: 3,
            custody_seq: Some(before)
        }
    );
    let all = entries(&host, &path);
    assert_eq!(all.len() as u64, before + 1);
    let entry = &all[before as usize];
    assert_eq!(entry["event"], "timeline.annotated");
    assert_eq!(entry["actor"]["name"], "A. Examiner");
    let details = &entry["details"];
    assert_eq!(
        (&details["what"], &details["tag"]),
        (&"tag".into(), &"exfil".into())
    );
    assert_eq!(
        (&details["on"], &details["events"]),
        (&true.into(), &3.into())
    );
    let mut lines: Vec<String> = found(&host, &path, "tag:exfil")
        .iter()
        .map(|row| {
            format!(
                "{} {}\n",
                row["evidence"].as_str().unwrap(),
                row["id"].as_str().unwrap()
            )
        })
        .collect();
    lines.sort_unstable();
    let digest = vestige_custody::hash::sha256(lines.concat().as_bytes());
    assert_eq!(details["events_sha256"], vestige_custody::hex(&digest));
    let named: Vec<String> = lines
        .iter()
        .map(|line| line.trim()[8..].to_owned())
        .collect();
    assert_eq!(details["named"], Value::from(named));
    nothing_failed(&host, &path, true);
}

#[test]
fn what_is_noted_is_asked_for_ranked_and_written() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let first = ids(&host, &path, "event_id:00000001");
    let on = || Selection::Ids(first.clone());
    change(&host, &path, What::Star(true), on()).unwrap();
    change(&host, &path, What::Mark(Some(Mark::Bad)), on()).unwrap();
    change(&host, &path, tag("c2"), query("*")).unwrap();
    change(&host, &path, tag("exfil"), on()).unwrap();
    change(&host, &path, comment("Why at night?"), on()).unwrap();
    change(&host, &path, comment("=1+1"), on()).unwrap();
    for (text, rows) in [
        ("tag:C2", 3),
        ("tag:c2 NOT tag:exfil", 2),
        ("starred:true", 1),
        ("starred:false", 2),
        ("mark:bad", 1),
        ("NOT mark:bad", 2),
        ("comment:*night*", 1),
        ("comment:* OR event_id:00000003", 2),
    ] {
        assert_eq!(count(&host, &path, text), rows, "{text}");
    }
    let explorer = Explorer::open(&host, &path, &Asked::default()).unwrap();
    let top = explorer.top("tag", 10).unwrap();
    let top: Vec<_> = top
        .iter()
        .map(|one| (&one["value"], &one["count"]))
        .collect();
    assert_eq!(
        top,
        [(&"c2".into(), &3.into()), (&"exfil".into(), &1.into())]
    );
    let row = &found(&host, &path, "starred:true")[0];
    assert_eq!(row["tag"], Value::from(vec!["c2", "exfil"]));
    assert_eq!(
        (&row["starred"], &row["mark"]),
        (&true.into(), &"bad".into())
    );
    assert_eq!(row["comment"], "Why at night?\n=1+1");
    let other = &found(&host, &path, "event_id:00000003")[0];
    assert!(other.get("starred").is_none() && other.get("comment").is_none());
    let csv = written(&host, &path, "starred:true", Output::Csv);
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .ends_with("\"tag\",\"starred\",\"comment\",\"mark\"")
    );
    assert!(
        csv.contains(r#","[""c2"",""exfil""]","true","Why at night?"#),
        "{csv}"
    );
    let error = Explorer::open(&host, &path, &asked("mark:evil"))
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("bad, suspicious, good"),
        "{error}"
    );
}

#[test]
fn the_report_gets_noted_events_in_time_order_with_their_provenance() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    change(&host, &path, tag("c2"), query("event_id:00000003")).unwrap();
    let last = change(
        &host,
        &path,
        comment("look"),
        query("event_id:(00000001 OR 00000003)"),
    );
    let last = last.unwrap().custody_seq;
    let reader = reader(&host, &path);
    let noted: Vec<_> = annotations::noted(&reader)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(noted.len(), 2);
    assert!(noted[0].row.event.time.ns <= noted[1].row.event.time.ns);
    for one in &noted {
        assert_eq!(one.notes.custody_seq, last);
        let comment = &one.notes.comments[0];
        assert_eq!(
            (comment.text.as_str(), comment.by.as_str()),
            ("look", "A. Examiner")
        );
        assert_eq!(Some(comment.custody_seq), last);
        assert!(comment.time.ends_with('Z'));
        let log = if one.row.origin.evidence == 1 {
            "logs/a.json"
        } else {
            "logs/b.json"
        };
        let bytes = std::fs::read(host.path(log)).unwrap();
        assert_eq!(one.row.origin.sha256, vestige_custody::hash::sha256(&bytes));
        let at = one.row.locator;
        let record = &bytes[at.offset as usize..(at.offset + at.length) as usize];
        let id = one.row.event.event_id.as_deref().unwrap();
        assert!(String::from_utf8_lossy(record).contains(id));
        assert_eq!(annotations::notes_of(&reader, &one.row).unwrap(), one.notes);
    }
    let tags = annotations::tags(&reader).unwrap();
    assert_eq!(
        (tags[0].tag.as_str(), tags[0].events, tags.len()),
        ("c2", 1, 1)
    );
}

#[test]
fn what_was_taken_back_is_as_if_it_had_never_been() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let one = change(&host, &path, tag("c2"), query("event_id:00000001")).unwrap();
    let all = change(&host, &path, tag("c2"), query("*")).unwrap();
    let said = change(&host, &path, comment("oops"), query("*")).unwrap();
    take_back(&host, &path, all.custody_seq.unwrap()).unwrap();
    assert_eq!(count(&host, &path, "tag:c2"), 1);
    assert_eq!(count(&host, &path, "comment:oops"), 3);
    let done = take_back(&host, &path, said.custody_seq.unwrap()).unwrap();
    assert_eq!(done.events, 3);
    assert_eq!(count(&host, &path, "comment:*"), 0);
    take_back(&host, &path, one.custody_seq.unwrap()).unwrap();
    assert_eq!(count(&host, &path, "tag:*"), 0);
    nothing_failed(&host, &path, false);
    let entry = entries(&host, &path).pop().unwrap();
    assert_eq!(entry["event"], "timeline.annotated");
    assert_eq!(entry["details"]["undone"], one.custody_seq.unwrap());
    for (seq, why) in [
        (one.custody_seq.unwrap(), "took"),
        (done.custody_seq.unwrap(), "is none"),
        (0, "is none"),
        (u64::MAX, "is none"),
    ] {
        let error = take_back(&host, &path, seq).unwrap_err();
        assert_eq!(error.code(), "absent");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn annotations_belong_to_the_row_that_is_shown_and_are_hidden_with_it() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let survivor = ids(&host, &path, "event_id:00000002")[0].clone();
    // The same record in the other file, which is a duplicate.
    let sha256 = vestige_custody::hash::sha256(&std::fs::read(host.path("logs/b.json")).unwrap());
    let duplicate = vestige_model::EventId {
        evidence: vestige_custody::hex(&sha256[..8]),
        offset: 0,
        ..survivor.clone()
    };
    change(
        &host,
        &path,
        tag("c2"),
        Selection::Ids(vec![duplicate, survivor.clone()]),
    )
    .unwrap();
    assert_eq!(ids(&host, &path, "tag:c2"), std::slice::from_ref(&survivor));
    // A copy that comes later, under a name that sorts before, changes nothing.
    let later = host.path("0-later.json");
    std::fs::write(&later, format!("{}\n\n", record(2))).unwrap();
    import(&host, &path, &request(later)).unwrap();
    assert_eq!(ids(&host, &path, "tag:c2"), std::slice::from_ref(&survivor));
    withdraw(&host, &path, "EV-0001", "privileged").unwrap();
    assert_eq!(count(&host, &path, "tag:c2"), 0);
    let page = reader(&host, &path);
    assert_eq!(annotations::tags(&page).unwrap(), []);
    assert_eq!(annotations::noted(&page).unwrap().count(), 0);
    let kept = page.rows_by_id(&survivor).unwrap().remove(0);
    assert!(
        annotations::notes_of(&page, &kept)
            .unwrap()
            .tags
            .contains(&"c2".to_owned())
    );
    drop(page);
    nothing_failed(&host, &path, false);
    let error = change(&host, &path, tag("x"), Selection::Ids(vec![survivor])).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("in EV-0001, which was withdrawn"),
        "{error}"
    );
}

#[test]
fn legal_notes_of_an_item_are_entries_with_the_old_and_the_new() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let note = |jurisdiction: &str, hold, note: &str| {
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let note = ItemNote {
            jurisdiction: word(jurisdiction),
            hold,
            note: word(note),
            seq: None,
        };
        let mut case = OpenCase::open(&host, &path).unwrap();
        annotations::note_item(&host, &mut case, "EV-0002", &note)
    };
    let before = entries(&host, &path).len();
    let now = note("DE, GDPR", true, "").unwrap();
    assert_eq!(now.seq, Some(before as u64 + 1));
    note("DE, GDPR", true, " ").unwrap();
    note("", true, "Counsel has seen it").unwrap();
    let last = note("", false, "Counsel has seen it").unwrap();
    let told: Vec<Value> = entries(&host, &path).split_off(before);
    let events: Vec<&str> = told
        .iter()
        .map(|one| one["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        events,
        [
            "case.legal_hold_set",
            "case.metadata_changed",
            "case.metadata_changed",
            "case.legal_hold_released"
        ]
    );
    for one in &told {
        assert_eq!(one["details"]["item"], "EV-0002");
        assert_eq!(one["objects"][0]["id"], "EV-0002");
    }
    assert_eq!(told[2]["details"]["old"]["jurisdiction"], "DE, GDPR");
    assert_eq!(
        told[2]["details"]["new"],
        serde_json::json!({"note": "Counsel has seen it"})
    );
    let kept = annotations::item_notes(reader(&host, &path).connection()).unwrap();
    assert_eq!(
        kept.into_iter().collect::<Vec<_>>(),
        [("EV-0002".to_owned(), last)]
    );
    nothing_failed(&host, &path, false);
    let mut case = OpenCase::open(&host, &path).unwrap();
    let none = annotations::note_item(&host, &mut case, "EV-0009", &ItemNote::default());
    assert_eq!(none.unwrap_err().code(), "absent");
}

#[test]
fn cases_of_every_version_take_annotations() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases");
    for folder in std::fs::read_dir(kept).unwrap() {
        let host = TestHost::with_cheap_key("ann");
        let path = host.path("case");
        copy_folder(&folder.unwrap().path().join("case"), &path);
        // Before it is written to, nothing is noted in it.
        assert_eq!(
            count(&host, &path, "tag:* OR starred:true OR comment:* OR mark:*"),
            0
        );
        let all = count(&host, &path, "*");
        assert_eq!(count(&host, &path, "starred:false NOT tag:x"), all);
        let done = change(&host, &path, tag("x"), query("kind:event")).unwrap();
        assert_eq!(count(&host, &path, "tag:x"), done.events);
        assert!(done.events > 0 && done.events < all);
        take_back(&host, &path, done.custody_seq.unwrap()).unwrap();
        assert_eq!(count(&host, &path, "tag:x"), 0);
        nothing_failed(&host, &path, true);
    }
}
