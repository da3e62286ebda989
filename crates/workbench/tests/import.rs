//! What goes into a case is all there, and what is taken back leaves nothing behind.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use flate2::Compression;
use flate2::write::GzEncoder;
use support::{TestHost, import, record, request};
use vestige_store::Connection;
use vestige_workbench::import::Request;
use vestige_workbench::session;

fn gz(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn connection(host: &TestHost, case: &Path) -> Connection {
    session::read(host, case, "test").unwrap().into_connection()
}

fn number(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Every row belongs to a member, lies in its range, and members count what they have.
fn assert_whole(connection: &Connection) {
    let strays = "SELECT count(*) FROM event e LEFT JOIN member m ON m.id=e.member
        WHERE m.id IS NULL OR e.id NOT BETWEEN m.event_from AND m.event_to";
    assert_eq!(number(connection, strays), 0, "rows without their member");
    let rows = number(connection, "SELECT count(*) FROM event");
    let told = number(connection, "SELECT coalesce(sum(events),0) FROM member");
    assert_eq!(rows, told, "rows that members do not tell of");
    let unsettled = "SELECT count(*) FROM evidence WHERE state='received'";
    assert_eq!(number(connection, unsettled), 0);
}

#[test]
fn stopping_leaves_no_row_without_its_member_and_the_rest_comes_later() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    for file in 0..40u64 {
        let mut text = String::new();
        for line in 0..2_000 {
            writeln!(text, "{}", record(file * 10_000 + line)).unwrap();
        }
        // Incompressible sizes differ, so that each is a unit of its own or nearly so.
        fs::write(folder.join(format!("{file:02}.jsonl")), text).unwrap();
    }
    host.stop.store(true, Ordering::Relaxed);
    let stopped = import(&host, &case, &request(folder.clone()));
    assert!(stopped.unwrap_err().to_string().contains("stopped"));
    let before = {
        let connection = connection(&host, &case);
        assert_whole(&connection);
        number(&connection, "SELECT count(*) FROM event")
    };
    assert!(before < 80_000, "nothing was stopped");
    host.stop.store(false, Ordering::Relaxed);
    import(&host, &case, &request(folder)).unwrap();
    let connection = connection(&host, &case);
    assert_whole(&connection);
    let visible = "SELECT count(*) FROM event WHERE hidden=0";
    assert_eq!(number(&connection, visible), 80_000);
}

#[test]
fn a_member_that_is_rejected_while_it_streams_takes_back_its_rows_and_no_warning_of_others() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let mut good = gz(format!("{}\n", record(1)).as_bytes());
    good.extend_from_slice(b"not gzip");
    fs::write(folder.join("a.gz"), &good).unwrap();
    fs::write(folder.join("b.gz"), late_bomb()).unwrap();
    fs::write(folder.join("c.jsonl"), record(3)).unwrap();
    let report = import(&host, &case, &request(folder.clone())).unwrap();
    let states: Vec<_> = report
        .evidence
        .iter()
        .map(|one| one.state.as_str())
        .collect();
    assert_eq!(states, ["imported", "rejected", "imported"]);
    let reason = report.evidence[1].reason.as_deref().unwrap();
    assert!(reason.contains("--allow-ratio"), "{reason}");
    assert_eq!(report.evidence[0].warnings, 1, "the tail that is not gzip");
    let connection = connection(&host, &case);
    assert_whole(&connection);
    assert_eq!(number(&connection, "SELECT count(*) FROM event"), 2);
    drop(connection);

    let other = host.case("other");
    let all = Request {
        allow_ratio: true,
        ..request(folder)
    };
    let report = import(&host, &other, &all).unwrap();
    assert_eq!(report.totals.tally.found, 410_002);
    assert_eq!(report.totals.tally.rejected, 0);
}

/// Less than 200:1 for its first 32 MiB, so that it is being read as a stream, and rows of it have
/// gone in, when it passes the limit.
fn late_bomb() -> Vec<u8> {
    let mut text = String::new();
    for line in 0..410_000u64 {
        let id = if line < 160_000 { 1_000 + line / 5 } else { 9 };
        text += &record(id);
        text.push('\n');
    }
    gz(text.as_bytes())
}

