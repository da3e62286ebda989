//! gzip whose bytes are the same on every machine: libdeflate writes no time stamp, and its
//! choices do not depend on what the processor can do.

use anyhow::{Context as _, Result, anyhow};
use libdeflater::{CompressionLvl, Compressor};

/// One gzip member that holds `bytes`. `level` is 1 (fast) to 12 (small).
///
/// # Errors
/// Where the level does not exist.
pub fn compress(bytes: &[u8], level: i32) -> Result<Vec<u8>> {
    let level = CompressionLvl::new(level).map_err(|_| anyhow!("no gzip level {level}"))?;
    let mut compressor = Compressor::new(level);
    let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut out).context("gzip")?;
    out.truncate(length);
    Ok(out)
}
