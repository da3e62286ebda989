// The real screens over a host in memory, in the state that the address names; no part of the product's build.
// ?state=cases|first|new|error|loading|opening|found|failed|evidence|empty|full|bad|item|members|warnings|legal|withdraw|plan|running|done|cancelled|settings|about|key & theme & size
import { mount, tick } from "svelte";
import "../../src/app.css";
import App from "../../src/App.svelte";
import { preferences } from "../../src/lib/preferences.svelte";
import type { MemoryPlatform } from "../../src/platform/memory";
import { enterCase } from "../../src/shell/case.svelte";
import { desk } from "../../src/shell/desk.svelte";
import { signingKey } from "../../src/shell/key.svelte";
import { router } from "../../src/shell/router.svelte";
import { openCaseAt } from "../../src/screens/cases/opening.svelte";
import { importing, planImport, runImport } from "../../src/screens/evidence/importing.svelte";
import { caseView, host, imported, incident, report, verification } from "./host";

const wanted = new URLSearchParams(location.search);
const state = wanted.get("state") ?? "cases";
const never = () => new Promise<never>(() => {});
const many = Array.from({ length: 100_000 }, (_, at) => report(at + 1, { name: `111122223333_CloudTrail_eu-west-1_${at}.json.gz` }));
const evidence = state === "empty" ? [] : state === "full" ? many : state === "bad" ? incident.map((row) => (row.id === "EV-0004" ? { ...row, stored: row.stored, found: row.found } : { ...row, ignored: row.found - row.stored - row.duplicate - row.rejected })) : incident.map((row) => ({ ...row, ignored: row.found - row.stored - row.duplicate - row.rejected }));
const platform: MemoryPlatform = host(evidence, state === "first" ? [] : undefined);
const look = { theme: wanted.get("theme") === "light" ? "light" : "dark", density: wanted.get("density") ?? "compact", text_size: Number(wanted.get("size") ?? 100) };
platform.on("settings", () => ({ ...look, zone: "utc", columns: [], quick_tags: ["exfil", "persistence"], organisation: "Example Response GmbH", contact: null }));
preferences.theme = look.theme as "dark";
if (state === "first") platform.on("key", () => ({ vkey: null, file: null, unlocked: false }));
if (state === "error") platform.on("cases", () => { throw { code: "home", message: "/cases/mara/.vestige/cases.json cannot be read: expected a list of cases, found \"{\" at byte 0", stopped: false, in_query: [] }; });
if (state === "loading") platform.on("cases", never);

const chosen = { ticket: "drop-1", names: ["delivery"], shown: "/evidence/delivery" };
const asked = { ticket: "drop-1", data_type: null, in_place: false, allow_ratio: false, reason: null };
const inCase = ["evidence", "empty", "full", "bad", "item", "trail", "members", "warnings", "legal", "withdraw", "plan", "running", "done", "cancelled", "evidence-error", "evidence-loading"];

async function show(): Promise<void> {
  if (inCase.includes(state)) {
    platform.on("case", () => caseView(evidence));
    if (state === "evidence-error") platform.on("evidence", () => { throw { code: "database", message: "/cases/VST-2026-0117/case.db: the disk image is malformed", stopped: false, in_query: [] }; });
    if (state === "evidence-loading") platform.on("evidence", never);
    enterCase(caseView(evidence), verification("verified"));
    router.reset("evidence");
  }
  const target = document.getElementById("app");
  if (target) mount(App, { target, props: { platform } });
  await tick();
  if (inCase.includes(state)) setTimeout(() => enterCase(caseView(evidence), verification("verified")), 50);
  if (["item", "trail", "members", "warnings", "legal", "withdraw"].includes(state)) router.replace({ item: "EV-0001" });
  if (state === "new") desk.newCase = true;
  if (state === "settings" || state === "about") setTimeout(() => (desk.dialog = state), 100);
  if (state === "key") setTimeout(() => (signingKey.dialog = "make"), 100);
  if (state === "opening") { platform.on("open_case", never); void openCaseAt(platform, "t-1", "Paper Lantern"); }
  if (state === "found") void openCaseAt(platform, "t-1", "Paper Lantern");
  if (state === "failed") { platform.on("open_case", () => ({ verification: verification("failed"), case: null })); void openCaseAt(platform, "t-3", "Former contractor access review"); }
  if (state === "plan") void planImport(platform, chosen);
  if (state === "running") {
    platform.on("import", async (_, call) => {
      await tick();
      platform.push("progress", { call: call.id ?? "", command: "import", stage: "reading okta-system-log.jsonl", bytes: 17_400_000, bytes_total: 28_310_220, records: 31_204, read: 17_400_000, decompressed: 120_400_000, stored: 30_000, rate: 12_400_000, eta: 48, stopping: false });
      return never();
    });
    void runImport(platform, chosen, asked);
  }
  if (state === "done") void runImport(platform, chosen, asked);
  if (state === "cancelled") setTimeout(() => (importing.stage = { is: "done", chosen, cancelled: true, report: imported(evidence.slice(0, 4), 9) }), 50);
  const tab = { trail: "Custody trail", members: "Members", warnings: "Rejected and warnings", legal: "Legal", withdraw: "Withdraw" }[state];
  if (tab) setTimeout(() => [...document.querySelectorAll<HTMLElement>("[role=tab]")].find((one) => one.textContent?.startsWith(tab))?.click(), 300);
}
void show();
