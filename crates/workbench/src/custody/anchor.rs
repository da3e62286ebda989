//! The answer of a time-stamp authority: taken only where it is about one of our notes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use vestige_custody::line::{Line, millis};
use vestige_custody::timestamp::{Anchors, Stamp, TokenError, check, check_itself};
use vestige_custody::verify::TOLERANCE;
use vestige_custody::{Event, hex};
use vestige_model::time::{format, format_millis};
use vestige_store::Connection;
use vestige_store::case_file::CaseWriter;
use vestige_store::ledger::{Checkpoint, Ledger, checkpoints, store_token};

use crate::error::WorkError;
use crate::host::Host;
use crate::session::OpenCase;

/// The largest response that is read.
const LARGEST: u64 = 1 << 20;

/// A time stamp that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Anchored {
    /// Entries it covers.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
    /// When, as the authority states.
    pub gen_time: String,
    /// The subject of the authority's certificate.
    pub authority: String,
    /// SHA-256 of that certificate.
    pub tsa_cert_sha256: String,
    /// SHA-256 of the response.
    pub token_sha256: String,
    /// Whether the certificate was found to lead to a CA that was given.
    pub chain_checked: bool,
    /// The custody entry that records it.
    pub seq: u64,
}

/// Takes the response in `file` for the note it is about: its imprint, its nonce where a query was
/// made, its signature, its time, and with `ca` its chain. The entry that records it is the far
/// side of the sandwich: what is written after it is later than the time stamp.
///
/// # Errors
/// [`WorkError::TimeStamp`] with the check that failed.
pub fn anchor(
    host: &dyn Host,
    path: &Path,
    file: &Path,
    ca: Option<&Path>,
) -> Result<Anchored, WorkError> {
    anchor_in(host, &mut OpenCase::open(host, path)?, file, ca)
}

/// As [`anchor`], in a case that is open.
///
/// # Errors
/// As [`anchor`].
pub fn anchor_in(
    host: &dyn Host,
    case: &mut OpenCase,
    file: &Path,
    ca: Option<&Path>,
) -> Result<Anchored, WorkError> {
    let response = read_short(file)?;
    let anchors = ca.map(read_anchors).transpose()?;
    let (note, stamp) = find(case, file, &response, anchors.as_ref())?;
    let connection = case.writer().connection();
    if let Some(reason) = unlikely(connection, note.size, &stamp, host.now())? {
        return Err(WorkError::TimeStamp {
            path: file.to_path_buf(),
            reason,
        });
    }
    let root = Ledger::root_at(connection, note.size)?;
    let mut anchored = Anchored {
        size: note.size,
        root: root.map(|root| hex(&root)).unwrap_or_default(),
        gen_time: format(stamp.gen_time),
        authority: stamp.authority,
        tsa_cert_sha256: hex(&stamp.certificate_sha256),
        token_sha256: hex(&stamp.token_sha256),
        chain_checked: anchors.is_some(),
        seq: 0,
    };
    anchored.seq = record(host, case, &anchored, &response)?;
    case.after_write(host);
    if anchors.is_none() {
        host.notice("the authority's certificate was not checked: no CA was given (--tsa-ca)");
    }
    Ok(anchored)
}

/// The entry and the token; returns the entry's number.
fn record(
    host: &dyn Host,
    case: &mut OpenCase,
    anchored: &Anchored,
    response: &[u8],
) -> Result<u64, WorkError> {
    let writer = case.writer_mut();
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let entry = ledger
        .entry(Event::CheckpointAnchored)
        .detail("size", anchored.size)
        .detail("root", anchored.root.as_str())
        .detail("token_sha256", anchored.token_sha256.as_str())
        .detail("gen_time", anchored.gen_time.as_str())
        .detail("tsa_cert_sha256", anchored.tsa_cert_sha256.as_str())
        .detail("authority", anchored.authority.as_str())
        .detail("chain_checked", anchored.chain_checked);
    let sealed = ledger.append(&transaction, &entry, host.now())?;
    store_token(&transaction, anchored.size, response)?;
    CaseWriter::commit(transaction, &faults)?;
    Ok(sealed.seq)
}

/// The note that a response is about; newer notes are asked first.
fn find(
    case: &OpenCase,
    file: &Path,
    response: &[u8],
    anchors: Option<&Anchors>,
) -> Result<(Checkpoint, Stamp), WorkError> {
    let refused = |reason: String| WorkError::TimeStamp {
        path: file.to_path_buf(),
        reason,
    };
    let mut notes = checkpoints(case.writer().connection())?;
    notes.reverse();
    let none = notes.is_empty();
    for note in notes {
        let query = note.request.as_deref();
        let checked = match anchors {
            Some(anchors) => check(response, &note.note, query, anchors),
            None => check_itself(response, &note.note, query),
        };
        match checked {
            Ok(_) if note.token.is_some() => {
                return Err(refused(format!(
                    "the note of size {} has one already",
                    note.size
                )));
            }
            Ok(stamp) => return Ok((note, stamp)),
            Err(TokenError::Differs {
                what: "message imprint",
                ..
            }) => {}
            Err(TokenError::Form {
                what: "response",
                reason,
            }) => return Err(refused(no_reply(&reason))),
            Err(error) => return Err(refused(error.to_string())),
        }
    }
    Err(refused(match none {
        true => "this case has no signed note yet that one could be for: sign it with `vestige custody CASE sign`, then ask with `vestige custody CASE request`",
        false => "it is over other bytes than those of any signed note of this case",
    }
    .to_owned()))
}

fn no_reply(found: &str) -> String {
    std::format!(
        "expected the reply of a time-stamp authority (DER, as RFC 3161 says), found no such file: {found}; \
         give the file that an authority sends back for the query that `vestige custody CASE request` writes"
    )
}

/// What the clocks say against a time stamp; verification would say the same.
fn unlikely(
    connection: &Connection,
    size: u64,
    stamp: &Stamp,
    now: i64,
) -> Result<Option<String>, WorkError> {
    let mut last = None;
    Ledger::entries(connection, size.saturating_sub(1), &mut |stored| {
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body) {
            last = millis(&entry.recorded_at);
        }
        Ok(false)
    })?;
    let at = stamp.gen_time;
    if let Some(last) = last.filter(|last| at < last.saturating_sub(TOLERANCE)) {
        return Ok(Some(std::format!(
            "expected a time from {} on, when the last entry it covers was written, found {}; check the clock of this machine",
            format_millis(last),
            format(at)
        )));
    }
    Ok((at > now.saturating_add(TOLERANCE)).then(|| {
        std::format!(
            "expected a time up to now, {}, found {}; check the clock of this machine",
            format_millis(now),
            format(at)
        )
    }))
}

/// The CA certificates in a PEM file.
pub(crate) fn read_anchors(path: &Path) -> Result<Anchors, WorkError> {
    let pem = read_short(path)?;
    Anchors::from_pem(&pem).map_err(|error| {
        WorkError::usage(
            "--tsa-ca",
            "a file of PEM certificates",
            format_found(path, &error.found),
        )
    })
}

fn format_found(path: &Path, found: &str) -> String {
    std::format!("{found} in {}", path.display())
}

fn read_short(path: &Path) -> Result<Vec<u8>, WorkError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(WorkError::io(path, "reading the file"))?;
    if bytes.len() as u64 > LARGEST {
        let reason = "expected at most 1 MiB, found more".to_owned();
        return Err(WorkError::TimeStamp {
            path: path.to_path_buf(),
            reason,
        });
    }
    Ok(bytes)
}
