// The whole window over a host in memory, clean for every test.
import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { tick } from "svelte";
import { expect } from "vitest";
import App from "../src/App.svelte";
import { preferences } from "../src/lib/preferences.svelte";
import { zones } from "../src/lib/zones.svelte";
import type { EvidenceReport } from "../src/platform/bindings";
import type { MemoryPlatform } from "../src/platform/memory";
import { opening } from "../src/screens/cases/opening.svelte";
import { importing } from "../src/screens/evidence/importing.svelte";
import { enterCase, leaveCase } from "../src/shell/case.svelte";
import { caseState } from "../src/shell/case-state.svelte";
import { confirm } from "../src/shell/confirm.svelte";
import { desk } from "../src/shell/desk.svelte";
import { signingKey } from "../src/shell/key.svelte";
import { notices } from "../src/shell/notices.svelte";
import { router } from "../src/shell/router.svelte";
import { settings } from "../src/shell/settings.svelte";
import { caseView, verification } from "../gallery/desk/host";

/** Everything that outlives a screen, as at the start of the program. */
export function fresh(): void {
  localStorage.clear();
  leaveCase();
  Object.assign(desk, { about: null, dialog: null, newCase: false, waiting: null, failures: [] });
  Object.assign(signingKey, { view: null, dialog: null, skipped: false });
  settings.kept = null;
  opening.now = null;
  importing.stage = { is: "none" };
  caseState.jobs = [];
  notices.list = [];
  while (confirm.question) confirm.answer({ yes: false });
  preferences.theme = "system";
  preferences.density = "compact";
  preferences.textSize = 100;
  zones.view = "utc";
  router.reset("cases");
  // jsdom has no layout; the grid draws the rows that a window of this height shows.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn++) await new Promise((done) => setTimeout(done, 0));
  await tick();
};

export async function window_(platform: MemoryPlatform): Promise<ReturnType<typeof userEvent.setup>> {
  render(App, { props: { platform } });
  await settle();
  return userEvent.setup({ pointerEventsCheck: 0 });
}

/** The window with a case open, at its evidence. */
export async function inCase(platform: MemoryPlatform, rows: EvidenceReport[], params = {}): Promise<ReturnType<typeof userEvent.setup>> {
  platform.on("case", () => caseView(rows));
  enterCase(caseView(rows), verification("verified"));
  router.reset("evidence");
  router.replace(params);
  return window_(platform);
}

/** No violation that can be found without layout. */
export async function accessible(): Promise<void> {
  const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false } } });
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}
