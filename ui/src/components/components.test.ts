import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import Components from "../../gallery/Components.svelte";
import { expectAccessible } from "../../tests/axe";
import { openLayer } from "../../tests/layers";
import { zones } from "../lib/zones.svelte";
import { desk } from "../shell/desk.svelte";
import Button from "./Button.svelte";
import DataTable from "./DataTable.svelte";
import FailureView from "./FailureView.svelte";
import Field from "./Field.svelte";
import Hash from "./Hash.svelte";
import IconButton from "./IconButton.svelte";
import JsonTree from "./JsonTree.svelte";
import { lines, openTo, STEP } from "./json-lines";
import { readJson } from "./read-json";
import Progress from "./Progress.svelte";
import Seg from "./Seg.svelte";
import Text from "./Text.svelte";
import Time from "./Time.svelte";

const words = (text: string) => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));

beforeEach(() => {
  zones.view = "utc";
  zones.caseZone = "UTC";
});

describe("all components", () => {
  it("have no accessibility violation, in either theme", async () => {
    render(Components);
    await new Promise((done) => setTimeout(done, 120));
    await expectAccessible();
  }, 30_000);

  it("open dialogs and menus that have none either, and close with Esc", async () => {
    const user = userEvent.setup();
    render(Components);
    for (const [button, role] of [["Dialog", "dialog"], ["Menu", "menu"]] as const) {
      await user.click(screen.getByRole("button", { name: button }));
      const layer = await openLayer(role);
      await expectAccessible(layer);
      await user.keyboard("{Escape}");
      await waitFor(() => expect(screen.queryByRole(role)).toBeNull());
      await waitFor(() => expect(document.activeElement?.textContent).toContain(button));
    }
  }, 30_000);

  it("choose from a list with the keyboard", async () => {
    const user = userEvent.setup();
    render(Components);
    screen.getByRole("combobox", { name: /Custody level/ }).focus();
    await user.keyboard("{Enter}");
    await openLayer("listbox");
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(screen.getByRole("combobox", { name: /Custody level/ }).textContent).toContain("Litigation"));
  });
});

describe("Button", () => {
  it("says why it is disabled", () => {
    render(Button, { children: words("Sign"), reason: "The chain is not verified" });
    const button = screen.getByRole("button");
    expect(button.hasAttribute("disabled")).toBe(true);
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toBe("The chain is not verified");
  });
});

describe("IconButton", () => {
  it("is named, and its tooltip ends with the key", async () => {
    const user = userEvent.setup();
    render(IconButton, { label: "Star", key: "s", children: words("*") });
    await user.hover(screen.getByRole("button", { name: "Star" }));
    const tip = await screen.findByRole("tooltip");
    expect(tip.textContent).toBe("Stars");
    await user.unhover(screen.getByRole("button"));
    expect(screen.queryByRole("tooltip")).toBeNull();
  });
});

describe("Field", () => {
  it("ties the label, the hint and the error to the input", () => {
    render(Field, { label: "Date", value: "x", hint: "ISO", error: "March has 31 days" });
    const input = screen.getByLabelText("Date");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(["March has 31 days", "ISO"]);
  });
});

describe("Text", () => {
  it("is text, whatever the evidence says", () => {
    const { container } = render(Text, { value: "<img src=x onerror=alert(1)>\u202eexe" });
    expect(container.querySelector("img")).toBeNull();
    expect(container.textContent).toBe("<img src=x onerror=alert(1)>⟨U+202E⟩exe");
    expect(container.textContent).not.toContain("\u202e");
  });
});

describe("Hash", () => {
  it("is cut in the middle, and copies and reads out the whole", async () => {
    const user = userEvent.setup();
    const value = "9f3c61d0a7b2284c5e1f00c3d9a8b7e6f5d4c3b2a190817263544536b27e4a18";
    const { container } = render(Hash, { value });
    expect(container.textContent).toContain("9f3c61d0…b27e4a18");
    expect(container.querySelector(".sr")?.textContent).toBe(value);
    await user.click(screen.getByRole("button", { name: "Copy SHA-256" }));
    expect(await navigator.clipboard.readText()).toBe(value);
    expect(screen.getByRole("button", { name: "Copied" })).toBeTruthy();
  });
});

