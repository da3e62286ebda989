//! What is said beside a verdict.

mod support;

use support::*;
use vestige_custody::statement;

#[test]
fn the_limits_are_named_for_every_degree_of_protection() {
    let said = |package: &Package| statement(&package.report());
    let omission = "not shown that everything was recorded";
    let rollback = "cut back to an older signed state";

    let mut package = signed_case();
    let signed = said(&package);
    assert!(signed.contains("The first 8 entries are as a holder of a trusted key signed them"));
    assert!(signed.contains("no time stamp and no pin covers (8)"));
    assert!(
        signed.contains(rollback) && signed.contains(omission),
        "{signed}"
    );

    let stamped = said(package.stamp(8));
    assert!(
        stamped.contains("independent authority") && stamped.contains(rollback),
        "{stamped}"
    );
    assert!(!stamped.contains("can have rewritten"), "{stamped}");

    let pinned = said(package.pin());
    assert!(
        pinned.contains("noted outside") && !pinned.contains(rollback),
        "{pinned}"
    );
    assert!(pinned.contains(omission));

    package.edit(2, "\"rows\":17", "\"rows\":16");
    let failed = said(&package);
    assert!(
        failed.starts_with("Something contradicts") && failed.contains(omission),
        "{failed}"
    );

    let mut unsigned = signed_case();
    unsigned.notes.clear();
    assert!(said(&unsigned).contains("can have rewritten all of it"));
}
