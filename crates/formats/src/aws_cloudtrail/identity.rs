//! The `userIdentity` element: who acted.

use vestige_model::{Event, Quality};

use crate::json::text::Checked;
use crate::json::{Fault, Scanner, Str};

/// What is read of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<'a> {
    /// `IAMUser`, `AssumedRole`, `AWSService` ...
    pub kind: Option<Str<'a>>,
    /// The unique id of the principal.
    pub principal: Option<Str<'a>>,
    /// The ARN of the principal.
    pub arn: Option<Str<'a>>,
    /// The account of the principal.
    pub account: Option<Str<'a>>,
    /// The access key that signed.
    pub access_key: Option<Str<'a>>,
    /// The friendly name.
    pub name: Option<Str<'a>>,
    /// The service that called in the principal's name.
    pub invoked_by: Option<Str<'a>>,
    /// The bearer token's id, for IAM Identity Center.
    pub credential: Option<Str<'a>>,
    /// The Identity Center user acted for.
    pub on_behalf_of: Option<Str<'a>>,
    /// ARN of the role or user that issued the session.
    pub issuer_arn: Option<Str<'a>>,
    /// Its friendly name.
    pub issuer_name: Option<Str<'a>>,
}

impl<'a> Identity<'a> {
    /// Reads the element at the scanner's position.
    ///
    /// # Errors
    /// Where it is not well formed.
    pub fn read(scanner: &mut Scanner<'a>) -> Result<Identity<'a>, Fault> {
        let mut identity = Identity::default();
        if scanner.next() != Some(b'{') {
            scanner.skip()?;
            return Ok(identity);
        }
        scanner.object(|scanner, key| identity.member(scanner, key))?;
        Ok(identity)
    }

    #[inline]
    fn member(&mut self, scanner: &mut Scanner<'a>, key: &[u8]) -> Result<(), Fault> {
        let target = match key {
            b"type" => &mut self.kind,
            b"principalId" | b"principalid" => &mut self.principal,
            b"arn" => &mut self.arn,
            b"accountId" | b"accountid" => &mut self.account,
            b"accessKeyId" | b"accesskeyid" => &mut self.access_key,
            b"userName" | b"username" => &mut self.name,
            b"invokedBy" | b"invokedby" => &mut self.invoked_by,
            b"credentialId" => &mut self.credential,
            b"sessionContext" | b"sessioncontext" => return self.session(scanner),
            b"onBehalfOf" => return self.behalf(scanner),
            _ => return scanner.skip(),
        };
        if target.is_some() {
            scanner.quality = scanner.quality.with(Quality::DUPLICATE_KEYS);
        }
        *target = scanner.scalar()?;
        Ok(())
    }

    fn session(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Fault> {
        (self.issuer_arn, self.issuer_name) = (None, None);
        if scanner.next() != Some(b'{') {
            return scanner.skip();
        }
        scanner.object(|scanner, key| match (key, scanner.next()) {
            (b"sessionIssuer" | b"sessionissuer", Some(b'{')) => scanner.object(|scanner, key| {
                let target = match key {
                    b"arn" => &mut self.issuer_arn,
                    b"userName" | b"username" => &mut self.issuer_name,
                    _ => return scanner.skip(),
                };
                *target = scanner.scalar()?;
                Ok(())
            }),
            _ => scanner.skip(),
        })
    }

    fn behalf(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Fault> {
        if scanner.next() != Some(b'{') {
            return scanner.skip();
        }
        scanner.object(|scanner, key| {
            if key == b"userId" {
                self.on_behalf_of = scanner.scalar()?;
                return Ok(());
            }
            scanner.skip()
        })
    }

    /// Whether this is a session of a role.
    fn is_role_session(&self) -> bool {
        match self.kind {
            Some(kind) => kind.raw == b"AssumedRole",
            None => {
                let marked =
                    memchr::memmem::find(self.arn.map_or(b"", |arn| arn.raw), b":assumed-role/");
                marked.is_some()
            }
        }
    }

    /// Fills the actor's fields: a role session is the role, in a session of its own; everyone
    /// else is who the ARN names.
    pub fn fill(&self, texts: &Checked<'a>, event: &mut Event<'a>) {
        event.actor_type = texts.text(self.kind);
        event.credential = texts
            .text(self.access_key)
            .or_else(|| texts.text(self.credential));
        let own = texts.text(self.arn).or_else(|| texts.text(self.principal));
        if self.is_role_session() {
            event.session = texts.text(self.arn);
            event.actor_id = texts.text(self.issuer_arn).or(own);
            event.actor_name = texts
                .text(self.issuer_name)
                .or_else(|| texts.text(self.name))
                .or_else(|| texts.text(self.arn.and_then(role_name)));
        } else {
            event.actor_id = own.or_else(|| texts.text(self.on_behalf_of));
            event.actor_name = texts
                .text(self.name)
                .or_else(|| texts.text(self.invoked_by));
        }
    }
}

/// The role's name in `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
fn role_name(arn: Str<'_>) -> Option<Str<'_>> {
    let mark = b":assumed-role/";
    let start = memchr::memmem::find(arn.raw, mark)? + mark.len();
    let rest = arn.raw.get(start..)?;
    let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    Some(Str {
        raw: rest.get(..end)?,
        plain: arn.plain,
    })
}
