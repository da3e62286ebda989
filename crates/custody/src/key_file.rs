//! The encrypted file that keeps an examiner's key: the seed under XChaCha20-Poly1305 with a key
//! that argon2id makes from a passphrase.
//!
//! One canonical JSON object: `_t`, `public` (hex), `kdf` {`name`, `m` KiB, `t` passes, `p` lanes,
//! `salt` hex}, `cipher` {`name`, `nonce` hex, `data` hex}. Everything but `data` is authenticated,
//! as the canonical object without it.

use crate::hash::{from_hex, hex};
use crate::json::{Map, NotCanonical, Value, parse};
use crate::key::ExaminerKey;
use crate::vkey::PublicKey;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const TYPE: &str = "vestige.key/1";
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";
const LARGEST: usize = 4096;

/// How much work argon2id does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// RFC 9106's second recommended choice: 64 MiB, three passes, four lanes.
    pub const STANDARD: Cost = Cost {
        memory: 64 << 10,
        passes: 3,
        lanes: 4,
    };

    /// What a file may ask for: its author may be hostile. 8 MiB to 1 GiB, 1 to 16 passes, 1 to
    /// 16 lanes.
    fn is_allowed(self) -> bool {
        (8 << 10..=1 << 20).contains(&self.memory)
            && (1..=16).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
    }
}

/// Why a key file gives no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// The file is not canonical JSON.
    #[error("key file: {0}")]
    NotCanonical(#[from] NotCanonical),
    /// A member is missing or ill-formed.
    #[error("key file: {member}: expected {expected}")]
    Member {
        /// Its name.
        member: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// The passphrase is wrong, or the file was altered.
    #[error(
        "key file: expected the passphrase it was made with; another one, or the file was altered"
    )]
    Passphrase,
    /// The key inside is not the one the file names.
    #[error("key file: expected the key it names, found another")]
    OtherKey,
}

/// A key file as read, still locked.
#[derive(Clone, Debug)]
pub struct KeyFile {
    public: PublicKey,
    cost: Cost,
    salt: [u8; 16],
    nonce: [u8; 24],
    data: Vec<u8>,
}

impl KeyFile {
    /// Locks a key with a passphrase. Salt and nonce have to come from a random source and serve
    /// once.
    ///
    /// # Errors
    /// Where the cost is outside what a file may ask for.
    pub fn lock(
        key: &ExaminerKey,
        passphrase: &[u8],
        cost: Cost,
        salt: [u8; 16],
        nonce: [u8; 24],
    ) -> Result<KeyFile, KeyFileError> {
        let mut file = KeyFile {
            public: key.public(),
            cost,
            salt,
            nonce,
            data: Vec::new(),
        };
        let header = file.header();
        let payload = Payload {
            msg: key.seed(),
            aad: &header,
        };
        let sealed = file
            .cipher(passphrase)?
            .encrypt(&XNonce::from(nonce), payload);
        file.data = sealed.map_err(|_| KeyFileError::Passphrase)?;
        Ok(file)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where it is not a key file, or asks for more work than is allowed.
    pub fn parse(bytes: &[u8]) -> Result<KeyFile, KeyFileError> {
        if bytes.len() > LARGEST {
            return Err(member("_t", "a key file of at most 4 KiB"));
        }
        let value = parse(bytes.strip_suffix(b"\n").unwrap_or(bytes))?;
        let is = |value: Option<&Value>, text: &str| value.and_then(Value::as_text) == Some(text);
        let (kdf, cipher) = (value.get("kdf"), value.get("cipher"));
        let within =
            |object: Option<&'_ Value>, key: &str| object.and_then(|o| o.get(key)).cloned();
        if !is(value.get("_t"), TYPE) {
            return Err(member("_t", "\"vestige.key/1\""));
        }
        if !is(within(kdf, "name").as_ref(), KDF) || !is(within(cipher, "name").as_ref(), CIPHER) {
            return Err(member("name", "argon2id and xchacha20-poly1305"));
        }
        let number = |key| {
            within(kdf, key)
                .and_then(|n| u32::try_from(n.as_int()?).ok())
                .unwrap_or(0)
        };
        let cost = Cost {
            memory: number("m"),
            passes: number("t"),
            lanes: number("p"),
        };
        if !cost.is_allowed() {
            return Err(member("kdf", "m 8192 to 1048576, t 1 to 16, p 1 to 16"));
        }
        let public = bytes_of(value.get("public")).and_then(PublicKey::from_bytes);
        Ok(KeyFile {
            public: public.ok_or(member("public", "an Ed25519 key in hexadecimal"))?,
            cost,
            salt: bytes_of(within(kdf, "salt").as_ref())
                .ok_or(member("salt", "16 bytes in hexadecimal"))?,
            nonce: bytes_of(within(cipher, "nonce").as_ref())
                .ok_or(member("nonce", "24 bytes in hexadecimal"))?,
            data: bytes_of::<48>(within(cipher, "data").as_ref())
                .ok_or(member("data", "48 bytes in hexadecimal"))?
                .to_vec(),
        })
    }

    /// The public key the file names; only [`KeyFile::unlock`] shows that it holds that key.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.object(true);
        out.push(b'\n');
        out
    }

