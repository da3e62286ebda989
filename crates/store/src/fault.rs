//! A seam for tests: every storage step that can fail passes through here, so that a test can make
//! it fail before it takes effect, or after it took effect although it reports an error.

use crate::case_file::CaseError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// When a step is made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The step has not been done.
    Before,
    /// The step has taken effect.
    After,
}

type Hook = dyn Fn(&'static str, Moment) -> io::Result<()> + Send + Sync;

/// What to do around storage steps; nothing, unless a test says otherwise.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Hook>>);

impl fmt::Debug for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() {
            "Faults(hook)"
        } else {
            "Faults(none)"
        })
    }
}

impl Faults {
    /// No step fails by itself.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// Asks `hook` before and after each step.
    pub fn hook(
        hook: impl Fn(&'static str, Moment) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(hook)))
    }

    /// Does one step. `path` is named in the error.
    ///
    /// # Errors
    /// What `action` returns, or what the hook makes of it.
    pub fn step<T, E: From<CaseError>>(
        &self,
        name: &'static str,
        path: &Path,
        action: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(hook) = &self.0 else { return action() };
        let failed = |source| E::from(CaseError::io(path, name, source));
        hook(name, Moment::Before).map_err(failed)?;
        let done = action()?;
        hook(name, Moment::After).map_err(failed)?;
        Ok(done)
    }
}
