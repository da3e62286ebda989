import { configure, fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { EditorView } from "@codemirror/view";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ResultView } from "../src/platform/bindings";
import { nanoseconds } from "../src/lib/wire-time";
import { zones } from "../src/lib/zones.svelte";
import { memory } from "../src/screens/timeline/memory.svelte";
import { caseState } from "../src/shell/case-state.svelte";
import { desk } from "../src/shell/desk.svelte";
import { router, type Params } from "../src/shell/router.svelte";
import { changeSettings, settings } from "../src/shell/settings.svelte";
import { expectAccessible } from "./axe";
import { TimelineHost, type HostOptions } from "./timeline-host";
import Screen from "./TimelineScreen.svelte";

// A screen is large for a document without a browser, and machines that test are busy.
vi.setConfig({ testTimeout: 40_000 });
configure({ asyncUtilTimeout: 8_000, defaultHidden: true });

let cases = 0;
beforeEach(() => {
  // Without layout nothing has a height: six rows.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(160);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(28);
  caseState.open = { title: `Paper Lantern ${(cases += 1)}`, zone: "Europe/Amsterdam" };
  caseState.jobs = [];
  desk.failures = [];
  zones.view = "utc";
  memory.enter();
  localStorage.clear();
});

async function open(options: HostOptions = {}, params: Params = {}, change?: (host: TimelineHost) => void) {
  const host = new TimelineHost(options);
  change?.(host);
  // As the start of the window has read them.
  settings.kept = { ...host.settings };
  router.reset("timeline");
  router.replace(params);
  const user = userEvent.setup();
  const { container } = render(Screen, { platform: host.platform });
  return { host, user, container, calls: (name: string) => host.platform.calls.filter((call) => call.name === name).map((call) => call.input) };
}
const grid = () => screen.findByRole("grid", { name: "Events" });
async function ready(options: HostOptions = {}, params: Params = {}, change?: (host: TimelineHost) => void) {
  const opened = await open(options, params, change);
  (await grid()).focus();
  await waitFor(() => expect(screen.getByRole("region", { name: "Result" }).textContent).toContain("of"));
  await waitFor(() => expect(screen.getByRole("button", { name: "Star" }).hasAttribute("disabled")).toBe(false));
  return opened;
}
const type = (text: string) => {
  const view = EditorView.findFromDOM(screen.getByRole("textbox", { name: "Query" }));
  if (!view) throw new Error("no editor");
  view.focus();
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length }, userEvent: "input.type" });
};
const query = () => EditorView.findFromDOM(screen.getByRole("textbox", { name: "Query" }))?.state.doc.toString();
/** Without layout popovers hide and their parts have no names; they are opened by the keyboard and found by their words. */
async function press(user: ReturnType<typeof userEvent.setup>, element: HTMLElement): Promise<void> {
  element.focus();
  await user.keyboard("{Enter}");
}
const fill = (element: HTMLElement, value: string) => fireEvent.input(element, { target: { value } });
const result = () => screen.getByRole("region", { name: "Result" }).textContent;

