//! The package: made from the open case, and any package verified, a case open or not.

use std::path::Path;

use super::{CallHost, Desk};
use crate::error::WorkError;
use crate::package::{self, Options, Profile};
use crate::report;
use crate::verify::{self, Terms};
use crate::wire::{Fact, Nothing, PackageMade, PackageMake, PackageVerdict, PackageVerify, Saved};

impl Desk {
    pub(super) fn make_package(
        &self,
        host: &CallHost<'_>,
        input: PackageMake,
    ) -> Result<PackageMade, WorkError> {
        let open = self.needed()?;
        let settings = self.settings(host, Nothing {})?;
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let options = Options {
            profile: Profile::parse(&input.profile)?,
            recipient: given(input.recipient),
            contact_email: given(settings.contact),
            organisation: given(settings.organisation),
            ..Options::expert(self.place_to_write(&open, &input.to)?.path)
        };
        let made = open.writing_itself(host, |case| {
            package::make(host, case, &options, &report::for_package)
        })?;
        Ok(PackageMade {
            saved: Saved {
                path: made.path.display().to_string(),
                sha256: made.sha256,
                bytes: made.bytes,
                parts: made.files,
                custody_seq: Some(made.custody_seq),
            },
            verification: made.verification,
        })
    }

    pub(super) fn verify_package(
        &self,
        host: &CallHost<'_>,
        input: PackageVerify,
    ) -> Result<PackageVerdict, WorkError> {
        let path = self.path(&input.ticket)?;
        let terms = Terms {
            deep: false,
            keys: input.keys,
            pins: input.pins,
            tsa_ca: input.tsa_ca.map(|ca| self.path(&ca)).transpose()?,
        };
        let (verification, about) = verify::verify_foreign(host, &path, &terms)?;
        Ok(PackageVerdict {
            name: path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            what: what(&path).to_owned(),
            about: about
                .into_iter()
                .map(|(name, value)| Fact { name, value })
                .collect(),
            verification,
        })
    }
}

fn what(path: &Path) -> &'static str {
    if path.join("case.db").exists() {
        "a case folder"
    } else if path.is_dir() {
        "an exported custody folder"
    } else {
        "a package: BagIt in a zip"
    }
}
