//! What is called: one record, in the order of keys that AWS uses.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cloudtrail::Caller;
use crate::draw::Draw;
use crate::moment;

/// Where a call is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `recipientAccountId`.
    pub account: String,
    /// `awsRegion`.
    pub region: String,
}

impl Place {
    /// The region of an account.
    pub fn new(account: &str, region: &str) -> Place {
        Place {
            account: account.to_owned(),
            region: region.to_owned(),
        }
    }
}

/// One call of an API.
#[derive(Clone, Debug)]
pub struct Call {
    service: String,
    action: String,
    write: bool,
    data: bool,
    kind: &'static str,
    request: Value,
    response: Value,
    extra: Option<Value>,
    resources: Option<Value>,
    error: Option<(String, String)>,
    shared: Option<String>,
    bytes_out: u64,
}

impl Call {
    fn new(service: &str, action: &str, write: bool) -> Call {
        Call {
            service: service.to_owned(),
            action: action.to_owned(),
            write,
            data: false,
            kind: "AwsApiCall",
            request: Value::Null,
            response: Value::Null,
            extra: None,
            resources: None,
            error: None,
            shared: None,
            bytes_out: 0,
        }
    }

    /// A call that only reads.
    pub fn read(service: &str, action: &str) -> Call {
        Call::new(service, action, false)
    }

    /// A call that changes something.
    pub fn write(service: &str, action: &str) -> Call {
        Call::new(service, action, true)
    }

    /// With `requestParameters`.
    #[must_use]
    pub fn request(mut self, value: Value) -> Call {
        self.request = value;
        self
    }

    /// With `responseElements`.
    #[must_use]
    pub fn response(mut self, value: Value) -> Call {
        self.response = value;
        self
    }

    /// With `resources`: pairs of type and ARN, all of one account.
    #[must_use]
    pub fn resources(mut self, account: &str, list: &[(&str, &str)]) -> Call {
        let list = list
            .iter()
            .map(|(kind, arn)| match *kind {
                // S3 names no account with an object.
                "AWS::S3::Object" => json!({"type": kind, "ARN": arn}),
                _ => json!({"accountId": account, "type": kind, "ARN": arn}),
            })
            .collect();
        self.resources = Some(Value::Array(list));
        self
    }

    /// With `additionalEventData`.
    #[must_use]
    pub fn extra(mut self, value: Value) -> Call {
        self.extra = Some(value);
        self
    }

    /// A data event of S3 that moved bytes.
    #[must_use]
    pub fn moved(mut self, bytes_in: u64, bytes_out: u64, draw: &mut Draw) -> Call {
        self.data = true;
        self.bytes_out = bytes_out;
        // The host part repeats, as it does in life.
        let host = draw.below(6);
        let id = format!("{}{}=", Draw::part("s3 host", host).key(60), draw.key(15));
        self.extra(json!({
            "SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256",
            "bytesTransferredIn": bytes_in, "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": id, "bytesTransferredOut": bytes_out
        }))
    }

    /// Refused.
    #[must_use]
    pub fn refused(mut self, code: &str, message: &str) -> Call {
        self.error = Some((code.to_owned(), message.to_owned()));
        self.response = Value::Null;
        self
    }

