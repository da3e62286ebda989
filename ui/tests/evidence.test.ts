import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { host, imported, incident, plan, report } from "../gallery/desk/host";
import type { CallProgress } from "../src/platform/bindings";
import { filtered, sorted } from "../src/screens/evidence/filter";
import { importing } from "../src/screens/evidence/importing.svelte";
import { itemsOf, totalsOf, unaccounted } from "../src/screens/evidence/sums";
import { counters, stateOf } from "../src/screens/evidence/words";
import { caseState } from "../src/shell/case-state.svelte";
import { router } from "../src/shell/router.svelte";
import { accessible, fresh, inCase, settle } from "./desk";

beforeEach(fresh);

const button = (name: string | RegExp) => screen.getByRole("button", { name });
const stopped = { code: "stopped", message: "stopped", stopped: true, in_query: [] };
const whole = incident.map((row) => ({ ...row, ignored: row.found - row.stored - row.duplicate - row.rejected }));
const lossy = whole.map((row) => (row.id === "EV-0004" ? { ...row, ignored: 0 } : row));
const rowOf = (text: string) => screen.getAllByText(text)[0]?.closest("[role=row]") as HTMLElement;

describe("the table of evidence", () => {
  it("shows that the sums hold, members under their item, and what was withdrawn", async () => {
    await inCase(host(whole), whole);
    expect(screen.getAllByText("adds up").length).toBeGreaterThan(0);
    expect(rowOf("111122223333_CloudTrail_eu-west-1_20260915T0300Z.json.gz").textContent).not.toContain("EV-0001");
    expect(screen.getByText("wrong-tenant-export.json").closest(".struck")).not.toBeNull();
    expect(rowOf("wrong-tenant-export.json").textContent).toContain("withdrawn");
    await accessible();
  });
  it("makes an item red whose records are not all accounted for", async () => {
    await inCase(host(lossy), lossy);
    expect(rowOf("azure-activity-log.csv").className).toContain("f-critical");
    expect(rowOf("azure-activity-log.csv").textContent).toContain("15 unaccounted");
    expect(rowOf("gcp-audit.json").className).not.toContain("f-critical");
    expect(screen.getAllByRole("alert")[0]?.textContent).toContain("15");
  });
  it("shows hostile names as text", async () => {
    await inCase(host(whole), whole);
    expect(document.querySelector("main img")).toBeNull();
    expect(rowOf("⟨U+202E⟩").textContent).toContain("<img src=x onerror=alert(1)>");
    expect(rowOf("⟨U+202E⟩").textContent).toContain("⟨U+0007⟩");
  });
  it("filters, says how many, and offers to clear", async () => {
    const user = await inCase(host(whole), whole);
    await user.keyboard("/");
    expect(document.activeElement).toBe(screen.getByLabelText("Filter evidence"));
    await user.keyboard("0410Z");
    await settle();
    expect(screen.getByText("2 of 13 rows")).toBeTruthy();
    await user.clear(screen.getByLabelText("Filter evidence"));
    await user.type(screen.getByLabelText("Filter evidence"), "nothing-like-it");
    await settle();
    await user.click(button("Clear filter"));
    await settle();
    expect(screen.getByText("13 rows")).toBeTruthy();
  });
  it("moves with j, selects with x, opens with Enter and closes with Esc", async () => {
    const user = await inCase(host(whole), whole);
    screen.getByRole("grid", { name: "Evidence" }).focus();
    await user.keyboard("jjjx{Enter}");
    await settle();
    expect(screen.getByText("13 rows, 1 selected")).toBeTruthy();
    expect(router.params).toEqual({ item: "EV-0002" });
    expect(screen.getByRole("complementary", { name: "Evidence item EV-0002" })).toBeTruthy();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("complementary")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("grid", { name: "Evidence" }));
  });
  it("draws only what is in view of a hundred thousand items", async () => {
    const many = Array.from({ length: 100_000 }, (_, at) => report(at + 1));
    const before = performance.now();
    await inCase(host(many), many);
    expect(screen.getByRole("grid", { name: "Evidence" }).getAttribute("aria-rowcount")).toBe("100001");
    expect(screen.getAllByRole("row").length).toBeLessThan(100);
    expect(performance.now() - before).toBeLessThan(5000);
  });
  it("says what is to be done in an empty case", async () => {
    const user = await inCase(host([]), []);
    expect(screen.getByText("The case holds no evidence")).toBeTruthy();
    await accessible();
    await user.click(button("Choose folder"));
    await settle();
    expect(screen.getByRole("dialog", { name: "Import evidence" })).toBeTruthy();
  });
  it("keeps a failure in its place", async () => {
    const platform = host(whole).on("evidence", () => { throw { code: "database", message: "case.db: the disk image is malformed", stopped: false, in_query: [] }; });
    const user = await inCase(platform, whole);
    expect(screen.getByRole("alert").textContent).toContain("malformed");
    await accessible();
    platform.on("evidence", () => imported(whole));
    await user.click(button("Try again"));
    await settle();
    expect(screen.getByRole("grid", { name: "Evidence" })).toBeTruthy();
  });
});

