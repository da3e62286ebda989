//! The examiner's key in the window: made, unlocked for this session, locked.

use zeroize::Zeroizing;

use super::{CallHost, Desk, locked};
use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host as _;
use crate::key;
use crate::wire::{KeyView, Nothing, Passphrase};

/// Characters that a new passphrase has at least. The file may be copied and tried elsewhere.
const LEAST: usize = 8;

impl Desk {
    pub(super) fn key(&self, host: &CallHost<'_>, _: Nothing) -> Result<KeyView, WorkError> {
        let unlocked = locked(&self.passphrase).is_some();
        match key::show(host) {
            Ok(facts) => Ok(KeyView {
                vkey: Some(facts.vkey),
                file: Some(facts.file),
                unlocked,
            }),
            Err(WorkError::NoKey { .. }) => Ok(KeyView {
                vkey: None,
                file: None,
                unlocked: false,
            }),
            Err(error) => Err(error),
        }
    }

    pub(super) fn make_key(
        &self,
        host: &CallHost<'_>,
        input: Passphrase,
    ) -> Result<KeyView, WorkError> {
        let passphrase = Zeroizing::new(input.passphrase);
        if passphrase.chars().count() < LEAST {
            let expected = format!("at least {LEAST} characters");
            return Err(WorkError::usage("passphrase", expected, "fewer"));
        }
        let before = locked(&self.passphrase).replace(passphrase);
        if let Err(error) = key::create(host) {
            *locked(&self.passphrase) = before;
            return Err(error);
        }
        self.key(host, Nothing {})
    }

    pub(super) fn unlock_key(
        &self,
        host: &CallHost<'_>,
        input: Passphrase,
    ) -> Result<KeyView, WorkError> {
        let home = Home::of(host)?;
        let Some(current) = key::current(&home)? else {
            return Err(WorkError::NoKey {
                folder: host.home(),
            });
        };
        // Tried before it is kept: a command that runs meanwhile must not meet a wrong one.
        let passphrase = Zeroizing::new(input.passphrase);
        key::unlock_with(&passphrase, &current)?;
        *locked(&self.passphrase) = Some(passphrase);
        self.key(host, Nothing {})
    }

    pub(super) fn lock_key(&self, host: &CallHost<'_>, _: Nothing) -> Result<KeyView, WorkError> {
        *locked(&self.passphrase) = None;
        self.key(host, Nothing {})
    }
}
