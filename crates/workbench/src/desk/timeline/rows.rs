//! Pages of a result.

use vestige_model::{Field, time};
use vestige_store::page::StoredRow;

use super::super::{CallHost, Desk};
use super::noted::noted_of;
use crate::error::WorkError;
use crate::explore::{cell, field};
use crate::wire::{Noted, RowView, Rows, RowsView};

/// Most rows of a page.
const MOST: u32 = 1_000;

/// Most columns.
const COLUMNS: usize = 100;

impl Desk {
    pub(in crate::desk) fn rows(
        &self,
        host: &CallHost<'_>,
        input: Rows,
    ) -> Result<RowsView, WorkError> {
        let fields = wanted(&input)?;
        let open = self.needed()?;
        let listing = open.results.get(input.result)?;
        let reader = open.reader()?;
        let places = listing.rows(host, &reader, input.offset, u64::from(input.limit))?;
        let noted = noted_of(&reader, &places)?;
        let rows = reader.rows(places.iter().copied())?;
        listing.holds(&reader)?;
        if rows.len() != places.len() {
            return Err(WorkError::database(format!(
                "expected {} rows, as are listed, found {}",
                places.len(),
                rows.len()
            )));
        }
        let rows = rows.iter().zip(noted);
        Ok(RowsView {
            offset: input.offset,
            rows: rows.map(|(row, noted)| view(row, &fields, noted)).collect(),
        })
    }
}

fn wanted(input: &Rows) -> Result<Vec<Field>, WorkError> {
    if input.limit > MOST {
        let expected = format!("at most {MOST} rows");
        return Err(WorkError::usage("limit", expected, input.limit.to_string()));
    }
    if input.fields.len() > COLUMNS {
        let expected = format!("at most {COLUMNS} fields");
        let found = input.fields.len().to_string();
        return Err(WorkError::usage("fields", expected, found));
    }
    input.fields.iter().map(|name| field(name)).collect()
}

fn view(row: &StoredRow, fields: &[Field], noted: Noted) -> RowView {
    RowView {
        id: row.id().to_string(),
        kind: row.event.kind.word().to_owned(),
        time: row.event.time.ns.map(time::format),
        time_raw: row.event.time_raw.as_deref().map(str::to_owned),
        cells: fields.iter().map(|field| cell(row, *field)).collect(),
        noted,
    }
}