/// A tar with links (each a warning about the container) before a file that unpacks beyond the ratio.
fn tar_with_links_and_bomb(links: usize) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for link in 0..links {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        let name = format!("link{link}");
        tar.append_link(&mut header, name, "elsewhere").unwrap();
    }
    let bomb = late_bomb();
    let mut header = tar::Header::new_gnu();
    header.set_size(bomb.len() as u64);
    tar.append_data(&mut header, "bomb.gz", bomb.as_slice())
        .unwrap();
    tar.into_inner().unwrap()
}

#[test]
fn a_warning_before_a_member_that_is_taken_back_stays() {
    let host = TestHost::with_cheap_key("ann");
    // Warnings are handed over when 4,096 of them are held.
    for links in [1, 4095, 4096, 4097, 8192] {
        let case = host.case(&format!("case-{links}"));
        let file = host.path("logs.tar");
        fs::write(&file, tar_with_links_and_bomb(links)).unwrap();
        let report = import(&host, &case, &request(file)).unwrap();
        let connection = connection(&host, &case);
        assert_whole(&connection);
        assert_eq!(number(&connection, "SELECT count(*) FROM event"), 0);
        let told = "SELECT count(*) FROM warning WHERE reason LIKE '%link%'";
        assert_eq!(number(&connection, told), links as i64);
        assert_eq!(report.evidence[0].warnings, links as u64);
    }
}

#[test]
fn the_warnings_of_a_file_stay_when_the_next_one_is_taken_back() {
    let host = TestHost::with_cheap_key("ann");
    let (case, folder) = (host.case("case"), host.path("logs"));
    fs::create_dir(&folder).unwrap();
    let mut tar = tar::Builder::new(fs::File::create(folder.join("a.tar")).unwrap());
    for link in 0..4096 {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, format!("link{link}"), "elsewhere")
            .unwrap();
    }
    tar.into_inner().unwrap();
    fs::write(folder.join("b.gz"), late_bomb()).unwrap();
    import(&host, &case, &request(folder)).unwrap();
    let connection = connection(&host, &case);
    assert_whole(&connection);
    let told = "SELECT count(*) FROM warning WHERE evidence=1";
    assert_eq!(number(&connection, told), 4096);
}

#[test]
fn the_case_does_not_depend_on_the_number_of_threads() {
    let host = TestHost::with_cheap_key("ann");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    for file in 0..5u64 {
        // More than 4 MiB each: a unit of its own. Neighbours share half their records.
        let lines: Vec<_> = (0..19_000)
            .map(|line| record(file * 9_500 + line))
            .collect();
        fs::write(folder.join(format!("{file:02}.json")), lines.join("\n")).unwrap();
    }
    let dump = |jobs| {
        let case = host.case(&format!("case-{jobs}"));
        let request = Request {
            jobs,
            ..request(folder.clone())
        };
        import(&host, &case, &request).unwrap();
        let connection = connection(&host, &case);
        assert_whole(&connection);
        let hidden = "SELECT count(*) FROM event WHERE hidden=1";
        assert_eq!(number(&connection, hidden), 4 * 9_500);
        let rows = "SELECT group_concat(id||' '||hidden||' '||member||' '||offset,'\n') FROM event";
        connection
            .query_row(rows, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    // Not assert_eq: a difference would print both cases.
    assert!(dump(1) == dump(7), "row ids or duplicates differ");
}

#[test]
fn a_damaged_archive_stays_partial_when_it_is_imported_again() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    let path = host.path("logs.tar");
    let mut lines = String::new();
    for id in 10..3_000 {
        writeln!(lines, "{}", record(id * 7_919)).unwrap();
    }
    let whole = gz(lines.as_bytes());
    let mut tar = tar::Builder::new(fs::File::create(&path).unwrap());
    let good = record(1);
    for (name, bytes) in [
        ("good.json", good.as_bytes()),
        ("bad.json.gz", &whole[..whole.len() / 2]),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, name, bytes).unwrap();
    }
    tar.into_inner().unwrap();
    let state = || {
        let report = import(&host, &case, &request(path.clone())).unwrap();
        let connection = connection(&host, &case);
        let sql = "SELECT state||': '||coalesce(reason,'') FROM evidence WHERE id=1";
        let state: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        (state, report)
    };
    let (first, _) = state();
    assert!(first.starts_with("partial: "), "{first}");
    let (again, _) = state();
    assert_eq!(again, first);
}
