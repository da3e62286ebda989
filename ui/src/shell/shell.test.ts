import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet, flushSync } from "svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible } from "../../tests/axe";
import { openLayer } from "../../tests/layers";
import App from "../App.svelte";
import { Preferences, preferences } from "../lib/preferences.svelte";
import { zones } from "../lib/zones.svelte";
import { MemoryPlatform } from "../platform/memory";
import { Actions, actions } from "./actions.svelte";
import { caseState } from "./case-state.svelte";
import { confirm } from "./confirm.svelte";
import Frame from "./Frame.svelte";
import { keyName } from "./keys";
import { notices } from "./notices.svelte";
import { palette, score } from "./palette.svelte";
import { Router, router } from "./router.svelte";

beforeEach(() => {
  router.reset();
  caseState.open = { title: "Payroll", reference: "VST-1", severity: "critical", zone: "UTC" };
  caseState.custody = { state: "none" };
  caseState.jobs = [];
  zones.view = "utc";
  palette.open = false;
  preferences.theme = "dark";
  localStorage.clear();
});

const page = createRawSnippet(() => ({ render: () => `<div><h1>Page</h1><input aria-label="Name"><button>Act</button></div>` }));
const show = (props: Record<string, unknown> = {}) => {
  render(Frame, { children: page, ...props });
  return userEvent.setup();
};

describe("keys", () => {
  const press = (init: KeyboardEventInit & { altGraph?: boolean }) => {
    const event = new KeyboardEvent("keydown", init);
    event.getModifierState = (name) => name === "AltGraph" && (init.altGraph ?? false);
    return keyName(event);
  };
  it("are written as people read them", () => {
    expect(press({ key: "k", ctrlKey: true })).toBe("Ctrl+K");
    expect(press({ key: "k", metaKey: true })).toBe("Ctrl+K");
    expect(press({ key: "?", shiftKey: true })).toBe("?");
    expect(press({ key: "F", shiftKey: true })).toBe("F");
    expect(press({ key: "ArrowLeft", altKey: true })).toBe("Alt+Left");
    expect(press({ key: "Tab", shiftKey: true })).toBe("Shift+Tab");
  });
  it("are the character that AltGr makes, on layouts that need it", () => {
    expect(press({ key: "[", ctrlKey: true, altKey: true, altGraph: true })).toBe("[");
  });
});

describe("actions", () => {
  const press = (registry: Actions, key: string, init: KeyboardEventInit = {}, target: Element = document.body) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    let ran = false;
    target.addEventListener("keydown", (heard) => (ran = registry.handle(heard as KeyboardEvent)), { once: true });
    target.dispatchEvent(event);
    return ran;
  };

  it("run by key when they may; the innermost wins", () => {
    const registry = new Actions();
    const [outer, inner] = [vi.fn(), vi.fn()];
    let may = true;
    registry.register([{ id: "outer", title: "Outer", keys: ["f"], run: outer }]);
    const stop = registry.register([{ id: "inner", title: "Inner", keys: ["f"], when: () => may, run: inner }]);
    expect(press(registry, "f")).toBe(true);
    may = false;
    press(registry, "f");
    stop();
    expect([inner.mock.calls.length, outer.mock.calls.length]).toEqual([1, 1]);
  });

  it("leave every letter to a person who types", () => {
    const registry = new Actions();
    const run = vi.fn();
    registry.register([{ id: "a", title: "A", keys: ["f", "?", "Enter", "Alt+Left"], run }, { id: "b", title: "B", keys: ["Ctrl+K"], run }]);
    const fields = ["input", "textarea", "select", "div"].map((tag) => document.body.appendChild(document.createElement(tag)));
    fields[3]?.setAttribute("contenteditable", "true");
    for (const field of fields) {
      for (const key of ["f", "?", "Enter"]) expect(press(registry, key, {}, field)).toBe(false);
      expect(press(registry, "ArrowLeft", { altKey: true }, field)).toBe(false);
      expect(press(registry, "k", { ctrlKey: true }, field)).toBe(true);
      field.remove();
    }
    expect(run).toHaveBeenCalledTimes(4);
  });

  it("do not take a key from an editor, an input method or a nearer listener", () => {
    const registry = new Actions();
    expect(() => registry.register([{ id: "x", title: "X", keys: ["Ctrl+V"], run: () => {} }])).toThrow("belongs to text editing");
    registry.register([{ id: "f", title: "F", keys: ["f"], run: () => {} }]);
    expect(press(registry, "f", { isComposing: true })).toBe(false);
    const taken = new KeyboardEvent("keydown", { key: "f", cancelable: true });
    taken.preventDefault();
    expect(registry.handle(taken)).toBe(false);
  });

  it("may be listed only, where a component handles the key itself", () => {
    const registry = new Actions();
    registry.register([{ id: "j", title: "Next row", keys: ["j"] }]);
    expect(press(registry, "j")).toBe(false);
    expect(registry.available.map(({ title }) => title)).toEqual(["Next row"]);
  });

  it("hand over what they throw", async () => {
    const registry = new Actions();
    registry.onerror = vi.fn();
    const action = { id: "x", title: "X", run: () => Promise.reject(new Error("no")) };
    await registry.run(action);
    expect(registry.onerror).toHaveBeenCalledWith(new Error("no"), action);
  });
});

