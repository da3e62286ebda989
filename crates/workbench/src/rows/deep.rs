//! Every row, account and derived value of a case, made anew from the originals.

use std::collections::HashMap;
use std::io::Read as _;
use std::ops::ControlFlow;

use vestige_acquire::reopen::{Item, Reopen};
use vestige_acquire::unpack::{Content, End, Member, Place as At, State, Visitor};
use vestige_custody::hash::hex;
use vestige_formats::{Sink, Span};
use vestige_model::canonical::Place;
use vestige_model::{Event, Locator, MemberRef, NormalForm, Warning};
use vestige_store::account::{self, Account};
use vestige_store::case_file::CaseReader;
use vestige_store::dictionary;
use vestige_store::duplicates::{self, DerivedRows};
use vestige_store::evidence::{self, ItemRow, MemberSource};
use vestige_store::page::Reader;
use vestige_store::term::HashKey;
use vestige_store::warnings::{self, MemberWarnings, Ranges};

use super::words::{self, Containers, Seen};
use super::{RowsDigest, page_of, stated};
use crate::anew::{self, Told};
use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Progress;
use crate::verify::{Check, Status};

/// The rules of each import, by its custody entry.
type Forms = HashMap<u64, NormalForm>;

/// Bytes of a member by which its format is recognised, as an import takes them.
const HEAD: usize = 256 << 10;

