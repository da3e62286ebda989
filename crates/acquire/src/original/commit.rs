//! Making a batch of originals durable.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::fs::{AtFlags, Mode};

use super::{Originals, Received, hex, make_folder, open_folder};
use crate::original::OriginalError;

/// The folders a batch touches, by the first two digits of the digests in them.
type Touched = BTreeMap<u8, OwnedFd>;

impl Originals {
    /// Renames the temporaries of `batch` to their digests and makes them durable: after it
    /// returns, a power cut loses none of them. Members of the batch without a temporary are
    /// passed over.
    ///
    /// # Errors
    /// [`OriginalError`]; what this call had renamed is removed again.
    pub fn commit(&self, batch: &mut [Received]) -> Result<(), OriginalError> {
        if !batch.iter().any(Received::is_new) {
            return Ok(());
        }
        let sync = || Ok(rustix::fs::syncfs(&self.folders.evidence)?);
        self.folder_step("sync file system", sync)?;
        let mut touched = Touched::new();
        let mut renamed = Vec::new();
        let result = self.place_all(batch, &mut touched, &mut renamed);
        if result.is_err() {
            self.take_back(&touched, &renamed);
        }
        result
    }

    fn place_all(
        &self,
        batch: &mut [Received],
        touched: &mut Touched,
        renamed: &mut Vec<(u8, String)>,
    ) -> Result<(), OriginalError> {
        let mut made = false;
        for one in batch.iter_mut().filter(|one| one.is_new()) {
            let folder = match touched.entry(one.sha256[0]) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(missing) => {
                    let (folder, new) = self.folder_of(*missing.key())?;
                    made |= new;
                    missing.insert(folder)
                }
            };
            self.place(one, folder, renamed)?;
        }
        for (first, folder) in &*touched {
            let sync = || Ok(rustix::fs::fsync(folder)?);
            self.step("sync original folder", &hex(&[*first]), sync)?;
        }
        if made {
            let sync = || Ok(rustix::fs::fsync(&self.folders.evidence)?);
            self.folder_step("sync original folder", sync)?;
        }
        Ok(())
    }

    /// Renames one temporary. An original of the same digest and size that is there already
    /// (twice in one batch, or left by a crash) is as good.
    fn place(
        &self,
        one: &mut Received,
        folder: &OwnedFd,
        renamed: &mut Vec<(u8, String)>,
    ) -> Result<(), OriginalError> {
        let name = hex(&one.sha256);
        let there = rustix::fs::statat(folder, &*name, AtFlags::SYMLINK_NOFOLLOW);
        if there
            .as_ref()
            .is_ok_and(|stat| u64::try_from(stat.st_size) == Ok(one.bytes))
        {
            one.temporary = None;
            return Ok(());
        }
        if there.is_err() {
            renamed.push((one.sha256[0], name.clone()));
        }
        let Some(temporary) = &one.temporary else {
            return Ok(());
        };
        let from = self.folders.incoming.as_fd();
        let rename = || {
            Ok(rustix::fs::renameat(
                from,
                &*temporary.name,
                folder,
                &*name,
            )?)
        };
        self.step("rename original", &format!("{}/{name}", &name[..2]), rename)?;
        if let Some(mut temporary) = one.temporary.take() {
            temporary.settled = true;
        }
        Ok(())
    }

    fn folder_of(&self, first: u8) -> Result<(OwnedFd, bool), OriginalError> {
        let name = hex(&[first]);
        let evidence = &self.folders.evidence;
        self.step("make original folder", &name, || {
            let made = make_folder(rustix::fs::mkdirat(
                evidence,
                &*name,
                Mode::from_raw_mode(0o755),
            ))?;
            Ok((open_folder(evidence, &*name)?, made))
        })
    }

    /// Undoes the renames of a batch that failed. What cannot be undone is swept at the next
    /// opening, as after a crash.
    fn take_back(&self, touched: &Touched, renamed: &[(u8, String)]) {
        for (first, name) in renamed {
            if let Some(folder) = touched.get(first) {
                let _ = rustix::fs::unlinkat(folder, &**name, AtFlags::empty());
            }
        }
    }

    fn folder_step<T>(
        &self,
        step: &'static str,
        action: impl FnOnce() -> io::Result<T>,
    ) -> Result<T, OriginalError> {
        self.step(step, "", action)
    }

    fn step<T>(
        &self,
        step: &'static str,
        name: &str,
        action: impl FnOnce() -> io::Result<T>,
    ) -> Result<T, OriginalError> {
        self.folders.faults.step(step, action).map_err(|source| {
            let path = self.folders.evidence_path.join(name);
            OriginalError::storage(&path, step, 0, source)
        })
    }
}
