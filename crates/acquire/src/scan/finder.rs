//! Many forms at once, without case.

use std::collections::HashMap;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, BuildError, Input, Span};

use super::variant::Form;

/// Bytes of a probe at most: what the vector search looks at.
const PROBE: usize = 4;
/// Probes that the vector search takes without getting slow.
const PACKED: usize = 48;

/// Looks for forms by a probe of each: a few bytes in both cases.
#[derive(Debug)]
pub(super) struct Finder {
    forms: Vec<Target>,
    search: Search,
    /// For each probe, the forms that hold it and where.
    owners: Vec<Vec<(usize, usize)>>,
}

#[derive(Debug)]
struct Target {
    phrase: usize,
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Search {
    Nothing,
    /// Few enough probes for the vector search.
    Packed(Box<Searcher>),
    /// Too many probes for the vector search.
    Automaton(Box<AhoCorasick>),
}

impl Finder {
    /// A finder for `forms`, each with the number of its phrase.
    ///
    /// # Errors
    /// Where there are more than an automaton can hold.
    pub(super) fn new(forms: Vec<(usize, Form)>) -> Result<Finder, BuildError> {
        let forms: Vec<Target> = forms
            .into_iter()
            .map(|(phrase, form)| Target {
                phrase,
                bytes: form.bytes,
            })
            .collect();
        let shortest = forms
            .iter()
            .map(|target| target.bytes.len())
            .min()
            .unwrap_or(0);
        let probe_length = shortest.min(PROBE);
        let mut probes: Vec<Vec<u8>> = Vec::new();
        let mut owners: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        for (index, target) in forms.iter().enumerate() {
            let at = rarest(&target.bytes, probe_length);
            for probe in cases(target.bytes.get(at..at + probe_length).unwrap_or_default()) {
                let number = *known.entry(probe.clone()).or_insert_with(|| {
                    probes.push(probe);
                    owners.push(Vec::new());
                    probes.len() - 1
                });
                if let Some(owners) = owners.get_mut(number) {
                    owners.push((index, at));
                }
            }
        }
        Ok(Finder {
            forms,
            search: search(&probes)?,
            owners,
        })
    }

    /// Tells every form that ends after the first `seen` bytes of `window`.
    pub(super) fn find(&self, window: &[u8], seen: usize, hit: &mut dyn FnMut(usize, usize)) {
        let mut from = 0;
        while let Some((probe, at)) = self.search.next(window, from) {
            from = at + 1;
            for (index, shift) in self.owners.get(probe).into_iter().flatten() {
                let (Some(target), Some(start)) = (self.forms.get(*index), at.checked_sub(*shift))
                else {
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
            Search::Nothing => None,
            Search::Packed(packed) => packed.find_in(window, span),
            Search::Automaton(automaton) => automaton.find(Input::new(window).span(span)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

fn search(probes: &[Vec<u8>]) -> Result<Search, BuildError> {
    if probes.is_empty() {
        return Ok(Search::Nothing);
    }
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
