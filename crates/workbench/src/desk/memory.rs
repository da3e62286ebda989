//! What the window remembers of cases: when they were opened in it and what verification found.
//! Derived and for display only; `cases.json` is what protects.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::WorkError;
use crate::home::{Home, replace};
use crate::wire::LastVerdict;

const FILE: &str = "window-cases.json";

/// What is remembered of one case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Seen {
    /// When it was last opened.
    pub opened: Option<String>,
    /// What verification found last.
    pub verdict: Option<Verdict>,
    /// Whether the user took it off the list.
    #[serde(default)]
    pub forgotten: bool,
}

/// A verdict as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Verdict {
    verdict: String,
    size: u64,
    at: String,
}

impl Verdict {
    pub fn new(verdict: &str, size: u64, at: String) -> Verdict {
        Verdict {
            verdict: verdict.to_owned(),
            size,
            at,
        }
    }

    pub fn told(self) -> LastVerdict {
        LastVerdict {
            verdict: self.verdict,
            size: self.size,
            at: self.at,
        }
    }
}

/// All of it; nothing where the file is missing or damaged: it only looks back.
pub(super) fn all(home: &Home) -> BTreeMap<String, Seen> {
    let text = fs::read_to_string(home.root().join(FILE)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Changes what is remembered of a case.
pub(super) fn change(
    home: &Home,
    case: &str,
    change: impl FnOnce(&mut Seen),
) -> Result<(), WorkError> {
    let mut all = all(home);
    change(all.entry(case.to_owned()).or_default());
    let path = home.root().join(FILE);
    replace(&path, json!(all).to_string().as_bytes())
        .map_err(WorkError::io(&path, "remembering the case"))
}
