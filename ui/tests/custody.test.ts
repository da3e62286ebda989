import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { custodyHost, openView } from "../gallery/desk/custody-host";
import { verification } from "../gallery/desk/host";
import { newestFirst } from "../src/screens/custody/ledger";
import { entryOf, pinProblem } from "../src/screens/custody/checks";
import { runsOf } from "../src/screens/custody/Qr.svelte";
import { caseState } from "../src/shell/case-state.svelte";
import { signingKey } from "../src/shell/key.svelte";
import { router } from "../src/shell/router.svelte";
import { freshReport, openAt, untilCancelled } from "./custody-desk";
import { accessible, settle, window_ } from "./desk";

beforeEach(freshReport);
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const region = (name: string | RegExp) => screen.getByRole("region", { name });
const at = { section: "custody" as const };

describe("the ledger", () => {
  it("shows the newest entry first, with marks and hostile names as text", async () => {
    await openAt(custodyHost(), at);
    const rows = within(screen.getByRole("grid", { name: "Ledger" })).getAllByRole("row");
    expect(rows[1]?.textContent).toContain("208");
    expect(rows[1]?.textContent).toContain("not yet covered");
    expect(within(region("Ledger")).getByText("209 entries")).toBeTruthy();
    expect(document.querySelector("main img")).toBeNull();
    expect(region("Ledger").textContent).toContain("⟨U+202E⟩fdp.⟨U+0007⟩exe <img");
    await accessible();
  });
  it("filters with an exact count, and clears", async () => {
    const user = await openAt(custodyHost(), at);
    await user.keyboard("/");
    expect(document.activeElement).toBe(screen.getByLabelText("Filter the ledger"));
    await user.keyboard("checkpoint");
    await new Promise((done) => setTimeout(done, 200));
    await settle();
    expect(screen.getByText("42 of 209 entries")).toBeTruthy();
    await user.clear(screen.getByLabelText("Filter the ledger"));
    await user.keyboard("no-such-word");
    await new Promise((done) => setTimeout(done, 200));
    await settle();
    await user.click(button("Clear filter"));
    await new Promise((done) => setTimeout(done, 200));
    await settle();
    expect(within(region("Ledger")).getByText("209 entries")).toBeTruthy();
  });
  it("draws only what is in view of two hundred thousand entries", async () => {
    const platform = custodyHost(200_000);
    await openAt(platform, at);
    expect(screen.getByRole("grid", { name: "Ledger" }).getAttribute("aria-rowcount")).toBe("200001");
    expect(screen.getAllByRole("row").length).toBeLessThan(100);
    for (const { name, input } of platform.calls) if (name === "ledger") expect((input as { limit: number }).limit).toBeLessThanOrEqual(200);
  });
  it("asks for every page by position from the oldest, without a gap or an overlap", async () => {
    const rows = newestFirst(custodyHost(450), 450, null);
    const pages = await Promise.all([0, 200, 400].map((offset) => rows(offset, 200, new AbortController().signal)));
    expect(pages.flat().map((entry) => entry.seq)).toEqual(Array.from({ length: 450 }, (_, position) => 449 - position));
  });
  it("keeps a failure in its place", async () => {
    const platform = custodyHost().on("ledger", () => { throw { code: "database", message: "case.db: malformed", stopped: false, in_query: [] }; });
    await openAt(platform, at);
    expect(region("Ledger").textContent).toContain("case.db: malformed");
    await accessible();
  });
});

