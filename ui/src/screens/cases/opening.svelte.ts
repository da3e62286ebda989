// Opening a case: verification runs first, and what it found is shown before anything of the case.
import { asFailure, type Failure } from "../../lib/failure";
import { wasStopped } from "../../lib/problem";
import type { Opened, RestoreCase, Ticket } from "../../platform/bindings";
import type { Platform } from "../../platform/types";
import { enterCase, leaveCase } from "../../shell/case.svelte";
import { caseState } from "../../shell/case-state.svelte";
import { startJob, type Work } from "../../shell/jobs.svelte";
import { router } from "../../shell/router.svelte";

export interface Opening {
  /** Title or path of what is opened. */
  name: string;
  work: Work<Opened> | null;
  opened: Opened | null;
  failure: Failure | null;
  again: (() => void) | null;
}

/** The opening that is under way or waits for an answer. */
export const opening: { now: Opening | null } = $state({ now: null });

let attempt = 0;

async function follow(name: string, begin: () => Work<Opened>, again: () => void): Promise<void> {
  router.go("cases");
  if (caseState.jobs.length > 0) {
    const next = "Cancel it in the jobs list, or wait until it has ended.";
    opening.now = { name, work: null, opened: null, again, failure: { what: "No other case can be opened while work runs", found: caseState.jobs.map((job) => job.title).join(", "), next } };
    return;
  }
  const mine = (attempt += 1);
  leaveCase();
  const work = begin();
  opening.now = { name, work, opened: null, failure: null, again };
  try {
    const opened = await work.result;
    if (mine === attempt) opening.now = { name, work: null, opened, failure: null, again };
  } catch (error) {
    if (mine !== attempt) return;
    opening.now = wasStopped(error) ? null : { name, work: null, opened: null, failure: asFailure(error, "The case could not be opened"), again };
  }
}

export const openCaseAt = (platform: Platform, ticket: Ticket, name: string): Promise<void> =>
  follow(name, () => startJob(platform, "open_case", { case: ticket }, `Verifying ${name}`), () => void openCaseAt(platform, ticket, name));

export const restoreCaseAt = (platform: Platform, asked: RestoreCase, name: string): Promise<void> =>
  follow(name, () => startJob(platform, "restore_case", asked, `Restoring ${name}`), () => void restoreCaseAt(platform, asked, name));

/** Goes on into the case that was verified. */
export function enter(): void {
  const opened = opening.now?.opened;
  if (!opened?.case) return;
  opening.now = null;
  enterCase(opened.case, opened.verification);
  router.reset(opened.case.facts.holds.evidence > 0 ? "timeline" : "evidence");
}

/** Leaves it closed. */
export async function notNow(platform: Platform): Promise<void> {
  const held = opening.now?.opened?.case;
  opening.now = null;
  if (held) await platform.call("close_case", {});
}
