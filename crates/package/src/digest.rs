//! Digests of a file, taken together in one pass.

use sha2::Digest as _;

/// An algorithm of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// SHA-1, which no longer stands against intent.
    Sha1,
    /// MD5, which no longer stands against intent.
    Md5,
}

impl Algorithm {
    /// Every one that is read.
    pub const ALL: [Algorithm; 4] = [
        Algorithm::Sha256,
        Algorithm::Sha512,
        Algorithm::Sha1,
        Algorithm::Md5,
    ];
    /// Those that are written.
    pub const WRITTEN: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Sha512];

    /// The word in the names of manifests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
            Algorithm::Sha1 => "sha1",
            Algorithm::Md5 => "md5",
        }
    }

    /// Whether nobody can make two files with one digest.
    #[must_use]
    pub fn is_strong(self) -> bool {
        matches!(self, Algorithm::Sha256 | Algorithm::Sha512)
    }

    pub(crate) fn bytes(self) -> usize {
        match self {
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
            Algorithm::Sha1 => 20,
            Algorithm::Md5 => 16,
        }
    }
}

/// Digests under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digests {
    sha256: Option<sha2::Sha256>,
    sha512: Option<sha2::Sha512>,
    sha1: Option<sha1::Sha1>,
    md5: Option<md5::Md5>,
}

impl Digests {
    pub fn of(algorithms: impl IntoIterator<Item = Algorithm>) -> Digests {
        let mut digests = Digests::default();
        for algorithm in algorithms {
            match algorithm {
                Algorithm::Sha256 => digests.sha256 = Some(sha2::Sha256::new()),
                Algorithm::Sha512 => digests.sha512 = Some(sha2::Sha512::new()),
                Algorithm::Sha1 => digests.sha1 = Some(<sha1::Sha1 as sha1::Digest>::new()),
                Algorithm::Md5 => digests.md5 = Some(<md5::Md5 as md5::Digest>::new()),
            }
        }
        digests
    }

    pub fn update(&mut self, bytes: &[u8]) {
        if let Some(digest) = &mut self.sha256 {
            digest.update(bytes);
        }
        if let Some(digest) = &mut self.sha512 {
            digest.update(bytes);
        }
        if let Some(digest) = &mut self.sha1 {
            sha1::Digest::update(digest, bytes);
        }
        if let Some(digest) = &mut self.md5 {
            md5::Digest::update(digest, bytes);
        }
    }

    /// The digest of everything so far, none where it was not asked for.
    pub fn get(&self, algorithm: Algorithm) -> Option<Vec<u8>> {
        match algorithm {
            Algorithm::Sha256 => self.sha256.clone().map(|one| one.finalize().to_vec()),
            Algorithm::Sha512 => self.sha512.clone().map(|one| one.finalize().to_vec()),
            Algorithm::Sha1 => self
                .sha1
                .clone()
                .map(|one| sha1::Digest::finalize(one).to_vec()),
            Algorithm::Md5 => self
                .md5
                .clone()
                .map(|one| md5::Digest::finalize(one).to_vec()),
        }
    }

    /// The SHA-256 of everything so far; zeros where it was not asked for.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
            .clone()
            .map(|one| one.finalize().into())
            .unwrap_or_default()
    }
}