describe("an entry", () => {
  it("opens from the address with its bytes, its tree and its verdict, and copies them", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, { ...at, params: { entry: "41" } });
    const panel = region("Entry 41");
    expect(panel.textContent).toContain("matches the stored leaf");
    expect(within(panel).getByRole("tree", { name: "Entry 41 as a tree" })).toBeTruthy();
    expect(panel.querySelector("pre")?.textContent).toContain("⟨U+202E⟩");
    expect(panel.querySelector("img")).toBeNull();
    await user.click(button("Copy bytes"));
    expect(platform.copied[0]).toContain('"seq":41');
    await accessible();
    await user.keyboard("]");
    await settle();
    expect(router.params).toEqual({ entry: "40" });
    await user.keyboard("{Escape}");
    await settle();
    expect(router.params).toEqual({});
    expect(document.activeElement).toBe(screen.getByRole("grid", { name: "Ledger" }));
  });
  it("is red where its bytes are not the stored ones", async () => {
    await openAt(custodyHost(), { ...at, params: { entry: "13" } });
    expect(within(region("Entry 13")).getByRole("alert").textContent).toContain("does not match the stored leaf");
    await accessible();
  });
  it("says where there is none", async () => {
    const platform = custodyHost();
    await openAt(platform, { ...at, params: { entry: "<b>x" } });
    expect(region(/^Entry/).textContent).toContain("There is no such entry");
    expect(platform.calls.some(({ name }) => name === "entry")).toBe(false);
  });
  it("opens by keyboard from the grid", async () => {
    const user = await openAt(custodyHost(), at);
    screen.getByRole("grid", { name: "Ledger" }).focus();
    await user.keyboard("j{Enter}");
    await settle();
    expect(region("Entry 207")).toBeTruthy();
  });
});

describe("verification", () => {
  it("runs with v, can be cancelled, and says so", async () => {
    const platform = custodyHost().on("verify", untilCancelled);
    const user = await openAt(platform, at);
    await user.keyboard("v");
    await settle();
    expect(screen.getByRole("progressbar", { name: "Verification" })).toBeTruthy();
    expect(button("Verify now")).toHaveProperty("disabled", true);
    expect(caseState.jobs.length).toBe(1);
    await accessible();
    await user.click(within(region("State of the chain")).getByRole("button", { name: "Cancel" }));
    await settle();
    expect(region("State of the chain").textContent).toContain("was cancelled");
    expect(caseState.jobs.length).toBe(0);
  });
  it("keeps what failed, red, with the entry it names", async () => {
    const failed = { ...verification("failed"), checks: [{ check: "entries", status: "fail" as const, detail: "entry 41: prev is not the leaf of entry 40" }, { check: "notes", status: "pass" as const, detail: "fine" }] };
    const user = await openAt(custodyHost().on("verify", () => failed), at);
    await user.click(button("Verify now"));
    await settle();
    expect(screen.getAllByRole("alert")[0]?.textContent).toContain("1 of 2 checks contradict");
    const list = screen.getByRole("list", { name: "Checks that failed" });
    expect(list.textContent).toContain("Contradicted");
    expect(list.textContent).toContain("entry 41: prev is not the leaf");
    expect(caseState.custody.state).toBe("failed");
    await accessible();
    await user.click(within(list).getByRole("button", { name: "Open entry 41" }));
    await settle();
    expect(region("Entry 41")).toBeTruthy();
    router.go("evidence");
    await settle();
    router.go("custody");
    await settle();
    expect(screen.getByRole("list", { name: "Checks that failed" })).toBeTruthy();
  });
  it("takes keys, pins and certificates from outside, deeply, and refuses a pin that is none", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    await user.click(button("Verify with options"));
    await settle();
    const dialog = screen.getByRole("dialog", { name: "Verify the case" });
    await user.type(within(dialog).getByLabelText("Keys from outside"), "mara+1a+AA");
    await user.type(within(dialog).getByLabelText("Pins from outside"), "12:abc");
    await user.click(within(dialog).getByRole("checkbox", { name: /^Deep/ }));
    await user.click(within(dialog).getByRole("button", { name: "Choose CA certificates" }));
    await user.click(within(dialog).getByRole("button", { name: "Verify deeply" }));
    await settle();
    expect(within(dialog).getByRole("alert").textContent).toContain("12:abc");
    expect(platform.calls.some(({ name }) => name === "verify")).toBe(false);
    await accessible();
    await user.clear(within(dialog).getByLabelText("Pins from outside"));
    await user.type(within(dialog).getByLabelText("Pins from outside"), `209:${"a".repeat(64)}`);
    await user.click(within(dialog).getByRole("button", { name: "Verify deeply" }));
    await settle();
    expect(platform.calls.find(({ name }) => name === "verify")?.input).toEqual({ deep: true, keys: ["mara+1a+AA"], pins: [`209:${"a".repeat(64)}`], tsa_ca: "chosen-certificates" });
  });
});

