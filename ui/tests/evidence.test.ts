import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { pageOf, totalsOf } from "../gallery/desk/evidence";
import { caseView, host, imported, incident, plan, report, verification } from "../gallery/desk/host";
import type { CallProgress, EvidenceAsk, EvidencePage } from "../src/platform/bindings";
import { importing } from "../src/screens/evidence/importing.svelte";
import { rowsOf } from "../src/screens/evidence/rows";
import { unaccounted } from "../src/screens/evidence/sums";
import { counters, stateOf } from "../src/screens/evidence/words";
import type { MemoryPlatform } from "../src/platform/memory";
import { enterCase } from "../src/shell/case.svelte";
import { caseState } from "../src/shell/case-state.svelte";
import { router } from "../src/shell/router.svelte";
import { accessible, fresh, inCase, settle } from "./desk";

beforeEach(fresh);

const button = (name: string | RegExp) => screen.getByRole("button", { name });
const stopped = { code: "stopped", message: "stopped", stopped: true, in_query: [] };
const whole = incident.map((row) => ({ ...row, ignored: row.found - row.stored - row.duplicate - row.rejected }));
const lossy = whole.map((row) => (row.id === "EV-0004" ? { ...row, ignored: 0 } : row));
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const grid = () => screen.getByRole("grid", { name: "Evidence" });
const filterBox = () => screen.getByLabelText("Filter evidence");
const asks = (platform: MemoryPlatform) => platform.calls.filter(({ name }) => name === "evidence").map(({ input }) => input as EvidenceAsk);
/** A host that answers about the evidence when the test says so. */
function held(rows = whole) {
  const waiting: { asked: EvidenceAsk; answer: () => void; refuse: () => void }[] = [];
  const platform = host(rows).on("evidence", (asked) => new Promise<EvidencePage>((done, fail) => {
    waiting.push({ asked, answer: () => done(pageOf(rows, asked)), refuse: () => fail({ code: "database", message: "the disk image is malformed", stopped: false, in_query: [] }) });
  }));
  return { platform, waiting };
}
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
    await screen.findByText("2 of 13 rows");
    expect(rowOf("aws-cloudtrail-eu-west-1.zip").textContent).toContain("EV-0001");
    expect(rowOf("111122223333_CloudTrail_eu-west-1_20260915T0410Z.json.gz").textContent).not.toContain("EV-0001");
    await user.clear(filterBox());
    await user.type(filterBox(), "nothing-like-it");
    await user.click(await screen.findByRole("button", { name: "Clear filter" }));
    await screen.findByText("13 rows");
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
  it("asks for and draws only what is in view of a hundred thousand items", async () => {
    const many = Array.from({ length: 100_000 }, (_, at) => report(at + 1));
    const platform = host(many);
    const user = await inCase(platform, many);
    expect(grid().getAttribute("aria-rowcount")).toBe("100001");
    expect(screen.getAllByRole("row").length).toBeLessThan(100);
    expect(asks(platform)).toEqual([{ filter: "", sort: null, down: false, offset: 0, limit: 200 }]);
    grid().focus();
    await user.keyboard("{End}");
    await screen.findByText("file-100000.json");
    expect(asks(platform).slice(1)).toEqual([{ filter: "", sort: null, down: false, offset: 99_800, limit: 200 }]);
    await user.keyboard("x");
    expect(screen.getByText("100,000 rows, 1 selected")).toBeTruthy();
  });
  it("waits until the words are typed, and keeps the rows until the answer is here", async () => {
    const { platform, waiting } = held();
    const user = await inCase(platform, whole);
    expect(await screen.findByText("Reading the evidence of the case")).toBeTruthy();
    waiting[0]?.answer();
    await settle();
    const before = grid();
    await user.type(filterBox(), "okta ");
    expect(waiting).toHaveLength(1);
    await waitFor(() => expect(waiting).toHaveLength(2));
    expect(waiting[1]?.asked).toEqual({ filter: "okta", sort: null, down: false, offset: 0, limit: 200 });
    expect(screen.queryByText("Reading the evidence of the case")).toBeNull();
    expect(grid()).toBe(before);
    expect(before.closest("[aria-busy=true]")).not.toBeNull();
    expect(screen.getByText("13 rows")).toBeTruthy();
    waiting[1]?.answer();
    await settle();
    expect(screen.getByText("2 of 13 rows")).toBeTruthy();
    expect(grid()).toBe(before);
    expect(document.querySelector(".skel")).toBeNull();
    expect(before.closest("[aria-busy=true]")).toBeNull();
    await user.type(filterBox(), " x{Backspace}{Backspace}");
    await pause(200);
    expect(waiting).toHaveLength(2);
  });
  it("shows the answer of the newest words, in whatever order answers come", async () => {
    const { platform, waiting } = held();
    const user = await inCase(platform, whole);
    waiting[0]?.answer();
    await settle();
    await user.type(filterBox(), "okta");
    await waitFor(() => expect(waiting).toHaveLength(2));
    await user.clear(filterBox());
    await user.type(filterBox(), "gcp");
    await waitFor(() => expect(waiting.at(-1)?.asked.filter).toBe("gcp"));
    waiting.at(-1)?.answer();
    await settle();
    expect(screen.getByText("1 of 13 rows")).toBeTruthy();
    for (const older of waiting.slice(1, -1)) older.answer();
    await settle();
    expect(screen.getByText("1 of 13 rows")).toBeTruthy();
    expect(screen.queryByText("okta-system-log.jsonl")).toBeNull();
    expect(screen.getByText("gcp-audit.json")).toBeTruthy();
  });
  it("has the host sort, both ways, and keeps the words", async () => {
    const platform = host(whole);
    const user = await inCase(platform, whole);
    await user.type(filterBox(), "okta");
    await screen.findByText("2 of 13 rows");
    const head = () => screen.getByRole("columnheader", { name: /^Stored/ });
    const press = async () => {
      await fireEvent.pointerDown(head(), { button: 0 });
      await fireEvent.pointerUp(head(), { button: 0 });
      await settle();
    };
    await press();
    expect(asks(platform).at(-1)).toEqual({ filter: "okta", sort: "stored", down: false, offset: 0, limit: 200 });
    expect(head().getAttribute("aria-sort")).toBe("ascending");
    const names = () => [...grid().querySelectorAll("[role=row][aria-rowindex]")].slice(1).map((row) => row.textContent?.includes("(copy)"));
    expect(names()).toEqual([true, false]);
    await press();
    expect(asks(platform).at(-1)).toMatchObject({ sort: "stored", down: true });
    expect(names()).toEqual([false, true]);
  });
  it("tells in the table's place that words could not be looked for, and keeps what is typed", async () => {
    const { platform, waiting } = held();
    const user = await inCase(platform, whole);
    waiting[0]?.answer();
    await settle();
    await user.type(filterBox(), "okta");
    await waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.refuse();
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("malformed");
    expect(screen.queryByRole("grid")).toBeNull();
    expect(document.activeElement).toBe(filterBox());
    await accessible();
    await user.click(button("Try again"));
    await settle();
    waiting[2]?.answer();
    await settle();
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText("2 of 13 rows")).toBeTruthy();
  });
  it("tells that a page could not be read, and reads it again", async () => {
    const many = Array.from({ length: 1000 }, (_, at) => report(at + 1));
    const platform = host(many);
    const user = await inCase(platform, many);
    platform.on("evidence", () => { throw { code: "database", message: "the case file is locked", stopped: false, in_query: [] }; });
    grid().focus();
    await user.keyboard("{End}");
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("the case file is locked"));
    platform.on("evidence", (asked) => pageOf(many, asked));
    await user.click(button("Try again"));
    await screen.findByText("file-1000.json");
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it("keeps the row that had the focus when an item is withdrawn", async () => {
    const many = Array.from({ length: 1000 }, (_, at) => report(at + 1));
    const user = await inCase(host(many), many);
    grid().focus();
    await user.keyboard("{End}k");
    await screen.findByText("file-1000.json");
    importing.changes += 1;
    await settle();
    await screen.findByText("file-999.json");
    expect(document.querySelector(".is-focusrow")?.getAttribute("aria-rowindex")).toBe("1000");
  });
  it("never shows the rows of one case in another", async () => {
    const { platform, waiting } = held();
    await inCase(platform, whole);
    waiting[0]?.answer();
    await settle();
    expect(screen.getByText("gcp-audit.json")).toBeTruthy();
    const other = caseView([]);
    enterCase({ ...other, facts: { ...other.facts, case: "c-99" } }, verification("verified"));
    await settle();
    expect(screen.queryByText("gcp-audit.json")).toBeNull();
    expect(await screen.findByText("Reading the evidence of the case")).toBeTruthy();
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
    platform.on("evidence", (asked) => pageOf(whole, asked));
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
      const told: CallProgress = { call: id ?? "", command: "import", stage: "reading", bytes: 50, bytes_total: 200, records: 31_204, read: 50, decompressed: 500, stored: 30_000, rate: 12_400_000, eta: 48, stopping: false };
      setTimeout(() => platform.push("progress", told));
      signal.addEventListener("abort", () => {
        platform.on("evidence", (asked) => pageOf(whole.slice(0, 4), asked));
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
    expect(asks(platform).every(({ limit }) => limit <= 1000)).toBe(true);
    await accessible();
  });
  it("lists at most ten thousand of what came in, and says how many more there are", async () => {
    const many = Array.from({ length: 10_500 }, (_, at) => report(at + 1));
    const platform = host(many.slice(0, 100)).on("import", () => {
      platform.on("evidence", (asked) => pageOf(many, asked));
      throw stopped;
    });
    const user = await inCase(platform, many.slice(0, 100));
    await user.click(button(/^Import files/));
    await settle();
    await user.click(button("Import 6 files"));
    await screen.findByText("10,400 files are in the case, 12,272,000 records");
    expect(screen.getByRole("grid", { name: "Files of this import" }).getAttribute("aria-rowcount")).toBe("10001");
    expect(screen.getByText(/The first 10,000 files and members are listed; 400 more/)).toBeTruthy();
    // Nobody sorts this list, so its heads do not claim to.
    expect(screen.getByRole("columnheader", { name: "Name" }).hasAttribute("aria-sort")).toBe(false);
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
    expect(totalsOf(whole).found).toBe(rowsOf(whole).reduce((sum, row) => sum + (row.member ? 0 : row.found), 0));
    expect(unaccounted(totalsOf(lossy))).toBe(15);
  });
  it("brings an item along whose member is found, and keeps members after it in every order", () => {
    const asked = { filter: "", sort: null, down: false, offset: 0, limit: 1000 };
    expect(rowsOf(whole).slice(0, 4).map(({ member, archive }) => [member, archive])).toEqual([[false, true], [true, false], [true, false], [false, false]]);
    expect(pageOf(whole, { ...asked, filter: "0410z GZ" }).rows.map((row) => [row.id, row.member])).toEqual([["EV-0001", false], ["EV-0001", true]]);
    expect(pageOf(whole, { ...asked, offset: 10, limit: 2 })).toMatchObject({ matching: 13, all: 13, items: 11, rows: [{ id: "EV-0009" }, { id: "EV-0010" }] });
    for (const column of ["name", "found", "first", "state", "type"]) {
      for (const down of [false, true]) {
        const { rows } = pageOf(whole, { ...asked, sort: column, down });
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
  it("counts the import in the order of the work", () => {
    const told: CallProgress = { call: "1", command: "import", stage: "", bytes: 1, bytes_total: 2, records: 4, read: 1, decompressed: 9, stored: 3, rate: 0, eta: null, stopping: false };
    expect(counters(told).map(({ title, value }) => `${title} ${value}`)).toEqual(["Read 1", "Decompressed 9", "Parsed 4", "Stored 3"]);
  });
});
