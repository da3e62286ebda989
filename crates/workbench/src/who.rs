//! Who acts in a case, as its entries name them.

use vestige_custody::entry::{Actor, Auth, Tool};
use vestige_custody::hash::{from_hex, sha256};
use vestige_custody::{CaseId, ExaminerKey, Vkey};
use vestige_store::examiner::Examiner;
use vestige_store::ledger::By;

use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;
use crate::key::{self, Locked};

/// A key that may sign in a case, unlocked.
#[derive(Debug)]
pub(crate) struct Signer {
    pub key: ExaminerKey,
    pub vkey: Vkey,
}

/// Who acts, and the key to sign with or why there is none.
#[derive(Debug)]
pub(crate) struct Acting {
    pub by: By,
    pub signer: Result<Signer, Unsigned>,
    /// Whether the key is to enter the case as its first.
    pub is_first: bool,
}

impl Acting {
    fn new(host: &dyn Host, actor: Actor, signer: Result<Signer, Unsigned>) -> Acting {
        Acting {
            by: By {
                actor,
                tool: tool(host),
            },
            signer,
            is_first: false,
        }
    }
}

/// Where passphrases come from.
pub(crate) const PASSPHRASE: &str = "give one with --passphrase-file or VESTIGE_PASSPHRASE, keep it in the system's key store (secret-tool), or run the command on a terminal";

/// Why nothing is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// Nobody gave the passphrase.
    Locked,
    /// There is no key.
    NoKey,
    /// There is no key, and the case has examiners already.
    NoKeyHere,
    /// The key is none of the case's examiners.
    NotAnExaminer(Vkey),
}

impl std::fmt::Display for Unsigned {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unsigned::Locked => write!(
                out,
                "no passphrase was given for the signing key; {PASSPHRASE}"
            ),
            Unsigned::NoKey => write!(
                out,
                "there is no signing key yet, and no passphrase was given to make one with; {PASSPHRASE}"
            ),
            Unsigned::NoKeyHere => out.write_str(
                "this installation has no signing key; make one with `vestige key create`, and let one of the case's examiners let it in",
            ),
            Unsigned::NotAnExaminer(vkey) => write!(
                out,
                "the signing key of this installation is none of the case's examiners; one of them lets it in with `vestige case examiner CASE --name NAME --key {vkey}`"
            ),
        }
    }
}

/// A person who may become an examiner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub name: String,
    pub role: String,
    pub organisation: String,
}

impl Person {
    pub fn os_user(host: &dyn Host) -> Person {
        Person {
            name: host.os_user(),
            role: String::new(),
            organisation: String::new(),
        }
    }

    fn actor(&self, vkey: &Vkey, auth: Auth) -> Actor {
        Actor {
            id: vkey.to_string(),
            name: self.name.clone(),
            role: self.role.clone(),
            org: self.organisation.clone(),
            auth,
            qualifications_ref: None,
        }
    }
}

/// Finds the examiner of this home among those of a case and unlocks the key where possible. Where
/// the case has no examiner's key yet, the key of this home (made now where there is none) is to
/// become its first, as `first`.
pub(crate) fn acting(
    host: &dyn Host,
    home: &Home,
    case: &CaseId,
    examiners: &[Examiner],
    first: &Person,
) -> Result<Acting, WorkError> {
    if let Some((locked, examiner)) = registered(home, case, examiners)? {
        let vkey = Vkey::for_case(locked.file.public(), case);
        let key = key::unlock(host, &locked)?;
        let auth = key.as_ref().map_or(Auth::OsSession, |_| Auth::Passphrase);
        let actor = person(examiner).actor(&vkey, auth);
        let signer = key.map(|key| Signer { key, vkey }).ok_or(Unsigned::Locked);
        return Ok(Acting::new(host, actor, signer));
    }
    if examiners.iter().all(|one| one.retired_seq.is_some()) {
        return entering(host, home, case, first);
    }
    let why = key::current(home)?.map_or(Unsigned::NoKeyHere, |locked| {
        Unsigned::NotAnExaminer(Vkey::for_case(locked.file.public(), case))
    });
    Ok(Acting::new(host, os_user(host), Err(why)))
}

/// The key of this home enters a case that has none.
fn entering(
    host: &dyn Host,
    home: &Home,
    case: &CaseId,
    first: &Person,
) -> Result<Acting, WorkError> {
    let signer = own(host, home)?.map(|key| Signer {
        vkey: key.vkey(case),
        key,
    });
    let actor = match &signer {
        Ok(signer) => first.actor(&signer.vkey, Auth::Passphrase),
        Err(_) => os_user(host),
    };
    let is_first = signer.is_ok();
    Ok(Acting {
        is_first,
        ..Acting::new(host, actor, signer)
    })
}

/// Who reads a case: the examiner of this home where it has one, with no key unlocked.
pub(crate) fn reading(
    host: &dyn Host,
    home: &Home,
    case: &CaseId,
    examiners: &[Examiner],
) -> Result<By, WorkError> {
    let actor = match registered(home, case, examiners)? {
        Some((locked, examiner)) => {
            let vkey = Vkey::for_case(locked.file.public(), case);
            person(examiner).actor(&vkey, Auth::OsSession)
        }
        None => os_user(host),
    };
    Ok(By {
        actor,
        tool: tool(host),
    })
}

/// The key of this home, unlocked; made now where there is none.
pub(crate) fn own(
    host: &dyn Host,
    home: &Home,
) -> Result<Result<ExaminerKey, Unsigned>, WorkError> {
    match key::current(home)? {
        Some(locked) => Ok(key::unlock(host, &locked)?.ok_or(Unsigned::Locked)),
        None => Ok(key::make(host, home)?
            .map(|(_, key)| key)
            .ok_or(Unsigned::NoKey)),
    }
}

/// The key of this home that is one of the case's examiners' and in use.
fn registered<'a>(
    home: &Home,
    case: &CaseId,
    examiners: &'a [Examiner],
) -> Result<Option<(Locked, &'a Examiner)>, WorkError> {
    let in_use: Vec<&Examiner> = examiners
        .iter()
        .filter(|one| one.retired_seq.is_none())
        .collect();
    if in_use.is_empty() {
        return Ok(None);
    }
    for locked in key::all(home)? {
        let vkey = Vkey::for_case(locked.file.public(), case).to_string();
        if let Some(examiner) = in_use.iter().find(|one| one.vkey == vkey) {
            return Ok(Some((locked, examiner)));
        }
    }
    Ok(None)
}

fn person(examiner: &Examiner) -> Person {
    Person {
        name: examiner.name.clone(),
        role: examiner.role.clone(),
        organisation: examiner.organisation.clone(),
    }
}

/// The person as the operating system knows them.
pub(crate) fn os_user(host: &dyn Host) -> Actor {
    let user = host.os_user();
    Actor {
        id: format!("user:{user}"),
        name: user,
        role: String::new(),
        org: String::new(),
        auth: Auth::OsSession,
        qualifications_ref: None,
    }
}

/// The program, as entries name it.
pub(crate) fn tool(host: &dyn Host) -> Tool {
    let facts = host.tool();
    Tool {
        name: "vestige".to_owned(),
        version: facts.version,
        // A build that cannot name its executable is told apart by what it says instead.
        build_sha256: from_hex(&facts.build_sha256)
            .unwrap_or_else(|| sha256(facts.build_sha256.as_bytes())),
        os: Some(facts.os),
        host_id: None,
    }
}
