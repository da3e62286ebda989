//! The hashes of the chain: SHA-256, kept apart by the first byte so that no value of one kind
//! can be taken for one of another. Leaf and node are those of RFC 6962 section 2.1.

use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// The hash of an entry's bytes: a leaf of the tree, and the next entry's `prev`.
pub fn leaf(entry: &[u8]) -> Hash {
    prefixed(0, &[entry])
}

/// The hash of an interior node of the tree.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    prefixed(1, &[left, right])
}

/// The commitment to a value that is withheld: salt and bytes open it.
pub fn commit(salt: &[u8; 32], value: &[u8]) -> Hash {
    prefixed(2, &[salt, value])
}

/// Plain SHA-256, as used for evidence, tokens and files.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

fn prefixed(kind: u8, parts: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new_with_prefix([kind]);
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    out
}

/// The bytes of lower-case hexadecimal of exactly `N` bytes; none for any other text.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(out)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_lower_case_and_of_exact_length() {
        assert_eq!(hex(&[0, 0xaf]), "00af");
        assert_eq!(from_hex("00af"), Some([0, 0xaf]));
        for bad in ["00aF", "00a", "00afff", "", "0g0g", "é0a"] {
            assert_eq!(from_hex::<2>(bad), None, "{bad}");
        }
    }

    #[test]
    fn kinds_are_kept_apart() {
        let zero = [0; 32];
        assert_ne!(node(&zero, &zero), leaf(&[0; 64]));
        assert_ne!(commit(&zero, &zero), node(&zero, &zero));
        assert_eq!(
            hex(&sha256(b"")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
