//! A folder with a home, cases and evidence in it, and the built program.

use std::fs;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The passphrase of every key that is made here.
pub const PASSPHRASE: &str = "a wet lantern 7";

/// The user without rights, by custom.
const NOBODY: u32 = 65534;

/// Whose case it is.
const EXAMINER: [&str; 4] = ["--title", "T", "--examiner", "A. Examiner"];

/// A folder with a home, cases and evidence in it.
#[derive(Debug)]
pub struct Desk {
    folder: TempDir,
    home: String,
    program: PathBuf,
    nobody: bool,
}

impl Desk {
    /// An empty desk.
    #[must_use]
    pub fn new() -> Desk {
        let desk = Desk {
            folder: tempfile::tempdir().unwrap(),
            home: "home".to_owned(),
            program: built(),
            nobody: false,
        };
        fs::create_dir(desk.path("scratch")).unwrap();
        desk
    }

    /// A desk with a case of this name on it.
    #[must_use]
    pub fn with_case(case: &str) -> Desk {
        let desk = Desk::new();
        desk.case(case);
        desk
    }

    /// A desk with the key of another: deriving one takes longer than all the rest of a small case.
    #[must_use]
    pub fn with_key_of(other: &Desk) -> Desk {
        let desk = Desk::new();
        copy_folder(&other.path("home/keys"), &desk.path("home/keys"));
        desk
    }

    /// Makes a case.
    pub fn case(&self, case: &str) {
        self.done(&[&["case", "create", case], &EXAMINER[..]].concat());
    }

    /// Something on the desk.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// From here on the program's home is another: somebody else sits down.
    pub fn sit_down(&mut self, home: &str) {
        home.clone_into(&mut self.home);
    }

    /// From here on the program runs without the rights of root, where these tests have them: for
    /// root nothing is unreadable.
    #[must_use]
    pub fn as_nobody(mut self) -> Desk {
        if !rustix::process::geteuid().is_root() {
            return self;
        }
        // The build's folder may be closed to others.
        let program = self.path("program");
        fs::copy(&self.program, &program).unwrap();
        self.program = program;
        self.nobody = true;
        give(self.folder.path());
        self
    }

    /// The program on this desk, with the passphrase in the environment, no key store and nobody
    /// at the keyboard.
    #[must_use]
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("VESTIGE_HOME", self.path(&self.home))
            .env("VESTIGE_PASSPHRASE", PASSPHRASE)
            .env("TMPDIR", self.path("scratch"))
            .env("PATH", self.path("no programs"))
            .stdin(Stdio::null());
        if self.nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// What a command says.
    #[must_use]
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Standard output of a command that has to end with 0.
    pub fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(code(&output), 0, "{words:?}: {}", said(&output));
        text(&output)
    }

    /// The JSON document that standard output is, whatever the exit code.
    #[must_use]
    pub fn json(&self, words: &[&str]) -> Value {
        let output = self.run(words);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|wrong| panic!("{words:?}: {wrong}: {}", said(&output)))
    }

    /// One JSON document a line.
    #[must_use]
    pub fn lines(&self, words: &[&str]) -> Vec<Value> {
        let text = self.done(words);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Puts a file on the desk, with the folders it needs.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        if self.nobody {
            give(&self.path(name));
        }
    }
}

impl Default for Desk {
    fn default() -> Desk {
        Desk::new()
    }
}

/// Makes a folder with all in it, or a file, that of nobody.
fn give(path: &Path) {
    lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.symlink_metadata().unwrap().is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path());
        }
    }
}

/// The program that was built with these tests: they lie in `deps`, it lies above. Another one is
/// used where `VESTIGE_PROGRAM` names it.
fn built() -> PathBuf {
    if let Some(named) = std::env::var_os("VESTIGE_PROGRAM") {
        // Tests run in the folder of their package, one below that of the workspace.
        return fs::canonicalize(Path::new("..").join(named)).unwrap();
    }
    let own = std::env::current_exe().unwrap();
    let above = own.parent().unwrap();
    let above = if above.ends_with("deps") {
        above.parent().unwrap()
    } else {
        above
    };
    let program = above.join("vestige");
    assert!(
        program.is_file(),
        "{}: the program is not built; `cargo build -p vestige-cli` builds it, as does `cargo test --workspace`",
        program.display()
    );
    program
}

/// The exit code; -1 where a signal ended it.
#[must_use]
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// Standard output.
#[must_use]
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error.
#[must_use]
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Copies a folder with all in it; what is read-only can be written to in the copy.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}