describe("an item", () => {
  const tab = (name: RegExp) => screen.getByRole("tab", { name });
  it("shows facts, trail, members, provider and what was rejected, all as text", async () => {
    const user = await inCase(host(whole), whole, { item: "EV-0001" });
    const panel = screen.getByRole("complementary");
    expect(panel.textContent).toContain("/evidence/delivery/aws-cloudtrail-eu-west-1.zip");
    await accessible();
    for (const [name, words] of [[/Custody trail/, "handed over by the cloud team"], [/Provider/, "eu-west-1"], [/Rejected/, "1,400 are not listed here"], [/Legal/, "Last changed in entry 40"], [/Withdraw/, "hidden from the timeline"]] as const) {
      await user.click(tab(name));
      expect(panel.textContent).toContain(words);
      await accessible();
    }
    await user.click(tab(/Rejected/));
    expect(panel.textContent).toContain("byte 388,201, 214 long");
    expect(panel.querySelector("pre")?.textContent).toContain("<img src=x onerror=alert(1)>⟨U+202E⟩⟨U+0000⟩");
    expect(panel.querySelector("img")).toBeNull();
    await user.click(tab(/Members/));
    expect(within(panel).getByRole("grid", { name: "Members of the archive" }).getAttribute("aria-rowcount")).toBe("3");
  });
  it("saves legal notes and refreshes the case", async () => {
    const platform = host(whole);
    const user = await inCase(platform, whole, { item: "EV-0002" });
    await user.click(tab(/Legal/));
    expect(button("Save notes")).toHaveProperty("disabled", true);
    await user.type(screen.getByLabelText("Note"), "copy at counsel");
    const asked = platform.calls.filter(({ name }) => name === "case").length;
    await user.click(button("Save notes"));
    await settle();
    expect(platform.calls).toContainEqual({ name: "note_item", input: { id: "EV-0002", jurisdiction: "Ireland", hold: true, note: "copy at counsel" } });
    expect(platform.calls.filter(({ name }) => name === "case").length).toBe(asked + 1);
  });
  it("withdraws only with a reason and after a second question", async () => {
    const platform = host(whole);
    const user = await inCase(platform, whole, { item: "EV-0002" });
    await user.click(tab(/Withdraw/));
    await user.click(button("Withdraw"));
    await settle();
    expect(screen.getByText("A withdrawal needs its reason")).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByLabelText(/^Reason for the withdrawal/));
    await user.type(screen.getByLabelText(/^Reason for the withdrawal/), "wrong tenant");
    await user.click(button("Withdraw"));
    await user.click(await screen.findByRole("button", { name: "Keep item" }));
    await settle();
    expect(platform.calls.some(({ name }) => name === "withdraw")).toBe(false);
    await user.click(button("Withdraw"));
    await user.click(await screen.findByRole("button", { name: "Withdraw item" }));
    await settle();
    expect(platform.calls).toContainEqual({ name: "withdraw", input: { id: "EV-0002", reason: "wrong tenant" } });
    expect(screen.getByText(/1,180 rows hidden, 12 repeated ones are now seen in EV-0002; entry 211/)).toBeTruthy();
  });
});

