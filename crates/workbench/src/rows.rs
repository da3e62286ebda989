//! Whether the rows of a case are those that its custody entries speak of, and those that its
//! originals give.

use std::collections::HashMap;
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};
use vestige_acquire::reopen::{Item, Reopen};
use vestige_acquire::unpack::{Content, End, Member, Place as At, State, Visitor};
use vestige_custody::Value;
use vestige_custody::hash::hex;
use vestige_custody::line::Line;
use vestige_formats::{Input, Sink, Span};
use vestige_model::canonical::{Canonical, Place};
use vestige_model::{Event, Locator, MemberRef, Warning};
use vestige_store::case_file::CaseReader;
use vestige_store::evidence::{self, ItemRow, MemberSource};
use vestige_store::ledger::Ledger;
use vestige_store::page::{ReadError, Reader};
use vestige_store::term::HashKey;

use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Progress;
use crate::verify::Check;

/// What an entry says of the rows it imported.
struct Stated {
    seq: u64,
    rows: u64,
    sha256: String,
}

fn page_of(reader: &CaseReader) -> Result<Reader, WorkError> {
    let key = HashKey::of(reader.case().id());
    Reader::new(reader.again()?.into_connection(), key).map_err(WorkError::database)
}

impl Stated {
    /// What is said where the rows are others.
    fn differs(&self, found: u64, sha256: &str) -> String {
        format!(
            "rows of custody entry {}: expected {} with digest {}, found {found} with digest {sha256}",
            self.seq, self.rows, self.sha256
        )
    }
}

/// Compares the stored rows with the digests that import entries state.
///
/// # Errors
/// What SQLite says. A row that cannot be read is a failed check, not an error.
pub fn check(host: &dyn Host, reader: &CaseReader) -> Result<Vec<Check>, WorkError> {
    let page = page_of(reader)?;
    // One moment of the case, whoever writes meanwhile.
    let _snapshot = page.connection().unchecked_transaction();
    let (mut rows, mut checks) = (0, Vec::new());
    for stated in stated(&page)? {
        match entry_rows(&page, stated.seq) {
            Ok(found) if found == (stated.rows, stated.sha256.clone()) => rows += stated.rows,
            Ok((found, sha256)) => {
                checks.push(Check::fail("rows", stated.differs(found, &sha256)));
            }
            Err(error) => checks.push(Check::fail(
                "rows",
                format!(
                    "rows of custody entry {}: expected to be readable, found: {error}",
                    stated.seq
                ),
            )),
        }
        host.progress(&Progress {
            stage: "comparing rows with their entries".to_owned(),
            records: rows,
            ..Progress::default()
        });
    }
    let all = evidence::rows(page.connection())?;
    if checks.is_empty() && all != rows {
        let detail = format!("expected {rows} rows, as the entries state, found {all}");
        checks.push(Check::fail("rows", detail));
    }
    let apart = evidence::resources_apart(page.connection())?;
    if apart > 0 {
        let detail = format!(
            "expected the first resource of each row to be the first of its list, found {apart} where it is not"
        );
        checks.push(Check::fail("rows", detail));
    }
    if checks.is_empty() {
        checks.push(Check::pass(
            "rows",
            format!("{rows} rows are as their import entries state"),
        ));
    }
    Ok(checks)
}

fn stated(page: &Reader) -> Result<Vec<Stated>, WorkError> {
    let mut found = Vec::new();
    Ledger::entries(page.connection(), 0, &mut |stored| {
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body)
            && let Some(sha256) = entry.detail_text("rows_sha256")
        {
            let rows = entry.detail("rows").and_then(Value::as_int);
            found.push(Stated {
                seq: stored.seq,
                rows: rows.unwrap_or_default().unsigned_abs(),
                sha256: sha256.to_owned(),
            });
        }
        Ok(true)
    })?;
    Ok(found)
}

/// Compares the rows that one custody entry imported with the digest that it states.
pub(crate) fn check_entry(page: &Reader, seq: u64) -> Result<Check, WorkError> {
    let stated = stated(page)?.into_iter().find(|stated| stated.seq == seq);
    let Some(stated) = stated else {
        let detail = format!("expected custody entry {seq} to state a digest of rows, found none");
        return Ok(Check::fail("rows", detail));
    };
    let (found, sha256) = entry_rows(page, seq)?;
    Ok(if (found, &sha256) == (stated.rows, &stated.sha256) {
        Check::pass(
            "rows",
            format!(
                "all {found} rows of custody entry {seq}, this one among them, are as it states"
            ),
        )
    } else {
        Check::fail("rows", stated.differs(found, &sha256))
    })
}

/// Number and digest of the rows that an entry imported.
fn entry_rows(page: &Reader, seq: u64) -> Result<(u64, String), WorkError> {
    let mut digest = RowsDigest::default();
    for member in evidence::imported_by(page.connection(), seq)? {
        digest.stored(page, member)?;
    }
    Ok(digest.finish())
}

/// Number of rows and SHA-256 over their canonical form.
#[derive(Default)]
struct RowsDigest {
    canonical: Canonical,
    digest: Sha256,
    rows: u64,
}

impl RowsDigest {
    fn row(&mut self, place: Place<'_>, at: &Locator, event: &Event<'_>) {
        self.digest.update(self.canonical.row(place, at, event));
        self.rows += 1;
    }

