//! Digest files: the hashes by which delivered log files can be checked. One file is one row.

use vestige_model::{Cloud, Event, Kind, Resource};

use crate::json::text::Checked;
use crate::json::{Fault, Scanner, Str};

/// A log file that a digest covers.
#[derive(Clone, Copy, Debug, Default)]
struct LogFile<'a> {
    bucket: Option<Str<'a>>,
    object: Option<Str<'a>>,
}

/// Reads a digest file's object at the scanner's position.
///
/// The time is the end of the hour it covers; the id is the digest object's own key, which is
/// unique; the resources are the log files it vouches for. A digest names no act and no actor.
///
/// # Errors
/// Where it is not well formed.
pub fn read<'a>(scanner: &mut Scanner<'a>) -> Result<Event<'a>, Fault> {
    let mut event = Event::new(Kind::Event, "aws:cloudtrail-digest:digest", Cloud::Aws);
    let texts = Checked::default();
    event.service = Some("cloudtrail".into());
    scanner.object(|scanner, key| {
        match key {
            b"awsAccountId" => event.account = texts.text(scanner.scalar()?),
            b"digestS3Object" => event.event_id = texts.text(scanner.scalar()?),
            b"digestEndTime" => {
                if let Some(time) = texts.text(scanner.scalar()?) {
                    event.set_time(time);
                }
            }
            b"logFiles" if scanner.next() == Some(b'[') => {
                event.resources.clear();
                scanner.array(|scanner| {
                    event.resources.extend(log_file(scanner)?.resource());
                    Ok(())
                })?;
            }
            _ => scanner.skip()?,
        }
        Ok(())
    })?;
    Ok(event)
}

fn log_file<'a>(scanner: &mut Scanner<'a>) -> Result<LogFile<'a>, Fault> {
    let mut file = LogFile::default();
    if scanner.next() != Some(b'{') {
        scanner.skip()?;
        return Ok(file);
    }
    scanner.object(|scanner, key| {
        let target = match key {
            b"s3Bucket" => &mut file.bucket,
            b"s3Object" => &mut file.object,
            _ => return scanner.skip(),
        };
        *target = scanner.scalar()?;
        Ok(())
    })?;
    Ok(file)
}

impl<'a> LogFile<'a> {
    fn resource(self) -> Option<Resource<'a>> {
        let texts = Checked::default();
        let (bucket, object) = (texts.text(self.bucket)?, texts.text(self.object)?);
        Some(Resource {
            kind: Some("AWS::S3::Object".into()),
            id: Some(format!("arn:aws:s3:::{bucket}/{object}").into()),
            name: Some(object),
        })
    }
}
