//! What a verification of a case does not compare, in plain words.

/// What nothing states and no original gives, so that no verification compares it.
const NEVER: &str = "Not compared with anything: counts and totals (how often a value, a minute or a pair of addresses occurs, and the bytes of flows together), which are made from the rows; where a file that could not be read lay and how large it was; that a file changed while it was read; what is said of a member that was refused for its ratio; the reason and moment of an acquisition; what is advised for a member of unknown format; how often a warning about a container is given; whether a copy of a member lies in the index.";

/// What is compared only where the originals are read again.
const DEEP: &str = "Compared only by a deep verification (--deep): what is made from the records beside the rows (the dictionary by which queries find them, warnings, keys and flags of records that came twice), and what is said of each member (its name, its wrapping, its format, its reason).";

/// The sentences that belong to the verdict of a case.
pub(super) fn not_compared(deep: bool) -> String {
    if deep {
        NEVER.to_owned()
    } else {
        format!("{DEEP}\n{NEVER}")
    }
}
