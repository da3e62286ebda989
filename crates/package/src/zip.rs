//! The zip under a package: written in one form only, read from anybody and trusted in nothing.
//!
//! Numbers are little-endian. What is written: entries one after another from the first byte on,
//! method stored or deflate, UTF-8 flag, one time, no extra fields but those of Zip64 where a number
//! needs them, and in the comment the SHA-256 of every byte before its digits.

pub mod read;
pub mod write;

/// Signatures.
pub(crate) const LOCAL: u32 = 0x0403_4b50;
pub(crate) const CENTRAL: u32 = 0x0201_4b50;
pub(crate) const END: u32 = 0x0605_4b50;
pub(crate) const END64: u32 = 0x0606_4b50;
pub(crate) const LOCATOR64: u32 = 0x0706_4b50;

/// Flag: the name is UTF-8.
pub(crate) const UTF8: u16 = 1 << 11;
/// Method: as it is.
pub(crate) const STORED: u16 = 0;
/// Method: deflate.
pub(crate) const DEFLATED: u16 = 8;
/// A regular file that its owner may write, others read.
pub(crate) const ATTRIBUTES: u32 = 0o100_644 << 16;
/// Files from here on get the long form of sizes, which deflating could make necessary.
pub(crate) const LARGE: u64 = 0xf000_0000;
/// What stands for a number that is in the Zip64 field.
pub(crate) const LONG: u32 = u32::MAX;
/// What the comment says before the digits.
pub(crate) const SEAL: &str = "SHA-256 of every byte before these digits: ";

/// Bytes that deflating may make of one byte before a reader refuses it, once this many are out:
/// the limits of hostile input. A file that is smaller by more is stored.
pub(crate) const RATIO: u64 = 200;
/// See [`RATIO`].
pub(crate) const RATIO_FLOOR: u64 = 10 << 20;

/// Whether so much from so little is refused.
pub(crate) fn is_bomb(packed: u64, size: u64) -> bool {
    size > RATIO_FLOOR && size / RATIO > packed
}

/// The version of the format that an entry needs.
pub(crate) fn needed(method: u16, long: bool) -> u16 {
    match (method, long) {
        (_, true) => 45,
        (DEFLATED, false) => 20,
        _ => 10,
    }
}
