//! What the first bytes of a member hold, as far as they are JSON: for recognising formats.

use super::text::readable;
use super::{Expected, Fault, Scanner, Str, Value};

/// The most objects an outline lists.
const OBJECTS: usize = 256;

/// The deepest objects it lists.
const LEVELS: usize = 8;

/// The path of objects that come after a fault.
pub const DAMAGED: &str = "(after damage)";

/// The objects found, outer ones before inner ones, in the order of their beginnings. The bytes
/// may end anywhere; what came before the end is there.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The objects.
    pub objects: Vec<Object>,
    /// How many documents begin, up to 4.
    pub documents: usize,
    /// Whether the first document is a line of its own.
    pub line: bool,
    /// Whether the first document is an array.
    pub array: bool,
    /// Where the first fault is, other than that the bytes end.
    pub fault: Option<usize>,
}

/// One object.
#[derive(Clone, Debug)]
pub struct Object {
    /// How it is reached, as in `Records[]` or `[].detail`; empty for a whole document.
    pub path: String,
    /// Its keys with what stands under them, in order.
    pub members: Vec<(String, Member)>,
}

/// What stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A text.
    Text(String),
    /// A number, `true`, `false` or `null`, as written.
    Other(String),
    /// An array; whether it has elements.
    Array(bool),
    /// An object.
    Object,
}

impl Object {
    /// Whether it has a key, in any case: databases lower them.
    pub fn has(&self, key: &str) -> bool {
        self.members
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(key))
    }

    /// How many of these keys it has.
    pub fn count(&self, keys: &[&str]) -> usize {
        keys.iter().filter(|key| self.has(key)).count()
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.members.iter().find_map(|(name, member)| match member {
            Member::Text(text) if name.eq_ignore_ascii_case(key) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The first keys, for people.
    pub fn keys(&self) -> String {
        let names: Vec<&str> = self
            .members
            .iter()
            .take(6)
            .map(|(name, _)| name.as_str())
            .collect();
        let more = if self.members.len() > 6 { ", ..." } else { "" };
        names.join(", ") + more
    }
}

impl Outline {
    /// The outline of bytes.
    pub fn of(bytes: &[u8]) -> Outline {
        let mut outline = Outline::default();
        let mut scanner = Scanner::new(bytes, 0);
        while outline.documents < 4 && matches!(scanner.next(), Some(b'{' | b'[')) {
            outline.documents += 1;
            let start = scanner.at();
            outline.array |= outline.documents == 1 && scanner.byte() == Some(b'[');
            let result = outline.value(&mut scanner, "", 0);
            if outline.documents == 1 {
                let end = scanner.at();
                scanner.next();
                let blanks = scanner.since(end);
                let document = scanner.since(start).len() - blanks.len();
                let document = bytes.get(start..start + document).unwrap_or(&[]);
                outline.line = blanks.contains(&b'\n') && !document.contains(&b'\n');
            }
            if let Err(fault) = result {
                if !fault.ended {
                    outline.fault = Some(fault.at);
                    outline.after_damage(bytes, fault.at);
                }
                break;
            }
        }
        outline
    }

    /// Goes on at every object that begins after a fault, whatever it stands in.
    fn after_damage(&mut self, bytes: &[u8], mut at: usize) {
        while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr(b'{', rest)) {
            let mut scanner = Scanner::new(bytes, at + next);
            let result = self.value(&mut scanner, DAMAGED, 0);
            at = match result {
                Ok(()) => scanner.at(),
                Err(fault) if fault.ended => return,
                Err(fault) => fault.at.max(at + next + 1),
            };
        }
    }

    fn value(&mut self, scanner: &mut Scanner<'_>, path: &str, level: usize) -> Result<(), Fault> {
        match scanner.next() {
            Some(b'{') if level < LEVELS => self.object(scanner, path, level),
            Some(b'[') if level < LEVELS => {
                let path = format!("{path}[]");
                scanner.array(|scanner| self.value(scanner, &path, level + 1))
            }
            _ => scanner.skip(),
        }
    }

    fn object(&mut self, scanner: &mut Scanner<'_>, path: &str, level: usize) -> Result<(), Fault> {
        let index = self.objects.len();
        if index >= OBJECTS {
            return Err(Fault {
                at: scanner.at(),
                expected: Expected::Depth,
                ended: true,
            });
        }
        self.objects.push(Object {
            path: path.to_owned(),
            members: Vec::new(),
        });
        scanner.object(|scanner, key| {
            let name = readable(key).into_owned();
            let inner = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            match scanner.next() {
                Some(b'{') => {
                    self.push(index, name, Member::Object);
                    self.value(scanner, &inner, level + 1)
                }
                Some(b'[') => {
                    let mut ahead = scanner.clone();
                    let empty = ahead.array(|_| {
                        Err(Fault {
                            at: 0,
                            expected: Expected::Value,
                            ended: false,
                        })
                    });
                    self.push(index, name, Member::Array(empty.is_err()));
                    self.value(scanner, &inner, level + 1)
                }
                _ => {
                    let member = member(scanner.value()?);
                    self.push(index, name, member);
                    Ok(())
                }
            }
        })
    }

    fn push(&mut self, index: usize, name: String, member: Member) {
        if let Some(object) = self.objects.get_mut(index) {
            object.members.push((name, member));
        }
    }
}

fn member(value: Value<'_>) -> Member {
    let text = |text: Str<'_>| text.text().into_owned();
    match value {
        Value::String(string) => Member::Text(text(string)),
        Value::Null => Member::Other("null".to_owned()),
        other => Member::Other(other.scalar().map(text).unwrap_or_default()),
    }
}
