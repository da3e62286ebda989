//! Which case lies at a path, and whether it may be opened in place.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use vestige_store::case_file::{Case, CaseError};
use vestige_store::connection::Settings;
use vestige_store::foreign::{self, Examination, Sound};
use vestige_store::lock::Lock;

use crate::error::WorkError;
use crate::home::{Home, Known};
use crate::host::Host;
use crate::progress::Progress;

/// How often a long examination asks whether the user wants to stop.
const ASK: Duration = Duration::from_millis(100);

/// Recognises the case at a path. One that was last seen there opens in place and must continue
/// the head last seen; any other is a stranger's and is examined first.
pub(crate) fn recognise(host: &dyn Host, home: &Home, path: &Path) -> Result<Case, WorkError> {
    let settings = home.settings()?;
    let full = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let Some(known) = home.at(&full)? else {
        return adopt(host, home, path, &settings);
    };
    match Case::open_known(&full, Some(known.head), &settings) {
        Ok(case) if *case.id() == known.id => Ok(case),
        Ok(_) => adopt(host, home, path, &settings),
        Err(error @ (CaseError::Forked { .. } | CaseError::RolledBack { .. })) => {
            // Another case may lie there now; then nothing was cut or rewritten.
            let sound = examine_elsewhere(host, home, path, &settings)?.outcome?;
            if sound.id == known.id {
                return Err(error.into());
            }
            take_over(host, home, path, &settings, &sound)
        }
        Err(error) => Err(error.into()),
    }
}

/// Examines a case that is not known at this path, and goes on with it where it is sound.
fn adopt(
    host: &dyn Host,
    home: &Home,
    path: &Path,
    settings: &Settings,
) -> Result<Case, WorkError> {
    let sound = examine_elsewhere(host, home, path, settings)?.outcome?;
    take_over(host, home, path, settings, &sound)
}

fn take_over(
    host: &dyn Host,
    home: &Home,
    path: &Path,
    settings: &Settings,
    sound: &Sound,
) -> Result<Case, WorkError> {
    let known = home.known(&sound.id)?;
    let case = sound.open(path, settings)?;
    let case = match &known {
        // A copy of a known case must continue what was seen of it, wherever it lies.
        Some(known) => Case::open_known(path, Some(known.head), settings)?,
        None => case,
    };
    match &known {
        Some(known) => tell_moved(host, known, &case),
        None => host.noted(
            "case-taken-over",
            &format!(
                "case {} was not known here: it was examined, found sound, and is known from now on",
                case.id()
            ),
        ),
    }
    clear_derived(&case)?;
    Ok(case)
}

fn tell_moved(host: &dyn Host, known: &Known, case: &Case) {
    let before = known.path.display();
    if known.path.join("case.db").exists() {
        let text = format!(
            "this is a copy of the case at {before}; go on with one of the two only, the other will be refused as rolled back"
        );
        host.noted("case-copied", &text);
    } else {
        let text = format!("case {} was moved here from {before}", case.id());
        host.noted("case-moved", &text);
    }
}

/// What a stranger derived is not to be believed; it is made anew when it is needed.
fn clear_derived(case: &Case) -> Result<(), WorkError> {
    let folder = case.index();
    let entries: Vec<PathBuf> = match fs::read_dir(&folder) {
        Err(_) => Vec::new(),
        Ok(entries) => entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect(),
    };
    if entries.is_empty() {
        return Ok(());
    }
    let _lock = Lock::take(case.root())?;
    for path in entries {
        let is_folder = path.symlink_metadata().is_ok_and(|about| about.is_dir());
        let removed = if is_folder {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(WorkError::io(&path, "removing what a stranger derived"))?;
    }
    Ok(())
}

/// Examines the case at a path in quarantine; the user can stop it.
pub(crate) fn examine_elsewhere(
    host: &dyn Host,
    home: &Home,
    path: &Path,
    settings: &Settings,
) -> Result<Examination, WorkError> {
    let quarantine = home.quarantine()?;
    watched(host, "examining a case that is not known here", |go_on| {
        foreign::examine(path, quarantine.path(), settings, go_on)
    })
}

/// Does something long that asks from time to time whether to go on, while the host is told and
/// asked.
pub(crate) fn watched<T: Send>(
    host: &dyn Host,
    stage: &'static str,
    work: impl FnOnce(&foreign::GoOn) -> T + Send,
) -> Result<T, WorkError> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let go_on: foreign::GoOn = Arc::new(move || !asked.load(Ordering::Relaxed));
    let done = thread::scope(|scope| {
        let work = scope.spawn(move || work(&go_on));
        let mut pause = Duration::from_millis(1);
        while !work.is_finished() {
            thread::sleep(pause);
            pause = (pause * 2).min(ASK);
            host.progress(&Progress {
                stage: stage.to_owned(),
                ..Progress::default()
            });
            if host.cancelled() {
                stop.store(true, Ordering::Relaxed);
            }
        }
        work.join()
    });
    // Only a defect ends a thread otherwise; it is not hidden.
    done.map_err(|_| WorkError::Defect { doing: stage })
}
