//! A seam for tests: every step that changes the disk passes through here, so that a test can
//! make it fail before it takes effect, or after it took effect although it reports an error.

use std::fmt;
use std::io;
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
    /// The steps of [`crate::original`] and [`crate::seekable`], in the order an import makes them.
    pub const STEPS: [&'static str; 11] = [
        "make evidence folder",
        "create temporary",
        "write temporary",
        "sync file system",
        "make original folder",
        "rename original",
        "sync original folder",
        "remove temporary",
        "remove original",
        "write side copy",
        "rename side copy",
    ];

    /// No step fails by itself.
    #[must_use]
    pub fn none() -> Faults {
        Faults(None)
    }

    /// Asks `hook` before and after each step.
    pub fn hook(
        hook: impl Fn(&'static str, Moment) -> io::Result<()> + Send + Sync + 'static,
    ) -> Faults {
        Faults(Some(Arc::new(hook)))
    }

    /// Does one step.
    ///
    /// # Errors
    /// What `action` returns, or what the hook makes of it.
    pub(crate) fn step<T>(
        &self,
        name: &'static str,
        action: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let Some(hook) = &self.0 else { return action() };
        hook(name, Moment::Before)?;
        let done = action()?;
        hook(name, Moment::After)?;
        Ok(done)
    }
}