/// Reads every original again, makes its rows anew and compares them with those stored.
///
/// # Errors
/// What SQLite says. An original that cannot be read is a failed check.
pub fn check_deep(host: &dyn Host, reader: &CaseReader) -> Result<Vec<Check>, WorkError> {
    let page = page_of(reader)?;
    let root = reader.case().root();
    let reopen = Reopen::new(root, 0);
    let key = HashKey::of(reader.case().id());
    let (mut rows, mut checks) = (0, Vec::new());
    let items = evidence::items(page.connection()).map_err(WorkError::database)?;
    let entries = stated(&page)?.into_iter();
    let forms: Forms = entries.map(|stated| (stated.seq, stated.form)).collect();
    for one in &items {
        let Some(sha256) = one.sha256.filter(|_| one.duplicate_of.is_none()) else {
            checks.extend(unread(&page, one)?);
            continue;
        };
        let source = if one.in_place {
            Item::in_place(&one.path, sha256, one.bytes)
        } else {
            Item::kept(root, sha256, one.bytes)
        };
        match item_rows(&page, key, &reopen, &source, &forms, one) {
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
    checks.extend(founded(&page)?);
    checks.extend(dictionary(host, &page, key)?);
    if checks.iter().all(|check| check.status != Status::Fail) {
        let detail =
            format!("{rows} rows were made anew from the originals and are the stored ones");
        checks.push(Check::pass("deep", detail));
    }
    Ok(checks)
}

/// An item of which nothing is read has no warnings but that it changed.
fn unread(page: &Reader, one: &ItemRow) -> Result<Option<Check>, WorkError> {
    let containers = Containers::of(page.connection(), one.id)?;
    let differs = containers.differs(page.connection(), one.id, false)?;
    Ok(differs.map(|differs| {
        let detail = format!("{} {}: {differs}", item::name(one.id), one.name);
        Check::fail("deep", detail)
    }))
}

/// The dictionary, compared with itself and with the rows that refer to it.
fn dictionary(host: &dyn Host, page: &Reader, key: HashKey) -> Result<Option<Check>, WorkError> {
    let found = dictionary::faulty(page.connection(), key, &mut |rows| {
        host.progress(&Progress {
            stage: "comparing the dictionary with the rows".to_owned(),
            records: rows,
            ..Progress::default()
        });
    })?;
    if found.none() {
        return Ok(None);
    }
    let detail = format!(
        "expected each text of the dictionary to stand there once, under its own key, and rows to refer to texts of their columns' kind and their own cloud, found {} texts under a wrong key, {} that stand there again, {} wrong references",
        found.keys, found.repeated, found.references
    );
    Ok(Some(Check::fail("deep", detail)))
}

/// What is said of records that came twice, where it does not follow from their ids and contents.
fn founded(page: &Reader) -> Result<Vec<Check>, WorkError> {
    let found = duplicates::unfounded(page.connection()).map_err(WorkError::database)?;
    let mut checks = Vec::new();
    if !found.none() {
        let detail = format!(
            "expected duplicates and conflicts to follow from ids and contents, found {} rows and {} members hidden without one in view that says the same, {} rows in view that say what another says, {} flags for conflicts that are wrong, {} rows whose content is not known",
            found.duplicates, found.members, found.repeated, found.conflicts, found.unknown
        );
        checks.push(Check::fail("deep", detail));
    }
    if found.unsettled > 0 {
        let detail = format!(
            "{} ids that came several times are not compared yet: an import was interrupted, and the next one does it",
            found.unsettled
        );
        checks.push(Check::warning("deep", detail));
    }
    Ok(checks)
}

/// The number of rows of an item, all of them equal; else what differs.
fn item_rows(
    page: &Reader,
    key: HashKey,
    reopen: &Reopen,
    source: &Item,
    forms: &Forms,
    one: &ItemRow,
) -> Result<u64, String> {
    let members =
        evidence::sources(page.connection(), one.id).map_err(|error| error.to_string())?;
    let mut again = Again {
        page,
        key,
        item: one.id,
        evidence: hex(&one.sha256.unwrap_or_default()[..8]),
        forms,
        wanted: members
            .iter()
            .map(|member| (member.path.as_str(), member))
            .collect(),
        made: HashMap::new(),
        seen: HashMap::new(),
        ranges: warnings::ranges(page.connection(), one.id).map_err(|error| error.to_string())?,
        containers: Containers::of(page.connection(), one.id).map_err(|error| error.to_string())?,
    };
    reopen
        .visit(source, &mut again)
        .map_err(|error| error.to_string())?;
    let refused = again.compare_words(&members)?;
    let differs = again
        .containers
        .differs(page.connection(), one.id, refused)
        .map_err(|error| error.to_string())?;
    if let Some(differs) = differs {
        return Err(differs);
    }
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
        let (made, told) = match made {
            Some(made) => (made.rows, Some((made.account, made.wrong))),
            None => (RowsDigest::default().finish(), None),
        };
        if stored != made {
            return Err(format!(
                "member {}: expected the {} rows that its original gives (digest {}), found {} rows (digest {})",
                member.path, made.0, made.1, stored.0, stored.1
            ));
        }
        let account =
            account::of(page.connection(), member.id).map_err(|error| error.to_string())?;
        let differs = match told {
            Some((made, wrong)) => wrong.or_else(|| anew::differs(&account, &made)),
            None if read => Some("its original does not give it".to_owned()),
            None => None,
        };
        if let Some(differs) = differs {
            return Err(format!("member {}: {differs}", member.path));
        }
        rows += stored.0;
    }
    Ok(rows)
}

/// Makes the rows of an item's members anew.
struct Again<'a> {
    page: &'a Reader,
    key: HashKey,
    item: i64,
    evidence: String,
    forms: &'a Forms,
    wanted: HashMap<&'a str, &'a MemberSource>,
    made: HashMap<String, Made>,
    /// How each member, and what was not read, is found now.
    seen: HashMap<String, Seen>,
    ranges: Ranges,
    containers: Containers,
}

impl Again<'_> {
    /// Compares what the case says of each member in words; whether one was refused for its ratio.
    fn compare_words(&self, members: &[MemberSource]) -> Result<bool, String> {
        let mut refused = false;
        for member in members {
            let said = account::said(self.page.connection(), member.id)
                .map_err(|error| error.to_string())?;
            refused |= words::refused(&said);
            if let Some(differs) = words::differs(&said, self.seen.get(&member.path)) {
                return Err(format!("member {}: {differs}", member.path));
            }
        }
        Ok(refused)
    }

    /// Looks at the first bytes of a member, which are taken from a stream.
    fn look(&mut self, at: &At, path: &str, head: &[u8], whole: bool) {
        let mut seen = Seen::at(at);
        let said = self
            .wanted
            .get(path)
            .and_then(|wanted| account::said(self.page.connection(), wanted.id).ok());
        seen.identify(head, whole, said.as_ref());
        self.seen.insert(path.to_owned(), seen);
    }

    /// Makes the rows of a member anew.
    fn read(&mut self, path: &str, content: Content<'_>) {
        let Some(wanted) = self.wanted.get(path) else {
            return;
        };
        let Some((format, envelope)) = &wanted.format else {
            return;
        };
        let Some(format) = vestige_formats::by_name(format) else {
            return;
        };
        let connection = self.page.connection();
        let Ok(derived) = DerivedRows::of(connection, MemberRef(wanted.id)) else {
            return;
        };
        let warnings = MemberWarnings::of(connection, self.item, wanted.id, &self.ranges);
        let mut sink = Anew {
            place: Place {
                evidence: &self.evidence,
                member: path,
            },
            imported: wanted.imported,
            form: self.forms.get(&wanted.seq.unsigned_abs()).copied(),
            last: None,
            digest: RowsDigest::default(),
            told: Told::new(self.key, derived, warnings),
        };
        let content = anew::read(format, envelope, content, &mut sink);
        let rows = sink.digest.finish();
        let (mut account, wrong) = sink.told.end();
        account.content = content;
        let made = Made {
            rows,
            account,
            wrong,
        };
        self.made.insert(path.to_owned(), made);
    }
}

