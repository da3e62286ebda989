//! What goes into a package. Everything but the originals is made first, so that the number of its
//! bytes is known before the first one is written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vestige_acquire::reopen::Item;
use vestige_custody::hex;
use vestige_custody::verify::VERIFY_CUSTODY_PY;
use vestige_model::time::format_millis;
use vestige_package::name::{safe_part, visible};
use vestige_package::{Bag, Payload, stamp};
use vestige_store::{examiner, summary};

use super::evidence::Evidence;
use super::{HashOnly, Options};
use crate::custody::{self, Exported};
use crate::error::WorkError;
use crate::explore::{Asked, Explorer, Order, Output};
use crate::host::Host;
use crate::session::OpenCase;

/// From which somebody else can read a package.
const FORMAT: &str = include_str!("../../../../docs/package-format.md");

/// Where the bytes of a file are until they are in the package.
enum Source {
    Bytes(Vec<u8>),
    File(PathBuf),
    Original(Item),
}

/// The contents of a package.
pub(super) struct Contents {
    /// What is written.
    pub bag: Bag,
    /// Entries of the custody in it.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
    /// Originals in it.
    pub originals: u64,
    /// Items of which only the hash is there.
    pub hash_only: Vec<HashOnly>,
    sources: BTreeMap<String, Source>,
    /// Holds what was made; it goes with this.
    _folder: TempDir,
}

impl Contents {
    /// Of a case as it stands.
    pub fn of(
        host: &dyn Host,
        case: &OpenCase,
        options: &Options,
        report: Vec<(String, Vec<u8>)>,
    ) -> Result<Contents, WorkError> {
        let now = host.now();
        let temp = &case.case().settings().temp;
        let folder = TempDir::new_in(temp).map_err(WorkError::io(temp, "making the package"))?;
        let exported = custody::stage(case.case().id(), case.writer().connection(), folder.path())?;
        let evidence = Evidence::of(case)?;
        let facts = Facts::of(case, options, &exported, now)?;
        let mut gathered = Gathered::default();
        gathered.staged(folder.path())?;
        gathered.timeline(host, case, folder.path())?;
        for (name, bytes) in report {
            gathered.bytes(&format!("report/{}", safe_part(&name)), bytes);
        }
        gathered.bytes("verify/verify_custody.py", VERIFY_CUSTODY_PY.into());
        gathered.bytes("verify/custody-format.md", custody::FORMAT.into());
        gathered.bytes("verify/package-format.md", FORMAT.into());
        let readme = facts.readme(&evidence);
        gathered.bytes("README.txt", readme.into_bytes());
        gathered.bytes("evidence/evidence.jsonl", evidence.lines.into_bytes());
        let originals = evidence.originals.len() as u64;
        for (payload, item) in evidence.originals {
            gathered.add(payload, Source::Original(item));
        }
        Ok(Contents {
            bag: Bag {
                top: facts.top(),
                time: now,
                info: facts.info(),
                payload: gathered.payload,
            },
            size: exported.size,
            root: exported.root,
            originals,
            hash_only: evidence.hash_only,
            sources: gathered.sources,
            _folder: folder,
        })
    }

    /// Opens a file of the payload from its start.
    pub fn open(&self, payload: &Payload) -> io::Result<Box<dyn Read>> {
        Ok(match self.sources.get(&payload.name) {
            Some(Source::Bytes(bytes)) => Box::new(Cursor::new(bytes.clone())),
            Some(Source::File(path)) => Box::new(File::open(path)?),
            Some(Source::Original(item)) => Box::new(item.open().map_err(io::Error::other)?),
            None => return Err(io::ErrorKind::NotFound.into()),
        })
    }
}

/// Files being gathered.
#[derive(Default)]
struct Gathered {
    payload: Vec<Payload>,
    sources: BTreeMap<String, Source>,
}

impl Gathered {
    fn add(&mut self, payload: Payload, source: Source) {
        self.sources.insert(payload.name.clone(), source);
        self.payload.push(payload);
    }

    fn bytes(&mut self, name: &str, bytes: Vec<u8>) {
        let payload = Payload {
            name: name.to_owned(),
            size: bytes.len() as u64,
            sha256: None,
        };
        self.add(payload, Source::Bytes(bytes));
    }

    fn file(&mut self, name: &str, path: PathBuf) -> Result<(), WorkError> {
        let about = fs::metadata(&path).map_err(WorkError::io(&path, "looking at the file"))?;
        let payload = Payload {
            name: name.to_owned(),
            size: about.len(),
            sha256: None,
        };
        self.add(payload, Source::File(path));
        Ok(())
    }

