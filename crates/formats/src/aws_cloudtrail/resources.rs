//! What a CloudTrail record says was acted upon, each thing once.

use std::borrow::Cow;

use vestige_model::{Resource, Text};

use super::normalise::text;
use super::parameters::Param;
use super::record::Record;
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
    pub fn of(record: &Record<'a>) -> Vec<Resource<'a>> {
        let mut resources = Resources::default();
        for listed in &record.resources {
            resources.add(text(listed.kind), text(listed.arn), None);
        }
        let service = record.source.map_or(&b""[..], |source| source.raw);
        let service = service
            .split(|byte| *byte == b'.')
            .next()
            .unwrap_or(service);
        let bucket = record
            .request
            .found
            .iter()
            .find(|(param, _)| *param == Param::Bucket);
        let bucket = bucket.and_then(|(_, name)| name.some());
        for (param, value) in record.request.found.iter().chain(&record.response.found) {
            if let Some(value) = value.some() {
                resources.param(*param, value, service, bucket.as_deref(), partition(record));
            }
        }
        resources.list
    }

    fn param(
        &mut self,
        param: Param,
        value: Cow<'a, str>,
        service: &[u8],
        bucket: Option<&str>,
        partition: &str,
    ) {
        match param {
            Param::At(only, _) if only.as_bytes() != service => {}
            Param::Of(kind) | Param::At(_, kind) if value.starts_with("arn:") => {
                self.add(Some(kind.into()), Some(value), None);
            }
            Param::Of(kind) | Param::At(_, kind) => self.add(Some(kind.into()), None, Some(value)),
            Param::Bucket => {
                let arn = format!("arn:{partition}:s3:::{value}");
                self.add(
                    Some("AWS::S3::Bucket".into()),
                    Some(arn.into()),
                    Some(value),
                );
            }
            Param::ObjectKey => {
                if let Some(bucket) = bucket {
                    let arn = format!("arn:{partition}:s3:::{bucket}/{value}");
                    self.add(
                        Some("AWS::S3::Object".into()),
                        Some(arn.into()),
                        Some(value),
                    );
                }
            }
            Param::Session => self.add(Some("session".into()), Some(value), None),
            Param::Credential => self.add(Some("credential".into()), Some(value), None),
        }
    }

    /// Adds a resource, or completes the one that is already there.
    fn add(&mut self, kind: Text<'a>, id: Text<'a>, name: Text<'a>) {
        if id.is_none() && name.is_none() {
            return;
        }
        let same = |known: &&mut Resource<'a>| match (&known.id, &id) {
            (Some(known), Some(id)) => known == id,
            (Some(known_id), None) => known.kind == kind && is_tail(known_id, name.as_deref()),
            (None, Some(id)) => known.kind == kind && is_tail(id, known.name.as_deref()),
            (None, None) => known.kind == kind && known.name == name,
        };
        match self.list.iter_mut().find(same) {
            Some(known) => {
                known.kind = known.kind.take().or(kind);
                known.id = known.id.take().or(id);
                known.name = known.name.take().or(name);
            }
            None => self.list.push(Resource { kind, id, name }),
        }
    }
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
