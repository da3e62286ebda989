// The window with a case open at custody, or at report and package.
import type userEvent from "@testing-library/user-event";
import { openView } from "../gallery/desk/custody-host";
import { verification } from "../gallery/desk/host";
import type { CaseView, Verification } from "../src/platform/bindings";
import type { MemoryPlatform } from "../src/platform/memory";
import { forgetAll } from "../src/screens/report/state.svelte";
import { enterCase } from "../src/shell/case.svelte";
import { router, type SectionId } from "../src/shell/router.svelte";
import { fresh, window_ } from "./desk";

export const stopped = { code: "stopped", message: "stopped", stopped: true, in_query: [] };

export function freshReport(): void {
  fresh();
  forgetAll();
}

interface At {
  section: SectionId;
  params?: Record<string, string>;
  view?: CaseView;
  found?: Verification | null;
}
export async function openAt(platform: MemoryPlatform, { section, params = {}, view = openView(), found = verification("verified") }: At): Promise<ReturnType<typeof userEvent.setup>> {
  platform.on("case", () => view);
  enterCase(view, found);
  router.reset(section);
  router.replace(params);
  const user = await window_(platform);
  // The start of the window enters the case that the host kept; its verdict is what the test gave.
  enterCase(view, found);
  return user;
}

/** A command that runs until it is cancelled. */
export const untilCancelled = (_: unknown, call: { signal: AbortSignal }): Promise<never> =>
  new Promise((_done, fail) => call.signal.addEventListener("abort", () => fail(stopped)));
