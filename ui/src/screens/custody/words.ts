import { nanoseconds } from "../../lib/wire-time";
import type { Verification } from "../../platform/bindings";
import type { KeyState } from "../../shell/key.svelte";

/** The kind of banner for what a verification found. */
export function kindOf(found: Verification | null): "ok" | "warn" | "fail" {
  if (!found) return "warn";
  return found.verdict === "verified" ? "ok" : found.verdict === "failed" ? "fail" : "warn";
}

export const keyWords: Record<KeyState, string> = { unknown: "not known", none: "no key made yet", locked: "locked", unlocked: "unlocked" };

/** Nanoseconds of a time of the ledger; null where an entry holds none that can be read. */
export function when(time: string): string | null {
  try {
    return nanoseconds(time);
  } catch {
    return null;
  }
}
