//! Phrase search over the decompressed bytes of a member.
//!
//! A phrase is looked for in every form in which a log may hold it ([`variant`](self)): as it is,
//! escaped in JSON once and twice, with quotes doubled for CSV, in UTF-16; letters of ASCII match
//! without case, other letters as they are. The search runs at memory speed: a vector search for
//! the rarest few bytes of each form, then a comparison of the whole form. In UTF-16 text a phrase
//! may be told twice, one byte apart: once in each byte order.

mod finder;
mod variant;

use std::io::{self, Read};

use finder::Finder;
use variant::{Form, forms};

/// A phrase that cannot be searched for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// It has no bytes.
    #[error("phrase {index} is empty; expected at least one character")]
    Empty {
        /// Which phrase, from 0.
        index: usize,
    },
    /// Its forms are too long.
    #[error("phrase {index} has {found} bytes; expected at most {LONGEST}")]
    Long {
        /// Which phrase, from 0.
        index: usize,
        /// Its length in bytes.
        found: usize,
    },
    /// There are more phrases than can be searched for at once.
    #[error("{found} phrases are too many at once; search for fewer")]
    Many {
        /// How many there are.
        found: usize,
    },
}

/// Greatest length of a phrase in bytes.
pub const LONGEST: usize = 4096;
/// Bytes of a stream searched at once.
const CHUNK: usize = 1 << 20;

/// Phrases ready to be searched for. Made once a query, shared by threads.
#[derive(Debug)]
pub struct Needles {
    narrow: Finder,
    /// Those in UTF-16, which only bytes with a NUL can hold, unless the phrase has no ASCII.
    wide: Finder,
    wide_without_nul: bool,
    longest: usize,
}

impl Needles {
    /// The phrases in all their forms.
    ///
    /// # Errors
    /// [`PhraseError`] for a phrase that is empty or too long.
    pub fn new(phrases: &[impl AsRef<str>]) -> Result<Needles, PhraseError> {
        let (mut narrow, mut wide): (Vec<(usize, Form)>, Vec<_>) = (Vec::new(), Vec::new());
        for (index, phrase) in phrases.iter().map(AsRef::as_ref).enumerate() {
            match phrase.len() {
                0 => return Err(PhraseError::Empty { index }),
                found if found > LONGEST => return Err(PhraseError::Long { index, found }),
                _ => {}
            }
            for form in forms(phrase) {
                let list = if form.utf16 { &mut wide } else { &mut narrow };
                list.push((index, form));
            }
        }
        let all = || narrow.iter().chain(&wide);
        let longest = all().map(|(_, form)| form.bytes.len()).max().unwrap_or(0);
        let wide_without_nul = wide.iter().any(|(_, form)| !form.bytes.contains(&0));
        let many = |_| PhraseError::Many {
            found: phrases.len(),
        };
        let narrow = Finder::new(narrow).map_err(many)?;
        let wide = Finder::new(wide).map_err(many)?;
        Ok(Needles {
            narrow,
            wide,
            wide_without_nul,
            longest,
        })
    }

    /// Searches bytes that are all in memory. `hit` gets the number of the phrase and the offset
    /// of its first byte; one form's offsets ascend, those of different forms are interleaved
    /// only within 1 MiB.
    pub fn scan(&self, bytes: &[u8], hit: &mut dyn FnMut(usize, u64)) {
        let mut start = 0;
        while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
            let seen = self.longest.saturating_sub(1).min(start);
            let from = start - seen;
            let end = rest.len().min(CHUNK) + start;
            let window = bytes.get(from..end).unwrap_or_default();
            self.window(window, seen, &mut |phrase, at| {
                hit(phrase, (from + at) as u64)
            });
            start = end;
        }
    }

    /// Searches a stream to its end.
    ///
    /// # Errors
    /// What reading gives; hits until then were told.
    pub fn scan_stream(
        &self,
        reader: &mut dyn Read,
        hit: &mut dyn FnMut(usize, u64),
    ) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK + self.longest];
        let (mut seen, mut base) = (0, 0);
        loop {
            let count = match reader.read(buffer.get_mut(seen..).unwrap_or_default()) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let end = seen + count;
            let window = buffer.get(..end).unwrap_or_default();
            self.window(window, seen, &mut |phrase, at| {
                hit(phrase, base + at as u64)
            });
            let keep = self.longest.saturating_sub(1).min(end);
            buffer.copy_within(end - keep..end, 0);
            base += (end - keep) as u64;
            seen = keep;
        }
    }

    /// Searches `window`, of which the first `seen` bytes were searched before: only hits that
    /// end after them are new.
    fn window(&self, window: &[u8], seen: usize, hit: &mut dyn FnMut(usize, usize)) {
        self.narrow.find(window, seen, hit);
        if self.wide_without_nul || memchr::memchr(0, window).is_some() {
            self.wide.find(window, seen, hit);
        }
    }
}
