//! Making a case.

use std::path::Path;

use vestige_custody::entry::{Actor, Auth, Authority};
use vestige_custody::{CaseId, Level, Vkey};
use vestige_store::case_file::{Case, Genesis};
use vestige_store::fault::Faults;
use vestige_store::ledger::By;

use super::CaseFacts;
use super::show::facts_of;
use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;
use crate::key;
use crate::session::OpenCase;
use crate::who::{self, Signer, Unsigned};

/// What a new case is given.
#[derive(Clone, Debug, Default)]
pub struct NewCase {
    /// What it is called.
    pub title: String,
    /// The examiner's name as it stands in reports.
    pub examiner: String,
    /// Whom the examiner acts for.
    pub organisation: Option<String>,
    /// The examiner's part; `examiner` where it is left out.
    pub role: Option<String>,
    /// The client's or the court's own reference.
    pub reference: Option<String>,
    /// By what right the case is worked on, as `TYPE:ID`.
    pub authority: Option<String>,
    /// IANA name of the zone in which times are shown.
    pub zone: Option<String>,
    /// `internal` (the default), `regulatory` or `litigation`.
    pub custody_level: Option<String>,
}

/// Makes a case at `path`, signs its first entry where a key can be unlocked or made, and
/// remembers it.
///
/// # Errors
/// [`WorkError::Usage`] for an option that cannot be used; where something is at the path already.
pub fn create(host: &dyn Host, path: &Path, new: &NewCase) -> Result<CaseFacts, WorkError> {
    create_with(host, path, new, &Faults::none())
}

/// As [`create`], with a seam for faults.
///
/// # Errors
/// As [`create`].
pub fn create_with(
    host: &dyn Host,
    path: &Path,
    new: &NewCase,
    faults: &Faults,
) -> Result<CaseFacts, WorkError> {
    let mut genesis = genesis(host, new)?;
    let home = Home::of(host)?;
    let signer = who::own(host, &home)?.map(|key| Signer {
        vkey: key.vkey(&genesis.case),
        key,
    });
    // A key that nobody unlocks now is still the examiner's and may sign later.
    genesis.vkey = match &signer {
        Ok(signer) => Some(signer.vkey.to_string()),
        Err(_) => key::current(&home)?
            .map(|locked| Vkey::for_case(locked.file.public(), &genesis.case).to_string()),
    };
    let by = by(host, new, &genesis, &signer);
    let settings = home.settings()?;
    let writer = Case::create(path, &genesis, &by, host.now(), &settings, faults)?;
    let case = writer.case().clone();
    home.made(case.id(), case.root(), case.head())?;
    let mut open = OpenCase::just_made(home, writer, signer);
    open.tell_unsigned(host);
    open.finish(host)?;
    facts_of(open.writer().connection(), case.version())
}

fn by(host: &dyn Host, new: &NewCase, genesis: &Genesis, signer: &Result<Signer, Unsigned>) -> By {
    let auth = if signer.is_ok() {
        Auth::Passphrase
    } else {
        Auth::OsSession
    };
    let user = who::os_user(host);
    let actor = Actor {
        id: genesis.vkey.clone().unwrap_or(user.id),
        name: new.examiner.trim().to_owned(),
        role: new.role.clone().unwrap_or_else(|| "examiner".to_owned()),
        org: new.organisation.clone().unwrap_or_default(),
        auth,
        qualifications_ref: None,
    };
    By {
        actor,
        tool: who::tool(host),
    }
}

fn genesis(host: &dyn Host, new: &NewCase) -> Result<Genesis, WorkError> {
    for (what, text) in [("--title", &new.title), ("--examiner", &new.examiner)] {
        if text.trim().is_empty() {
            return Err(WorkError::usage(what, "a text that is not empty", "none"));
        }
    }
    let custody_level = level(new.custody_level.as_deref())?;
    let authority = new.authority.as_deref().map(authority).transpose()?;
    if custody_level > Level::Internal && authority.is_none() {
        return Err(WorkError::usage(
            "--authority",
            format!(
                "TYPE:ID (engagement letter, warrant, consent): at custody level {} no evidence is received without one",
                custody_level.word()
            ),
            "none",
        ));
    }
    Ok(Genesis {
        case: case_id(host)?,
        salt: *key::random::<16>(host),
        title: new.title.trim().to_owned(),
        reference: new.reference.clone(),
        authority,
        zone: new.zone.as_deref().map(zone).transpose()?,
        custody_level,
        vkey: None,
    })
}

fn level(word: Option<&str>) -> Result<Level, WorkError> {
    let Some(word) = word else {
        return Ok(Level::Internal);
    };
    Level::parse(word).ok_or_else(|| {
        WorkError::usage(
            "--custody-level",
            "internal, regulatory or litigation",
            format!("{word:?}"),
        )
    })
}

fn authority(text: &str) -> Result<Authority, WorkError> {
    let parts = text
        .split_once(':')
        .map(|(kind, id)| (kind.trim(), id.trim()));
    match parts {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Ok(Authority {
            kind: kind.to_owned(),
            id: id.to_owned(),
        }),
        _ => Err(WorkError::usage(
            "--authority",
            "TYPE:ID, such as engagement-letter:EL-2026-17",
            format!("{text:?}"),
        )),
    }
}

/// The name as the IANA list writes it. The list is part of the program, so that it is the same on
/// every machine.
fn zone(text: &str) -> Result<String, WorkError> {
    let found = jiff::tz::TimeZoneDatabase::bundled().get(text.trim());
    let name = found
        .ok()
        .and_then(|zone| zone.iana_name().map(str::to_owned));
    name.ok_or_else(|| {
        WorkError::usage(
            "--zone",
            "the IANA name of a time zone, such as Europe/Berlin or UTC",
            format!("{text:?}"),
        )
    })
}

/// A UUID of version 4 from the host's randomness.
fn case_id(host: &dyn Host) -> Result<CaseId, WorkError> {
    let bytes = *key::random::<16>(host);
    let text = uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string();
    CaseId::parse(&text).map_err(|error| WorkError::usage("case id", "a UUID", error.to_string()))
}
