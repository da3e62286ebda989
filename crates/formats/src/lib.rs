//! Log formats: recognised by content, read into rows, never failing as a whole.

pub mod sink;
