//! A package as an examiner would export it, both verifiers, and a throw-away time-stamp authority.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;
use vestige_custody::entry::{Actor, Auth, Clock, ClockSource, Object, Outcome, Tool, Transfer};
use vestige_custody::hash::{hex, leaf, sha256};
use vestige_custody::json::{Value, parse};
use vestige_custody::timestamp::Anchors;
use vestige_custody::verify::{NoteFile, Observed, Pin, VERIFY_CUSTODY_PY};
use vestige_custody::{
    CaseId, Chain, Checkpoint, Entry, Event, ExaminerKey, Note, Report, Trust, Verdict, Vkey,
    verify,
};

pub const CASE: &str = "0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01";
/// 2020-01-01, long before any time stamp made in a test.
pub const START: i64 = 1_577_836_800_000_000_000;
/// 2200-01-01.
pub const YEAR_2200: i64 = 7_258_118_400 * SECOND;
pub const SECOND: i64 = 1_000_000_000;

/// The present, which openssl compares certificates with.
pub fn now() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    since.as_nanos() as i64
}

pub fn case() -> CaseId {
    CaseId::parse(CASE).unwrap()
}

pub fn key(seed: u8) -> ExaminerKey {
    ExaminerKey::from_seed(&[seed; 32])
}

pub fn vkey(seed: u8) -> Vkey {
    key(seed).vkey(&case())
}

pub fn actor(name: &str) -> Actor {
    Actor {
        id: format!("user:{name}"),
        name: name.into(),
        role: "examiner".into(),
        org: "Example Ltd".into(),
        auth: Auth::Passphrase,
        qualifications_ref: None,
    }
}

pub fn entry(event: Event) -> Entry {
    let tool = Tool {
        name: "vestige".into(),
        version: "0.1.0".into(),
        build_sha256: [0x11; 32],
        os: Some("linux".into()),
        host_id: None,
    };
    Entry::new(event, actor("A. Examiner"), tool)
}

/// What an export holds.
#[derive(Clone, Debug)]
pub struct Package {
    pub lines: Vec<Vec<u8>>,
    pub terminated: bool,
    pub notes: BTreeMap<String, Vec<u8>>,
    pub tokens: BTreeMap<String, Vec<u8>>,
    pub queries: BTreeMap<String, Vec<u8>>,
    pub evidence: BTreeMap<String, Vec<u8>>,
    pub keys: Vec<Vkey>,
    pub package_keys: Vec<Vkey>,
    pub pins: Vec<Pin>,
    pub ca: bool,
}

pub fn note_name(size: u64) -> String {
    format!("{size:08}.note")
}

impl Package {
    pub fn new() -> Package {
        Package {
            lines: Vec::new(),
            terminated: true,
            notes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            queries: BTreeMap::new(),
            evidence: BTreeMap::new(),
            keys: vec![vkey(1)],
            package_keys: vec![vkey(1)],
            pins: Vec::new(),
            ca: false,
        }
    }

    pub fn chain(&self) -> Chain {
        Chain::resume(case(), &self.lines).unwrap()
    }

    pub fn append(&mut self, entry: &Entry) -> &mut Package {
        let at = START + self.lines.len() as i64 * SECOND;
        self.append_at(entry, at)
    }

    pub fn append_at(&mut self, entry: &Entry, at: i64) -> &mut Package {
        let sealed = self.chain().append(entry, at).unwrap();
        self.lines.push(sealed.bytes);
        self
    }

    /// Signs all entries.
    pub fn sign(&mut self, keys: &[&ExaminerKey]) -> &mut Package {
        let checkpoint = self.chain().checkpoint();
        self.put_note(&checkpoint, keys)
    }

    pub fn put_note(&mut self, checkpoint: &Checkpoint, keys: &[&ExaminerKey]) -> &mut Package {
        let note = Note::sign(checkpoint, keys).unwrap().to_bytes();
        self.notes.insert(note_name(checkpoint.size), note);
        self
    }

    /// Has the note of a size time-stamped.
    pub fn stamp(&mut self, size: u64) -> &mut Package {
        let name = note_name(size);
        self.tokens
            .insert(name.clone(), tsa().stamp(&self.notes[&name]));
        self.ca = true;
        self
    }