describe("result", () => {
  it("shows the exact count, the time it took and the rows by position", async () => {
    const { calls, container } = await ready({ total: 9_812_334 });
    expect(result()).toContain("of 9,812,334");
    expect(result()).toContain("0.12 s");
    expect(calls("open_result")).toEqual([{ question: { query: "", from: null, to: null }, newest_first: false }]);
    expect(calls("rows")[0]).toMatchObject({ offset: 0, limit: 200 });
    expect([...container.querySelectorAll("[role=columnheader]")].map((head) => head.textContent?.replaceAll("\u00a0", " ").trim()).slice(1)).toEqual(["Marks", "Time (UTC) ↑", "Cloud", "Account", "Region", "Service", "Actor", "Action", "Resource", "Source", "Outcome", "Type", "Tags"]);
    await expectAccessible();
  });

  it("asks again for what Enter runs, and comes back with the row that had the focus", async () => {
    const { user, calls } = await ready({ total: 1000 });
    await user.keyboard("jj");
    await user.keyboard("/");
    type("cloud:aws");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(calls("open_result")).toHaveLength(2));
    expect(router.params).toEqual({ query: "cloud:aws" });
    await waitFor(() => expect(document.querySelector(".late")).toBeNull());
    router.back();
    await waitFor(() => expect(query()).toBe(""));
    expect(router.params).toEqual({ event: "ev-2" });
    await waitFor(() => expect(document.querySelector(".is-focusrow")?.textContent).toContain("2026-09-12"));
    await waitFor(() => expect(document.getElementById(screen.getByRole("grid").getAttribute("aria-activedescendant") ?? "")?.getAttribute("aria-rowindex")).toBe("4"));
  });

  it("drops what an older question still answers", async () => {
    let late: ((value: ResultView) => void) | null = null;
    const { user } = await ready({ total: 1000 }, {}, (host) => {
      const plain = host.open.bind(host);
      host.platform.on("open_result", ({ question, newest_first }) => (question.query === "cloud:gcp" ? new Promise((resolve) => (late = resolve)) : plain(question, newest_first)));
    });
    await user.keyboard("/");
    type("cloud:gcp");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.querySelector("[aria-busy=true].late")).not.toBeNull());
    expect(screen.getByRole("grid").querySelectorAll("[role=row]").length).toBeGreaterThan(2);
    type("service:s3");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.querySelector(".late")).toBeNull());
    (late as unknown as (value: ResultView) => void)({ result: 0, count: 77, undated: 0, seconds: 1, outside: [], outside_total: 0 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(query()).toBe("service:s3");
    expect(result()).not.toContain("of 77");
  });

  it("cancels a search and says so", async () => {
    const { user, calls } = await open({}, {}, (host) => void host.platform.on("open_result", (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject({ code: "stopped", message: "stopped", stopped: true, in_query: [] })))));
    await user.click(await screen.findByRole("button", { name: "Cancel search" }));
    await screen.findByText("search cancelled");
    expect(calls("cancel")).toHaveLength(1);
  });

  it("turns the order and stays on the row", async () => {
    const { user, calls } = await ready({ total: 1000 });
    await user.keyboard("jjjo");
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ newest_first: true }));
    await waitFor(() => expect(document.querySelector(".is-focusrow")?.getAttribute("aria-rowindex")).toBe("998"));
  });

  it("keeps chosen columns in the settings", async () => {
    const { user, host } = await ready();
    await press(user, screen.getByRole("button", { name: "Columns" }));
    await fireEvent.click(await screen.findByLabelText("Region"));
    await waitFor(() => expect(host.settings.columns).not.toEqual([]));
    expect(host.settings.columns).not.toContain("region");
    expect(host.settings.columns.slice(0, 4)).toEqual(["time", "cloud", "account", "service"]);
    await fireEvent.click(screen.getByLabelText("Agent"));
    await waitFor(() => expect(document.querySelector("[role=grid]")?.textContent).toContain("aws-cli/2.15.30"));
  });
  it("loses neither columns nor theme, whichever changes after the other", async () => {
    const { user, host } = await ready();
    await press(user, screen.getByRole("button", { name: "Columns" }));
    await fireEvent.click(await screen.findByLabelText("Region"));
    await waitFor(() => expect(host.settings.columns).not.toEqual([]));
    await changeSettings(host.platform, { theme: "light" });
    expect(host.settings.theme).toBe("light");
    expect(host.settings.columns.slice(0, 4)).toEqual(["time", "cloud", "account", "service"]);
    await fireEvent.click(screen.getByLabelText("Region"));
    await waitFor(() => expect(host.settings.columns).toContain("region"));
    expect(host.settings.theme).toBe("light");
  });
  it("says where columns could not be saved", async () => {
    const { user } = await ready({}, {}, (host) => host.platform.on("save_settings", () => { throw { code: "home-unwritable", message: "no space left", stopped: false, in_query: [] }; }));
    await press(user, screen.getByRole("button", { name: "Columns" }));
    await fireEvent.click(await screen.findByLabelText("Region"));
    await waitFor(() => expect(desk.failures.map(({ what }) => what)).toEqual(["no space left"]));
  });
});

