//! What journeys through the built program have in common.
#![allow(dead_code)] // each program of tests uses its part

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// The passphrase of every key that is made here.
pub const PASSPHRASE: &str = "a wet lantern 7";

/// A folder with a home, cases and evidence in it.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Desk {
        Desk {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A desk with a case of this name on it.
    pub fn with_case(case: &str) -> Desk {
        let desk = Desk::new();
        desk.done(&[
            "case",
            "create",
            case,
            "--title",
            "T",
            "--examiner",
            "A. Examiner",
        ]);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program in this folder, with the passphrase in the environment, no key store and
    /// nobody at the keyboard.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestige"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("VESTIGE_HOME", self.path("home"))
            .env("VESTIGE_PASSPHRASE", PASSPHRASE)
            .env("PATH", self.path("no programs"))
            .stdin(Stdio::null());
        command
    }

    /// As [`Desk::command`], without any passphrase.
    pub fn unsigned(&self, words: &[&str]) -> Command {
        let mut command = self.command(words);
        command.env_remove("VESTIGE_PASSPHRASE");
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Standard output of a command that has to end with 0.
    pub fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(code(&output), 0, "{words:?}: {}", error(&output));
        text(&output)
    }

    /// The JSON document that standard output is, whatever the exit code.
    pub fn json(&self, words: &[&str]) -> Value {
        let output = self.run(words);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|wrong| panic!("{words:?}: {wrong}: {}", error(&output)))
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// A small trail and a flow log below `logs`: four events, two flows.
    pub fn evidence(&self) {
        let records: Vec<_> = (0..4)
            .map(|number| record(0, number, "ListBuckets"))
            .collect();
        self.write("logs/trail.json", json!({"Records": records}).to_string());
        self.write("logs/flow.log", FLOWS);
    }

    /// This many files of this many records each, below `many`; returns the number of records.
    pub fn many(&self, files: usize, records: usize) -> u64 {
        for file in 0..files {
            let all: Vec<_> = (0..records)
                .map(|number| record(file, number, "GetObject"))
                .collect();
            let text = json!({"Records": all}).to_string();
            self.write(&format!("many/{file:04}.json"), text);
        }
        (files * records) as u64
    }

    /// Puts an executable script into a folder of programs; returns the folder.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(&format!("programs/{name}"), text);
        let path = self.path(&format!("programs/{name}"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        self.path("programs")
    }
}

const FLOWS: &str = "\
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca 10.0.1.5 203.0.113.9 44321 443 6 10 5000 1789430400 1789430460 ACCEPT OK
2 123456789010 eni-1235b8ca 10.0.1.6 203.0.113.9 44322 22 6 1 60 1789430500 1789430560 REJECT OK
";

/// One CloudTrail record.
pub fn record(file: usize, number: usize, action: &str) -> Value {
    let (minute, second) = ((number / 60) % 60, number % 60);
    json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDA1", "arn": "arn:aws:iam::123456789012:user/amy",
                         "accountId": "123456789012", "accessKeyId": "AKIAEXAMPLE", "userName": "amy"},
        "eventTime": format!("2026-09-15T{:02}:{minute:02}:{second:02}Z", file % 24),
        "eventSource": "s3.amazonaws.com", "eventName": action, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.15",
        "requestParameters": {"bucketName": "b", "key": format!("k/{file}/{number}")},
        "responseElements": null, "requestID": format!("R{file:05}{number:05}"),
        "eventID": format!("00000000-0000-4000-8000-{file:06}{number:06}"),
        "eventType": "AwsApiCall", "recipientAccountId": "123456789012"
    })
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
