//! The identity of a case and the name under which its checkpoints are signed.

/// A case's UUID in its lower-case form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CaseId(String);

/// A text that is not a case id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no case id: expected a lower-case UUID (8-4-4-4-12 hexadecimal digits)")]
pub struct NotACaseId {
    /// The text.
    pub found: String,
}

impl CaseId {
    /// Reads a UUID in lower case.
    ///
    /// # Errors
    /// Where the text has another form.
    pub fn parse(text: &str) -> Result<CaseId, NotACaseId> {
        let parts: Vec<&str> = text.split('-').collect();
        let hexadecimal =
            |part: &&str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let lengths = parts.iter().map(|part| part.len());
        if lengths.eq([8, 4, 4, 4, 12]) && parts.iter().all(hexadecimal) {
            Ok(CaseId(text.to_owned()))
        } else {
            Err(NotACaseId {
                found: text.chars().take(80).collect(),
            })
        }
    }

    /// The UUID.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin of this application's checkpoints, which is also the name of every key that
    /// signs them: `vestige/case/<uuid>`.
    pub fn origin(&self) -> String {
        format!("vestige/case/{}", self.0)
    }

    /// Whether an origin, of whatever application, speaks of this case: it ends in
    /// `/case/<uuid>`.
    pub fn is_origin(&self, origin: &str) -> bool {
        origin
            .strip_suffix(self.0.as_str())
            .is_some_and(|start| start.ends_with("/case/"))
    }
}

impl std::fmt::Display for CaseId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_id_is_a_lower_case_uuid() {
        let id = CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap();
        assert_eq!(
            id.origin(),
            "vestige/case/0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01"
        );
        assert!(id.is_origin("a.example/case/0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01"));
        assert!(!id.is_origin("a.example/cases/0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01"));
        assert!(!id.is_origin("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01"));
        for bad in [
            "",
            "0C0B9D1E-5a5e-4d0f-8a55-6f0d6b7d2a01",
            "0c0b9d1e5a5e4d0f8a556f0d6b7d2a01",
        ] {
            assert!(CaseId::parse(bad).is_err(), "{bad}");
        }
    }
}