    /// An event of another type than `AwsApiCall`.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Call {
        self.kind = kind;
        self
    }

    /// Seen by two accounts under this id.
    #[must_use]
    pub fn shared(mut self, id: &str) -> Call {
        self.shared = Some(id.to_owned());
        self
    }

    /// The same call under another name.
    #[must_use]
    pub fn renamed(mut self, action: &str) -> Call {
        action.clone_into(&mut self.action);
        self
    }

    /// With one more of `requestParameters`.
    #[must_use]
    pub fn asked(mut self, name: &str, value: &str) -> Call {
        self.request[name] = json!(value);
        self
    }

    /// The service that is called.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The record of this call.
    pub fn made(&self, place: &Place, time: i64, by: &Caller, draw: &mut Draw) -> Event {
        let id = draw.uuid();
        let request = match self.service.as_str() {
            "s3" => draw.text(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 16),
            _ => draw.uuid(),
        };
        let host = self.host(&place.region);
        let tls = (!by.is_service()).then_some(TlsDetails {
            tls_version: "TLSv1.3",
            cipher_suite: "TLS_AES_128_GCM_SHA256",
            client_provided_host_header: &host,
        });
        let record = Record {
            event_version: "1.11",
            user_identity: &by.identity,
            event_time: moment::rfc3339(time),
            event_source: format!("{}.amazonaws.com", self.service),
            event_name: &self.action,
            aws_region: &place.region,
            source_ip_address: &by.from,
            user_agent: &by.agent,
            error_code: self.error.as_ref().map(|error| error.0.as_str()),
            error_message: self.error.as_ref().map(|error| error.1.as_str()),
            request_parameters: &self.request,
            response_elements: &self.response,
            additional_event_data: self.extra.as_ref(),
            request_id: &request,
            event_id: &id,
            read_only: !self.write,
            resources: self.resources.as_ref(),
            event_type: self.kind,
            management_event: !self.data,
            recipient_account_id: &place.account,
            shared_event_id: self.shared.as_deref(),
            event_category: if self.data { "Data" } else { "Management" },
            tls_details: tls,
        };
        Event {
            time,
            place: place.clone(),
            json: serde_json::to_string(&record).unwrap_or_default(),
            id,
            service: self.service.clone(),
            action: self.action.clone(),
            actor: by.actor.clone(),
            session: by.session.clone(),
            credential: by.credential.clone(),
            from: by.from.clone(),
            error: self.error.as_ref().map(|error| error.0.clone()),
            write: self.write,
            bytes_out: self.bytes_out,
        }
    }

    fn host(&self, region: &str) -> String {
        let bucket = self.request.get("bucketName").and_then(Value::as_str);
        match (self.service.as_str(), bucket) {
            ("iam" | "organizations", _) => format!("{}.amazonaws.com", self.service),
            ("s3", Some(bucket)) => format!("{bucket}.s3.{region}.amazonaws.com"),
            (service, _) => format!("{service}.{region}.amazonaws.com"),
        }
    }
}

/// A record that was made, with what the answer key asks about it.
#[derive(Clone, Debug)]
pub struct Event {
    /// `eventTime`.
    pub time: i64,
    /// Where it is recorded.
    pub place: Place,
    /// `eventID`.
    pub id: String,
    /// `eventSource` without the domain.
    pub service: String,
    /// `eventName`.
    pub action: String,
    /// ARN or name of the caller.
    pub actor: String,
    /// Name of the role session.
    pub session: Option<String>,
    /// The access key id used.
    pub credential: Option<String>,
    /// `sourceIPAddress`.
    pub from: String,
    /// `errorCode`.
    pub error: Option<String>,
    /// Whether it changes something.
    pub write: bool,
    /// Bytes that left S3 by it.
    pub bytes_out: u64,
    /// The record itself.
    pub json: String,
}

/// The content of a log file that holds these records.
pub fn file<'a>(records: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut out = b"{\"Records\":[".to_vec();
    for (at, record) in records.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(record.as_bytes());
    }
    out.extend_from_slice(b"]}");
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TlsDetails<'a> {
    tls_version: &'a str,
    cipher_suite: &'a str,
    client_provided_host_header: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'a str,
    user_identity: &'a Value,
    event_time: String,
    event_source: String,
    event_name: &'a str,
    aws_region: &'a str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'a str,
    user_agent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: &'a Value,
    response_elements: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<&'a Value>,
    #[serde(rename = "requestID")]
    request_id: &'a str,
    #[serde(rename = "eventID")]
    event_id: &'a str,
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<&'a Value>,
    event_type: &'a str,
    management_event: bool,
    recipient_account_id: &'a str,
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    shared_event_id: Option<&'a str>,
    event_category: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_details: Option<TlsDetails<'a>>,
}
