//! Which build this is.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::OnceLock;

use crate::host::hex;
use sha2::{Digest, Sha256};

/// SHA-256 of the program's own file, lower-case hexadecimal; computed once.
///
/// # Errors
/// The program cannot read its own file: a custody entry must not name it by the digest of nothing,
/// so that it must not go on.
pub fn build_sha256() -> Result<&'static str, String> {
    static BUILD: OnceLock<Result<String, String>> = OnceLock::new();
    let build = BUILD.get_or_init(|| {
        own_file()
            .and_then(digest)
            .map_err(|error| format!("the program cannot read its own file: {error}"))
    });
    build.as_deref().map_err(Clone::clone)
}

/// The file that runs, also where another has taken its name meanwhile.
fn own_file() -> io::Result<File> {
    File::open("/proc/self/exe").or_else(|_| File::open(std::env::current_exe()?))
}

fn digest(mut file: File) -> io::Result<String> {
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}
