//! The time stamp beside a package, `<package>.tsr`: RFC 3161 over the bytes of the zip, of which
//! only the SHA-256 is at hand.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use vestige_custody::Hash;
use vestige_custody::timestamp::{Anchors, Stamp, TokenError, check_file};
use vestige_model::time::format;

use super::folder::LARGEST;
use super::{Check, Terms};
use crate::custody::read_anchors;
use crate::error::WorkError;
use crate::host::Host;

const SIDECAR: &str = "sidecar";

/// Where the time stamp over a package lies.
pub(crate) fn stamp_of(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".tsr");
    PathBuf::from(name)
}

/// What the time stamp beside a package of this SHA-256 says; nothing where there is none.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn checks(
    host: &dyn Host,
    package: &Path,
    sha256: &Hash,
    terms: &Terms,
) -> Result<Vec<Check>, WorkError> {
    let beside = stamp_of(package);
    if !beside.is_file() {
        return Ok(Vec::new());
    }
    let mut response = Vec::new();
    File::open(&beside)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut response))
        .map_err(WorkError::io(&beside, "reading the package's time stamp"))?;
    let anchors = terms.tsa_ca.as_deref().map(read_anchors).transpose()?;
    Ok(judge(&response, sha256, anchors.as_ref(), host.now()))
}

fn judge(response: &[u8], sha256: &Hash, anchors: Option<&Anchors>, now: i64) -> Vec<Check> {
    match check_file(response, sha256, anchors) {
        Ok(stamp) => stated(&stamp, anchors.is_some(), now),
        Err(TokenError::OtherDigest { algorithm, imprint }) => vec![Check::warning(
            SIDECAR,
            format!(
                "the time stamp beside it is over {algorithm}, which was not computed: it was not checked. It expects {imprint}; compare with openssl ts -verify"
            ),
        )],
        Err(TokenError::Form { .. }) => vec![Check::warning(
            SIDECAR,
            "the file beside it that ends in .tsr is no time stamp that can be read: it says nothing of this package, for or against",
        )],
        Err(error) => vec![Check::fail(
            SIDECAR,
            format!("the time stamp beside it: {error}"),
        )],
    }
}

/// What a time stamp states that holds in itself.
fn stated(stamp: &Stamp, chain_checked: bool, now: i64) -> Vec<Check> {
    let (at, authority) = (format(stamp.gen_time), &stamp.authority);
    if !chain_checked {
        let told = format!(
            "the time stamp beside it states that these bytes were there at {at}, signed as {authority}; no CA was given (--tsa-ca), so anybody may have made it"
        );
        return vec![Check::warning(SIDECAR, told)];
    }
    let mut checks = vec![Check::pass(
        SIDECAR,
        format!(
            "the time stamp beside it holds: {authority} states that these bytes were there at {at}"
        ),
    )];
    if stamp.expires < now {
        let told = format!(
            "a certificate of the time stamp beside it has since expired ({})",
            format(stamp.expires)
        );
        checks.push(Check::warning(SIDECAR, told));
    }
    checks
}
