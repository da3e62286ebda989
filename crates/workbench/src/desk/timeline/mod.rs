//! The timeline's commands: results and their rows, counts over time, values, single events,
//! exports.

mod event;
mod export;
mod fields;
mod histogram;
mod index;
mod noted;
mod question;
mod result;
mod rows;

pub(super) use question::Questions;
pub(super) use result::Results;