describe("checkpoints, time stamps, pin", () => {
  it("signs and refreshes the case", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    await user.keyboard("s");
    await settle();
    expect(region("Checkpoints").textContent).toContain("Checkpoint signed");
    expect(platform.calls.filter(({ name }) => name === "case").length).toBeGreaterThan(1);
  });
  it("says why it cannot sign, and unlocks from here", async () => {
    const platform = custodyHost().on("key", () => ({ vkey: "mara+1a2b3c4d+key", file: "/k", unlocked: false }));
    const user = await openAt(platform, { ...at, view: openView({ signing: { can: false, why: "The signing key is locked" } }) });
    expect(button("Sign checkpoint")).toHaveProperty("disabled", true);
    expect(region("Checkpoints").textContent).toContain("The signing key is locked");
    await user.keyboard("s");
    expect(platform.calls.some(({ name }) => name === "sign")).toBe(false);
    await accessible();
    await user.click(button("Unlock key"));
    expect(signingKey.dialog).toBe("unlock");
  });
  it("writes a request with the command for another machine, and takes the reply", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    await user.click(button("Make request"));
    await settle();
    const panel = region("Time stamps");
    expect(panel.textContent).toContain("199.tsq");
    await user.click(within(panel).getByRole("button", { name: "Copy command" }));
    expect(platform.copied[0]).toContain("curl -H");
    await user.click(within(panel).getByRole("button", { name: "Choose CA certificates" }));
    await settle();
    await user.click(button("Take reply"));
    await settle();
    expect(platform.calls.find(({ name }) => name === "take_time_stamp")?.input).toEqual({ reply: "chosen-time-stamp-reply", ca: "chosen-certificates" });
    expect(panel.textContent).toContain("Time stamp taken, entry 211");
    await accessible();
  });
  it("keeps a refused reply in its place", async () => {
    const platform = custodyHost().on("take_time_stamp", () => { throw { code: "time-stamp", message: "199.tsr: the imprint is of other bytes", stopped: false, in_query: [] }; });
    const user = await openAt(platform, at);
    await user.click(button("Take reply"));
    await settle();
    expect(region("Time stamps").textContent).toContain("The time stamp was refused");
    expect(region("Time stamps").textContent).toContain("the imprint is of other bytes");
    await accessible();
  });
  it("copies the pin and draws it so that its name is read", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    await user.click(button("Copy pin"));
    expect(platform.copied[0]).toMatch(/^209:[0-9a-f]{64}$/);
    expect(screen.getByRole("img", { name: /QR code of the pin line 209:/ }).querySelectorAll("rect.dark").length).toBeGreaterThan(100);
    expect(runsOf(["0110", "1001"])).toEqual([{ x: 1, y: 0, width: 2 }, { x: 0, y: 1, width: 1 }, { x: 3, y: 1, width: 1 }]);
  });
  it("says what is not protected, with the numbers of now", async () => {
    await openAt(custodyHost(), at);
    expect(region(/What this protects/).textContent).toContain("The last 69 entries are covered by no time stamp");
  });
});

describe("without a case, and words", () => {
  it("says so and offers what can be done", async () => {
    router.reset("custody");
    await window_(custodyHost().on("case", () => null));
    expect(screen.getByText("No case is open")).toBeTruthy();
    await accessible();
  });
  it("finds the entry that a detail names, and pins that are none", () => {
    expect(entryOf("entry 41: not canonical")).toBe("41");
    expect(entryOf("EV-0003 differs")).toBeNull();
    expect(pinProblem("")).toBeNull();
    expect(pinProblem(`1:${"A".repeat(64)}`)).toBeNull();
    expect(pinProblem("1:zz")).toContain("1:zz");
  });
});