    pub fn pin(&mut self) -> &mut Package {
        let pin = Pin::parse(&self.chain().pin()).unwrap();
        self.pins.push(pin);
        self
    }

    /// Puts another text in the place of one line's, and links all that follow anew.
    pub fn relink(&mut self, from: usize) {
        for at in from.max(1)..self.lines.len() {
            let mut value = parse(&self.lines[at]).unwrap();
            let prev = hex(&leaf(&self.lines[at - 1]));
            if let Value::Map(map) = &mut value {
                map.insert("prev".into(), prev.into());
                map.insert("seq".into(), (at as u64).into());
            }
            self.lines[at] = value.to_bytes().unwrap();
        }
    }

    pub fn edit(&mut self, line: usize, from: &str, to: &str) {
        let text = String::from_utf8(self.lines[line].clone()).unwrap();
        assert!(text.contains(from), "{from} in {text}");
        self.lines[line] = text.replace(from, to).into_bytes();
    }

    pub fn edit_note(&mut self, size: u64, from: &str, to: &str) {
        let name = note_name(size);
        let text = String::from_utf8(self.notes[&name].clone()).unwrap();
        assert!(text.contains(from), "{from} in {text}");
        self.notes.insert(name, text.replace(from, to).into_bytes());
    }

    pub fn jsonl(&self) -> Vec<u8> {
        let mut out = self.lines.join(&b'\n');
        if self.terminated {
            out.push(b'\n');
        }
        out
    }

    /// The verdict of the verifier in Rust.
    pub fn report(&self) -> Report {
        self.report_with(self.ca.then(|| tsa().anchors()))
    }

    pub fn report_with(&self, anchors: Option<Anchors>) -> Report {
        let notes = self.notes.iter().map(|(name, bytes)| NoteFile {
            name: name.clone(),
            bytes: bytes.clone(),
            token: self.tokens.get(name).cloned(),
            query: self.queries.get(name).cloned(),
        });
        let trust = Trust {
            keys: self.keys.clone(),
            package_keys: self.package_keys.clone(),
            pins: self.pins.clone(),
            anchors,
            now: now(),
            withheld: true,
        };
        let observed = self.evidence.iter().map(|(id, bytes)| {
            let found = Observed::Present {
                sha256: sha256(bytes),
                size: bytes.len() as u64,
            };
            (id.clone(), found)
        });
        verify::verify(&self.jsonl(), trust, notes.collect(), &observed.collect())
    }

    /// Writes the export as `docs/custody-format.md` lays it out.
    pub fn write(&self, folder: &Path) {
        for sub in ["checkpoints", "trust", "evidence"] {
            fs::create_dir_all(folder.join(sub)).unwrap();
        }
        fs::write(folder.join("custody.jsonl"), self.jsonl()).unwrap();
        let keys: Vec<String> = self
            .package_keys
            .iter()
            .map(|key| format!("{key}\n"))
            .collect();
        fs::write(folder.join("trust/trusted.vkey"), keys.concat()).unwrap();
        for (name, bytes) in &self.notes {
            fs::write(folder.join("checkpoints").join(name), bytes).unwrap();
        }
        for (name, bytes) in &self.tokens {
            fs::write(
                folder.join("checkpoints").join(format!("{name}.tsr")),
                bytes,
            )
            .unwrap();
        }
        for (name, bytes) in &self.queries {
            fs::write(
                folder.join("checkpoints").join(format!("{name}.tsq")),
                bytes,
            )
            .unwrap();
        }
        for (id, bytes) in &self.evidence {
            // Half of them by id, half by hash: both layouts are described.
            let digest = hex(&sha256(bytes));
            let by_hash = folder.join("evidence").join(&digest[..2]);
            if id.ends_with('2') {
                fs::create_dir_all(&by_hash).unwrap();
                fs::write(by_hash.join(&digest), bytes).unwrap();
            } else {
                fs::write(folder.join("evidence").join(id), bytes).unwrap();
            }
        }
    }

    /// The verdict of the verifier in Python, with what it printed.
    pub fn python(&self) -> (Verdict, String) {
        self.python_with(self.ca.then(|| tsa().path("ca.crt")).as_deref())
    }

