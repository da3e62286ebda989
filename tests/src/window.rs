//! The real window under Xvfb, driven as a person would: tauri-driver, WebKitWebDriver, the
//! keyboard. What is asserted is the page's own text; screenshots are for people and stay in
//! `target/screenshots`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::desk::Desk;

/// How long the page may take to show something on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that ends with the test, with all that it started.
#[derive(Debug)]
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_raw(self.0.id().cast_signed());
        if let Some(group) = group {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

/// An open window.
#[derive(Debug)]
pub struct Window {
    runtime: Runtime,
    client: Client,
    name: String,
    _driver: Started,
    _manager: Option<Started>,
    _display: Started,
    display: String,
}

/// Where screenshots are kept.
fn screenshots() -> PathBuf {
    above().join("../screenshots")
}

/// The folder of the built programs: tests lie in `deps` below it.
fn above() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let above = own.parent().unwrap();
    let above = if above.ends_with("deps") {
        above.parent().unwrap()
    } else {
        above
    };
    above.to_path_buf()
}

/// A port that nothing listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A display of this size, on a number that nobody has.
fn display(width: u32, height: u32) -> (Started, String) {
    let mut command = Command::new("Xvfb");
    command
        .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0"])
        .arg(format!("{width}x{height}x24"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = command
        .spawn()
        .expect("Xvfb is missing; `make setup` installs it");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (Started(child), format!(":{}", line.trim()))
}

/// tauri-driver where `make setup` puts it, or wherever the path leads.
fn driver() -> PathBuf {
    let tools = above().join("../tools/bin/tauri-driver");
    if tools.is_file() {
        tools
    } else {
        PathBuf::from("tauri-driver")
    }
}

/// The built program of the window.
#[must_use]
pub fn window_program() -> PathBuf {
    let program = above().join("vestige-desktop");
    assert!(program.is_file(), "{}: not built", program.display());
    program
}

impl Window {
    /// Opens the window on this desk with these arguments, in a display of this size.
    #[must_use]
    pub fn open(
        desk: &Desk,
        name: &str,
        (width, height): (u32, u32),
        arguments: &[&str],
    ) -> Window {
        let (display_process, display) = display(width, height);
        // A window manager gives dialogs their focus; the window itself works without.
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .ok()
            .map(Started);
        let (port, native) = (free_port(), free_port());
        let mut command = Command::new(driver());
        command
            .args([
                "--port",
                &port.to_string(),
                "--native-port",
                &native.to_string(),
            ])
            .current_dir(desk.path("."))
            .env("DISPLAY", &display)
            .env("VESTIGE_HOME", desk.path("home"))
            .env("XDG_DATA_HOME", desk.path("data"))
            .env("XDG_CACHE_HOME", desk.path("cache"))
            .env("NO_AT_BRIDGE", "1")
            .env("GDK_BACKEND", "x11")
            .env_remove("VESTIGE_PASSPHRASE")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let started = command
            .spawn()
            .expect("tauri-driver is missing; `make setup` installs it");
        let started = Started(started);
        listening(port);
        listening(native);
        let program = window_program();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let capabilities = json!({
            "browserName": "wry",
            "tauri:options": {"application": program, "args": arguments},
        });
        let client = runtime.block_on(async {
            let Value::Object(capabilities) = capabilities else {
                unreachable!()
            };
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities)
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
                .expect("the window opens")
        });
        let window = Window {
            runtime,
            client,
            name: name.to_owned(),
            _driver: started,
            _manager: manager,
            _display: display_process,
            display,
        };
        let (wide, high) = (width, height);
        window
            .runtime
            .block_on(window.client.set_window_rect(0, 0, wide, high))
            .unwrap();
        window
    }

    /// The display, for programs that act beside the window (`xdotool`).
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The first element that a CSS selector finds, once it is there.
    pub fn find(&self, css: &str) -> Element {
        self.waited(Locator::Css(css), css)
    }

    /// How many elements a CSS selector finds now.
    #[must_use]
    pub fn count(&self, css: &str) -> usize {
        self.runtime
            .block_on(self.client.find_all(Locator::Css(css)))
            .unwrap()
            .len()
    }

    /// A button, tab or link of this name; where none has it, one whose name begins so (a key may
    /// follow it).
    pub fn button(&self, name: &str) -> Element {
        let quoted = format!("\"{name}\"");
        let kinds = "//*[self::button or self::a or @role='tab' or @role='menuitem' or @role='option' or @role='radio']";
        let ways = [
            format!("{kinds}[normalize-space(.)={quoted} or @aria-label={quoted}]"),
            format!(
                "{kinds}[starts-with(normalize-space(.), {quoted}) or starts-with(@aria-label, {quoted})]"
            ),
        ];
        self.until(name, || {
            for way in &ways {
                let found = self.client.find_all(Locator::XPath(way));
                let found = self.runtime.block_on(found).map_err(|e| e.to_string())?;
                if let Some(first) = found.into_iter().next() {
                    return Ok(first);
                }
            }
            Err("not there".to_owned())
        })
    }

    /// The input, select or text area with this label.
    pub fn field(&self, label: &str) -> Element {
        let quoted = format!("\"{label}\"");
        let path = format!(
            "//*[(self::input or self::textarea or self::select) and (@aria-label={quoted} or @id=//label[starts-with(normalize-space(.), {quoted})]/@for or ancestor::label[starts-with(normalize-space(.), {quoted})])]"
        );
        self.waited(Locator::XPath(&path), label)
    }

    fn waited(&self, locator: Locator<'_>, what: &str) -> Element {
        let found = self.runtime.block_on(
            self.client
                .wait()
                .at_most(PATIENCE)
                .every(Duration::from_millis(50))
                .for_element(locator),
        );
        found.unwrap_or_else(|error| {
            self.shot("failed");
            panic!(
                "{}: {what} is not there: {error}\n{}",
                self.name,
                self.page()
            )
        })
    }

    /// Clicks on a button of this name.
    pub fn press(&self, name: &str) {
        self.click(&self.button(name), name);
    }

    /// Clicks on what a CSS selector finds.
    pub fn press_css(&self, css: &str) {
        self.click(&self.find(css), css);
    }

    fn click(&self, element: &Element, what: &str) {
        // It may still move or wait for data: only the last error counts.
        self.until(what, || {
            self.runtime
                .block_on(element.click())
                .map_err(|e| e.to_string())
        });
    }

    /// Replaces the text of the field with this label.
    pub fn fill(&self, label: &str, text: &str) {
        let field = self.field(label);
        self.until(label, || {
            self.runtime
                .block_on(async {
                    field.clear().await?;
                    field.send_keys(text).await
                })
                .map_err(|error| error.to_string())
        });
    }

    /// Types keys where the focus is; `\u{e007}` is Enter, as WebDriver names it.
    pub fn keys(&self, keys: &str) {
        // What had the focus may go just now.
        self.until(&format!("{keys:?}"), || {
            self.runtime
                .block_on(async {
                    let element = self.client.active_element().await?;
                    element.send_keys(keys).await
                })
                .map_err(|error| error.to_string())
        });
    }

    /// Replaces what an editor holds.
    pub fn type_into(&self, element: &Element, text: &str) {
        self.click(element, "editor");
        self.chord("\u{e009}", "a");
        self.keys(text);
    }

    /// Presses a key while another is held (`\u{e009}` is Control).
    pub fn chord(&self, held: &str, key: &str) {
        // U+E000 lets go.
        self.keys(&format!("{held}{key}\u{e000}"));
    }

    /// Goes to a section by its key, until what a CSS selector finds is there: a dialog that closes
    /// just now keeps keys to itself.
    pub fn go(&self, key: &str, css: &str) {
        self.until(&format!("Ctrl+{key} to {css}"), || {
            self.chord("\u{e009}", key);
            std::thread::sleep(Duration::from_millis(200));
            match self.count(css) {
                0 => Err("not there".to_owned()),
                _ => Ok(()),
            }
        });
    }

    /// Waits until nothing in the page says that it is still busy.
    pub fn settled(&self) {
        self.until("the page at rest", || {
            match self.count("[aria-busy=true], .spin, .loading") {
                0 => Ok(()),
                busy => Err(format!("{busy} parts are busy")),
            }
        });
    }

    /// Waits until the page says this somewhere in what a CSS selector finds.
    pub fn says(&self, css: &str, text: &str) -> String {
        self.until(&format!("{css} saying {text:?}"), || {
            let all = self.text(css);
            if all.contains(text) {
                Ok(all)
            } else {
                Err(all)
            }
        })
    }

    /// The text of everything that a CSS selector finds.
    #[must_use]
    pub fn text(&self, css: &str) -> String {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')";
        let value = self.script(script, vec![json!(css)]);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Everything the page says.
    #[must_use]
    pub fn page(&self) -> String {
        self.text("body")
    }

    /// Runs a script in the page.
    pub fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.runtime
            .block_on(self.client.execute(script, arguments))
            .unwrap_or_else(|error| panic!("{}: {script}: {error}", self.name))
    }

    /// Runs a script that ends by calling its last argument.
    pub fn script_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.runtime
            .block_on(self.client.execute_async(script, arguments))
            .unwrap_or_else(|error| panic!("{}: {script}: {error}", self.name))
    }

    /// Keeps a screenshot.
    pub fn shot(&self, what: &str) {
        let folder = screenshots();
        fs::create_dir_all(&folder).unwrap();
        let bytes = self.runtime.block_on(self.client.screenshot());
        if let Ok(bytes) = bytes {
            fs::write(folder.join(format!("{}-{what}.png", self.name)), bytes).unwrap();
        }
    }

    /// Tries until it succeeds.
    pub fn until<T>(&self, what: &str, attempt: impl Fn() -> Result<T, String>) -> T {
        let begun = Instant::now();
        loop {
            match attempt() {
                Ok(done) => return done,
                Err(error) if begun.elapsed() > PATIENCE => {
                    self.shot("failed");
                    panic!("{}: {what}: {error}\n{}", self.name, self.page());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Violations that axe finds in the page as it is, one a line.
    #[must_use]
    pub fn axe(&self) -> Vec<String> {
        let source = fs::read_to_string(Path::new("../ui/node_modules/axe-core/axe.min.js"))
            .expect("axe-core; `make setup` installs it");
        self.script(&format!("{source}; return true"), Vec::new());
        let told = self.script_later(
            "const done = arguments[arguments.length - 1];
             axe.run(document, {resultTypes: ['violations']}).then(
               r => done(r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 200) + ' ' + (n.failureSummary ?? '').slice(0, 300)))),
               e => done(['axe: ' + e]));",
            Vec::new(),
        );
        let lines = told.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .map(|line| line.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Closes the window.
    pub fn close(self) {
        // It closes with the driver, too.
        let _ = self.runtime.block_on(self.client.close());
    }
}

fn listening(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < PATIENCE, "nothing listens on port {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