describe("Time", () => {
  const value = "1773270251000000000";

  it("follows the toggle and always names its zone", async () => {
    const { container } = render(Time, { value, raw: "raw", source: "-05:00" });
    expect(container.textContent).toBe("2026-03-11 23:04:11.000Z");
    zones.caseZone = "Europe/Amsterdam";
    zones.view = "case";
    await waitFor(() => expect(container.textContent).toBe("2026-03-12 00:04:11.000+01:00"));
    zones.view = "source";
    await waitFor(() => expect(container.textContent).toBe("2026-03-11 18:04:11.000-05:00"));
  });

  it("shows all three and the original on hover", async () => {
    const user = userEvent.setup();
    zones.caseZone = "Europe/Amsterdam";
    render(Time, { value, raw: "2026-03-11T18:04:11-0500\u202e", source: "-05:00" });
    await user.hover(screen.getByText(/23:04:11/));
    const tip = await screen.findByRole("tooltip");
    for (const part of ["2026-03-11 23:04:11.000Z", "2026-03-12 00:04:11.000+01:00 Europe/Amsterdam", "2026-03-11 18:04:11.000-05:00", "2026-03-11T18:04:11-0500⟨U+202E⟩"]) {
      expect(tip.textContent).toContain(part);
    }
  });

  it("says that there is none", () => {
    expect(render(Time, { value: null }).container.textContent).toBe("no time");
  });
});

describe("Seg", () => {
  it("moves and chooses with arrows, as one tab stop", async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(Seg<string>, { label: "Zone", value: "a", options: ["a", "b", "c"].map((value) => ({ value, label: value })), onchange });
    await user.tab();
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}");
    expect(onchange.mock.calls.flat()).toEqual(["b", "c", "a"]);
    expect(document.activeElement?.textContent).toBe("a");
    await user.tab();
    expect(document.activeElement).toBe(document.body);
  });
});

describe("Progress", () => {
  it("says how far, how fast, how long, and cancels", async () => {
    const user = userEvent.setup();
    const oncancel = vi.fn();
    render(Progress, { title: "Importing E-015", done: 61, total: 100, rate: "184 MB/s", etaSeconds: 48, oncancel });
    const bar = screen.getByRole("progressbar", { name: "Importing E-015" });
    expect(bar.getAttribute("aria-valuenow")).toBe("61");
    expect(bar.getAttribute("aria-valuetext")).toBe("61 of 100 · 184 MB/s · 48 s left");
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(oncancel).toHaveBeenCalledOnce();
  });
  it("claims no percentage without a total", () => {
    render(Progress, { title: "Reading", done: 7, total: null });
    expect(screen.getByRole("progressbar").hasAttribute("aria-valuenow")).toBe(false);
  });
});

describe("FailureView", () => {
  it("tells the parts it has, and copies them", async () => {
    const user = userEvent.setup();
    const onretry = vi.fn();
    desk.about = { version: "1", os: "linux", build_sha256: "", home: "", user: "", zones: [], licence: "" };
    render(FailureView, { failure: { what: "E-004 could not be read", where: "byte 7", next: "Copy it again", code: "io", doing: "The item could not be read" }, onretry });
    const alert = screen.getByRole("alert");
    expect(within(alert).getAllByRole("term").map((term) => term.textContent)).toEqual(["Where", "Next", "Code"]);
    await user.click(screen.getByRole("button", { name: "Copy diagnostics" }));
    expect(await navigator.clipboard.readText()).toBe("doing: The item could not be read\ncode: io\nbuild: Vestige 1, linux\nmessage: left out, it may name evidence");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(onretry).toHaveBeenCalledOnce();
  });
});

