//! Lines of VPC flow logs, in the default format and in one of a user's own.

use crate::draw::Draw;

/// What a flow log says of one conversation, in one direction.
#[derive(Clone, Debug)]
pub struct Flow {
    /// When the first packet was seen.
    pub start: i64,
    /// When the last one was.
    pub end: i64,
    /// The network interface.
    pub interface: String,
    /// Source address.
    pub source: String,
    /// Destination address.
    pub destination: String,
    /// Source port.
    pub source_port: u64,
    /// Destination port.
    pub destination_port: u64,
    /// IANA number of the protocol.
    pub protocol: u8,
    /// Packets.
    pub packets: u64,
    /// Bytes.
    pub bytes: u64,
    /// Whether it was let through.
    pub accepted: bool,
}

impl Flow {
    /// The answer to this flow, with so many packets and bytes.
    pub fn answered(&self, packets: u64, bytes: u64) -> Flow {
        Flow {
            source: self.destination.clone(),
            destination: self.source.clone(),
            source_port: self.destination_port,
            destination_port: self.source_port,
            packets,
            bytes,
            ..self.clone()
        }
    }
}

/// A line of a flow log.
#[derive(Clone, Debug)]
pub enum Line {
    /// A flow.
    Flow(Flow),
    /// An interface without traffic in the interval.
    NoData(String, i64),
    /// An interval that the log left out.
    SkipData(String, i64),
}

impl Line {
    /// When the interval begins.
    pub fn start(&self) -> i64 {
        match self {
            Line::Flow(flow) => flow.start,
            Line::NoData(_, start) | Line::SkipData(_, start) => *start,
        }
    }
}

/// Header of the default format.
pub const DEFAULT_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport \
                                  protocol packets bytes start end action log-status";
/// Header of the analysts' own format, with fields of version 5.
pub const OWN_HEADER: &str = "version vpc-id subnet-id interface-id account-id srcaddr srcport \
                              dstaddr dstport pkt-srcaddr pkt-dstaddr protocol bytes packets \
                              start end action tcp-flags flow-direction traffic-path region \
                              log-status";

/// A line in the default format, version 2.
pub fn in_default_format(line: &Line, account: &str) -> String {
    match line {
        Line::Flow(flow) => format!(
            "2 {account} {} {} {} {} {} {} {} {} {} {} {} OK",
            flow.interface,
            flow.source,
            flow.destination,
            flow.source_port,
            flow.destination_port,
            flow.protocol,
            flow.packets,
            flow.bytes,
            flow.start,
            flow.end,
            action(flow)
        ),
        Line::NoData(interface, start) => {
            format!(
                "2 {account} {interface} - - - - - - - {start} {} - NODATA",
                start + 59
            )
        }
        Line::SkipData(interface, start) => {
            format!(
                "2 {account} {interface} - - - - - - - {start} {} - SKIPDATA",
                start + 59
            )
        }
    }
}

/// A line in the analysts' own format. What goes out passes a NAT gateway, so that the packet's
/// address differs from the interface's.
pub fn in_own_format(line: &Line, account: &str, vpc: &str, region: &str) -> String {
    let subnet = format!("subnet-0{}", Draw::new(vpc).hex(16));
    match line {
        Line::Flow(flow) => {
            let outside = !flow.destination.starts_with("10.");
            let (packet, way, path) = if outside {
                ("10.30.0.9", "egress", "8")
            } else {
                ("", "ingress", "-")
            };
            let packet = if outside {
                packet
            } else {
                flow.destination.as_str()
            };
            format!(
                "5 {vpc} {subnet} {} {account} {} {} {} {} {} {packet} {} {} {} {} {} {} 19 {way} \
                 {path} {region} OK",
                flow.interface,
                flow.source,
                flow.source_port,
                flow.destination,
                flow.destination_port,
                flow.source,
                flow.protocol,
                flow.bytes,
                flow.packets,
                flow.start,
                flow.end,
                action(flow)
            )
        }
        Line::NoData(interface, start) | Line::SkipData(interface, start) => {
            let status = if matches!(line, Line::NoData(..)) {
                "NODATA"
            } else {
                "SKIPDATA"
            };
            format!(
                "5 {vpc} {subnet} {interface} {account} - - - - - - - - - {start} {} - - - - \
                 {region} {status}",
                start + 59
            )
        }
    }
}

fn action(flow: &Flow) -> &'static str {
    if flow.accepted { "ACCEPT" } else { "REJECT" }
}
