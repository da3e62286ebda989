// One import from choice to reconciliation. It outlives the screen: the person may look elsewhere while it runs.
import { asFailure, type Failure } from "../../lib/failure";
import { wasStopped } from "../../lib/problem";
import type { Chosen, EvidencePage, EvidenceReport, Import, ImportPlan, ImportReport, Totals } from "../../platform/bindings";
import type { Platform, Running } from "../../platform/types";
import { refreshCase } from "../../shell/case.svelte";
import { startJob, type Work } from "../../shell/jobs.svelte";
import { notices } from "../../shell/notices.svelte";
import { router } from "../../shell/router.svelte";

export type Stage =
  | { is: "none" }
  | { is: "planning"; chosen: Chosen; running: Running<ImportPlan> }
  | { is: "plan"; chosen: Chosen; plan: ImportPlan }
  | { is: "running"; chosen: Chosen; work: Work<ImportReport>; since: number }
  | { is: "done"; chosen: Chosen; report: ImportReport; cancelled: boolean }
  | { is: "failed"; chosen: Chosen; failure: Failure };

interface Importing {
  stage: Stage;
  /** Counts up when the evidence of the case changed. */
  changes: number;
}

export const importing: Importing = $state({ stage: { is: "none" }, changes: 0 });

/** Reads the heads of what was chosen and says what would happen. Nothing is written. */
export async function planImport(platform: Platform, chosen: Chosen): Promise<void> {
  if (importing.stage.is === "running") {
    notices.add({ kind: "warning", title: "An import runs", sub: "Import this when it has ended, or cancel it first." });
    return;
  }
  router.go("evidence");
  const running = platform.start("plan_import", { ticket: chosen.ticket });
  importing.stage = { is: "planning", chosen, running };
  const present = () => importing.stage.is === "planning" && importing.stage.chosen.ticket === chosen.ticket;
  try {
    const plan = await running.result;
    if (present()) importing.stage = { is: "plan", chosen, plan };
  } catch (error) {
    if (present()) importing.stage = wasStopped(error) ? { is: "none" } : { is: "failed", chosen, failure: asFailure(error, "What was chosen could not be looked through") };
  }
}

export async function chooseEvidence(platform: Platform, purpose: "evidence-files" | "evidence-folder"): Promise<void> {
  const chosen = await platform.call("choose", { purpose, name: null });
  if (chosen) await planImport(platform, chosen);
}

/** Files and members that the result of an import lists, as the host does. */
const LISTED = 10_000;

const part = (platform: Platform, offset: number, limit: number) => platform.call("evidence", { filter: "", sort: null, down: false, offset, limit });

/** How many rows there are, with the last of them. */
async function standing(platform: Platform): Promise<EvidencePage> {
  const { all } = await part(platform, 0, 0);
  return part(platform, Math.max(0, all - 1), 1);
}

/**
 * What is in the case now that was not in it before: it arrived last. Where an archive that was begun earlier got more
 * members, they lie among the older rows; then only the sums tell what came.
 */
async function added(platform: Platform, before: EvidencePage, seconds: number): Promise<ImportReport> {
  const evidence: EvidenceReport[] = [];
  let page = await part(platform, Math.max(0, before.all - 1), 1);
  const [was, is] = [before.rows[0], page.rows[0]];
  const last = before.all === 0 || (was?.id === is?.id && was?.path === is?.path);
  while (last && evidence.length < LISTED) {
    page = await part(platform, before.all + evidence.length, Math.min(1000, LISTED - evidence.length));
    if (page.rows.length === 0) break;
    evidence.push(...page.rows);
  }
  const totals = { ...page.totals };
  for (const name of Object.keys(totals) as (keyof Totals)[]) totals[name] -= before.totals[name];
  const left_out = page.all - before.all - evidence.length;
  return { evidence, totals, seconds, ...(left_out > 0 ? { left_out } : {}) };
}

export async function runImport(platform: Platform, chosen: Chosen, asked: Import): Promise<void> {
  const since = Date.now();
  try {
    const before = await standing(platform);
    const work = startJob(platform, "import", asked, `Importing ${chosen.names[0] ?? chosen.shown}`);
    importing.stage = { is: "running", chosen, work, since };
    try {
      importing.stage = { is: "done", chosen, report: await work.result, cancelled: false };
    } catch (error) {
      if (!wasStopped(error)) throw error;
      importing.stage = { is: "done", chosen, report: await added(platform, before, (Date.now() - since) / 1000), cancelled: true };
    }
  } catch (error) {
    importing.stage = { is: "failed", chosen, failure: asFailure(error, "The import ended early") };
  }
  importing.changes += 1;
  await refreshCase(platform);
}

export function closeImport(): void {
  if (importing.stage.is === "planning") importing.stage.running.cancel();
  if (importing.stage.is !== "running") importing.stage = { is: "none" };
}
