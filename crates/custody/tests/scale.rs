//! A long chain is verified in little time.

mod support;

use support::*;
use vestige_custody::{Chain, Event, Verdict};

#[test]
fn twenty_thousand_entries_are_written_and_verified() {
    let mut package = Package::new();
    let mut chain = Chain::new(case());
    package
        .lines
        .push(chain.append(&created(), START).unwrap().bytes);
    for number in 1..20_000_u64 {
        let entry = entry(Event::TimelineAnnotated).detail("number", number);
        package.lines.push(
            chain
                .append(&entry, START + number as i64 * SECOND)
                .unwrap()
                .bytes,
        );
        if number % 500 == 0 {
            package.put_note(&chain.checkpoint(), &[&key(1)]);
        }
    }
    package.put_note(&chain.checkpoint(), &[&key(1)]).pin();
    let report = package.report();
    assert_eq!(
        (report.verdict, report.size),
        (Verdict::Verified, 20_000),
        "{:#?}",
        report.checks
    );
    package.edit(12_345, "\"number\":12345", "\"number\":12346");
    assert_eq!(package.report().verdict, Verdict::Failed);
}
