//! Any bytes as a package: the verification ends, says something, and finds nothing against only
//! where every file is what the manifests say; and what is written of any bytes verifies.

#![no_main]

use std::io::{self, Cursor, Read};

use libfuzzer_sys::fuzz_target;
use vestige_package::{Bag, Payload, Status, Unwatched, examine, write};

fuzz_target!(|bytes: &[u8]| {
    let examined = examine(Cursor::new(bytes), &mut Unwatched).expect("bytes can be read");
    assert!(!examined.checks.is_empty());
    let holds = |check: &vestige_package::Check| check.status != Status::Fail;
    if examined.checks.iter().all(holds) {
        assert!(examined.files.iter().all(|file| file.sha256.is_some()));
        assert!(examined.files.iter().any(|file| file.name.starts_with("data/")));
    }
    let bag = Bag {
        top: "case".to_owned(),
        time: 0,
        info: vec![("Bag-Software-Agent", "Vestige fuzzed".to_owned())],
        payload: vec![Payload {
            name: "evidence/EV-0001/file".to_owned(),
            size: bytes.len() as u64,
            sha256: None,
        }],
    };
    let mut open = |_: &Payload| -> io::Result<Box<dyn Read>> {
        Ok(Box::new(Cursor::new(bytes.to_vec())))
    };
    let mut out = Cursor::new(Vec::new());
    write(&mut out, &bag, &mut open, &mut Unwatched).expect("memory can be written");
    let again = examine(out, &mut Unwatched).expect("bytes can be read");
    let failed = again.checks.iter().find(|check| check.status != Status::Pass);
    assert_eq!(failed, None);
});
