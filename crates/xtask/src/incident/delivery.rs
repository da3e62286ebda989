//! How records reach the bucket: log files an hour long or 1,500 records, with the quirks of life.

use std::collections::BTreeMap;

use super::attack::{STARTED, STOPPED};
use super::company::{EDGE, HOME, LOG_BUCKET, PRODUCTION};
use crate::cloudtrail::{Event, Place, file};
use crate::draw::Draw;
use crate::moment::{self, at};

/// Most records of one log file.
const FULL: usize = 1_500;
/// Where the hour of the deleted file is cut: what is before it is gone.
const CUT: &str = "2026-09-15T04:10:00Z";
/// The bucket of the second trail, which repeats some events.
pub const SECOND_BUCKET: &str = "aurelia-security-audit";

/// A log file as it was delivered.
pub struct LogFile {
    /// The bucket.
    pub bucket: &'static str,
    /// The object's key.
    pub key: String,
    /// The content before compression.
    pub raw: Vec<u8>,
    /// The records in it, in its order.
    pub events: Vec<Event>,
    /// When it was delivered.
    pub delivered: i64,
    /// Where its records come from.
    pub place: Place,
    /// Whether somebody deleted it: then it is not in the evidence.
    pub deleted: bool,
}

impl LogFile {
    /// Path below the evidence folder.
    pub fn path(&self) -> String {
        format!("aws/{}/{}", self.bucket, self.key)
    }

    /// Times of the first and the last record.
    pub fn span(&self) -> (i64, i64) {
        let times = self.events.iter().map(|event| event.time);
        (
            times.clone().min().unwrap_or_default(),
            times.max().unwrap_or_default(),
        )
    }
}

/// All log files of `events`, in the order of their paths.
pub fn deliver(events: Vec<Event>) -> Vec<LogFile> {
    let mut batches: BTreeMap<(Place, i64), Vec<Event>> = BTreeMap::new();
    let mut audit: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
    let mut events: Vec<Event> = events.into_iter().filter(recorded).collect();
    events.sort_by(|one, other| (one.time, &one.id).cmp(&(other.time, &other.id)));
    for event in events {
        if in_second_trail(&event) {
            audit
                .entry(event.time / 3600)
                .or_default()
                .push(event.clone());
        }
        let part = i64::from(event.time % 3600 >= at(CUT) % 3600 && hour_of_cut(&event));
        batches
            .entry((event.place.clone(), event.time / 3600 * 2 + part))
            .or_default()
            .push(event);
    }
    let mut files = Vec::new();
    for ((place, slot), batch) in batches {
        let full = batch.chunks(FULL).map(<[Event]>::to_vec);
        files.extend(
            full.enumerate()
                .map(|(n, part)| log_file(LOG_BUCKET, &place, slot, n, part)),
        );
    }
    for (hour, batch) in audit {
        let place = Place::new(PRODUCTION, EDGE);
        files.push(log_file(SECOND_BUCKET, &place, hour * 2, 0, batch));
    }
    files.extend(delivered_twice(&files));
    files.sort_by_key(LogFile::path);
    files
}

/// Whether a trail was there to record it.
fn recorded(event: &Event) -> bool {
    let stopped = event.time > at(STOPPED) && event.time < at(STARTED);
    !(stopped && event.place == Place::new(PRODUCTION, HOME))
}

/// The second trail keeps what changes something in `us-east-1`, on the day of the attack.
fn in_second_trail(event: &Event) -> bool {
    let day = at("2026-09-15T00:00:00Z");
    event.write
        && event.place == Place::new(PRODUCTION, EDGE)
        && (day..day + 86_400).contains(&event.time)
}

fn hour_of_cut(event: &Event) -> bool {
    event.place == Place::new(PRODUCTION, HOME) && event.time / 3600 == at(CUT) / 3600
}

fn log_file(
    bucket: &'static str,
    place: &Place,
    slot: i64,
    n: usize,
    mut events: Vec<Event>,
) -> LogFile {
    let label = format!("file {bucket} {place:?} {slot} {n}");
    let mut draw = Draw::new(&label);
    let last = events
        .iter()
        .map(|event| event.time)
        .max()
        .unwrap_or_default();
    let delivered = last + draw.between(120, 420);
    draw.shuffle(&mut events);
    let Place { account, region } = place;
    let key = format!(
        "AWSLogs/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{}.json.gz",
        moment::folder(delivered),
        moment::to_minute(delivered),
        draw.text(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            16
        )
    );
    let home = *place == Place::new(PRODUCTION, HOME);
    let deleted = home && slot / 2 == at(CUT) / 3600 && slot % 2 == 0;
    let mut file = LogFile {
        bucket,
        key,
        raw: Vec::new(),
        events,
        delivered,
        place: place.clone(),
        deleted,
    };
    file.raw = content(&mut file.events);
    file
}

/// One record of the week has a raw control character in a string, as some writers let through.
const CONTROL: &str = "WorkGroup with a bell";

fn content(events: &mut [Event]) -> Vec<u8> {
    if let Some(event) = events.iter_mut().find(|event| event.json.contains(CONTROL)) {
        event.json = event.json.replace(CONTROL, "WorkGroup\u{7}");
    }
    file(events.iter().map(|event| event.json.as_str()))
}

/// One file is delivered a second time under another name, as happens.
fn delivered_twice(files: &[LogFile]) -> Option<LogFile> {
    let place = Place::new(PRODUCTION, EDGE);
    let time = at("2026-09-14T16:00:00Z");
    let first = files
        .iter()
        .find(|file| file.bucket == LOG_BUCKET && file.place == place && file.span().0 >= time)?;
    let name = first.key.rsplit('_').next()?;
    Some(LogFile {
        bucket: first.bucket,
        key: first.key.replace(name, "zT9kQ2mVb7LxPw4R.json.gz"),
        raw: first.raw.clone(),
        events: first.events.clone(),
        delivered: first.delivered + 60,
        place: first.place.clone(),
        deleted: false,
    })
}

/// The call whose record will carry the control character.
pub fn bell(draw: &mut Draw) -> Event {
    use super::company::{at_work, person, production};
    use crate::cloudtrail::Call;
    let time = at("2026-09-16T09:41:27Z");
    let caller = at_work(person("wei.zhang"), time - 7_000);
    Call::read("athena", "GetWorkGroup")
        .request(serde_json::json!({"workGroup": CONTROL}))
        .made(&production(HOME), time, &caller, draw)
}
