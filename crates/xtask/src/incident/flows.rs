//! What the flow logs of three VPCs saw: ordinary traffic, and the taken gateway.

use std::collections::BTreeMap;

use super::attack::FLOWS_AGAIN;
use super::company::{
    ANALYTICS_FLOW_LOG, ANALYTICS_VPC, ATTACKER, CONTROL, EDGE, GATEWAY_ADDRESS, GATEWAY_INTERFACE,
    HOME, LOG_BUCKET, MACHINES, Machine, NEW_ANALYTICS_FLOW_LOG, PRODUCTION, days, working_day,
};
use super::network::{DEFAULT_HEADER, Flow, Line, OWN_HEADER, in_default_format, in_own_format};
use crate::draw::Draw;
use crate::moment::{self, at};

/// Bytes that the gateway sends to where it is controlled from, beacons included.
pub const SENT: u64 = 9_600_000_000;
/// Beacons, one a minute from 04:30 to 09:00, both included.
pub const BEACONS: i64 = 271;
/// Minutes that the bulk of it takes.
const BULK: u64 = 160;
/// Addresses that are scanned, on [`SCANNED_PORTS`] ports each.
pub const SCANNED: u64 = 253;
/// The ports.
pub const SCANNED_PORTS: [u64; 6] = [22, 445, 3389, 5432, 6379, 8080];
/// When the analysts' flow log falls silent.
pub const SILENT: &str = "2026-09-15T03:12:07Z";

/// Seconds that one file covers.
const SPAN: i64 = 4 * 3600;

/// A flow log file as it was delivered.
pub struct FlowFile {
    /// The object's key.
    pub key: String,
    /// The content before compression.
    pub raw: Vec<u8>,
    /// Its lines, without the header.
    pub lines: Vec<Line>,
}

impl FlowFile {
    /// Path below the evidence folder.
    pub fn path(&self) -> String {
        format!("aws/{LOG_BUCKET}/{}", self.key)
    }
}

/// One of the logs.
struct Log {
    id: &'static str,
    region: &'static str,
    header: Option<&'static str>,
    lines: Vec<Line>,
}

/// All files of all flow logs.
pub fn files() -> Vec<FlowFile> {
    let (before, after) = analytics();
    let own = Some(OWN_HEADER);
    let logs = [
        Log {
            id: "fl-0a11bb22cc33dd44e",
            region: HOME,
            header: Some(DEFAULT_HEADER),
            lines: production(),
        },
        Log {
            id: ANALYTICS_FLOW_LOG,
            region: HOME,
            header: own,
            lines: before,
        },
        Log {
            id: NEW_ANALYTICS_FLOW_LOG,
            region: HOME,
            header: own,
            lines: after,
        },
        // Exported from CloudWatch: no header.
        Log {
            id: "fl-0e33d7a9b5c1f2846",
            region: EDGE,
            header: None,
            lines: edge(),
        },
    ];
    logs.into_iter().flat_map(delivered).collect()
}

fn delivered(log: Log) -> Vec<FlowFile> {
    let mut spans: BTreeMap<i64, Vec<Line>> = BTreeMap::new();
    for line in log.lines {
        spans
            .entry(line.start() / SPAN * SPAN)
            .or_default()
            .push(line);
    }
    let mut out = Vec::new();
    for (start, mut lines) in spans {
        // Interfaces report when they are ready, not in order.
        lines.sort_by_key(Line::start);
        let mut text = log
            .header
            .map(|header| format!("{header}\n"))
            .unwrap_or_default();
        for line in &lines {
            let line = match log.header {
                Some(OWN_HEADER) => in_own_format(line, PRODUCTION, ANALYTICS_VPC, log.region),
                _ => in_default_format(line, PRODUCTION),
            };
            text.push_str(&line);
            text.push('\n');
        }
        let (id, region) = (log.id, log.region);
        let hash = Draw::new(&format!("{id} {start}")).hex(8);
        let key = format!(
            "AWSLogs/{PRODUCTION}/vpcflowlogs/{region}/{}/{PRODUCTION}_vpcflowlogs_{region}_{id}_{}_{hash}.log.gz",
            moment::folder(start),
            moment::to_minute(start)
        );
        out.push(FlowFile {
            key,
            raw: text.into_bytes(),
            lines,
        });
    }
    out
}