describe("states", () => {
  it("leads to Evidence where there is none", async () => {
    const { user } = await open({ empty: true });
    await user.click(await screen.findByRole("button", { name: "Go to evidence" }));
    expect(router.section).toBe("evidence");
  });
  it("has no violation while empty, loading, failed, or without a hit", async () => {
    for (const [options, params, change, words] of [
      [{ empty: true }, {}, undefined, "No evidence in this case yet"],
      [{}, {}, (host: TimelineHost) => void host.platform.on("open_result", () => new Promise(() => {})), "Searching"],
      [{}, {}, (host: TimelineHost) => void host.platform.on("open_result", () => { throw { code: "io", message: "EV-0003 cannot be read", stopped: false, in_query: [] }; }), "EV-0003 cannot be read"],
      [{}, { query: "action:nothing" }, undefined, "Nothing found"],
    ] as const) {
      const opened = await open(options, params, change);
      expect((await screen.findAllByText(words, { exact: false })).length).toBeGreaterThan(0);
      await expectAccessible();
      opened.container.remove();
      document.body.replaceChildren();
    }
  });
  it("tries a failed search again", async () => {
    let broken = true;
    const { user } = await open({}, {}, (host) => {
      const plain = host.open.bind(host);
      host.platform.on("open_result", ({ question, newest_first }) => { if (broken) throw { code: "io", message: "cannot be read", stopped: false, in_query: [] }; return plain(question, newest_first); });
    });
    await screen.findByText("cannot be read");
    broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await grid();
  });
});

describe("query", () => {
  it("marks what is wrong while it is typed and puts the right word in by a click", async () => {
    const { user, calls } = await ready();
    type("acton:Stop*");
    await screen.findByText("there is no field acton", { exact: false });
    await user.click(screen.getByRole("button", { name: "Use action" }));
    expect(query()).toBe("action:Stop*");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ question: { query: "action:Stop*" } }));
  });
  it("shows problems of a query that was run, over the rows of the last one", async () => {
    const { user } = await ready();
    type("acton:x");
    await user.keyboard("{Enter}");
    await screen.findByText("rows of the last query that ran");
    expect(screen.getByRole("grid", { name: "Events" })).toBeTruthy();
    expect(screen.getByRole("textbox", { name: "Query" }).getAttribute("aria-invalid")).toBe("true");
  });
  it("keeps a time range, given in the zone that is shown, and clears it with one key", async () => {
    zones.view = "case";
    zones.caseZone = "Europe/Amsterdam";
    const { user, calls } = await ready();
    await user.keyboard("r");
    await fill(await screen.findByLabelText("From"), "2026-09-15 04:00");
    await fireEvent.click(screen.getByText("Apply range"));
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ question: { from: "2026-09-15T02:00:00Z", to: null } }));
    await waitFor(() => expect(document.querySelector(".late")).toBeNull());
    (await grid()).focus();
    await user.keyboard("R");
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ question: { from: null, to: null } }));
  });
  it("says what is wrong with a time", async () => {
    const { user } = await ready();
    await user.keyboard("r");
    await fill(await screen.findByLabelText("From"), "yesterday");
    await fireEvent.click(screen.getByText("Apply range"));
    expect((await screen.findByRole("alert")).textContent).toContain("write it like 2026-09-15");
  });
  it("lists what was asked, those without a hit dimmed, and asks again", async () => {
    const { user, calls } = await ready();
    type("action:nothing");
    await user.keyboard("{Enter}");
    await screen.findByText("Nothing found");
    type("cloud:aws");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(memory.asked.some((one) => one.question.query === "cloud:aws" && one.count !== null)).toBe(true));
    await user.click(screen.getByRole("button", { name: "Queries asked before" }));
    const list = await screen.findByRole("listbox", { name: "Queries asked before" });
    const [newest, without] = within(list).getAllByRole("option");
    expect([newest?.textContent, without?.textContent]).toEqual([expect.stringContaining("cloud:aws"), expect.stringContaining("action:nothing")]);
    expect([newest?.classList.contains("t3"), without?.classList.contains("t3")]).toEqual([false, true]);
    await expectAccessible();
    await user.click(without as HTMLElement);
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ question: { query: "action:nothing" } }));
  });
});

describe("histogram", () => {
  it("is counted by cloud, without the range, and only where the query changed", async () => {
    const { user, calls } = await ready();
    expect(calls("histogram")).toEqual([{ question: { query: "", from: null, to: null }, bucket: "auto", by_cloud: true }]);
    await user.keyboard("w");
    await waitFor(() => expect(calls("open_result")).toHaveLength(2));
    expect(calls("histogram")).toHaveLength(1);
    expect(screen.getByText("AWS", { exact: false, selector: ".legend span" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "3 without a time" })).toBeTruthy();
  });
  it("sets the range by the keyboard", async () => {
    const { user, calls } = await ready();
    screen.getByRole("slider", { name: "Time selection" }).focus();
    await user.keyboard("{Home}{Enter}");
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ question: { from: "2026-09-12T00:00:00Z", to: "2026-09-12T01:00:00Z" } }));
  });
});

