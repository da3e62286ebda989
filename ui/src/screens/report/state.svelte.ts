// Report, package and verification: what runs and what came of it; it outlives the screen.
import { nothingOutside, type Outside } from "../custody/Outside.svelte";
import { linesOf, pinProblem } from "../custody/checks";
import type { PackageMade, PackageVerdict, ReportAsked, ReportView, Saved, Ticket } from "../../platform/bindings";
import type { Platform } from "../../platform/types";
import { openCase, refreshCase } from "../../shell/case.svelte";
import { startJob } from "../../shell/jobs.svelte";
import { Task } from "../../shell/task.svelte";
import { reportName, packageName, type Format } from "./names";

export const previewing = new Task<ReportView>();
export const saving = new Task<Saved>();
export const packing = new Task<PackageMade>();
export const examining = new Task<PackageVerdict>();

interface Wanted {
  query: string;
  format: Format;
  recipient: string;
  /** What the present preview was made from. */
  previewed: ReportAsked | null;
  outside: Outside;
  /** What is verified, or was last. */
  subject: { ticket: Ticket; name: string } | null;
  /** The ticket that came from elsewhere last: dropped, or chosen in another screen. */
  given: Ticket | null;
}
const nothing = (): Wanted => ({ query: "", format: "a-3b", recipient: "", previewed: null, outside: nothingOutside(), subject: null, given: null });

export const wanted: Wanted = $state(nothing());

let heldFor = 0;

/** Forgets what belongs to another opening of a case; the verification of a package belongs to none. */
export function holdFor(session: number): void {
  if (session === heldFor) return;
  heldFor = session;
  for (const task of [previewing, saving, packing]) task.clear();
  const { outside, subject, given } = wanted;
  Object.assign(wanted, { ...nothing(), outside, subject, given });
}

/** For tests: as at the start of the program. */
export function forgetAll(): void {
  heldFor = 0;
  for (const task of [previewing, saving, packing, examining]) task.clear();
  Object.assign(wanted, nothing());
}

/** HTML has no standard of its own; its pages are looked at as the PDF's. */
export const askedNow = (): ReportAsked => ({ query: wanted.query.trim(), standard: wanted.format === "html" ? "a-3b" : wanted.format });

export async function preview(platform: Platform): Promise<void> {
  if (previewing.running) return;
  const asked = askedNow();
  wanted.previewed = null;
  if (await previewing.run(() => startJob(platform, "preview_report", asked, "Laying out the report"), "The report could not be laid out")) wanted.previewed = asked;
}

export async function saveReport(platform: Platform): Promise<void> {
  const { view } = openCase;
  if (saving.running || !view) return;
  const chosen = await platform.call("choose", { purpose: "save", name: reportName(view, wanted.format) });
  if (!chosen) return;
  const report = askedNow();
  if (await saving.run(() => startJob(platform, "save_report", { report, to: chosen.ticket }, "Saving the report"), "The report could not be saved")) await refreshCase(platform);
}

export async function makePackage(platform: Platform): Promise<void> {
  const { view } = openCase;
  if (packing.running || !view) return;
  const chosen = await platform.call("choose", { purpose: "save", name: packageName(view) });
  if (!chosen) return;
  const asked = { profile: "expert", recipient: wanted.recipient.trim() || null, to: chosen.ticket };
  if (await packing.run(() => startJob(platform, "make_package", asked, "Making the package"), "The package could not be made")) await refreshCase(platform);
}

/** Verifies a package with what is known from outside; a pin that is none is not sent. */
export async function examine(platform: Platform, subject: { ticket: Ticket; name: string }): Promise<void> {
  const { keys, pins, ca } = wanted.outside;
  examining.cancel();
  wanted.subject = subject;
  if (pinProblem(pins)) return examining.clear();
  const asked = { ticket: subject.ticket, keys: linesOf(keys), pins: linesOf(pins), tsa_ca: ca?.ticket ?? null };
  await examining.run(() => startJob(platform, "verify_package", asked, `Verifying ${subject.name}`), "The package could not be verified");
}

export async function choosePackage(platform: Platform): Promise<void> {
  const chosen = await platform.call("choose", { purpose: "package", name: null });
  if (chosen) await examine(platform, { ticket: chosen.ticket, name: chosen.names[0] ?? chosen.shown });
}
