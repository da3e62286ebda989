//! Many forms at once, without case.

use std::collections::HashMap;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, BuildError, Input, Span};

use super::variant::Form;

/// Bytes of a probe at most: what the vector search looks at.
const PROBE: usize = 4;
/// Probes that one vector search takes without getting slow.
const PACKED: usize = 48;
/// Vector searches over the same bytes that are still faster than an automaton for all.
const PASSES: usize = 16;

/// Looks for forms by a probe of each: a few bytes in both cases.
#[derive(Debug)]
pub(super) struct Finder(Vec<Group>);

/// A form to look for.
#[derive(Debug)]
struct Target {
    phrase: usize,
    bytes: Vec<u8>,
    /// Where its probe stands.
    at: usize,
    probes: Vec<Vec<u8>>,
}

impl Finder {
    /// A finder for `forms`, each with the number of its phrase.
    ///
    /// # Errors
    /// Where there are more than an automaton can hold.
    pub(super) fn new(forms: Vec<(usize, Form)>) -> Result<Finder, BuildError> {
        let mut by_length: [Vec<Target>; PROBE + 1] = Default::default();
        for (phrase, Form { bytes, .. }) in forms {
            let length = bytes.len().min(PROBE);
            let at = rarest(&bytes, length);
            let probes = cases(bytes.get(at..at + length).unwrap_or_default());
            if let Some(same) = by_length.get_mut(length) {
                same.push(Target {
                    phrase,
                    bytes,
                    at,
                    probes,
                });
            }
        }
        let mut groups = Vec::new();
        for targets in by_length {
            let probes: usize = targets.iter().map(|target| target.probes.len()).sum();
            let limit = if probes > PACKED * PASSES {
                usize::MAX
            } else {
                PACKED
            };
            for group in split(targets, limit) {
                groups.push(Group::new(group)?);
            }
        }
        Ok(Finder(groups))
    }

    /// Tells every form that ends after the first `seen` bytes of `window`.
    pub(super) fn find(&self, window: &[u8], seen: usize, hit: &mut dyn FnMut(usize, usize)) {
        self.0
            .iter()
            .for_each(|group| group.find(window, seen, hit));
    }
}

/// Splits `targets` so that each part has at most `limit` probes, if one has more than one form.
fn split(targets: Vec<Target>, limit: usize) -> Vec<Vec<Target>> {
    let mut parts: Vec<Vec<Target>> = Vec::new();
    let mut probes = 0;
    for target in targets {
        probes += target.probes.len();
        match parts.last_mut().filter(|_| probes <= limit) {
            Some(part) => part.push(target),
            None => {
                probes = target.probes.len();
                parts.push(vec![target]);
            }
        }
    }
    parts
}

/// Forms whose probes are equally long and are looked for in one pass.
#[derive(Debug)]
struct Group {
    targets: Vec<Target>,
    search: Search,
    /// For each probe, the targets that hold it.
    owners: Vec<Vec<usize>>,
}

#[derive(Debug)]
enum Search {
    /// Few enough probes for the vector search.
    Packed(Box<Searcher>),
    /// Too many probes for the vector search.
    Automaton(Box<AhoCorasick>),
}

impl Group {
    fn new(targets: Vec<Target>) -> Result<Group, BuildError> {
        let mut probes: Vec<&[u8]> = Vec::new();
        let mut owners: Vec<Vec<usize>> = Vec::new();
        let mut known: HashMap<&[u8], usize> = HashMap::new();
        for (index, target) in targets.iter().enumerate() {
            for probe in &target.probes {
                let number = *known.entry(probe).or_insert_with(|| {
                    probes.push(probe);
                    owners.push(Vec::new());
                    probes.len() - 1
                });
                if let Some(owners) = owners.get_mut(number) {
                    owners.push(index);
                }
            }
        }
        let search = search(&probes)?;
        Ok(Group {
            targets,
            search,
            owners,
        })
    }

    /// Tells every form that ends after the first `seen` bytes of `window`.
    pub(super) fn find(&self, window: &[u8], seen: usize, hit: &mut dyn FnMut(usize, usize)) {
        let mut from = 0;
        while let Some((probe, at)) = self.search.next(window, from) {
            from = at + 1;
            let owners = self.owners.get(probe).into_iter().flatten();
            for target in owners.filter_map(|index| self.targets.get(*index)) {
                let Some(start) = at.checked_sub(target.at) else {
                    continue;
                };
                let end = start + target.bytes.len();
                let text = window.get(start..end);
                let same = text.is_some_and(|text| text.eq_ignore_ascii_case(&target.bytes));
                if same && end > seen {
                    hit(target.phrase, start);
                }
            }
        }
    }
}

impl Search {
    /// The next probe from `from` on: its number and place. Probes may overlap, so the next
    /// search begins one byte further.
    fn next(&self, window: &[u8], from: usize) -> Option<(usize, usize)> {
        if from >= window.len() {
            return None;
        }
        let span = Span {
            start: from,
            end: window.len(),
        };
        let found = match self {
            Search::Packed(packed) => packed.find_in(window, span),
            Search::Automaton(automaton) => automaton.find(Input::new(window).span(span)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

fn search(probes: &[&[u8]]) -> Result<Search, BuildError> {
    if probes.len() <= PACKED {
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        if let Some(packed) = builder.extend(probes).build() {
            return Ok(Search::Packed(Box::new(packed)));
        }
    }
    let automaton = AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostFirst)
        .build(probes)?;
    Ok(Search::Automaton(Box::new(automaton)))
}

/// Where in `form` the `length` bytes stand that logs hold least often.
fn rarest(form: &[u8], length: usize) -> usize {
    let cost = |probe: &[u8]| {
        let cases = probe
            .iter()
            .filter(|byte| byte.is_ascii_alphabetic())
            .count() as f64;
        probe.iter().map(|byte| frequency(*byte).ln()).sum::<f64>() + cases * 0.2
    };
    let places = form.windows(length.max(1)).map(cost).enumerate();
    places
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(0, |(at, _)| at)
}

/// How often a byte stands in JSON logs, roughly, in thousandths; letters in both cases.
fn frequency(byte: u8) -> f64 {
    match byte.to_ascii_lowercase() {
        b'"' => 110.0,
        b'e' | b't' | b'a' | b's' | b'n' | b'o' | b'r' | b'i' => 55.0,
        b'c' | b'd' | b'l' | b'u' | b'm' | b'p' => 30.0,
        b'0' | b'1' | b'2' => 25.0,
        b':' | b',' => 30.0,
        b'-' | b'.' | b'/' | b'3'..=b'9' => 18.0,
        b'v' | b'y' | b'g' | b'f' | b'h' | b'b' | b'w' => 15.0,
        b'k' => 8.0,
        b'x' | b'q' | b'z' | b'j' => 4.0,
        b' ' | b'{' | b'}' | b'_' | b'\\' => 8.0,
        b'[' | b']' | b'=' | b'(' | b')' | b'+' | b'@' | b';' | b'\n' => 2.0,
        0 => 400.0,
        _ => 1.0,
    }
}

/// A probe with its letters in either case.
fn cases(probe: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    for byte in probe {
        let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
        let mut more = if lower == upper {
            Vec::new()
        } else {
            all.clone()
        };
        all.iter_mut().for_each(|one| one.push(lower));
        more.iter_mut()
            .for_each(|one: &mut Vec<u8>| one.push(upper));
        all.append(&mut more);
    }
    all
}
