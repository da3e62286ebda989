//! The fields of flow logs, and the names they go by.

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `account-id`
    Account,
    /// `interface-id`
    Interface,
    /// `srcaddr`
    Source,
    /// `dstaddr`
    Destination,
    /// `srcport`
    SourcePort,
    /// `dstport`
    DestinationPort,
    /// `protocol`
    Protocol,
    /// `packets`
    Packets,
    /// `bytes`
    Bytes,
    /// `start`
    Start,
    /// `end`
    End,
    /// `action`
    Action,
    /// `log-status`
    Status,
    /// `region`
    Region,
    /// `flow-direction`
    Direction,
    /// `tgw-id`
    Gateway,
    /// `tgw-attachment-id`
    Attachment,
    /// A field of flow logs that is read in the raw record only.
    Raw,
    /// No field of flow logs.
    Unknown,
}

use Field::{
    Account, Action, Attachment, Bytes, Destination, DestinationPort, Direction, End, Gateway,
    Interface, Packets, Protocol, Raw, Region, Source, SourcePort, Start, Status, Unknown,
};

/// The field of a name, however it is written: `account-id`, `account_id`, `accountId`; also the
/// names that older Athena tables gave them.
pub fn field(name: &[u8]) -> Field {
    let mut squashed = [0; 40];
    let mut length = 0;
    for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        let Some(slot) = squashed.get_mut(length) else {
            return Unknown;
        };
        *slot = byte.to_ascii_lowercase();
        length += 1;
    }
    match squashed.get(..length).unwrap_or(&[]) {
        b"accountid" | b"account" => Account,
        b"interfaceid" => Interface,
        b"srcaddr" | b"sourceaddress" => Source,
        b"dstaddr" | b"destinationaddress" => Destination,
        b"srcport" | b"sourceport" => SourcePort,
        b"dstport" | b"destinationport" => DestinationPort,
        b"protocol" => Protocol,
        b"packets" | b"numpackets" => Packets,
        b"bytes" | b"numbytes" => Bytes,
        b"start" | b"starttime" => Start,
        b"end" | b"endtime" => End,
        b"action" => Action,
        b"logstatus" | b"status" => Status,
        b"region" => Region,
        b"flowdirection" => Direction,
        b"tgwid" => Gateway,
        b"tgwattachmentid" => Attachment,
        b"version"
        | b"vpcid"
        | b"subnetid"
        | b"instanceid"
        | b"tcpflags"
        | b"type"
        | b"pktsrcaddr"
        | b"pktdstaddr"
        | b"azid"
        | b"sublocationtype"
        | b"sublocationid"
        | b"pktsrcawsservice"
        | b"pktdstawsservice"
        | b"trafficpath"
        | b"ecsclusterarn"
        | b"ecsclustername"
        | b"ecscontainerinstancearn"
        | b"ecscontainerinstanceid"
        | b"ecscontainerid"
        | b"ecssecondcontainerid"
        | b"ecsservicename"
        | b"ecstaskdefinitionarn"
        | b"ecstaskarn"
        | b"ecstaskid"
        | b"rejectreason"
        | b"resourceid"
        | b"encryptionstatus"
        | b"resourcetype"
        | b"tgwsrcvpcaccountid"
        | b"tgwdstvpcaccountid"
        | b"tgwsrcvpcid"
        | b"tgwdstvpcid"
        | b"tgwsrcsubnetid"
        | b"tgwdstsubnetid"
        | b"tgwsrceni"
        | b"tgwdsteni"
        | b"tgwsrcazid"
        | b"tgwdstazid"
        | b"tgwpairattachmentid"
        | b"packetslostnoroute"
        | b"packetslostblackhole"
        | b"packetslostmtuexceeded"
        | b"packetslostttlexpired" => Raw,
        _ => Unknown,
    }
}

/// Every field of VPC flow logs in the order of the guide's table. The default format is the
/// first 14; "all fields" of version 3, 4, 5, 7 and 8 are the first 21, 25, 29, 39 and 40.
pub const VPC: [Field; 40] = [
    Raw,
    Account,
    Interface,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    Status,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Region,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Direction,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
];

/// How many of [`VPC`] a version of all fields has.
pub const VPC_COUNTS: [usize; 6] = [14, 21, 25, 29, 39, 40];

/// Every field of Transit Gateway flow logs in the order of their default format.
pub const TRANSIT: [Field; 36] = [
    Raw,
    Raw,
    Account,
    Gateway,
    Attachment,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Status,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Raw,
    Region,
    Direction,
    Raw,
    Raw,
];

/// How many of [`TRANSIT`] its formats have.
pub const TRANSIT_COUNTS: [usize; 2] = [31, 36];
