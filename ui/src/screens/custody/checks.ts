// What a check of a verification means for a person, and what is to be done.
import type { Check } from "../../platform/bindings";

const rank: Record<Check["status"], number> = { fail: 0, warning: 1, pass: 2, skipped: 3 };

/** What does not hold comes first; otherwise as the verification did them. */
export const inOrder = (checks: readonly Check[]): Check[] => checks.toSorted((one, other) => rank[one.status] - rank[other.status]);

interface Advice {
  fail: string;
  warning?: string;
}

const advice: Record<string, Advice> = {
  entries: { fail: "The ledger is not as it was written. Keep this copy, compare it with a backup or with the last package that was handed over." },
  chain: { fail: "An entry does not follow from the one before it: it was changed, removed or put in. Keep this copy and compare it with a backup." },
  keys: { fail: "A key is not what it should be. Ask whoever holds it for the key on another way.", warning: "Whoever made this also named the key. Ask for the key on another way and verify again with it." },
  notes: { fail: "A signature contradicts the ledger: it was cut or rewritten after it was signed. Do not rely on it; ask for the copy that was signed.", warning: "Part of the ledger is covered by no signature. Sign a checkpoint, or ask whoever made this to do so." },
  anchors: { fail: "A time stamp contradicts the ledger or its time. Do not rely on the times; keep the reply of the authority.", warning: "Nothing outside covers the newest entries: whoever holds the key could still rewrite them. Have a time stamp taken." },
  pins: { fail: "The ledger is not the one whose pin you hold: it was cut back or rewritten since. Ask for the present copy and its history.", warning: "The pin you hold does not cover the newest entries." },
  objects: { fail: "The bytes of an original are not those that were received. Use the original from its source or a backup, and record why." },
  originals: { fail: "An original is not the one that its entry speaks of. Take it from its source or a backup, and record why.", warning: "Not all originals are here, so their bytes could not be compared." },
  original: { fail: "The original is not the one that its entry speaks of." },
  accounts: { fail: "Records are missing from, or were added to, what the import counted. Import the original again and compare." },
  bag: { fail: "This is not a whole package. Ask for it again; it may have been cut on the way." },
  info: { fail: "The package says of itself something else than it holds. Ask for it again." },
  manifests: { fail: "A file of the package was changed, added or removed after it was made. Do not rely on it; ask for it again.", warning: "A file is covered by no list, so a change of it would not show." },
  deep: { fail: "The records in the case are not those that the original holds. Import the original again and compare." },
  custody: { fail: "The custody of the package does not hold.", warning: "The package holds no custody that could be verified." },
  head: { fail: "The end of the ledger is not the one that is expected.", warning: "The end of the ledger is known from inside only: keep its pin elsewhere." },
};

/** What a check that does not hold means and what to do; null where it holds or its own words are all there is. */
export function adviceOf(check: Check): string | null {
  if (check.status === "fail") return advice[check.check]?.fail ?? "What is kept contradicts itself here. Keep this copy as it is and compare it with a backup.";
  if (check.status === "warning") return advice[check.check]?.warning ?? null;
  return null;
}

/** The number of the entry that a detail names. */
export const entryOf = (detail: string): string | null => /\bentry (?:number )?(\d{1,15})\b/i.exec(detail)?.[1] ?? null;

/** Keys or pins, one a line. */
export const linesOf = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

const pin = /^\d+:[0-9a-f]{64}$/i;

/** What is wrong with pins that were typed; null where nothing is. */
export function pinProblem(text: string): string | null {
  const wrong = linesOf(text).find((line) => !pin.test(line));
  return wrong === undefined ? null : `A pin is SIZE:ROOT, a number, a colon and 64 hexadecimal digits; “${wrong.slice(0, 40)}” is not`;
}