    /// Unlocks the key.
    ///
    /// # Errors
    /// Where the passphrase is wrong or the file was altered.
    pub fn unlock(&self, passphrase: &[u8]) -> Result<ExaminerKey, KeyFileError> {
        let header = self.header();
        let payload = Payload {
            msg: &self.data,
            aad: &header,
        };
        let opened = self
            .cipher(passphrase)?
            .decrypt(&XNonce::from(self.nonce), payload);
        let seed = Zeroizing::new(opened.map_err(|_| KeyFileError::Passphrase)?);
        let seed = seed
            .as_slice()
            .try_into()
            .map_err(|_| KeyFileError::OtherKey)?;
        let key = ExaminerKey::from_seed(seed);
        if key.public() == self.public {
            Ok(key)
        } else {
            Err(KeyFileError::OtherKey)
        }
    }

    fn cipher(&self, passphrase: &[u8]) -> Result<XChaCha20Poly1305, KeyFileError> {
        let not_allowed = member("kdf", "parameters within the limits");
        if !self.cost.is_allowed() {
            return Err(not_allowed);
        }
        let Cost {
            memory,
            passes,
            lanes,
        } = self.cost;
        let params =
            Params::new(memory, passes, lanes, Some(32)).map_err(|_| not_allowed.clone())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, &self.salt, key.as_mut_slice())
            .map_err(|_| not_allowed)?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }

    fn header(&self) -> Vec<u8> {
        self.object(false)
    }

    fn object(&self, with_data: bool) -> Vec<u8> {
        let kdf = Map::from([
            ("name".to_owned(), Value::from(KDF)),
            ("m".to_owned(), self.cost.memory.into()),
            ("t".to_owned(), self.cost.passes.into()),
            ("p".to_owned(), self.cost.lanes.into()),
            ("salt".to_owned(), hex(&self.salt).into()),
        ]);
        let mut cipher = Map::from([
            ("name".to_owned(), Value::from(CIPHER)),
            ("nonce".to_owned(), hex(&self.nonce).into()),
        ]);
        if with_data {
            cipher.insert("data".to_owned(), hex(&self.data).into());
        }
        let whole = Value::object([
            ("_t", Value::from(TYPE)),
            ("public", hex(self.public.as_bytes()).into()),
            ("kdf", kdf.into()),
            ("cipher", cipher.into()),
        ]);
        // ASCII keys and 32-bit numbers are always within the profile.
        whole.to_bytes().unwrap_or_default()
    }
}

fn member(member: &'static str, expected: &'static str) -> KeyFileError {
    KeyFileError::Member { member, expected }
}

fn bytes_of<const N: usize>(value: Option<&Value>) -> Option<[u8; N]> {
    value.and_then(Value::as_text).and_then(from_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory: 8 << 10,
        passes: 1,
        lanes: 1,
    };

    fn file() -> KeyFile {
        let key = ExaminerKey::from_seed(&[7; 32]);
        KeyFile::lock(&key, b"open sesame", CHEAP, [1; 16], [2; 24]).unwrap()
    }

    #[test]
    fn a_locked_key_opens_with_its_passphrase_only() {
        let read = KeyFile::parse(&file().to_bytes()).unwrap();
        let key = read.unlock(b"open sesame").unwrap();
        assert_eq!(key.public(), ExaminerKey::from_seed(&[7; 32]).public());
        assert_eq!(
            read.unlock(b"open says me").unwrap_err(),
            KeyFileError::Passphrase
        );
    }

    #[test]
    fn any_altered_part_is_noticed() {
        let text = String::from_utf8(file().to_bytes()).unwrap();
        let other = hex(ExaminerKey::from_seed(&[8; 32]).public().as_bytes());
        let table = [
            ("\"t\":1", "\"t\":2"),
            ("\"m\":8192", "\"m\":8200"),
            ("\"salt\":\"01", "\"salt\":\"02"),
            ("\"nonce\":\"02", "\"nonce\":\"01"),
            (&hex(file().public().as_bytes()), &other),
        ];
        for (from, to) in table {
            assert!(text.contains(from), "{from}");
            let altered = KeyFile::parse(text.replace(from, to).as_bytes()).unwrap();
            assert_eq!(
                altered.unlock(b"open sesame").unwrap_err(),
                KeyFileError::Passphrase,
                "{from}"
            );
        }
    }

    #[test]
    fn a_hostile_file_cannot_ask_for_much_work() {
        let text = String::from_utf8(file().to_bytes()).unwrap();
        for (from, to) in [
            ("\"m\":8192", "\"m\":1048577"),
            ("\"m\":8192", "\"m\":4294967296"),
            ("\"m\":8192", "\"m\":8"),
            ("\"t\":1", "\"t\":17"),
            ("\"p\":1", "\"p\":0"),
        ] {
            let error = KeyFile::parse(text.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.to_string().contains("kdf"), "{to}: {error}");
        }
        assert!(KeyFile::parse(&[b'['; 5000]).is_err());
        assert!(KeyFile::parse(b"").is_err());
    }
}
