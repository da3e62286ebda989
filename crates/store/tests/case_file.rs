//! The case folder: made, opened, refused, examined, backed up, and whole after every failure.

#[path = "case_file/backup.rs"]
mod backup;
#[path = "case_file/common.rs"]
mod common;
#[path = "case_file/custody.rs"]
mod custody;
#[path = "case_file/faults.rs"]
mod faults;
#[path = "case_file/foreign.rs"]
mod foreign;
#[path = "case_file/opening.rs"]
mod opening;
