//! The structures of RFC 3161 (time stamps), RFC 5652 (signed data) and RFC 5035 (which
//! certificate signed), as far as they are read here.
//!
//! Sets and certificates stay raw, because what is signed or hashed are the bytes as received.
//! The crates that define these structures re-encode them, and read no fractions of a second.

use der::asn1::{BitStringRef, IntRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{
    AnyRef, DecodeValue, EncodeValue, FixedTag, Header, Length, Reader, Sequence, SliceReader, Tag,
    Writer,
};
use x509_cert::spki::AlgorithmIdentifierRef;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const ID_SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub(super) const ID_SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
pub(super) const ID_TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
pub(super) const ID_CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(super) const ID_MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(super) const ID_SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub(super) const ID_SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");

/// The contents of a value whose tag is known and whose inside is read later.
macro_rules! raw {
    ($($name:ident = $tag:expr,)*) => { $(
        #[derive(Clone, Copy)]
        pub(super) struct $name<'a>(pub &'a [u8]);

        impl FixedTag for $name<'_> {
            const TAG: Tag = $tag;
        }

        impl<'a> DecodeValue<'a> for $name<'a> {
            type Error = der::Error;

            fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
                reader.read_slice(header.length()).map($name)
            }
        }

        impl EncodeValue for $name<'_> {
            fn value_len(&self) -> der::Result<Length> {
                self.0.len().try_into()
            }

            fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
                writer.write(self.0)
            }
        }
    )* };
}

raw! {
    RawSet = Tag::Set,
    RawSequence = Tag::Sequence,
    RawTime = Tag::GeneralizedTime,
}

/// The elements of the contents of a set or sequence, each with tag and length.
pub(super) fn elements(contents: &[u8]) -> der::Result<Vec<&[u8]>> {
    let mut reader = SliceReader::new(contents)?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(reader.tlv_bytes()?);
    }
    Ok(found)
}

#[derive(Sequence)]
pub(super) struct TimeStampReq<'a> {
    pub version: u8,
    pub message_imprint: MessageImprint<'a>,
    #[asn1(optional = "true")]
    pub req_policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    pub nonce: Option<UintRef<'a>>,
    #[asn1(default = "Default::default")]
    pub cert_req: bool,
}

#[derive(Sequence)]
pub(super) struct MessageImprint<'a> {
    pub hash_algorithm: AlgorithmIdentifierRef<'a>,
    pub hashed_message: &'a OctetStringRef,
}

#[derive(Sequence)]
pub(super) struct TimeStampResp<'a> {
    pub status: PkiStatusInfo<'a>,
    #[asn1(optional = "true")]
    pub token: Option<ContentInfo<'a>>,
}

#[derive(Sequence)]
pub(super) struct PkiStatusInfo<'a> {
    pub status: u8,
    #[asn1(optional = "true")]
    pub text: Option<RawSequence<'a>>,
    #[asn1(optional = "true")]
    pub failure: Option<BitStringRef<'a>>,
}

#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub content: AnyRef<'a>,
}

#[derive(Sequence)]
pub(super) struct SignedData<'a> {
    pub version: u8,
    pub digest_algorithms: RawSet<'a>,
    pub content: ContentInfo<'a>,
    #[asn1(
        context_specific = "0",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub certificates: Option<RawSet<'a>>,
    #[asn1(
        context_specific = "1",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub revocations: Option<RawSet<'a>>,
    pub signers: RawSet<'a>,
}

#[derive(Sequence)]
pub(super) struct SignerInfo<'a> {
    pub version: u8,
    pub sid: AnyRef<'a>,
    pub digest_algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(
        context_specific = "0",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub signed: Option<RawSet<'a>>,
    pub signature_algorithm: AlgorithmIdentifierRef<'a>,
    pub signature: &'a OctetStringRef,
    #[asn1(
        context_specific = "1",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub unsigned: Option<RawSet<'a>>,
}

#[derive(Sequence)]
pub(super) struct Attribute<'a> {
    pub kind: ObjectIdentifier,
    pub values: RawSet<'a>,
}

#[derive(Sequence)]
pub(super) struct TstInfo<'a> {
    pub version: u8,
    pub policy: ObjectIdentifier,
    pub message_imprint: MessageImprint<'a>,
    pub serial: IntRef<'a>,
    pub gen_time: RawTime<'a>,
    #[asn1(optional = "true")]
    pub accuracy: Option<RawSequence<'a>>,
    #[asn1(default = "Default::default")]
    pub ordering: bool,
    #[asn1(optional = "true")]
    pub nonce: Option<IntRef<'a>>,
    #[asn1(
        context_specific = "0",
        tag_mode = "EXPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub tsa: Option<AnyRef<'a>>,
    #[asn1(
        context_specific = "1",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub extensions: Option<RawSequence<'a>>,
}

/// `SigningCertificate` and `SigningCertificateV2` alike.
#[derive(Sequence)]
pub(super) struct SigningCertificate<'a> {
    pub certificates: RawSequence<'a>,
    #[asn1(optional = "true")]
    pub policies: Option<RawSequence<'a>>,
}

/// `ESSCertID`, which has no algorithm and means SHA-1, and `ESSCertIDv2`.
#[derive(Sequence)]
pub(super) struct CertificateHash<'a> {
    #[asn1(optional = "true")]
    pub algorithm: Option<AlgorithmIdentifierRef<'a>>,
    pub hash: &'a OctetStringRef,
    #[asn1(optional = "true")]
    pub issuer_serial: Option<RawSequence<'a>>,
}

#[derive(Sequence)]
pub(super) struct IssuerAndSerial<'a> {
    pub issuer: AnyRef<'a>,
    pub serial: AnyRef<'a>,
}

/// A certificate's outer structure, for the bytes that its issuer signed.
#[derive(Sequence)]
pub(super) struct SignedCertificate<'a> {
    pub tbs: AnyRef<'a>,
    pub algorithm: AlgorithmIdentifierRef<'a>,
    pub signature: BitStringRef<'a>,
}
