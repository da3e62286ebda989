//! Stars, marks, tags, comments and legal notes: what is kept, what is found, what is taken back.

mod limits;
mod notes;
mod scene;
#[path = "../support/mod.rs"]
mod support;
mod tampering;
