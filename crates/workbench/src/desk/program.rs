//! The program itself: what it is, how it was started, what the user chose, how it looks.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::choice::{chosen, looks_like};
use super::{CallHost, Desk, locked};
use crate::error::WorkError;
use crate::home::{Home, replace};
use crate::host::Host as _;
use crate::key;
use crate::wire::{
    About, Choose, Chosen, Diagnostics, Dropped, Nothing, Purpose, Settings, Started, Ticket,
};

const LICENCE: &str = include_str!("../../../../LICENSE");
const SETTINGS: &str = "window.json";

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: "system".to_owned(),
            density: "compact".to_owned(),
            text_size: 100,
            zone: "utc".to_owned(),
            columns: Vec::new(),
            quick_tags: Vec::new(),
            organisation: None,
            contact: None,
        }
    }
}

impl Desk {
    /// Names paths for the page.
    pub(super) fn give(&self, paths: Vec<PathBuf>) -> Chosen {
        let ticket = locked(&self.choices).give(paths.clone());
        chosen(ticket, &paths)
    }

    /// The paths behind a name.
    pub(super) fn paths(&self, ticket: &Ticket) -> Result<Vec<PathBuf>, WorkError> {
        locked(&self.choices).paths(ticket).map(<[PathBuf]>::to_vec)
    }

    /// The one path behind a name.
    pub(super) fn path(&self, ticket: &Ticket) -> Result<PathBuf, WorkError> {
        let paths = self.paths(ticket)?;
        let one = <[PathBuf; 1]>::try_from(paths).map(|[path]| path);
        one.map_err(|paths| {
            WorkError::usage("choice", "one file or folder", paths.len().to_string())
        })
    }

    /// Something was dropped on the window.
    pub fn dropped(&self, paths: Vec<PathBuf>) {
        let Some(first) = paths.first() else { return };
        let looks_like = looks_like(first).to_owned();
        let dropped = Dropped {
            chosen: self.give(paths),
            looks_like,
        };
        self.surface.tell("dropped", json!(dropped));
    }

    pub(super) fn about(&self, host: &CallHost<'_>, _: Nothing) -> Result<About, WorkError> {
        let tool = host.tool();
        Ok(About {
            version: tool.version,
            build_sha256: tool.build_sha256,
            os: tool.os,
            home: host.home().display().to_string(),
            user: host.os_user(),
            zones: jiff::tz::db()
                .available()
                .map(|zone| zone.to_string())
                .collect(),
            licence: LICENCE.to_owned(),
        })
    }

    pub(super) fn started(&self, _: &CallHost<'_>, _: Nothing) -> Result<Started, WorkError> {
        let one = |path: &Option<PathBuf>| path.clone().map(|path| self.give(vec![path]));
        let evidence = &self.start.evidence;
        Ok(Started {
            case: one(&self.start.case),
            evidence: (!evidence.is_empty()).then(|| self.give(evidence.clone())),
            package: one(&self.start.package),
        })
    }

    pub(super) fn choose(
        &self,
        _: &CallHost<'_>,
        input: Choose,
    ) -> Result<Option<Chosen>, WorkError> {
        let saves = matches!(input.purpose, Purpose::Save | Purpose::NewCase);
        let paths = match (&self.start.save_to, saves) {
            (Some(folder), true) => vec![folder.join(file_name(input.name.as_deref())?)],
            _ => self.surface.choose(input.purpose, input.name.as_deref()),
        };
        if paths.is_empty() {
            return Ok(None);
        }
        let chosen = self.give(paths);
        if saves {
            let asked = self.start.save_to.is_none();
            locked(&self.choices).let_write(&chosen.ticket, asked);
        }
        Ok(Some(chosen))
    }

    pub(super) fn settings(&self, host: &CallHost<'_>, _: Nothing) -> Result<Settings, WorkError> {
        let path = Home::of(host)?.root().join(SETTINGS);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Settings::default());
            }
            text => text.map_err(WorkError::io(&path, "reading the settings"))?,
        };
        serde_json::from_str(&text).map_err(|error| WorkError::Home {
            path,
            expected: "the settings of the window",
            found: error.to_string(),
            remedy: "remove the file; the proposed settings then hold",
        })
    }

    pub(super) fn save_settings(
        &self,
        host: &CallHost<'_>,
        input: Settings,
    ) -> Result<Settings, WorkError> {
        let word = |what, value: &str, known: &[&str]| match known.contains(&value) {
            true => Ok(()),
            false => Err(WorkError::usage(what, known.join(", "), value.to_owned())),
        };
        word("theme", &input.theme, &["system", "dark", "light"])?;
        word("density", &input.density, &["compact", "comfortable"])?;
        word("zone", &input.zone, &["utc", "case", "source"])?;
        if !(100..=150).contains(&input.text_size) {
            let found = input.text_size.to_string();
            return Err(WorkError::usage("text size", "100 to 150 per cent", found));
        }
        let path = Home::of(host)?.root().join(SETTINGS);
        replace(&path, json!(input).to_string().as_bytes())
            .map_err(WorkError::io(&path, "keeping the settings"))?;
        Ok(input)
    }

    /// Nothing of a case or of evidence is in it: versions, settings, the log's words.
    pub(super) fn diagnostics(
        &self,
        host: &CallHost<'_>,
        _: Nothing,
    ) -> Result<Diagnostics, WorkError> {
        let tool = host.tool();
        let settings = self.settings(host, Nothing {})?;
        let key = key::show(host).map_or("none", |_| "made");
        let open = self.opened().map(|open| open.case().version());
        let text = format!(
            "Vestige {} (sha256 {})\n{}\nkey: {key}\ncase open: {}\ntheme {}, density {}, text {} %, zone {}\nlocale: {}\n",
            tool.version,
            tool.build_sha256,
            tool.os,
            open.map_or("no".to_owned(), |version| format!("yes, format {version}")),
            settings.theme,
            settings.density,
            settings.text_size,
            settings.zone,
            host.clock().tz,
        );
        Ok(Diagnostics { text })
    }
}

/// A name that is one part of a path.
fn file_name(name: Option<&str>) -> Result<&str, WorkError> {
    let name = name.unwrap_or_default();
    let plain = !name.is_empty() && !name.contains(['/', '\\', '\0']) && !name.starts_with('.');
    match plain {
        true => Ok(name),
        false => Err(WorkError::usage(
            "name",
            "the name of a file, without folders",
            name.to_owned(),
        )),
    }
}