describe("router", () => {
  it("remembers the way, and forgets what a new step cuts off", () => {
    const way = new Router();
    way.go("evidence");
    way.go("timeline", { query: "a" });
    way.go("timeline", { query: "a" });
    way.replace({ query: "b" });
    way.back();
    expect(way.section).toBe("evidence");
    way.forward();
    expect(way.params).toEqual({ query: "b" });
    way.back();
    way.go("custody");
    expect([way.canForward, way.canBack, way.section]).toEqual([false, true, "custody"]);
    way.reset();
    expect([way.canBack, way.section]).toEqual([false, "cases"]);
  });
});

describe("preferences", () => {
  it("are remembered, kept within limits, and survive nonsense", () => {
    const chosen = new Preferences();
    chosen.theme = "light";
    chosen.textSize = 900;
    chosen.density = "comfortable";
    chosen.apply();
    expect(document.documentElement.dataset).toMatchObject({ theme: "light", density: "comfortable" });
    expect(document.documentElement.style.getPropertyValue("--text-scale")).toBe("1.5");
    expect(chosen.rowHeight).toBe(48);
    const again = new Preferences();
    expect([again.theme, again.textSize, again.density]).toEqual(["light", 150, "comfortable"]);
    localStorage.setItem("vestige.preferences", "{oops");
    expect(new Preferences().theme).toBe("system");
    expect(new Preferences().shown).toBe("dark");
  });
});

