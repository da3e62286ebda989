// The start of the window: what it is, its settings and key, and what it was started with.
import { asFailure } from "../lib/failure";
import type { Chosen, Dropped, Started } from "../platform/bindings";
import type { Platform } from "../platform/types";
import { openCaseAt } from "../screens/cases/opening.svelte";
import { planImport } from "../screens/evidence/importing.svelte";
import { enterCase } from "./case.svelte";
import { caseState } from "./case-state.svelte";
import { desk } from "./desk.svelte";
import { refreshKey } from "./key.svelte";
import { router } from "./router.svelte";
import { loadSettings } from "./settings.svelte";

async function told(doing: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    desk.failures = [...desk.failures, asFailure(error, doing)];
  }
}

const nameOf = (chosen: Chosen) => chosen.names[0] ?? chosen.shown;
const verifying = (chosen: Chosen) => ({ verify: chosen.ticket, name: nameOf(chosen) });

/** Evidence that came from outside: its plan is shown, or it waits for a case. */
export async function takeEvidence(platform: Platform, chosen: Chosen): Promise<void> {
  if (caseState.open) return planImport(platform, chosen);
  desk.waiting = chosen;
  router.go("cases");
}

async function take(platform: Platform, started: Started): Promise<void> {
  if (started.package) router.go("report", verifying(started.package));
  if (started.evidence) desk.waiting = started.evidence;
  if (started.case) await openCaseAt(platform, started.case.ticket, nameOf(started.case));
}

/** Something was dropped on the window. */
export async function drop(platform: Platform, dropped: Dropped): Promise<void> {
  if (dropped.looks_like === "package") router.go("report", verifying(dropped.chosen));
  else if (dropped.looks_like === "case") await openCaseAt(platform, dropped.chosen.ticket, nameOf(dropped.chosen));
  else await takeEvidence(platform, dropped.chosen);
}

export async function start(platform: Platform): Promise<void> {
  await told("The program behind this window does not answer", async () => void (desk.about = await platform.call("about", {})));
  if (!desk.about) return;
  await Promise.all([
    told("The settings could not be read", () => loadSettings(platform)),
    told("The signing key could not be looked up", () => refreshKey(platform)),
    // The page may have been loaded again while the host kept its case.
    told("The open case could not be read", async () => {
      const view = await platform.call("case", {});
      if (view) enterCase(view, null);
    }),
  ]);
  await told("What the program was started with could not be read", async () => take(platform, await platform.call("started", {})));
}
