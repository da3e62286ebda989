//! The certificates that responses carry, for whoever verifies later. That they came along is no
//! reason to trust them.

use super::{TokenError, require_short, token};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Characters of base64 in a line of PEM (RFC 7468 section 2).
const COLUMNS: usize = 64;

/// The DER of every certificate that a response carries, in the order in which they stand there. Of
/// the response nothing is checked but that it was granted and can be read.
///
/// # Errors
/// Where it cannot be read, or carries more than 32.
pub fn certificates(response: &[u8]) -> Result<Vec<Vec<u8>>, TokenError> {
    require_short(response)?;
    let carried = token::carried(response)?.into_iter();
    Ok(carried.map(|certificate| certificate.der).collect())
}

/// A certificate as PEM (RFC 7468 section 5), from its DER: no text around it, lines of 64.
pub fn to_pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, char) in body.chars().enumerate() {
        if at > 0 && at % COLUMNS == 0 {
            pem.push('\n');
        }
        pem.push(char);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}