describe("DataTable", () => {
  interface Item { id: string; size: bigint | null }
  const rows: Item[] = [{ id: "b", size: 20n }, { id: "a", size: null }, { id: "c", size: 3n }];
  const columns = [{ id: "id", title: "Id", text: (row: Item) => row.id, sortBy: (row: Item) => row.id }, { id: "size", title: "Size", number: true, text: (row: Item) => String(row.size), sortBy: (row: Item) => row.size }];
  const order = () => screen.getAllByRole("row").slice(1).map((row) => row.querySelector("td")?.textContent);

  it("sorts by a head, both ways, nothing lost", async () => {
    const user = userEvent.setup();
    render(DataTable<Item>, { label: "Items", columns, rows, rowId: (row: Item) => row.id });
    expect(order()).toEqual(["b", "a", "c"]);
    await user.click(screen.getByRole("button", { name: "Size" }));
    expect(order()).toEqual(["c", "b", "a"]);
    expect(screen.getByRole("columnheader", { name: /Size/ }).getAttribute("aria-sort")).toBe("ascending");
    await user.click(screen.getByRole("button", { name: /Size/ }));
    expect(order()).toEqual(["a", "b", "c"]);
  });

  it("is one tab stop after its heads; j, k and Enter work", async () => {
    const user = userEvent.setup();
    const onopen = vi.fn();
    render(DataTable<Item>, { label: "Items", columns, rows, rowId: (row: Item) => row.id, onopen });
    await user.tab();
    await user.tab();
    await user.tab();
    await user.keyboard("jj{Enter}");
    expect(onopen).toHaveBeenCalledWith(rows[2]);
    await user.keyboard("k");
    expect(document.activeElement?.textContent).toContain("a");
    await user.tab();
    expect(document.activeElement).toBe(document.body);
  });
});

describe("JsonTree", () => {
  const record = { who: { name: "j\u202e", ids: [1, 2] }, ok: false, none: null };

  it("opens and closes with the keyboard", async () => {
    const user = userEvent.setup();
    render(JsonTree, { value: record, depth: 1 });
    const tree = screen.getByRole("tree");
    const shown = () => screen.getAllByRole("treeitem").map((item) => item.textContent?.replace(/\s+/g, ""));
    expect(shown()).toEqual(["▾{3}", "▸who:{2}", "ok:false", "none:null"]);
    tree.focus();
    await user.keyboard("{ArrowDown}{ArrowRight}{ArrowRight}");
    expect(shown()).toEqual(["▾{3}", "▾who:{2}", 'name:"j⟨U+202E⟩"', "▸ids:[2]", "ok:false", "none:null"]);
    expect(document.getElementById(tree.getAttribute("aria-activedescendant") ?? "")?.textContent).toContain("name");
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(shown()).toHaveLength(4);
    await expectAccessible();
  });

  it("gives the pointer of a picked value", async () => {
    const user = userEvent.setup();
    const onpick = vi.fn();
    render(JsonTree, { value: { "a/b": { "~": 1 } }, depth: 3, onpick });
    screen.getByRole("tree").focus();
    await user.keyboard("{End}{Enter}");
    expect(onpick).toHaveBeenCalledWith("/a~1b/~0", 1);
  });

  it("shows a record as it was written: long numbers, order and repeated names", () => {
    const text = '{"b":12345678901234567890,"1":1.50,"b":-0,"s":"\\u202e","e":{},"l":[]}';
    render(JsonTree, { value: readJson(text), depth: 1 });
    expect(screen.getAllByRole("treeitem").slice(1).map((item) => item.textContent?.replace(/\s+/g, ""))).toEqual([
      "b:12345678901234567890", "1:1.50", "b:-0", 's:"⟨U+202E⟩"', "e:{}", "l:[]",
    ]);
  });

  it("says where a record is no JSON, and survives depth", () => {
    for (const [text, at] of [["{", 2], ['{"a" 1}', 6], ["[1,]", 4], ["01", 2], ["tru", 1], ['"a\n"', 1], ["1 2", 3]] as const) {
      expect(() => readJson(text), text).toThrow(`at character ${at}: expected`);
    }
    expect(() => readJson("[".repeat(100_000))).toThrow("no more than 500 levels");
    for (const text of ["null", "-1.5e+7", '"\\ud83d\\ude00"', ' [ 1 , {"a":[]} ] ']) expect(() => readJson(text)).not.toThrow();
  });

  it("draws a long list in steps", () => {
    const list = Array.from({ length: 1000 }, (_, at) => at);
    const first = lines(list, new Set([""]), new Map());
    expect(first).toHaveLength(STEP + 2);
    expect(first.at(-1)?.more).toBe(1000 - STEP);
    expect(lines(list, new Set([""]), new Map([["", 1000]]))).toHaveLength(1001);
    expect(openTo({ a: { b: {} } }, 2)).toEqual(["", "/a"]);
  });
});
