//! Consistency proofs that came with the entries.

use super::notes::fits;
use super::walk::Walk;
use crate::proof::Consistency;

/// Whether a proof is of this case, has the roots of these entries, and leads from one to the other.
pub(super) fn judge(bytes: &[u8], walk: &Walk) -> Result<Consistency, String> {
    let proof = Consistency::parse(bytes).map_err(|error| error.to_string())?;
    if walk.case.as_ref() != Some(&proof.case) {
        let case = walk
            .case
            .as_ref()
            .map_or("of these entries", |case| case.as_str());
        return Err(format!("expected case {case}, found {}", proof.case));
    }
    for pin in [proof.from, proof.to] {
        fits(pin.size, &pin.root, walk)?;
    }
    if proof.holds() {
        return Ok(proof);
    }
    Err(format!(
        "expected hashes that lead from the root over {} entries to that over {}, found others",
        proof.from.size, proof.to.size
    ))
}
