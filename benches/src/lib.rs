//! What Vestige costs: the work of an import stage by stage, answers, memory. `cargo bench
//! --package vestige-benches` prints what `docs/benchmarks.md` holds.
//!
//! The machine may be shared, so processor time counts and not the wall, runs are repeated, and
//! the least disturbed is told. Evidence is made by `xtask`, once.

pub mod cases;
pub mod evidence;
pub mod host;
pub mod measure;
pub mod parts;
pub mod report;
pub mod stages;
pub mod writing;
