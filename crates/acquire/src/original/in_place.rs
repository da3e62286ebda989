//! Evidence that stays where it lies: read and hashed, not copied.

use std::io;
use std::ops::ControlFlow;

use sha2::{Digest as _, Sha256};

use super::{
    Body, CHUNK, OriginalError, Received, WHOLE, Watch, changed, go_on, open_listed, read_chunk,
    read_error,
};
use crate::intake::Listed;

/// Reads and hashes a file that stays where it lies. Files up to [`WHOLE`] bytes are then in
/// `buffer`.
///
/// # Errors
/// [`OriginalError::Read`] where it cannot be read.
pub fn receive_in_place(listed: &Listed, buffer: &mut Vec<u8>) -> Result<Received, OriginalError> {
    receive_in_place_watched(listed, buffer, &|_| ControlFlow::Continue(()))
}

/// The same, watched: a file that takes long can be stopped.
///
/// # Errors
/// [`OriginalError::Read`], [`OriginalError::Stopped`].
pub fn receive_in_place_watched(
    listed: &Listed,
    buffer: &mut Vec<u8>,
    watch: &Watch<'_>,
) -> Result<Received, OriginalError> {
    let (mut file, size, before) = open_listed(listed)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut chunk = if size <= WHOLE { WHOLE + 1 } else { CHUNK };
    loop {
        read_chunk(&listed.path, &file, buffer, chunk)?;
        hash.update(buffer.as_slice());
        bytes += buffer.len() as u64;
        let last = (buffer.len() as u64) < chunk;
        if last && bytes == buffer.len() as u64 && bytes <= WHOLE {
            let sha256 = hash.finalize().into();
            return Ok(Received {
                sha256,
                bytes,
                changed: changed(listed, &file, before, bytes)?,
                body: Body::Buffer,
                temporary: None,
            });
        }
        if last {
            break;
        }
        go_on(&listed.path, watch(bytes))?;
        chunk = CHUNK;
    }
    buffer.clear();
    io::Seek::rewind(&mut file).map_err(|error| read_error(&listed.path, error))?;
    let sha256 = hash.finalize().into();
    Ok(Received {
        sha256,
        bytes,
        changed: changed(listed, &file, before, bytes)?,
        body: Body::File(file),
        temporary: None,
    })
}
