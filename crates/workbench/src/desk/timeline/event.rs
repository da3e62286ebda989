//! One event: its fields, its record, its proof.

use serde_json::value::RawValue;

use super::super::{CallHost, Desk};
use super::noted::noted_of;
use crate::error::WorkError;
use crate::explore::texts;
use crate::show::{self, Proof};
use crate::wire::{EventId, EventView, FieldValue};

/// Bytes of a record that the page gets.
const SHOWN: usize = 1 << 20;

impl Desk {
    pub(in crate::desk) fn event(
        &self,
        _: &CallHost<'_>,
        input: EventId,
    ) -> Result<EventView, WorkError> {
        let open = self.needed()?;
        let seen = show::see(open.case().open_reader()?, &input.id)?;
        let noted = noted_of(&*open.reader()?, &[seen.row.row])?.pop();
        let shown = seen.record.get(..SHOWN).unwrap_or(&seen.record);
        let cut = shown.len() < seen.record.len();
        let json = serde_json::from_slice::<&RawValue>(&seen.record).ok();
        let value = |(name, value): (&str, String)| FieldValue {
            name: name.to_owned(),
            value,
        };
        Ok(EventView {
            fields: texts(&seen.row).into_iter().map(value).collect(),
            json: json.filter(|_| !cut).map(|json| json.get().to_owned()),
            text: text_of(shown, cut),
            cut,
            context: (!seen.context.is_empty()).then(|| text_of(&seen.context, false)),
            provenance: seen.provenance,
            noted: noted.ok_or(WorkError::Defect {
                doing: "looking up what is noted about an event",
            })?,
        })
    }

    pub(in crate::desk) fn prove(
        &self,
        host: &CallHost<'_>,
        input: EventId,
    ) -> Result<Proof, WorkError> {
        let open = self.needed()?;
        show::prove_in(host, open.case().open_reader()?, &input.id)
    }
}

/// Bytes as text: those that are not UTF-8 as `\xNN`. A character that `cut` went through is left
/// out.
fn text_of(bytes: &[u8], cut: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        rest = rest
            .get(chunk.valid().len() + chunk.invalid().len()..)
            .unwrap_or_default();
        let unfinished =
            std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        if cut && rest.is_empty() && unfinished {
            break;
        }
        for byte in chunk.invalid() {
            text += &format!("\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn bytes_that_are_no_text_are_shown_as_what_they_are() {
        assert_eq!(text_of(b"a\xffb\xc3", false), "a\\xffb\\xc3");
        assert_eq!(text_of("aä€".as_bytes(), false), "aä€");
    }

    #[test]
    fn a_character_that_was_cut_through_is_left_out() {
        let whole = "ab€".as_bytes();
        for cut in 3..5 {
            assert_eq!(text_of(&whole[..cut], true), "ab", "{cut}");
        }
        assert_eq!(text_of(b"ab\xff", true), "ab\\xff");
    }
}