describe("an import", () => {
  it("plans first, unknown files on top, then reconciles before the eyes", async () => {
    const platform = host(whole);
    const user = await inCase(platform, whole);
    await user.keyboard("{Control>}i{/Control}");
    await settle();
    const dialog = screen.getByRole("dialog", { name: "Import evidence" });
    const rows = within(dialog).getAllByRole("row").map((row) => row.textContent);
    expect(rows[1]).toContain("aws-cloudtrail-eu-west-1.zip");
    expect(rows[2]).toContain("notes-from-helpdesk.docx");
    expect(rows[3]).toContain("identical to");
    await accessible();
    expect(platform.calls.some(({ name }) => name === "import")).toBe(false);
    await user.type(within(dialog).getByLabelText("Reason"), "ticket 4711");
    await user.click(within(dialog).getByRole("checkbox", { name: "Leave the files where they lie" }));
    await user.click(button("Import 6 files"));
    await settle();
    expect(platform.calls.find(({ name }) => name === "import")?.input).toEqual({ ticket: "chosen-evidence-files", data_type: null, in_place: true, allow_ratio: false, reason: "ticket 4711" });
    expect(screen.getByText("Every record that was found is accounted for")).toBeTruthy();
    expect(screen.getByText(/ends inside a record at byte 388,201/)).toBeTruthy();
    await accessible();
    await user.click(button("Show in timeline"));
    expect(router.section).toBe("timeline");
    expect(router.params["query"]).toContain("evidence:EV-0001 OR evidence:EV-0002");
  });
  it("lets go of the plan with Esc and writes nothing", async () => {
    const platform = host(whole);
    const user = await inCase(platform, whole);
    await user.click(button(/^Import folder/));
    await settle();
    await user.keyboard("{Escape}");
    await settle();
    expect(importing.stage.is).toBe("none");
    expect(platform.calls.some(({ name }) => name === "import")).toBe(false);
  });
  it("counts while it runs, does not block, and says after a cancel what is in", async () => {
    const platform = host(whole.slice(0, 3)).on("import", (_, { id, signal }) => new Promise((_done, no) => {
      const told: CallProgress = { call: id ?? "", command: "import", stage: "reading", bytes: 50, bytes_total: 200, records: 31_204, rate: 12_400_000, eta: 48, stopping: false };
      setTimeout(() => platform.push("progress", told));
      signal.addEventListener("abort", () => {
        platform.on("evidence", () => imported(whole.slice(0, 4)));
        no(stopped);
      });
    }));
    const user = await inCase(platform, whole);
    await user.click(button(/^Import files/));
    await settle();
    await user.click(button("Import 6 files"));
    await settle();
    const running = screen.getByRole("region", { name: "Running import" });
    expect(running.textContent).toContain("25%");
    expect(running.textContent).toContain("48 s left");
    expect(running.textContent).toContain("12.4 MB/s");
    expect(running.textContent).toContain("31,204");
    expect(caseState.jobs).toHaveLength(1);
    expect(screen.getByRole("grid", { name: "Evidence" })).toBeTruthy();
    await accessible();
    await user.click(button("Cancel import"));
    await settle();
    expect(screen.getByText("1 file is in the case, 6,188 records")).toBeTruthy();
    expect(screen.getByText(/Importing the same files again resumes/)).toBeTruthy();
    expect(caseState.jobs).toHaveLength(0);
    await accessible();
  });
  it("says in red what is lost, and where", async () => {
    const platform = host(lossy).on("import", () => imported(lossy));
    const user = await inCase(platform, lossy);
    await user.click(button(/^Import files/));
    await settle();
    await user.click(button("Import 6 files"));
    await settle();
    expect(screen.getByText("15 records are in none of the four")).toBeTruthy();
    expect(rowOf("azure-activity-log.csv").className).toContain("f-critical");
  });
  it("keeps the failure of an import and of a plan", async () => {
    const platform = host(whole).on("import", () => { throw { code: "space", message: "no space left on /cases", stopped: false, in_query: [] }; });
    const user = await inCase(platform, whole);
    await user.click(button(/^Import files/));
    await settle();
    await user.click(button("Import 6 files"));
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("no space left");
    await user.keyboard("{Escape}");
    platform.on("plan_import", () => { throw { code: "io", message: "delivery: permission denied", stopped: false, in_query: [] }; });
    await user.click(button(/^Import files/));
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("permission denied");
  });
  it("says that a chosen folder is empty", async () => {
    const platform = host(whole).on("plan_import", () => ({ ...plan(), files: [], total: 0, bytes: 0, unknown: 0, duplicate: 0 }));
    const user = await inCase(platform, whole);
    await user.click(button(/^Import folder/));
    await settle();
    expect(screen.getByText("There is no file in what was chosen")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Import \d/ })).toBeNull();
  });
  it("backs the case up and shows path and hash", async () => {
    const user = await inCase(host(whole), whole);
    await user.click(button("Back up case"));
    await settle();
    const dialog = screen.getByRole("dialog", { name: "Backup of the case" });
    expect(dialog.textContent).toContain("/chosen/save/backup.zip");
    expect(within(dialog).getByRole("button", { name: "Copy SHA-256" })).toBeTruthy();
    await accessible();
  });
});

describe("sums, filter and order", () => {
  it("counts a member in its item only", () => {
    expect(totalsOf(whole).files).toBe(11);
    expect(totalsOf(whole).found).toBe([...itemsOf(whole).values()].reduce((sum, row) => sum + row.found, 0));
    expect(unaccounted(totalsOf(lossy))).toBe(15);
  });
  it("brings an item along whose member is found, and keeps members after it in every order", () => {
    const items = itemsOf(whole);
    expect(filtered(whole, items, "0410z GZ").map((row) => row.id)).toEqual(["EV-0001", "EV-0001"]);
    for (const column of ["name", "found", "first", "state", "type"]) {
      for (const down of [false, true]) {
        const rows = sorted(whole, { column, down });
        const at = rows.findIndex((row) => row.id === "EV-0001");
        expect(rows).toHaveLength(whole.length);
        expect(rows.slice(at, at + 3).map((row) => row.name)).toEqual(whole.slice(0, 3).map((row) => row.name));
      }
    }
  });
  it("says what became of a file, and the worst first", () => {
    expect(stateOf({ ...report(1), ignored: 0 })).toEqual({ kind: "fail", words: "5 unaccounted" });
    expect(stateOf({ ...report(1), withdrawn: true }).words).toBe("withdrawn");
    expect(stateOf(report(1)).words).toBe("reconciled");
  });
  it("shows more counters where the host tells them", () => {
    const told = { call: "1", command: "import", stage: "", bytes: 1, bytes_total: 2, records: 3, rate: 0, eta: null, stopping: false };
    expect(counters(told).map(({ title }) => title)).toEqual(["Bytes", "Records"]);
    expect(counters({ ...told, read: 1, decompressed: 9, parsed: 4, stored: 3 } as CallProgress).map(({ title, value }) => `${title} ${value}`)).toEqual(["Read 1", "Decompressed 9", "Parsed 4", "Stored 3"]);
  });
});
