//! VPC flow logs, version 2: few destinations inside, very many sources outside.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::Content;
use crate::draw::Draw;
use crate::moment;

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
                      packets bytes start end action log-status\n";
const ACCOUNT: &str = "111122223333";
/// Sources that there are.
const SOURCES: u64 = 200_000;
/// Destinations inside that there are.
const DESTINATIONS: u64 = 300;
/// Seconds that one file covers.
const SPAN: i64 = 600;

/// File number `n` with `lines` lines.
pub(super) fn file(n: u64, lines: u64) -> Content {
    let start = moment::at("2026-06-01T00:00:00Z") + n as i64 * SPAN;
    let mut draw = Draw::part("flow evidence", n);
    let mut out = String::with_capacity(lines as usize * 120 + HEADER.len());
    out.push_str(HEADER);
    for _ in 0..lines {
        line(&mut out, start, &mut draw);
    }
    let (day, minute) = (moment::folder(start), moment::to_minute(start));
    let path = format!(
        "AWSLogs/{ACCOUNT}/vpcflowlogs/eu-west-1/{day}/{ACCOUNT}_vpcflowlogs_eu-west-1_fl-\
         0a1b2c3d4e5f60718_{minute}_{}.log.gz",
        draw.hex(8)
    );
    Content {
        path,
        raw: out.into_bytes(),
        level: 6,
    }
}

fn line(out: &mut String, from: i64, draw: &mut Draw) {
    let source = address(draw.ranked(SOURCES));
    let inside = draw.ranked(DESTINATIONS);
    let inner = Ipv4Addr::new(10, 20, (inside / 100) as u8, 10 + (inside % 100) as u8);
    let interface = inside.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let port = *draw.weighted(&[(60, 443), (12, 80), (8, 22), (6, 5432), (6, 53), (8, 3389)]);
    let accepted = port == 443 || port == 80 || !draw.one_in(3);
    let packets = if accepted {
        1 + draw.ranked(900)
    } else {
        1 + draw.below(3)
    };
    let bytes = packets * (40 + draw.below(1400));
    let start = from + draw.between(0, SPAN - 60);
    let end = start + draw.between(1, 59);
    let protocol = if port == 53 { 17 } else { 6 };
    let action = if accepted { "ACCEPT" } else { "REJECT" };
    let far = 32_768 + draw.below(28_000);
    // Writing to a String cannot fail.
    let _ = if draw.one_in(2) {
        writeln!(
            out,
            "2 {ACCOUNT} eni-0{:015x} {source} {inner} {far} {port} {protocol} {packets} {bytes} \
             {start} {end} {action} OK",
            interface >> 4
        )
    } else {
        writeln!(
            out,
            "2 {ACCOUNT} eni-0{:015x} {inner} {source} {port} {far} {protocol} {packets} {bytes} \
             {start} {end} {action} OK",
            interface >> 4
        )
    };
}

/// Source number `n`, scattered over the address space without private ranges.
fn address(n: u64) -> Ipv4Addr {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let first = 11 + ((mixed >> 56) % 110) as u8;
    Ipv4Addr::new(
        first,
        (mixed >> 48) as u8,
        (mixed >> 40) as u8,
        (mixed >> 32) as u8,
    )
}