describe("frame", () => {
  it("is accessible, with and without a case", async () => {
    caseState.custody = { state: "failed", title: "Chain fails at 57" };
    caseState.examiner = { name: "M. Kessler", role: "Forensics" };
    show();
    expect(screen.getByRole("button", { name: /Chain fails at 57/ })).toBeTruthy();
    await expectAccessible();
    caseState.open = null;
    flushSync();
    await expectAccessible();
  }, 30_000);

  it("goes to sections by Ctrl and a digit, and back", async () => {
    const user = show();
    await user.keyboard("{Control>}3{/Control}");
    expect(screen.getByRole("link", { name: "Timeline" }).getAttribute("aria-current")).toBe("page");
    await user.keyboard("{Control>}5{/Control}{Alt>}{ArrowLeft}{/Alt}");
    expect(router.section).toBe("timeline");
  });

  it("keeps sections shut until a case is open", async () => {
    caseState.open = null;
    const user = show();
    await user.keyboard("{Control>}3{/Control}");
    await user.click(screen.getByRole("link", { name: "Custody" }));
    expect(router.section).toBe("cases");
  });

  it("leaves letters to a field", async () => {
    const user = show();
    await user.type(screen.getByLabelText("Name"), "z?");
    expect((screen.getByLabelText("Name") as HTMLInputElement).value).toBe("z?");
    expect(zones.view).toBe("utc");
    expect(screen.queryByRole("dialog")).toBeNull();
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("z");
    expect(zones.view).toBe("case");
  });

  it("lists the keys that work here", async () => {
    const user = show();
    const stop = actions.register([{ id: "t", title: "Filter for", group: "Timeline", keys: ["f"], run: () => {} }, { id: "u", title: "Not now", keys: ["u"], when: () => false, run: () => {} }]);
    await user.keyboard("?");
    const overlay = await screen.findByRole("dialog", { name: "Keys of this screen" });
    expect(overlay.textContent).toContain("Filter for");
    expect(overlay.textContent).not.toContain("Not now");
    await expectAccessible(overlay);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    stop();
  });

  it("asks one question at a time and gives the reason", async () => {
    const user = show();
    const first = confirm.ask({ title: "Dismiss?", body: "It stays.", yes: "Dismiss", reason: { label: "Reason", required: true } });
    const second = confirm.ask({ title: "Withdraw?", body: "Written down.", yes: "Withdraw" });
    const dialog = await screen.findByRole("dialog", { name: "Dismiss?" });
    await expectAccessible(dialog);
    expect(screen.getByRole("button", { name: "Dismiss" }).hasAttribute("disabled")).toBe(true);
    await user.type(screen.getByLabelText(/Reason/), "planned copy{Enter}");
    expect(await first).toEqual({ yes: true, reason: "planned copy" });
    await screen.findByRole("dialog", { name: "Withdraw?" });
    await user.keyboard("{Escape}");
    expect(await second).toEqual({ yes: false });
  });

  it("runs no action behind a dialog", async () => {
    const user = show();
    const answer = confirm.ask({ title: "Sure?", body: "b", yes: "Yes" });
    await screen.findByRole("dialog");
    await user.keyboard("z{Control>}3{/Control}");
    expect([zones.view, router.section]).toEqual(["utc", "cases"]);
    await user.keyboard("{Escape}");
    await answer;
  });

  it("tells what was done, and lets it be undone", async () => {
    const user = show();
    const undo = vi.fn();
    notices.add({ kind: "done", title: "4 events tagged bad", act: { label: "Undo", run: undo } });
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(undo).toHaveBeenCalledOnce();
    expect(screen.queryByText("4 events tagged bad")).toBeNull();
  });

  it("shows in place why an action failed", async () => {
    const user = show();
    const stop = actions.register([{ id: "x", title: "Seal", keys: ["y"], run: () => Promise.reject({ what: "the ledger is locked", next: "Close the other window" }) }]);
    await user.keyboard("y");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("the ledger is locked");
    expect(alert.textContent).toContain("Close the other window");
    stop();
  });

  it("shows jobs with cancel", async () => {
    const cancel = vi.fn();
    caseState.jobs = [{ id: "1", title: "E-015", done: 61, total: 100, rate: "184 MB/s", etaSeconds: 5, cancel }];
    const user = show();
    await user.click(screen.getByRole("button", { name: /E-015/ }));
    const jobs = await openLayer("dialog", "Jobs");
    await expectAccessible(jobs);
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe("palette", () => {
  const typingReady = () => waitFor(() => expect(document.activeElement).toBe(screen.getByRole("combobox")));
  it("finds actions and entities, and runs the chosen one", async () => {
    const user = show();
    const opened = vi.fn();
    const stop = palette.provide(async (typed) => ["svc-backup", "svc-reporting"].filter((name) => name.includes(typed)).map((name) => ({ id: name, title: name, group: "Entities", evidence: true, run: () => opened(name) })));
    await user.keyboard("{Control>}k{/Control}");
    const dialog = await screen.findByRole("dialog", { name: "Actions" });
    await expectAccessible(dialog);
    await typingReady();
    await user.keyboard("svc-r");
    await screen.findByRole("option", { name: /svc-reporting/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(opened).toHaveBeenCalledExactlyOnceWith("svc-reporting"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    stop();
  });
  it("goes to a section by name", async () => {
    const user = show();
    await user.keyboard("{Control>}k{/Control}");
    await typingReady();
    await user.keyboard("custody{Enter}");
    expect(router.section).toBe("custody");
  });
  it("ranks beginnings of words first", () => {
    expect(score("Go to custody", "cust")).toBeGreaterThan(score("Discustody", "cust"));
    expect(score("Go to custody", "nothing")).toBe(0);
    expect(score("Anything", " ")).toBe(1);
  });
});

describe("app", () => {
  it("says so when the host does not answer", async () => {
    render(App, { platform: new MemoryPlatform() });
    expect((await screen.findAllByRole("alert"))[0]?.textContent).toContain("The program behind this window does not answer");
  });
});
