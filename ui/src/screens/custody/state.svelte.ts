// What runs on the custody of the open case, and what came of it. A verdict stays when the person looks elsewhere.
import type { Anchored, Signed, TimeStampQuery, Verification, VerifyAsked } from "../../platform/bindings";
import type { Platform } from "../../platform/types";
import { openCase, refreshCase, sawVerification } from "../../shell/case.svelte";
import { startJob } from "../../shell/jobs.svelte";
import { Task } from "../../shell/task.svelte";

export const verifying = new Task<Verification>();
export const signing = new Task<Signed>();
export const requesting = new Task<TimeStampQuery>();
export const taking = new Task<Anchored>();
/** Whether the verification that was asked for last parsed every record again. */
export const lastVerify = $state({ deep: false });

let heldFor = 0;

/** Forgets what belongs to another opening of a case. */
export function holdFor(session: number): void {
  if (session === heldFor) return;
  heldFor = session;
  for (const task of [verifying, signing, requesting, taking]) task.clear();
}

export async function verifyCase(platform: Platform, asked: Partial<VerifyAsked> = {}): Promise<void> {
  if (verifying.running) return;
  const whole: VerifyAsked = { deep: false, keys: [], pins: [], tsa_ca: null, ...asked };
  lastVerify.deep = whole.deep;
  const about = openCase.session;
  const found = await verifying.run(() => startJob(platform, "verify", whole, whole.deep ? "Verifying every record" : "Verifying the case"), "The case could not be verified");
  if (!found || about !== openCase.session) return;
  sawVerification(found);
  await refreshCase(platform);
}

export async function signCheckpoint(platform: Platform): Promise<void> {
  if (signing.running || !openCase.view?.signing.can) return;
  if (await signing.run(() => startJob(platform, "sign", {}, "Signing a checkpoint"), "The checkpoint could not be signed")) await refreshCase(platform);
}

export async function requestTimeStamp(platform: Platform): Promise<void> {
  if (requesting.running) return;
  if (await requesting.run(() => startJob(platform, "request_time_stamp", {}, "Writing a time-stamp request"), "The time-stamp request could not be written")) await refreshCase(platform);
}
