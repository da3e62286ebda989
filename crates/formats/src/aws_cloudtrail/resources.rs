//! What a CloudTrail record says was acted upon, each thing once.

use std::borrow::Cow;

use vestige_model::{Resource, Text};

use super::parameters::Param;
use super::record::Record;
use crate::json::text::Checked;
use crate::json::{Fault, Scanner, Str};

/// One entry of the record's own `resources` list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listed<'a> {
    kind: Option<Str<'a>>,
    arn: Option<Str<'a>>,
}

impl<'a> Listed<'a> {
    /// Reads the list at the scanner's position.
    ///
    /// # Errors
    /// Where it is not well formed.
    pub fn read_all(scanner: &mut Scanner<'a>) -> Result<Vec<Listed<'a>>, Fault> {
        let mut all = Vec::new();
        if scanner.next() != Some(b'[') {
            scanner.skip()?;
            return Ok(all);
        }
        scanner.array(|scanner| {
            if scanner.byte() != Some(b'{') {
                return scanner.skip();
            }
            let mut one = Listed::default();
            scanner.object(|scanner, key| {
                let target = match key {
                    b"type" => &mut one.kind,
                    b"ARN" | b"arn" => &mut one.arn,
                    b"ARNPrefix" if one.arn.is_none() => &mut one.arn,
                    _ => return scanner.skip(),
                };
                *target = scanner.scalar()?;
                Ok(())
            })?;
            all.push(one);
            Ok(())
        })?;
        Ok(all)
    }
}

/// Collects resources: the record's own list first, then those of the request, then those of the
/// response.
#[derive(Default)]
pub struct Resources<'a> {
    list: Vec<Resource<'a>>,
}

impl<'a> Resources<'a> {
    /// The resources of a record.
    pub fn of(record: &Record<'a>, texts: &Checked<'a>) -> Vec<Resource<'a>> {
        let mut resources = Resources::default();
        for listed in &record.resources {
            resources.add(texts.text(listed.kind), texts.text(listed.arn), None);
        }
        let found = || record.request.found.iter().chain(&record.response.found);
        let bucket = found().find(|(param, _)| *param == Param::Bucket);
        let call = Call {
            service: service(record),
            partition: partition(record),
            bucket: bucket.and_then(|(_, name)| texts.text(Some(*name))),
        };
        for (param, value) in found() {
            if let Some(value) = texts.text(Some(*value)) {
                resources.param(*param, value, &call);
            }
        }
        resources.list
    }

    fn param(&mut self, param: Param, value: Cow<'a, str>, call: &Call<'_>) {
        match param {
            Param::At(only, _) | Param::IdAt(only, _) if only.as_bytes() != call.service => {}
            Param::Id(kind) | Param::IdAt(_, kind) => {
                self.add(Some(kind.into()), Some(value), None)
            }
            Param::Of(kind) | Param::At(_, kind) if value.starts_with("arn:") => {
                self.add(Some(kind.into()), Some(value), None);
            }
            Param::Of(kind) | Param::At(_, kind) => self.add(Some(kind.into()), None, Some(value)),
            Param::Bucket => {
                let name = value.clone();
                let arn = ["arn:", call.partition, ":s3:::", &name];
                self.add_built("AWS::S3::Bucket", &arn, value);
            }
            Param::ObjectKey => {
                if let Some(bucket) = &call.bucket {
                    let key = value.clone();
                    let arn = ["arn:", call.partition, ":s3:::", bucket, "/", &key];
                    self.add_built("AWS::S3::Object", &arn, value);
                }
            }
            Param::Session => self.add(Some("session".into()), Some(value), None),
            Param::Credential => self.add(Some("credential".into()), Some(value), None),
        }
    }

    /// Adds a resource whose ARN is made of parts, or names the one that is already there, which
    /// costs no new text.
    fn add_built(&mut self, kind: &'static str, arn: &[&str], name: Cow<'a, str>) {
        let known = self.list.iter_mut().find(|known| {
            let rest = arn
                .iter()
                .try_fold(known.id.as_deref().unwrap_or(""), |rest, part| {
                    rest.strip_prefix(part)
                });
            rest == Some("")
        });
        match known {
            Some(known) => known.name = known.name.take().or(Some(name)),
            None => self.list.push(Resource {
                kind: Some(kind.into()),
                id: Some(arn.concat().into()),
                name: Some(name),
            }),
        }
    }

    /// Adds a resource, or completes the one that is already there.
    fn add(&mut self, kind: Text<'a>, id: Text<'a>, name: Text<'a>) {
        if id.is_none() && name.is_none() {
            return;
        }
        let same = |known: &&mut Resource<'a>| match (known.id.as_deref(), id.as_deref()) {
            (Some(known), Some(id)) if known == id => true,
            _ if known.kind != kind => false,
            (Some(known), Some(id)) => is_tail(known, Some(id)) || is_tail(id, Some(known)),
            (Some(known), None) => is_tail(known, name.as_deref()),
            (None, Some(id)) => is_tail(id, known.name.as_deref()),
            (None, None) => known.name == name,
        };
        match self.list.iter_mut().find(same) {
            Some(known) => complete(known, kind, id, name),
            None => self.list.push(Resource { kind, id, name }),
        }
    }
}

/// Adds what else is known of a resource. Of two ids the longer one, the ARN, is kept as the id,
/// the other as the name.
fn complete<'a>(known: &mut Resource<'a>, kind: Text<'a>, id: Text<'a>, name: Text<'a>) {
    known.kind = known.kind.take().or(kind);
    known.name = known.name.take().or(name);
    let (short, long) = match (known.id.take(), id) {
        (Some(one), Some(other)) if one.len() < other.len() => (Some(one), Some(other)),
        (Some(one), Some(other)) if one.len() > other.len() => (Some(other), Some(one)),
        (one, other) => (None, one.or(other)),
    };
    known.id = long;
    known.name = known.name.take().or(short);
}

/// What a call says that decides what its parameters mean.
struct Call<'r> {
    service: &'r [u8],
    partition: &'static str,
    bucket: Option<Cow<'r, str>>,
}

/// The service in its short form, undecoded.
fn service<'r>(record: &Record<'r>) -> &'r [u8] {
    let source = record.source.map_or(&b""[..], |source| source.raw);
    source.split(|byte| *byte == b'.').next().unwrap_or(source)
}

/// Whether an ARN ends in this name.
fn is_tail(arn: &str, name: Option<&str>) -> bool {
    let before = name.and_then(|name| arn.strip_suffix(name));
    before.is_some_and(|before| before.ends_with(['/', ':']))
}

/// The ARN partition of the record's region.
fn partition(record: &Record<'_>) -> &'static str {
    match record.region.map_or(&b""[..], |region| region.raw) {
        region if region.starts_with(b"cn-") => "aws-cn",
        region if region.starts_with(b"us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
