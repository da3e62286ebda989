//! `cargo bench --package vestige-benches [-- PART...]`.

use anyhow::Result;

fn main() -> Result<()> {
    let parts: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    vestige_benches::parts::run(&parts)
}
