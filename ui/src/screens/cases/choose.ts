import type { Platform } from "../../platform/types";
import { openCaseAt } from "./opening.svelte";

/** Lets the person choose the folder of a case, and opens it. */
export async function chooseCase(platform: Platform): Promise<void> {
  const chosen = await platform.call("choose", { purpose: "open-case", name: null });
  if (chosen) await openCaseAt(platform, chosen.ticket, chosen.names[0] ?? chosen.shown);
}
