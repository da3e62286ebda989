//! The timeline's commands as the page calls them: every row is reachable by its position, in both
//! orders, whatever the question; what is forged is refused; what changed is no longer shown.

mod exports;
mod positions;
mod questions;
mod scene;
#[path = "../support/mod.rs"]
mod support;
