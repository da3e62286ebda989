//! The list of evidence: by pages, filtered, sorted.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::scene::{Window, number, paths};
use crate::support::record;

/// A gzipped tar with these members.
fn archive(path: &Path, members: &[(&str, String)]) {
    let file = fs::File::create(path).unwrap();
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        file,
        flate2::Compression::fast(),
    ));
    for (name, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}

fn trail(first: u64, records: u64) -> String {
    let records: Vec<String> = (first..first + records).map(record).collect();
    format!("{{\"Records\":[{}]}}", records.join(","))
}

#[test]
fn evidence_is_given_by_pages_filtered_and_sorted() {
    let window = Window::with_case();
    window.write("in/a-small.json", 0, 2);
    archive(
        &{
            fs::create_dir_all(window.host.path("in")).unwrap();
            window.host.path("in/b-box.tar.gz")
        },
        &[
            ("deep/one.json", trail(10, 3)),
            ("deep/two.json", trail(20, 4)),
        ],
    );
    window.write("in/c-large.json", 30, 9);
    window.import(window.host.path("in"));

    let all = window.listed("", None);
    let arrived = [
        "a-small.json",
        "b-box.tar.gz",
        "deep/one.json",
        "deep/two.json",
        "c-large.json",
    ];
    assert_eq!(paths(&all), arrived);
    assert_eq!((number(&all["all"]), number(&all["items"])), (5, 3));
    assert_eq!(number(&all["totals"]["stored"]), 18);
    let marks = |row: &Value| (row["member"] == true, row["archive"] == true);
    let marks: Vec<_> = all["rows"].as_array().unwrap().iter().map(marks).collect();
    let (item, member) = ((false, false), (true, false));
    assert_eq!(marks, [item, (false, true), member, member, item]);

    // A member that is found brings its item along, and only what is found of the others.
    let found = window.listed("TWO reconciled", None);
    assert_eq!(paths(&found), ["b-box.tar.gz", "deep/two.json"]);
    assert_eq!((number(&found["matching"]), number(&found["all"])), (2, 5));
    assert_eq!(
        paths(&window.listed("nothing like it", None)),
        Vec::<&str>::new()
    );

    // Items are sorted; members stay with them. What has no value comes last either way.
    let large = [
        "c-large.json",
        "b-box.tar.gz",
        "deep/one.json",
        "deep/two.json",
        "a-small.json",
    ];
    assert_eq!(paths(&window.listed("", Some(("found", true)))), large);
    let backwards: Vec<&str> = vec![
        "a-small.json",
        "b-box.tar.gz",
        "deep/one.json",
        "deep/two.json",
        "c-large.json",
    ];
    assert_eq!(paths(&window.listed("", Some(("found", false)))), backwards);

    let page = json!({"filter": "", "sort": "found", "down": true, "offset": 1, "limit": 2});
    let page = window.done("evidence", page);
    assert_eq!(paths(&page), large[1..3]);
    assert_eq!(number(&page["matching"]), 5);

    // What is kept is not what was.
    window.done(
        "withdraw",
        json!({"id": "EV-0003", "reason": "out of scope"}),
    );
    let withdrawn = window.listed("withdrawn", None);
    assert_eq!(paths(&withdrawn), ["c-large.json"]);
}