    /// The custody folder as it was staged.
    fn staged(&mut self, folder: &Path) -> Result<(), WorkError> {
        let below = custody::FOLDERS.map(|name| format!("{name}/"));
        for below in below.into_iter().chain([String::new()]) {
            let path = folder.join(&below);
            let failed = || WorkError::io(&path, "listing the custody");
            for entry in fs::read_dir(&path).map_err(failed())? {
                let entry = entry.map_err(failed())?;
                if entry.path().is_file() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    self.file(&format!("custody/{below}{name}"), entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// Every row in view, in the order of time, twice: for people and for programs.
    fn timeline(
        &mut self,
        host: &dyn Host,
        case: &OpenCase,
        folder: &Path,
    ) -> Result<(), WorkError> {
        for (name, output) in [
            ("timeline.csv", Output::Csv),
            ("timeline.jsonl", Output::Jsonl),
        ] {
            let explorer = Explorer::of(host, case.case().open_reader()?, &Asked::default())?;
            let path = folder.join(name);
            let made = File::create_new(&path);
            let made = made.map_err(WorkError::io(&path, "writing the timeline"))?;
            let mut out = BufWriter::with_capacity(1 << 20, made);
            explorer.write(Order::Ascending, None, output, &mut out)?;
            out.flush()
                .map_err(WorkError::io(&path, "writing the timeline"))?;
            self.file(&format!("timeline/{name}"), path)?;
        }
        Ok(())
    }
}

/// What a package says of itself.
struct Facts<'a> {
    case: String,
    title: String,
    reference: Option<String>,
    organisation: String,
    contact: String,
    agent: String,
    keys: Vec<String>,
    options: &'a Options,
    exported: &'a Exported,
    now: i64,
}

impl<'a> Facts<'a> {
    fn of(
        case: &OpenCase,
        options: &'a Options,
        exported: &'a Exported,
        now: i64,
    ) -> Result<Facts<'a>, WorkError> {
        let connection = case.writer().connection();
        let mut facts = summary::facts(connection)?;
        let by = case.by();
        let keys = examiner::all(connection)?.into_iter();
        let keys = keys.filter(|one| one.added_seq < exported.size);
        Ok(Facts {
            case: case.case().id().to_string(),
            title: facts.remove("title").unwrap_or_default(),
            reference: facts.remove("reference"),
            organisation: options
                .organisation
                .clone()
                .or_else(|| facts.remove("organisation"))
                .unwrap_or_default(),
            contact: by.actor.name.clone(),
            agent: format!(
                "Vestige {} (sha256 {})",
                by.tool.version,
                hex(&by.tool.build_sha256)
            ),
            keys: keys.map(|one| one.vkey).collect(),
            options,
            exported,
            now,
        })
    }

    /// The bag's folder: `<case>_<profile>_<time>`.
    fn top(&self) -> String {
        let named = self.reference.as_deref().unwrap_or(&self.title);
        let name: String = safe_part(named).chars().take(60).collect();
        let name = name.trim_matches('.');
        let name = if name.is_empty() { "case" } else { name };
        let profile = self.options.profile.word();
        format!("{name}_{profile}_{}", stamp(self.now))
    }

    /// The four bytes by which notes name a key.
    fn key_ids(&self) -> String {
        let ids = self.keys.iter().filter_map(|vkey| {
            let vkey = vestige_custody::Vkey::parse(vkey).ok()?;
            Some(hex(&vkey.id()))
        });
        ids.collect::<Vec<_>>().join(" ")
    }

    fn info(&self) -> Vec<(&'static str, String)> {
        let time = format_millis(self.now);
        let date = time.get(..10).unwrap_or_default().to_owned();
        let email = self.options.contact_email.clone().unwrap_or_default();
        vec![
            ("Source-Organization", self.organisation.clone()),
            ("Contact-Name", self.contact.clone()),
            ("Contact-Email", email),
            (
                "External-Identifier",
                self.reference.clone().unwrap_or_else(|| self.case.clone()),
            ),
            ("External-Description", self.title.clone()),
            ("Bagging-Date", date),
            ("Bag-Software-Agent", self.agent.clone()),
            ("Bag-Group-Identifier", self.case.clone()),
            ("Custody-Size", self.exported.size.to_string()),
            ("Custody-Root", self.exported.root.clone()),
            ("Custody-Key-Id", self.key_ids()),
            ("Export-Profile", self.options.profile.word().to_owned()),
            ("Redacted", "no".to_owned()),
        ]
    }

    fn readme(&self, evidence: &Evidence) -> String {
        let absent = match evidence.hash_only.len() {
            0 => "none".to_owned(),
            count => format!("{count}; evidence/evidence.jsonl says which and why"),
        };
        format!(
            include_str!("readme.txt"),
            title = visible(&self.title),
            case = self.case,
            made = format_millis(self.now),
            agent = visible(&self.agent),
            profile = self.options.profile.word(),
            top = self.top(),
            size = self.exported.size,
            root = self.exported.root,
            checkpoints = self.exported.checkpoints,
            time_stamps = self.exported.time_stamps,
            originals = evidence.originals.len(),
            absent = absent,
        )
    }
}
