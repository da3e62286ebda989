//! Any bytes as a line of a custody chain: what is read is exactly what was there.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vestige_custody::entry::withhold;
use vestige_custody::hash::leaf;
use vestige_custody::line::{Line, millis};

fuzz_target!(|bytes: &[u8]| match Line::parse(bytes) {
    Ok(Line::Entry(entry)) => {
        let again = entry
            .value
            .to_bytes()
            .expect("what was read can be written");
        assert_eq!(again, bytes, "the line is not its own canonical form");
        assert_eq!(entry.leaf, leaf(bytes));
        assert!(millis(&entry.recorded_at).is_some());
    }
    Ok(Line::Withheld { seq, leaf, reason }) => {
        let again = withhold(seq, &leaf, &reason).expect("what was read can be written");
        assert_eq!(again, bytes, "the line is not its own canonical form");
    }
    Err(error) => assert!(!error.to_string().is_empty()),
});
