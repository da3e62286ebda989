// Rows of the table from a list that is here as a whole: what an import did, the members of an item.
import type { FetchRows } from "../../components/grid/pages.svelte";
import type { EvidenceReport, EvidenceRow } from "../../platform/bindings";

/** Members follow their item under its id. */
export function rowsOf(files: readonly EvidenceReport[]): EvidenceRow[] {
  return files.map((file, at) => {
    const member = files[at - 1]?.id === file.id;
    return { ...file, member, archive: !member && files[at + 1]?.id === file.id };
  });
}

export const fromList = (rows: readonly EvidenceRow[]): FetchRows<EvidenceRow> => async (offset, limit) => rows.slice(offset, offset + limit);