/// What a member gave.
struct Made {
    rows: (u64, String),
    account: Account,
    /// The first key or hash that is not that of its record.
    wrong: Option<String>,
}

impl Visitor for Again<'_> {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        let path = member.at.path.to_string();
        match member.content {
            Content::Whole(bytes) => {
                let head = bytes.get(..HEAD).unwrap_or(bytes);
                self.look(member.at, &path, head, head.len() == bytes.len());
                self.read(&path, Content::Whole(bytes));
            }
            Content::Stream(stream) => {
                let mut head = Vec::new();
                // What cannot be read is said by who unpacks it.
                let _ = (&mut *stream).take(HEAD as u64).read_to_end(&mut head);
                self.look(member.at, &path, &head, false);
                let mut all = head.as_slice().chain(stream);
                self.read(&path, Content::Stream(&mut all));
            }
        }
        ControlFlow::Continue(())
    }

    fn ended(&mut self, at: &At, end: End) -> ControlFlow<()> {
        let path = at.path.to_string();
        let seen = self
            .seen
            .entry(path.clone())
            .or_insert_with(|| Seen::at(at));
        let state = match end.state {
            State::Complete => "imported",
            State::Partial(reason) => {
                seen.partial = Some(reason);
                "partial"
            }
            State::Rejected(reason) => {
                seen.rejected = Some(reason);
                self.made.remove(&path);
                return ControlFlow::Continue(());
            }
        };
        if let Some(made) = self.made.get_mut(&path) {
            made.account.state = state.to_owned();
            made.account.bytes = end.bytes;
        }
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, at: &At, reason: String) -> ControlFlow<()> {
        let seen = self
            .seen
            .entry(at.path.to_string())
            .or_insert_with(|| Seen::at(at));
        seen.rejected = Some(reason);
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &At, warning: Warning) {
        self.containers.given(&warning);
    }
}

/// The sink of a second reading.
struct Anew<'a> {
    place: Place<'a>,
    imported: i64,
    /// None where no entry states the import, which another check says.
    form: Option<NormalForm>,
    /// Offset and length of the record that was stored last.
    last: Option<(u64, u64)>,
    digest: RowsDigest,
    told: Told<'a>,
}

impl Sink for Anew<'_> {
    fn stored(&mut self, span: Span, decoded: &[u8], events: &mut [Event<'_>]) {
        self.last = Some((span.offset, span.length));
        let several = events.len() > 1;
        for (event, sub) in events.iter_mut().zip(0..) {
            event.normalise_in(self.form.unwrap_or_default(), self.imported);
            let at = Locator {
                offset: span.offset,
                length: span.length,
                sub: several.then_some(sub),
                decode: span.decode,
            };
            self.digest.row(self.place, &at, event);
        }
        self.told.stored(span, decoded, events);
    }

    fn rejected(&mut self, warning: Warning) {
        self.told.rejected(&warning);
    }

    fn ignored(&mut self, _: Span, _: &str) {
        self.told.ignored();
    }

    fn warned(&mut self, warning: Warning) {
        // Imports of the first form said nothing of values that stored records state and rows lack.
        let of_stored = self.last == Some((warning.offset, warning.length));
        if self.form != Some(NormalForm::First) || !of_stored {
            self.told.warned(&warning);
        }
    }

    fn context(&mut self, context: Vec<u8>) {
        self.told.context(context);
    }

    fn stopped(&self) -> bool {
        false
    }
}
