//! A file that grows or changes while it is read: what was read of it is kept, and it is said.

use std::fs::{File, Metadata};
use std::io;
use std::time::SystemTime;

use vestige_model::{Warning, time};

/// A file as it was before it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    size: u64,
    modified: Option<SystemTime>,
}

impl Before {
    pub fn of(about: &Metadata) -> Before {
        Before {
            size: about.len(),
            modified: about.modified().ok(),
        }
    }

    /// What to say where the file is no more what it was, or another number of `bytes` was read.
    pub fn changed(self, file: &File, bytes: u64) -> io::Result<Option<Warning>> {
        let after = Before::of(&file.metadata()?);
        if after.size == self.size && after.modified == self.modified && bytes == self.size {
            return Ok(None);
        }
        let warning = Warning::about(
            self.size.min(bytes),
            &[],
            "the file changed while it was read; what was read is kept, import it again for the rest",
        );
        let expected = format!("{} as before", self.words());
        let found = format!("{bytes} bytes read, then {}", after.words());
        Ok(Some(warning.expected(expected, found)))
    }

    fn words(self) -> String {
        let since = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).ok();
        let modified = self.modified.and_then(since);
        let modified = modified.and_then(|since| i64::try_from(since.as_nanos()).ok());
        let modified =
            modified.map_or_else(String::new, |ns| format!(", modified {}", time::format(ns)));
        format!("{} bytes{modified}", self.size)
    }
}