    pub fn python_with(&self, ca: Option<&Path>) -> (Verdict, String) {
        let folder = TempDir::new().unwrap();
        let root = folder.path().join("export");
        self.write(&root);
        let mut arguments = vec![root.display().to_string()];
        for key in &self.keys {
            arguments.extend(["--key".into(), key.to_string()]);
        }
        for pin in &self.pins {
            arguments.extend(["--pin".into(), pin.to_string()]);
        }
        if let Some(ca) = ca {
            arguments.extend(["--tsa-ca".into(), ca.display().to_string()]);
        }
        python(&arguments)
    }

    /// The verdict on which both verifiers agree.
    pub fn verdict(&self) -> Verdict {
        let report = self.report();
        let (other, printed) = self.python();
        assert_eq!(
            report.verdict, other,
            "Rust: {:#?}\nPython: {printed}",
            report.checks
        );
        let head = report.head.map_or("-".into(), |head| hex(&head));
        let line = format!("{} {} {head}", report.size, hex(&report.root));
        assert_eq!(printed.lines().last(), Some(line.as_str()), "{printed}");
        report.verdict
    }
}

/// Runs the verifier in Python.
pub fn python(arguments: &[String]) -> (Verdict, String) {
    static SCRIPT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, script) = SCRIPT.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("verify_custody.py");
        fs::write(&path, VERIFY_CUSTODY_PY).unwrap();
        (folder, path)
    });
    let done = Command::new("python3").arg(script).args(arguments).output();
    let done = done.expect("these tests need python3");
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    let verdict = match done.status.code() {
        Some(0) => Verdict::Verified,
        Some(1) if !done.stderr.starts_with(b"Traceback") => Verdict::Failed,
        Some(2) => Verdict::VerifiedWithWarnings,
        other => panic!(
            "{other:?}: {printed}{}",
            String::from_utf8_lossy(&done.stderr)
        ),
    };
    (verdict, printed)
}

/// A throw-away authority in a folder of its own.
pub struct Authority {
    folder: TempDir,
}

pub fn openssl(folder: &Path, arguments: &[&str]) -> bool {
    let done = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output();
    done.expect("these tests need openssl").status.success()
}

impl Authority {
    pub fn new() -> Authority {
        let folder = TempDir::new().unwrap();
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/oracles/make_test_tsa.sh"
        );
        let made = Command::new("sh")
            .arg(script)
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Authority { folder }
    }

    /// An authority like the throw-away one with other keys and an edited configuration.
    pub fn custom(new_key: &[&str], edits: &[(&str, &str)]) -> Authority {
        let authority = Authority {
            folder: TempDir::new().unwrap(),
        };
        let oracles = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/oracles/tsa.cnf"
        );
        let mut config = fs::read_to_string(oracles).unwrap();
        for (from, to) in edits {
            assert!(config.contains(from), "{from}");
            config = config.replace(from, to);
        }
        fs::write(authority.path("tsa.cnf"), config).unwrap();
        fs::write(authority.path("tsa_serial"), "01").unwrap();
        let ca = [
            "-keyout", "ca.key", "-out", "ca.crt", "-days", "3650", "-subj", "/CN=Root",
        ];
        let section = ["-config", "tsa.cnf", "-extensions", "ca_ext"];
        authority.run(&[&["req", "-x509", "-nodes"], new_key, &ca, &section].concat());
        let tsa = ["-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA"];
        authority.run(&[&["req", "-nodes"], new_key, &tsa, &["-config", "tsa.cnf"]].concat());
        authority.run(&[
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "tsa.crt",
            "-days",
            "3650",
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "tsa_ext",
        ]);
        authority
    }

    /// Gives the authority a certificate that is valid between two times (`YYYYMMDDHHMMSSZ`).
    pub fn valid_between(&self, from: &str, to: &str) {
        let config = "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=serial\n\
            default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n";
        fs::write(self.path("ca.cnf"), config).unwrap();
        fs::write(self.path("index"), "").unwrap();
        fs::write(self.path("serial"), "1000").unwrap();
        self.run(&[
            "ca",
            "-batch",
            "-config",
            "ca.cnf",
            "-cert",
            "ca.crt",
            "-keyfile",
            "ca.key",
            "-in",
            "tsa.csr",
            "-out",
            "tsa.crt",
            "-startdate",
            from,
            "-enddate",
            to,
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "tsa_ext",
            "-notext",
        ]);
    }

    /// What openssl says of a response over some bytes.
    pub fn openssl_verifies(&self, token: &[u8], note: &[u8], ca: &Path, more: &[&str]) -> bool {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("data"), note).unwrap();
        fs::write(folder.path().join("token"), token).unwrap();
        let ca = ca.display().to_string();
        let verify = [
            "ts",
            "-verify",
            "-data",
            "data",
            "-in",
            "token",
            "-CAfile",
            ca.as_str(),
        ];
        openssl(folder.path(), &[&verify, more].concat())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn anchors(&self) -> Anchors {
        Anchors::from_pem(&fs::read(self.path("ca.crt")).unwrap()).unwrap()
    }

    pub fn run(&self, arguments: &[&str]) {
        assert!(
            openssl(self.folder.path(), arguments),
            "openssl {arguments:?}"
        );
    }

    /// The response to a query over some bytes.
    pub fn stamp(&self, note: &[u8]) -> Vec<u8> {
        self.answer(&vestige_custody::timestamp::query(note, *b"12345678"))
    }

    /// The response to a query.
    pub fn answer(&self, query: &[u8]) -> Vec<u8> {
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _turn = TURN.lock();
        fs::write(self.path("q.tsq"), query).unwrap();
        self.run(&[
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-section",
            "tsa_config1",
            "-queryfile",
            "q.tsq",
            "-out",
            "q.tsr",
        ]);
        fs::read(self.path("q.tsr")).unwrap()
    }
}

