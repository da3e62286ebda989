//! Which build this is.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use vestige_workbench::host::hex;

use crate::print::tell;

/// SHA-256 of the program's own file, lower-case hexadecimal; computed once.
pub fn build_sha256() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| match own_file().and_then(digest) {
        Ok(digest) => digest,
        Err(error) => {
            // A custody entry must not name a program by the digest of nothing.
            tell(&format!(
                "vestige: the program cannot read its own file: {error}"
            ));
            std::process::exit(1);
        }
    })
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