fn flow(interface: &str, ends: (&str, &str), ports: (u64, u64), start: i64, seconds: i64) -> Flow {
    Flow {
        start,
        end: start + seconds,
        interface: interface.to_owned(),
        source: ends.0.to_owned(),
        destination: ends.1.to_owned(),
        source_port: ports.0,
        destination_port: ports.1,
        protocol: 6,
        packets: 1,
        bytes: 44,
        accepted: true,
    }
}

fn production() -> Vec<Line> {
    let mut out = Vec::new();
    for day in days() {
        visitors(day, &mut out);
        noise(day, &mut out);
    }
    intrusion(&mut out);
    scan(&mut out);
    beacons(&mut out);
    out
}

/// Robots and browsers come in, the index is asked, answers go out.
fn visitors(day: i64, out: &mut Vec<Line>) {
    for machine in (0..MACHINES).map(Machine) {
        let mut draw = Draw::new(&format!("visitors {machine} {day}"));
        let (interface, address) = (machine.interface(), machine.address());
        for hour in 0..24 {
            let busy = working_day(day) && (6..20).contains(&hour);
            for _ in 0..if busy { 8 } else { 4 } {
                let start = day + hour * 3600 + draw.between(0, 3_540);
                let client = format!("198.51.100.{}", draw.between(100, 180));
                let port = 32_768 + draw.below(28_000);
                let mut request = flow(&interface, (&client, &address), (port, 443), start, 59);
                request.packets = 8 + draw.ranked(300);
                request.bytes = request.packets * (90 + draw.below(300));
                let packets = request.packets * 2 + draw.below(40);
                out.push(Line::Flow(
                    request.answered(packets, packets * (700 + draw.below(600))),
                ));
                out.push(Line::Flow(request));
            }
            let start = day + hour * 3600 + draw.between(0, 3_540);
            let mut query = flow(
                &interface,
                (&address, "10.20.9.15"),
                (40_000 + draw.below(9_000), 5432),
                start,
                58,
            );
            query.packets = 40 + draw.ranked(900);
            query.bytes = query.packets * 210;
            out.push(Line::Flow(query));
        }
    }
}

/// What everybody with a public address gets: tries from everywhere, and quiet interfaces.
fn noise(day: i64, out: &mut Vec<Line>) {
    let mut draw = Draw::new(&format!("noise {day}"));
    for _ in 0..24 * 10 {
        let start = day + draw.between(0, 86_300);
        let from = format!("192.0.2.{}", draw.between(190, 249));
        let machine = Machine(draw.below(MACHINES));
        let port = *draw.pick(&[22, 23, 3389, 8080, 5900]);
        let ends = (from.as_str(), &*machine.address());
        let mut knock = flow(
            &machine.interface(),
            ends,
            (50_000 + draw.below(9_000), port),
            start,
            2,
        );
        knock.accepted = false;
        out.push(Line::Flow(knock));
    }
    for quarter in 0..96 {
        out.push(Line::NoData(
            "eni-0ffe5d4c3b2a19087".to_owned(),
            day + quarter * 900,
        ));
    }
    out.push(Line::SkipData(Machine(3).interface(), day + 61_200));
}

/// Through the opened port: tries from the world, and the attacker's session.
fn intrusion(out: &mut Vec<Line>) {
    let mut draw = Draw::new("intrusion");
    for minute in 0..22 {
        let start = at("2026-09-15T04:06:10Z") + minute * 60;
        let mut shell = flow(
            GATEWAY_INTERFACE,
            (ATTACKER, GATEWAY_ADDRESS),
            (51_834, 22),
            start,
            59,
        );
        shell.packets = 20 + draw.below(200);
        shell.bytes = shell.packets * 92;
        let packets = shell.packets + draw.below(60);
        out.push(Line::Flow(shell.answered(packets, packets * 140)));
        out.push(Line::Flow(shell));
    }
    for _ in 0..60 {
        let start = at("2026-09-15T03:58:40Z") + draw.between(0, 31_000);
        let from = format!("192.0.2.{}", draw.between(190, 249));
        let ends = (from.as_str(), GATEWAY_ADDRESS);
        let mut knock = flow(
            GATEWAY_INTERFACE,
            ends,
            (50_000 + draw.below(9_000), 22),
            start,
            3,
        );
        knock.packets = 4;
        knock.bytes = 240;
        out.push(Line::Flow(knock));
    }
}

