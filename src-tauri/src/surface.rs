//! What the window does for the desk: it tells the page, and lets the user choose files in the
//! system's own dialog.

use std::path::PathBuf;

use serde_json::Value;
use tauri::{AppHandle, Emitter as _};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use vestige_workbench::desk::Surface;
use vestige_workbench::wire::Purpose;

/// The window.
#[derive(Debug)]
pub struct Window {
    app: AppHandle,
}

impl Window {
    /// The window of this application.
    pub fn new(app: AppHandle) -> Window {
        Window { app }
    }
}

impl Surface for Window {
    fn tell(&self, event: &str, payload: Value) {
        // Nobody may be there any more to hear it.
        let _ = self.app.emit(event, payload);
    }

    fn choose(&self, purpose: Purpose, name: Option<&str>) -> Vec<PathBuf> {
        let mut dialog = self.app.dialog().file();
        if let Some(name) = name {
            dialog = dialog.set_file_name(name);
        }
        let one = |path: Option<FilePath>| path.into_iter().collect::<Vec<_>>();
        let many = |paths: Option<Vec<FilePath>>| paths.unwrap_or_default();
        let paths = match purpose {
            Purpose::NewCase | Purpose::Save => one(dialog.blocking_save_file()),
            Purpose::OpenCase => one(dialog.blocking_pick_folder()),
            Purpose::EvidenceFolder => many(dialog.blocking_pick_folders()),
            Purpose::EvidenceFiles => many(dialog.blocking_pick_files()),
            Purpose::Package | Purpose::Backup => {
                one(dialog.add_filter("zip", &["zip"]).blocking_pick_file())
            }
            Purpose::TimeStampReply => one(dialog
                .add_filter("time stamp", &["tsr"])
                .blocking_pick_file()),
            Purpose::Certificates => one(dialog
                .add_filter("certificates", &["pem", "crt"])
                .blocking_pick_file()),
        };
        paths
            .into_iter()
            .filter_map(|path| path.into_path().ok())
            .collect()
    }
}
