//! The package: BagIt 1.0 (RFC 8493) in a deterministic zip, written and verified.
