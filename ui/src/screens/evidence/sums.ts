// The account of records: found = stored + duplicate + rejected + ignored.
export interface Tally {
  found: number;
  stored: number;
  duplicate: number;
  rejected: number;
  ignored: number;
}

/** Records that are in none of the four; anything but 0 is a fault. */
export const unaccounted = (tally: Tally): number => tally.found - tally.stored - tally.duplicate - tally.rejected - tally.ignored;