describe("notes", () => {
  it("writes one entry about the focused event, says it, and takes it back", async () => {
    const { user, calls, host } = await ready();
    await user.keyboard("jjs");
    await screen.findByText("Starred: entry 41, 1 event");
    expect(calls("annotate")).toEqual([{ change: { what: "star", on: true }, about: { which: "ids", ids: ["ev-2"] } }]);
    await waitFor(() => expect(document.querySelectorAll(".star.on")).toHaveLength(1));
    expect(document.querySelector(".is-focusrow")?.getAttribute("aria-rowindex")).toBe("4");
    await user.keyboard("u");
    await screen.findByText("Undone: Starred: entry 42, 1 event");
    await waitFor(() => expect(host.noted("ev-2").starred).toBe(false));
    await waitFor(() => expect(document.querySelectorAll(".star.on")).toHaveLength(0));
  });
  it("writes about no other row than the one that is seen to have the focus", async () => {
    let release = () => {};
    const { user, calls } = await ready({ total: 100_000 }, {}, (host) => {
      host.platform.on("rows", ({ result, offset, limit, fields }) => {
        const rows = { offset, rows: host.rows(result, offset, limit, fields) };
        return offset === 0 ? rows : new Promise((done) => (release = () => done(rows)));
      });
    });
    await user.keyboard("{End}");
    await waitFor(() => expect(document.querySelector(".is-focusrow[aria-busy=true]")).not.toBeNull());
    await user.keyboard("s1");
    expect(calls("annotate")).toEqual([]);
    await waitFor(() => expect(calls("rows").at(-1)).toMatchObject({ offset: 99_800 }));
    release();
    await waitFor(() => expect(document.querySelector(".is-focusrow[aria-busy=true]")).toBeNull());
    await user.keyboard("s");
    await waitFor(() => expect(calls("annotate")).toEqual([{ change: { what: "star", on: true }, about: { which: "ids", ids: ["ev-99999"] } }]));
  });
  it("marks, clears and tags what is selected with one entry each; the selection stays", async () => {
    const { user, calls } = await ready();
    await user.keyboard("xjx1");
    await waitFor(() => expect(document.querySelectorAll(".e-bad")).toHaveLength(2));
    expect(result()).toContain("2 selected");
    await user.keyboard("t");
    await user.type(await screen.findByRole("combobox", { name: "Tag" }), "night shift{Enter}");
    await screen.findByText("Tag night shift added: entry 42, 2 events");
    expect(calls("annotate").map((input) => (input as { about: unknown }).about)).toEqual([{ which: "ids", ids: ["ev-0", "ev-1"] }, { which: "ids", ids: ["ev-0", "ev-1"] }]);
    expect(result()).toContain("2 selected");
  });
  it("offers quick tags and tags in use with their counts", async () => {
    const { user } = await ready();
    await user.keyboard("t");
    const list = await screen.findByRole("listbox");
    await waitFor(() => expect(within(list).getAllByRole("option").map((option) => option.textContent?.replace(/\s+/g, " ").trim())).toEqual(["persistencequick tag", "entry120", "exfiltration90", "pivot60"]));
    await expectAccessible();
  });
  it("speaks of the whole result as such", async () => {
    const { user, calls } = await ready({ total: 9_812_334 });
    await user.keyboard("{Control>}a{/Control}");
    expect(result()).toContain("all 9,812,334 of this result");
    await user.keyboard("x2");
    await waitFor(() => expect(calls("annotate")).toEqual([{ change: { what: "mark", mark: "suspicious" }, about: { which: "result", result: 0, except: ["ev-0"] } }]));
    await screen.findByText("Marked suspicious: entry 41, 9,812,333 events");
  });
  it("comments", async () => {
    const { user, calls } = await ready();
    await user.keyboard("c");
    await user.type(await screen.findByRole("textbox", { name: "Comment" }), "First act");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(calls("annotate")).toEqual([{ change: { what: "comment", text: "First act" }, about: { which: "ids", ids: ["ev-0"] } }]));
  });
  it("shows why a note could not be written", async () => {
    const { user } = await ready({}, {}, (host) => void host.platform.on("annotate", () => { throw { code: "full", message: "the disk is full", stopped: false, in_query: [] }; }));
    await user.keyboard("s");
    expect((await screen.findByRole("alert")).textContent).toContain("the disk is full");
  });
});

