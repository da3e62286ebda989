//! Notes that somebody writes into the tables are noticed.

use vestige_workbench::annotations::{ItemNote, Mark, What};
use vestige_workbench::{OpenCase, annotations};

use crate::scene::{change, comment, imported, query, tag, take_back};
use crate::support::{TestHost, failed, nothing_failed, tamper, verified};

#[test]
fn what_somebody_writes_into_the_tables_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let tagged = change(
        &host,
        &path,
        tag("c2"),
        query("event_id:(00000001 OR 00000002)"),
    );
    let seq = tagged.unwrap().custody_seq.unwrap();
    change(&host, &path, comment("look"), query("event_id:00000001")).unwrap();
    change(
        &host,
        &path,
        What::Mark(Some(Mark::Good)),
        query("event_id:00000001"),
    )
    .unwrap();
    let undone = change(&host, &path, What::Star(true), query("*"))
        .unwrap()
        .custody_seq
        .unwrap();
    take_back(&host, &path, undone).unwrap();
    let note = ItemNote {
        hold: true,
        ..ItemNote::default()
    };
    let mut case = OpenCase::open(&host, &path).unwrap();
    annotations::note_item(&host, &mut case, "EV-0001", &note).unwrap();
    case.finish(&host).unwrap();
    drop(case);
    nothing_failed(&host, &path, false);
    let clean = std::fs::read(path.join("case.db")).unwrap();
    for sql in [
        "UPDATE annotated SET mark=1".to_owned(),
        "UPDATE annotated SET starred=1 WHERE row=1".to_owned(),
        "UPDATE annotated SET seq=seq+1 WHERE row=1".to_owned(),
        "DELETE FROM annotated WHERE row=2".to_owned(),
        "INSERT INTO annotated VALUES(0,4,1,NULL,9)".to_owned(),
        "INSERT INTO annotated VALUES(1,900,1,NULL,9)".to_owned(),
        "UPDATE annotation_tag SET tag='harmless'".to_owned(),
        "DELETE FROM annotation_tag WHERE row=2".to_owned(),
        "INSERT INTO annotation_tag VALUES('c2',0,4)".to_owned(),
        "INSERT INTO annotation_tag VALUES('c3',0,1)".to_owned(),
        "UPDATE annotation_change SET value='look away' WHERE what='comment'".to_owned(),
        "UPDATE annotation_change SET what='untag' WHERE what='tag'".to_owned(),
        "UPDATE annotation_change SET undone_seq=NULL".to_owned(),
        "UPDATE annotation_change SET undone_seq=99 WHERE what='comment'".to_owned(),
        "DELETE FROM annotation_change WHERE what='comment'".to_owned(),
        "INSERT INTO annotation_change VALUES(1,'comment','never said',NULL)".to_owned(),
        "DELETE FROM annotation_event WHERE row=2".to_owned(),
        format!("UPDATE annotation_event SET row=3 WHERE row=2 AND seq={seq}"),
        format!("INSERT INTO annotation_event VALUES(0,4,{seq})"),
        format!("INSERT INTO annotation_event VALUES(0,900,{seq})"),
        "INSERT INTO annotation_event VALUES(0,4,1)".to_owned(),
        "UPDATE item_note SET hold=0".to_owned(),
        "UPDATE item_note SET note='said by nobody'".to_owned(),
        "DELETE FROM item_note".to_owned(),
        "INSERT INTO item_note VALUES(2,'US',1,NULL,3)".to_owned(),
    ] {
        assert!(tamper(&path, &sql) > 0, "changes nothing: {sql}");
        let checks = verified(&host, &path, false).checks;
        assert_eq!(
            failed(&checks).first(),
            Some(&"annotations"),
            "{sql}: {checks:#?}"
        );
        std::fs::write(path.join("case.db"), &clean).unwrap();
    }
    nothing_failed(&host, &path, false);
}
