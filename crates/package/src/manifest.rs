//! The text files of a bag, read a line at a time.

use std::collections::BTreeMap;

use vestige_custody::hash::from_hex;

use crate::digest::Algorithm;

/// The longest line of a tag file that is read.
const LONGEST: usize = 8 << 10;

/// Divides bytes that come in pieces into lines, at LF, CR LF or CR, as BagIt allows.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    line: Vec<u8>,
    after_cr: bool,
    /// Whether a line was longer than is read.
    pub too_long: bool,
}

impl Lines {
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(&[u8])) {
        for byte in bytes {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.after_cr = *byte == b'\r';
                    each(&self.line);
                    self.line.clear();
                }
                _ if self.line.len() >= LONGEST => self.too_long = true,
                _ => {
                    self.after_cr = false;
                    self.line.push(*byte);
                }
            }
        }
    }

    pub fn end(&mut self, each: &mut dyn FnMut(&[u8])) {
        if !self.line.is_empty() {
            each(&self.line);
            self.line.clear();
        }
    }
}

/// A manifest.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub algorithm: Algorithm,
    /// Whether it lists tag files.
    pub of_tags: bool,
    /// Digests by the number of the entry they are of.
    pub listed: BTreeMap<usize, Vec<u8>>,
}

/// The algorithm and kind of a manifest by its name, none where it is no manifest. An algorithm
/// that is not read gives its word.
pub(crate) fn of_name(name: &str) -> Option<(bool, Result<Algorithm, &str>)> {
    let stem = name.strip_suffix(".txt")?;
    let (of_tags, word) = match stem.strip_prefix("tagmanifest-") {
        Some(word) => (true, word),
        None => (false, stem.strip_prefix("manifest-")?),
    };
    let known = Algorithm::ALL.into_iter().find(|one| one.word() == word);
    Some((of_tags, known.ok_or(word)))
}

/// Digest and path of a line.
pub(crate) fn line(algorithm: Algorithm, line: &[u8]) -> Option<(Vec<u8>, String)> {
    let text = std::str::from_utf8(line).ok()?;
    let (digest, path) = text.split_once([' ', '\t'])?;
    let path = path.trim_start_matches([' ', '\t']);
    let path = path.strip_prefix('*').unwrap_or(path);
    let digest = digest.to_lowercase();
    let digest = match algorithm.bytes() {
        32 => from_hex::<32>(&digest)?.to_vec(),
        64 => from_hex::<64>(&digest)?.to_vec(),
        20 => from_hex::<20>(&digest)?.to_vec(),
        _ => from_hex::<16>(&digest)?.to_vec(),
    };
    Some((digest, decoded(path)))
}

/// `%0A`, `%0D` and `%25` stand for LF, CR and `%`.
fn decoded(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let known = [("0A", '\n'), ("0D", '\r'), ("25", '%')]
            .into_iter()
            .find(|(code, _)| {
                after
                    .get(..2)
                    .is_some_and(|two| two.eq_ignore_ascii_case(code))
            });
        rest = match known {
            Some((_, one)) => {
                out.push(one);
                after.get(2..).unwrap_or_default()
            }
            None => {
                out.push('%');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_three_ways_wherever_pieces_do() {
        let text = b"a\r\nb\rc\n\nd";
        for cut in 0..text.len() {
            let (mut lines, mut found) = (Lines::default(), Vec::new());
            let mut each = |line: &[u8]| found.push(line.to_vec());
            lines.push(&text[..cut], &mut each);
            lines.push(&text[cut..], &mut each);
            lines.end(&mut each);
            assert_eq!(found, [&b"a"[..], b"b", b"c", b"", b"d"], "{cut}");
        }
    }

    #[test]
    fn a_line_of_a_manifest_is_digest_and_decoded_path() {
        let digest = "AB".repeat(16);
        let read = |rest: &str| line(Algorithm::Md5, format!("{digest}{rest}").as_bytes());
        for (rest, path) in [
            ("  data/a b", "data/a b"),
            ("\t*data/a", "data/a"),
            (" data/100%25%0a%zz%", "data/100%\n%zz%"),
        ] {
            assert_eq!(read(rest), Some((vec![0xab; 16], path.to_owned())));
        }
        assert_eq!(read(""), None);
        assert_eq!(line(Algorithm::Sha256, b"ab  data/a"), None);
        assert_eq!(
            of_name("manifest-md5.txt"),
            Some((false, Ok(Algorithm::Md5)))
        );
        assert_eq!(of_name("tagmanifest-x.txt"), Some((true, Err("x"))));
        assert_eq!(of_name("bagit.txt"), None);
    }
}
