//! A walk ends soon after the user wants it, however long a member is.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use vestige_acquire::unpack::{Content, End, Limits, Member, Place, Source, Unpacker, Visitor};
use vestige_model::Warning;

use crate::evidence::{gz, tar};

/// Reads some of a member, sets the flag and reads on, as a reader does that waits for a record.
struct Impatient {
    stop: Arc<AtomicBool>,
    unwanted: bool,
    members: usize,
    ended: usize,
    read: u64,
    read_after: u64,
}

impl Impatient {
    fn new(unwanted: bool) -> Impatient {
        Impatient {
            stop: Arc::default(),
            unwanted,
            members: 0,
            ended: 0,
            read: 0,
            read_after: 0,
        }
    }

    fn walk(&mut self, bytes: &[u8]) {
        let limits = Limits {
            allow_ratio: true,
            whole: 1 << 20,
            ..Limits::default()
        };
        Unpacker::new(limits, std::env::temp_dir())
            .stopping(Arc::clone(&self.stop))
            .walk(Source::Bytes(bytes), self)
            .unwrap();
    }
}

impl Visitor for Impatient {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        self.members += 1;
        let Content::Stream(stream) = member.content else {
            return ControlFlow::Continue(());
        };
        let mut buffer = vec![0; 256 << 10];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            self.read += count as u64;
            if self.stop.load(Ordering::Relaxed) {
                self.read_after += count as u64;
            }
            self.stop.fetch_or(self.read > 4 << 20, Ordering::Relaxed);
        }
        ControlFlow::Continue(())
    }

    fn ended(&mut self, _: &Place, _: End) -> ControlFlow<()> {
        self.ended += 1;
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, _: &Place, reason: String) -> ControlFlow<()> {
        panic!("{reason}")
    }

    fn warning(&mut self, _: &Place, _: Warning) {}

    fn wants(&mut self, at: &Place) -> bool {
        if self.unwanted && at.name == "long" {
            self.stop.store(true, Ordering::Relaxed);
            return false;
        }
        true
    }
}

#[test]
fn a_long_member_is_left_within_a_mebibyte() {
    let long = vec![b' '; 64 << 20];
    for bytes in [
        gz(&long),
        long.clone(),
        gz(&gz(&long)),
        tar(&[("long", &long)]),
    ] {
        let mut impatient = Impatient::new(false);
        impatient.walk(&bytes);
        assert_eq!((impatient.members, impatient.ended), (1, 0));
        assert!(impatient.read > 4 << 20);
        assert!(impatient.read_after <= 1 << 20, "{}", impatient.read_after);
    }
}

#[test]
fn nothing_is_shown_after_a_member_that_is_passed_over() {
    let long = vec![b' '; 16 << 20];
    let archive = tar(&[("long", &long), ("next", b"text")]);
    for bytes in [archive.clone(), gz(&archive)] {
        let mut impatient = Impatient::new(true);
        impatient.walk(&bytes);
        assert_eq!(impatient.members, 0);
    }
}