describe("event", () => {
  it("opens with Enter, follows the row, closes with Esc", async () => {
    const { user, calls } = await ready();
    await user.keyboard("{Enter}");
    const panel = await screen.findByRole("complementary", { name: "Event" });
    await waitFor(() => expect(panel.dataset["event"]).toBe("ev-0"));
    await user.keyboard("jjj");
    await waitFor(() => expect(panel.dataset["event"]).toBe("ev-3"));
    expect(calls("event").map((input) => (input as { id: string }).id)).toEqual(["ev-0", "ev-3"]);
    await expectAccessible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary", { name: "Event" })).toBeNull();
  });
  it("filters by a field, copies it, shows its values", async () => {
    const { user, host, calls } = await ready();
    await user.keyboard("{Enter}");
    const group = await screen.findByRole("group", { name: "action" });
    await user.click(within(group).getByRole("button", { name: "Copy action" }));
    expect(host.platform.copied).toEqual(["GetObject"]);
    await press(user, within(group).getByRole("button", { name: "Top values of action" }));
    await fireEvent.click(await screen.findByLabelText(/Filter for action StopLogging/));
    await waitFor(() => expect(calls("open_result").at(-1)).toMatchObject({ question: { query: "action:StopLogging" } }));
    await user.click(within(await screen.findByRole("group", { name: "cloud" })).getByRole("button", { name: "Filter out cloud" }));
    await waitFor(() => expect(query()).toBe("action:StopLogging NOT cloud:aws"));
  });
  it("filters from the grid by a value of the row", async () => {
    const { user } = await ready();
    await user.keyboard("F");
    await user.type(await screen.findByRole("combobox"), "account{Enter}");
    await waitFor(() => expect(query()).toBe("NOT account:111122223333"));
  });
  it("shows the record exactly: long numbers, tree and text", async () => {
    const { user } = await ready();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("tab", { name: "Raw record" }));
    expect((await screen.findByRole("tree", { name: "Raw record" })).textContent).toContain("12345678901234567890");
    await user.click(screen.getByRole("button", { name: "Text" }));
    await user.type(screen.getByLabelText("Search in the record"), "eventname");
    expect(screen.getByText("1 of 1")).toBeTruthy();
    await expectAccessible();
  });
  it("proves in its place", async () => {
    const { user } = await ready();
    await user.keyboard("{Enter}");
    await screen.findByRole("region", { name: "Provenance" });
    await user.keyboard("p");
    await screen.findByText("Proved: record, file and chain agree");
    expect(screen.getByRole("list", { name: "Checks" }).textContent).toContain("the bytes are the record that was imported");
    await expectAccessible();
  });
  it("leads to the evidence and the custody entry", async () => {
    const { user } = await ready();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("button", { name: "entry 14" }));
    expect([router.section, router.params]).toEqual(["custody", { seq: "14" }]);
    router.back();
    await user.click(await screen.findByRole("button", { name: "EV-0003" }));
    expect([router.section, router.params]).toEqual(["evidence", { item: "EV-0003" }]);
  });
  it("copies as JSON that holds the record as it is", async () => {
    const { user, host } = await ready();
    await user.keyboard("y");
    await waitFor(() => expect(host.platform.copied).toHaveLength(1));
    expect(host.platform.copied[0]).toContain('"bytesTransferredOut":12345678901234567890}');
    expect(JSON.parse(host.platform.copied[0] ?? "")).toMatchObject({ fields: { action: "GetObject" }, record: { eventName: "GetObject" } });
  });
  it("opens at an event that another screen names", async () => {
    await open({ total: 100_000 }, { event: "ev-45000" });
    const panel = await screen.findByRole("complementary", { name: "Event" });
    await waitFor(() => expect(panel.dataset["event"]).toBe("ev-45000"));
    expect(document.querySelector(".is-focusrow")?.getAttribute("aria-rowindex")).toBe("45002");
  });
  it("shows what is around it, from any source, and comes back", async () => {
    const { user, calls, host } = await ready({ total: 100_000 }, { query: "cloud:aws" });
    await user.keyboard("jw");
    await waitFor(() => expect(calls("open_result")).toHaveLength(2));
    const { question } = calls("open_result")[1] as { question: { query: string; from: string; to: string } };
    const at = BigInt(nanoseconds(host.timeOf(1)) ?? 0);
    expect([question.query, BigInt(nanoseconds(question.from) ?? 0), BigInt(nanoseconds(question.to) ?? 0)]).toEqual(["", at - 300_000_000_000n, at + 300_000_000_001n]);
    router.back();
    await waitFor(() => expect(query()).toBe("cloud:aws"));
  });
});

