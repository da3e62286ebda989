//! Licences of everything that is built in: each package needs one that the list allows.

use cargo_metadata::Metadata;
use spdx::{Expression, ParseMode};

/// Licences that may be shipped with an Apache-2.0 program.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];
/// Exceptions that only give more rights.
const EXCEPTIONS: [&str; 1] = ["LLVM-exception"];

/// A package and the licence expression that it declares.
pub struct Package {
    name: String,
    licence: Option<String>,
}

/// Every package that the lock file names.
pub fn of(metadata: &Metadata) -> Vec<Package> {
    let one = |package: &cargo_metadata::Package| Package {
        name: format!("{} {}", package.name, package.version),
        licence: package.license.clone(),
    };
    metadata.packages.iter().map(one).collect()
}

/// Packages without an allowed licence.
pub fn check(packages: &[Package]) -> Vec<String> {
    packages.iter().filter_map(fault).collect()
}

fn fault(package: &Package) -> Option<String> {
    let Some(licence) = &package.licence else {
        return Some(format!("{}: declares no licence", package.name));
    };
    // Older packages write `MIT/Apache-2.0`.
    match Expression::parse_mode(licence, ParseMode::LAX) {
        Err(error) => Some(format!(
            "{}: licence `{licence}` is unreadable: {}",
            package.name, error.reason
        )),
        Ok(expression) if expression.evaluate(allowed) => None,
        Ok(_) => Some(format!(
            "{}: licence `{licence}` is not on the list of tidy/licences.rs",
            package.name
        )),
    }
}

fn allowed(needed: &spdx::LicenseReq) -> bool {
    let licence = needed
        .license
        .id()
        .is_some_and(|id| ALLOWED.contains(&id.name));
    let exception = needed
        .addition
        .as_ref()
        .is_none_or(|addition| EXCEPTIONS.contains(&addition.to_string().as_str()));
    licence && exception
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(licence: Option<&str>) -> usize {
        check(&[Package {
            name: "some 1.0.0".to_owned(),
            licence: licence.map(str::to_owned),
        }])
        .len()
    }

    #[test]
    fn a_choice_needs_one_allowed_side() {
        assert_eq!(faults(Some("GPL-3.0-only OR MIT")), 0);
        assert_eq!(faults(Some("MIT/Apache-2.0")), 0);
        assert_eq!(faults(Some("Apache-2.0 WITH LLVM-exception")), 0);
    }

    #[test]
    fn both_sides_of_a_conjunction_must_be_allowed() {
        assert_eq!(faults(Some("GPL-3.0-only AND MIT")), 1);
        assert_eq!(faults(Some("(MIT OR Apache-2.0) AND Unicode-3.0")), 0);
    }

    #[test]
    fn an_absent_or_unknown_licence_is_refused() {
        assert_eq!(faults(None), 1);
        assert_eq!(faults(Some("our own words")), 1);
        assert_eq!(faults(Some("AGPL-3.0-only")), 1);
    }
}