    fn stored(&mut self, page: &Reader, member: i64) -> Result<(), WorkError> {
        page.rows_of_member::<ReadError>(MemberRef(member), &mut |row| {
            let id = row.id();
            let place = Place {
                evidence: &id.evidence,
                member: &id.member,
            };
            self.row(place, &row.locator, &row.event);
            Ok(true)
        })
        .map_err(WorkError::database)
    }

    fn finish(self) -> (u64, String) {
        (self.rows, hex(&self.digest.finalize()))
    }
}

/// Reads every original again, makes its rows anew and compares them with those stored.
///
/// # Errors
/// What SQLite says. An original that cannot be read is a failed check.
pub fn check_deep(host: &dyn Host, reader: &CaseReader) -> Result<Vec<Check>, WorkError> {
    let page = page_of(reader)?;
    let root = reader.case().root();
    let reopen = Reopen::new(root, 0);
    let (mut rows, mut checks) = (0, Vec::new());
    let items = evidence::items(page.connection()).map_err(WorkError::database)?;
    for one in items.iter().filter(|one| one.duplicate_of.is_none()) {
        let Some(sha256) = one.sha256 else { continue };
        let source = if one.in_place {
            Item::in_place(&one.path, sha256, one.bytes)
        } else {
            Item::kept(root, sha256, one.bytes)
        };
        match item_rows(&page, &reopen, &source, &sha256, one) {
            Ok(found) => rows += found,
            Err(differs) => {
                let detail = format!("{} {}: {differs}", item::name(one.id), one.name);
                checks.push(Check::fail("deep", detail));
            }
        }
        host.progress(&Progress {
            stage: "making rows anew from the originals".to_owned(),
            records: rows,
            ..Progress::default()
        });
    }
    if checks.is_empty() {
        let detail =
            format!("{rows} rows were made anew from the originals and are the stored ones");
        checks.push(Check::pass("deep", detail));
    }
    Ok(checks)
}

/// The number of rows of an item, all of them equal; else what differs.
fn item_rows(
    page: &Reader,
    reopen: &Reopen,
    source: &Item,
    sha256: &[u8; 32],
    one: &ItemRow,
) -> Result<u64, String> {
    let members =
        evidence::sources(page.connection(), one.id).map_err(|error| error.to_string())?;
    let mut again = Again {
        evidence: hex(&sha256[..8]),
        wanted: members
            .iter()
            .map(|member| (member.path.as_str(), member))
            .collect(),
        made: HashMap::new(),
    };
    reopen
        .visit(source, &mut again)
        .map_err(|error| error.to_string())?;
    let mut rows = 0;
    for member in &members {
        let mut stored = RowsDigest::default();
        stored
            .stored(page, member.id)
            .map_err(|error| error.to_string())?;
        let stored = stored.finish();
        // One that was rejected has no rows; it may have been read by a later import.
        let read = member.format.is_some();
        let made = read.then(|| again.made.remove(&member.path)).flatten();
        let made = made.unwrap_or_else(|| RowsDigest::default().finish());
        if stored != made {
            return Err(format!(
                "member {}: expected the {} rows that its original gives (digest {}), found {} rows (digest {})",
                member.path, made.0, made.1, stored.0, stored.1
            ));
        }
        rows += stored.0;
    }
    Ok(rows)
}

/// Makes the rows of an item's members anew.
struct Again<'a> {
    evidence: String,
    wanted: HashMap<&'a str, &'a MemberSource>,
    made: HashMap<String, (u64, String)>,
}

impl Visitor for Again<'_> {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        let path = member.at.path.to_string();
        let Some(wanted) = self.wanted.get(path.as_str()) else {
            return ControlFlow::Continue(());
        };
        let Some((format, envelope)) = &wanted.format else {
            return ControlFlow::Continue(());
        };
        let Some(format) = vestige_formats::by_name(format) else {
            return ControlFlow::Continue(());
        };
        let mut sink = Anew {
            place: Place {
                evidence: &self.evidence,
                member: &path,
            },
            imported: wanted.imported,
            digest: RowsDigest::default(),
        };
        match member.content {
            Content::Whole(bytes) => format.read(envelope, &mut Input::whole(bytes), &mut sink),
            Content::Stream(stream) => format.read(envelope, &mut Input::stream(stream), &mut sink),
        }
        let made = sink.digest.finish();
        self.made.insert(path, made);
        ControlFlow::Continue(())
    }

    fn ended(&mut self, at: &At, end: End) -> ControlFlow<()> {
        if matches!(end.state, State::Rejected(_)) {
            self.made.remove(&at.path.to_string());
        }
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, _: &At, _: String) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &At, _: Warning) {}
}

/// The sink of a second reading.
struct Anew<'a> {
    place: Place<'a>,
    imported: i64,
    digest: RowsDigest,
}

impl Sink for Anew<'_> {
    fn stored(&mut self, span: Span, _: &[u8], events: &mut [Event<'_>]) {
        let several = events.len() > 1;
        for (event, sub) in events.iter_mut().zip(0..) {
            event.normalise(self.imported);
            let at = Locator {
                offset: span.offset,
                length: span.length,
                sub: several.then_some(sub),
                decode: span.decode,
            };
            self.digest.row(self.place, &at, event);
        }
    }

    fn rejected(&mut self, _: Warning) {}

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, _: Warning) {}

    fn context(&mut self, _: Vec<u8>) {}

    fn stopped(&self) -> bool {
        false
    }
}