describe("going about", () => {
  it("goes to a time", async () => {
    const { user } = await ready({ total: 7000 });
    await user.keyboard("{Control>}g{/Control}");
    const field = await screen.findByRole("textbox", { name: "Time" });
    await user.clear(field);
    await user.type(field, "2026-09-15 00:00{Enter}");
    await waitFor(() => expect(document.querySelector(".is-focusrow")?.getAttribute("aria-rowindex")).toBe("3002"));
  });
  it("groups by a field; an entry filters", async () => {
    const { user } = await ready();
    await user.keyboard("g");
    await user.type(await screen.findByRole("combobox", { name: "Field" }), "service{Enter}");
    const groups = await screen.findByRole("complementary", { name: "Groups by service" });
    await expectAccessible();
    await user.click(await within(groups).findByRole("button", { name: /Filter out service iam$/ }));
    await waitFor(() => expect(query()).toBe("NOT service:iam"));
  });
  it("exports everything the query finds and says what was written", async () => {
    const { user, calls } = await ready({}, { query: "cloud:aws" });
    await press(user, screen.getByRole("button", { name: "Export" }));
    await fireEvent.click(await screen.findByText("All rows as JSONL"));
    await screen.findByText("/cases/m/timeline.jsonl");
    expect(calls("choose")).toEqual([{ purpose: "save", name: "timeline.jsonl" }]);
    expect(calls("export")).toEqual([{ question: { query: "cloud:aws", from: null, to: null }, newest_first: false, format: "jsonl", to: "t-1" }]);
    expect(screen.getByRole("region", { name: "Export" }).textContent).toContain("1,000 rows");
    await expectAccessible();
  });
  it("tells hits outside records and lists them", async () => {
    const { user } = await ready({}, { query: '"AKIA"' });
    await user.click(screen.getByRole("button", { name: "1 hits outside records" }));
    const dialog = await screen.findByRole("dialog", { name: "Hits outside records" });
    expect(dialog.textContent).toContain("notes.txt");
    await expectAccessible();
  });
});

describe("hostile evidence", () => {
  it("stays text: markup, reordering and control characters, a megabyte", async () => {
    const action = "<img src=x onerror=alert(1)>\u202Egpj.exe\u0007";
    const { user, container } = await ready({ hostile: { action, actor: "a".repeat(1_000_000), text: `<script>${"x".repeat(1_000_000)}needle` } });
    expect(container.querySelector("[role=grid] img, script")).toBeNull();
    expect(container.textContent).toContain("<img src=x onerror=alert(1)>⟨U+202E⟩gpj.exe⟨U+0007⟩");
    await user.keyboard("{Enter}");
    await screen.findByRole("group", { name: "actor.name" });
    await user.click(screen.getByRole("tab", { name: "Raw record" }));
    await user.type(await screen.findByLabelText("Search in the record"), "needle");
    expect(screen.getByText("1 of 1")).toBeTruthy();
    expect(document.querySelector("mark")?.textContent).toBe("needle");
    expect(document.body.textContent?.length ?? 0).toBeLessThan(120_000);
    expect(document.querySelector("[role=grid] img, aside img, script")).toBeNull();
    await user.click(screen.getByRole("tab", { name: /Fields/ }));
    await user.click(within(await screen.findByRole("group", { name: "action" })).getByRole("button", { name: "Filter for action" }));
    await waitFor(() => expect(router.params["query"]).toBe(`action:"${action}"`));
  });
});
