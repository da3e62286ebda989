// The open case as the frame shows it: title, custody state, counts, facts.
import { formatBytes, formatCount, formatShort } from "../lib/numbers";
import { zones } from "../lib/zones.svelte";
import type { CaseView, Verification } from "../platform/bindings";
import type { Platform } from "../platform/types";
import { caseState, type Custody } from "./case-state.svelte";

/** What the screens may ask about the open case without a call. */
export const openCase: { view: CaseView | null; verification: Verification | null; session: number } = $state({
  view: null,
  verification: null,
  /** Counts up whenever a case is opened or closed: what belongs to another opening is forgotten. */
  session: 0,
});

const entries = (count: number) => `${formatCount(count)} ${count === 1 ? "entry" : "entries"} since last anchor`;

/** The custody pill: the last verdict that was seen, and how much was written since the last anchor. */
export function custodyOf(view: CaseView, verification: Verification | null): Custody {
  const detail = entries(view.facts.custody.since_anchor);
  if (!verification) return { state: "warning", title: "Not verified", detail };
  if (verification.verdict === "failed") return { state: "failed", title: "Verification failed", detail };
  const later = view.facts.custody.size - verification.size;
  if (later > 0) return { state: "warning", title: `Verified to entry ${formatCount(verification.size - 1)}`, detail: `${formatCount(later)} later, not verified` };
  if (verification.verdict === "verified") return { state: "verified", detail };
  return { state: "warning", title: "Verified with warnings", detail };
}

function show(view: CaseView): void {
  const { facts } = view;
  const zone = facts.zone ?? "UTC";
  openCase.view = view;
  zones.caseZone = zone;
  caseState.open = { title: facts.title, zone, ...(facts.reference ? { reference: facts.reference } : {}) };
  caseState.custody = custodyOf(view, openCase.verification);
  caseState.examiner = { name: facts.examiner, role: facts.role };
  caseState.counts = {
    evidence: { text: formatCount(facts.holds.evidence) },
    timeline: { text: formatShort(facts.holds.events) },
    custody: { text: formatCount(facts.custody.size) },
  };
  const items = `${formatCount(facts.holds.evidence)} evidence ${facts.holds.evidence === 1 ? "item" : "items"}`;
  caseState.facts = [items, `${formatCount(facts.holds.events)} events`, formatBytes(facts.holds.bytes)];
}

/** Makes a case the open one, with what its verification found (null where none ran yet). */
export function enterCase(view: CaseView, verification: Verification | null): void {
  openCase.session += 1;
  openCase.verification = verification;
  show(view);
}

/** A later verification of the open case. */
export function sawVerification(verification: Verification): void {
  openCase.verification = verification;
  if (openCase.view) caseState.custody = custodyOf(openCase.view, verification);
}

/** Forgets the open case; the host has closed it. */
export function leaveCase(): void {
  openCase.session += 1;
  openCase.view = null;
  openCase.verification = null;
  caseState.open = null;
  caseState.custody = { state: "none" };
  caseState.examiner = null;
  caseState.counts = {};
  caseState.facts = [];
  zones.caseZone = "UTC";
}

/** Asks the host how the open case stands now; call it after every command that writes. */
export async function refreshCase(platform: Platform): Promise<void> {
  const view = await platform.call("case", {});
  if (view) show(view);
  else leaveCase();
}
