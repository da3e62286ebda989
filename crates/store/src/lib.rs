//! The case file. The only crate that names rusqlite.
//!
//! Read from the top: [`case_file`] opens, [`batch`] turns events into rows, [`writer`] stores
//! them with their custody entry, [`duplicates`] settles what was delivered twice, [`query`] and
//! [`page`] answer questions.

pub mod account;
pub mod annotation;
pub mod backup;
pub mod batch;
pub mod case_file;
pub mod connection;
pub mod dictionary;
pub mod duplicates;
pub mod evidence;
pub mod examiner;
pub mod fault;
pub mod foreign;
pub mod index;
pub mod ledger;
pub mod lock;
pub mod migration;
pub mod page;
pub mod query;
pub mod received;
pub mod rollup;
pub mod summary;
pub mod term;
pub mod warnings;
pub mod withdraw;
pub mod writer;

/// The connection that [`case_file`] gives, to be handed from one function of this crate to another.
pub use rusqlite::{Connection, Transaction};