/// The authority that the tests of one file share.
pub fn tsa() -> &'static Authority {
    static SHARED: OnceLock<Authority> = OnceLock::new();
    SHARED.get_or_init(Authority::new)
}

pub fn received(id: &str, bytes: &[u8]) -> Entry {
    let clock = Clock {
        source: ClockSource::None,
        offset_ms: None,
        tz: "UTC".into(),
        tzdata: None,
        boot_id: None,
        mono_ns: None,
    };
    let transfer = Transfer {
        from: actor("C. Custodian"),
        to: actor("A. Examiner"),
        method: "copy".into(),
        location_from: "/mnt/usb".into(),
        location_to: "case-store:evidence".into(),
        seal: None,
        receipt_sha256: None,
    };
    entry(Event::EvidenceReceived)
        .reason("Engagement")
        .outcome(&Outcome::Success)
        .object(&Object::evidence(
            id,
            "log.json",
            bytes.len() as u64,
            sha256(bytes),
        ))
        .transfer(&transfer)
        .clock(&clock)
}

pub fn created() -> Entry {
    entry(Event::CaseCreated)
        .detail("salt", "22".repeat(16))
        .detail("title", "Ünïcødé ✓ \u{2028}")
}

pub fn signing(size: u64) -> Entry {
    entry(Event::CheckpointSigned)
        .detail("size", size)
        .detail("vkey", vkey(1).to_string())
}

/// A case of two evidence items, signed at 4 and at 8 entries; nothing else.
pub fn signed_case() -> Package {
    let mut package = Package::new();
    let (one, two): (&[u8], &[u8]) = (b"{\"Records\":[]}\n", b"second");
    package.evidence = [
        ("EV-0001".into(), one.to_vec()),
        ("EV-0002".into(), two.to_vec()),
    ]
    .into();
    let imported = |id: &str, bytes: &[u8], rows: u64| {
        entry(Event::EvidenceImported)
            .reason("Import")
            .outcome(&Outcome::Success)
            .object(&Object::evidence(
                id,
                "log.json",
                bytes.len() as u64,
                sha256(bytes),
            ))
            .detail("rows", rows)
            .detail("rows_sha256", "33".repeat(32))
    };
    package
        .append(&created())
        .append(&received("EV-0001", one))
        .append(&imported("EV-0001", one, 17))
        .append(&signing(4))
        .sign(&[&key(1)])
        .append(&received("EV-0002", two))
        .append(&imported("EV-0002", two, 3))
        .append(&entry(Event::TimelineAnnotated).detail("comment", "look here"))
        .append(&signing(8))
        .sign(&[&key(1)]);
    package
}
