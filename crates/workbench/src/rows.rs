//! Whether the rows of a case are those that its custody entries speak of, and those that its
//! originals give.

mod deep;
mod words;

use sha2::{Digest, Sha256};
use vestige_custody::Value;
use vestige_custody::hash::hex;
use vestige_custody::line::{EntryLine, Line};
use vestige_model::canonical::{Canonical, Place};
use vestige_model::{Event, Locator, MemberRef, NormalForm};
use vestige_store::case_file::CaseReader;
use vestige_store::evidence;
use vestige_store::ledger::Ledger;
use vestige_store::page::{ReadError, Reader};
use vestige_store::term::HashKey;

pub use deep::check_deep;

use crate::error::WorkError;
use crate::host::Host;
use crate::progress::Progress;
use crate::verify::Check;

/// What an entry says of the rows it imported.
struct Stated {
    seq: u64,
    rows: u64,
    sha256: String,
    form: NormalForm,
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
                form: form_of(&entry),
            });
        }
        Ok(true)
    })?;
    Ok(found)
}

/// By which rules an import made its rows; those of a later program are not known here, and rows
/// that they made otherwise will be said to differ.
fn form_of(entry: &EntryLine) -> NormalForm {
    match entry.detail("normal_form").and_then(Value::as_int) {
        None => NormalForm::First,
        Some(number) => NormalForm::from_number(number).unwrap_or_default(),
    }
}

/// By which rules the import of a custody entry made its rows.
pub(crate) fn form_at(page: &Reader, seq: u64) -> Result<NormalForm, WorkError> {
    let mut form = NormalForm::First;
    Ledger::entries(page.connection(), seq, &mut |stored| {
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body) {
            form = form_of(&entry);
        }
        Ok(false)
    })?;
    Ok(form)
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