/// The subnet is scanned from the gateway, port after port.
fn scan(out: &mut Vec<Line>) {
    let mut draw = Draw::new("scan");
    let begin = at("2026-09-15T04:12:00Z");
    for (n, port) in SCANNED_PORTS.iter().enumerate() {
        let hosts = (1..=254).filter(|host| format!("10.20.3.{host}") != GATEWAY_ADDRESS);
        for (host, at) in hosts.zip(0..) {
            let start = begin + n as i64 * 140 + at * 140 / 254;
            let target = format!("10.20.3.{host}");
            let ends = (GATEWAY_ADDRESS, target.as_str());
            let mut probe = flow(
                GATEWAY_INTERFACE,
                ends,
                (60_000 + draw.below(5_000), *port),
                start,
                1,
            );
            probe.accepted = host % 61 == 7 && matches!(port, 22 | 5432);
            out.push(Line::Flow(probe));
        }
    }
}

/// A beacon a minute, and the bulk of what is sent in between.
fn beacons(out: &mut Vec<Line>) {
    let mut draw = Draw::new("beacons");
    let begin = at("2026-09-15T04:30:00Z");
    let mut left = SENT;
    for n in 0..BEACONS {
        let ends = (GATEWAY_ADDRESS, CONTROL);
        let port = 49_152 + draw.below(16_000);
        let mut beacon = flow(GATEWAY_INTERFACE, ends, (port, 443), begin + n * 60, 2);
        beacon.packets = 9;
        beacon.bytes = 1_180 + draw.below(120);
        left -= beacon.bytes;
        out.push(Line::Flow(beacon.answered(7, 900 + draw.below(90))));
        out.push(Line::Flow(beacon));
    }
    let begin = at("2026-09-15T05:50:20Z");
    for n in 0..BULK {
        let rest = BULK - n;
        let ends = (GATEWAY_ADDRESS, CONTROL);
        let mut bulk = flow(
            GATEWAY_INTERFACE,
            ends,
            (44_310, 443),
            begin + n as i64 * 60,
            59,
        );
        bulk.bytes = if rest == 1 {
            left
        } else {
            left / rest * (90 + draw.below(21)) / 100
        };
        bulk.packets = bulk.bytes / 1_420 + 1;
        left -= bulk.bytes;
        let packets = bulk.packets / 2;
        out.push(Line::Flow(bulk.answered(packets, packets * 52)));
        out.push(Line::Flow(bulk));
    }
}

/// The analysts' VPC, silent while nobody logs it.
fn analytics() -> (Vec<Line>, Vec<Line>) {
    let mut out = Vec::new();
    for day in days() {
        let mut draw = Draw::new(&format!("analytics {day}"));
        for _ in 0..24 * 40 {
            let start = day + draw.between(0, 86_300);
            let node = draw.below(5);
            let interface = format!("eni-0{}", Draw::part("analyst's node", node).hex(16));
            let address = format!("10.30.1.{}", 11 + node);
            let (to, port) = *draw.pick(&[
                ("10.30.2.40", 8443),
                ("10.30.2.41", 9000),
                ("192.0.2.80", 443),
            ]);
            let mut query = flow(
                &interface,
                (&address, to),
                (33_000 + draw.below(20_000), port),
                start,
                55,
            );
            query.packets = 10 + draw.ranked(2_000);
            query.bytes = query.packets * (120 + draw.below(700));
            out.push(Line::Flow(query));
        }
        for hour in 0..24 {
            out.push(Line::NoData(
                "eni-0c0ffee1c0ffee2c0".to_owned(),
                day + hour * 3600 + 60,
            ));
        }
    }
    let (silent, again) = (at(SILENT), at(FLOWS_AGAIN));
    let before = out
        .iter()
        .filter(|line| line.start() < silent - 60)
        .cloned()
        .collect();
    let after = out
        .into_iter()
        .filter(|line| line.start() > again)
        .collect();
    (before, after)
}

fn edge() -> Vec<Line> {
    let mut out = Vec::new();
    for day in days() {
        let mut draw = Draw::new(&format!("edge traffic {day}"));
        for _ in 0..24 * 12 {
            let start = day + draw.between(0, 86_300);
            let client = format!("203.0.113.{}", draw.between(10, 60));
            let ends = (client.as_str(), "10.40.0.8");
            let mut visit = flow(
                "eni-0e33aa44bb55cc66d",
                ends,
                (33_000 + draw.below(20_000), 443),
                start,
                20,
            );
            visit.packets = 6 + draw.ranked(60);
            visit.bytes = visit.packets * 130;
            out.push(Line::Flow(visit));
        }
    }
    out
}
