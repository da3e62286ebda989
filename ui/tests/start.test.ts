import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { caseView, host, incident, verification } from "../gallery/desk/host";
import { preferences } from "../src/lib/preferences.svelte";
import { zones } from "../src/lib/zones.svelte";
import { custodyOf, refreshCase } from "../src/shell/case.svelte";
import { caseState } from "../src/shell/case-state.svelte";
import { desk } from "../src/shell/desk.svelte";
import { strength } from "../src/shell/passphrase";
import { router } from "../src/shell/router.svelte";
import { accessible, fresh, settle, window_ } from "./desk";

beforeEach(fresh);

const chosen = (ticket: string) => ({ ticket, names: [ticket], shown: `/${ticket}` });
const button = (name: string | RegExp) => screen.getByRole("button", { name });

describe("the start", () => {
  it("applies the kept settings and saves what is changed", async () => {
    const kept = { theme: "light", density: "comfortable", text_size: 120, zone: "case", columns: ["time"], quick_tags: ["a"], organisation: null, contact: null };
    const platform = host().on("settings", () => kept).on("save_settings", (wanted) => wanted);
    await window_(platform);
    expect([preferences.theme, preferences.density, preferences.textSize, zones.view]).toEqual(["light", "comfortable", 120, "case"]);
    expect(platform.calls.some(({ name }) => name === "save_settings")).toBe(false);
    preferences.textSize = 130;
    await new Promise((done) => setTimeout(done, 400));
    expect(platform.calls.filter(({ name }) => name === "save_settings")).toEqual([{ name: "save_settings", input: { ...kept, text_size: 130 } }]);
  });
  it("says in its place what could not be read", async () => {
    await window_(host().on("settings", () => { throw { code: "home", message: "settings.json: expected the settings of the window", stopped: false, in_query: [] }; }));
    expect(screen.getByRole("alert").textContent).toContain("settings.json");
  });
  it("verifies the case it was started with", async () => {
    const platform = host().on("started", () => ({ case: chosen("c"), evidence: null, package: null }));
    await window_(platform);
    await settle();
    expect(screen.getByRole("region", { name: "What verification found" })).toBeTruthy();
  });
  it("plans evidence that waited as soon as a case is open", async () => {
    const platform = host().on("started", () => ({ case: chosen("c"), evidence: chosen("e"), package: null }));
    const user = await window_(platform);
    await settle();
    expect(screen.getByText("A case has to be opened first")).toBeTruthy();
    await user.click(button("Open the case"));
    await settle();
    expect(platform.calls).toContainEqual({ name: "plan_import", input: { ticket: "e" } });
    expect(screen.getByRole("dialog", { name: "Import evidence" })).toBeTruthy();
  });
  it("sends a package to its verification", async () => {
    await window_(host().on("started", () => ({ case: null, evidence: null, package: chosen("p") })));
    expect(router.place).toEqual({ section: "report", params: { verify: "p", name: "p" } });
  });
});

describe("dropping and notices", () => {
  it("says that a case has to be opened first", async () => {
    const platform = host();
    await window_(platform);
    platform.push("dropped", { chosen: chosen("e"), looks_like: "evidence" });
    await settle();
    expect(screen.getByText("A case has to be opened first")).toBeTruthy();
    expect(platform.calls.some(({ name }) => name === "plan_import")).toBe(false);
    await accessible();
  });
  it("opens a case and verifies a package", async () => {
    const platform = host();
    await window_(platform);
    platform.push("dropped", { chosen: chosen("c"), looks_like: "case" });
    await settle();
    expect(platform.calls).toContainEqual({ name: "open_case", input: { case: "c" } });
    platform.push("dropped", { chosen: chosen("p"), looks_like: "package" });
    await settle();
    expect(router.params).toEqual({ verify: "p", name: "p" });
  });
  it("shows what the host has to say", async () => {
    const platform = host();
    await window_(platform);
    platform.push("notice", { call: null, text: "The clock went back by 3 s" });
    await settle();
    expect(screen.getByText("The clock went back by 3 s")).toBeTruthy();
  });
});

describe("the signing key", () => {
  const none = { vkey: null, file: null, unlocked: false };
  it("is set up with a passphrase typed twice", async () => {
    const platform = host().on("key", () => none);
    const user = await window_(platform);
    await user.click(button("Set up key"));
    const dialog = await screen.findByRole("dialog", { name: "Set up the signing key" });
    await accessible();
    await user.type(within(dialog).getByLabelText(/^Passphrase ·|^Passphrase$|^Passphrase\s*·/), "short");
    await user.click(within(dialog).getByRole("button", { name: "Make key" }));
    await settle();
    expect(dialog.textContent).toContain("A passphrase has at least 8 characters");
    await user.type(within(dialog).getByLabelText(/^Passphrase\s*·/), " lantern paper harbour");
    await user.type(within(dialog).getByLabelText(/^Passphrase again/), "other");
    await user.click(within(dialog).getByRole("button", { name: "Make key" }));
    await settle();
    expect(dialog.textContent).toContain("The two are not the same");
    expect(platform.calls.some(({ name }) => name === "make_key")).toBe(false);
    await user.clear(within(dialog).getByLabelText(/^Passphrase again/));
    await user.type(within(dialog).getByLabelText(/^Passphrase again/), "short lantern paper harbour");
    await user.click(within(dialog).getByRole("button", { name: "Make key" }));
    await settle();
    expect(platform.calls).toContainEqual({ name: "make_key", input: { passphrase: "short lantern paper harbour" } });
    expect(button("Key unlocked: lock")).toBeTruthy();
  });
  it("can be skipped", async () => {
    const user = await window_(host().on("key", () => none));
    await user.click(button("Go on unsigned"));
    expect(screen.queryByText("This machine has no signing key")).toBeNull();
    expect(button("No signing key: set up")).toBeTruthy();
  });
  it("says a wrong passphrase in its place, and locks", async () => {
    const platform = host();
    const user = await window_(platform);
    await user.click(button("Key unlocked: lock"));
    await settle();
    platform.on("unlock_key", () => { throw { code: "passphrase", message: "the passphrase does not open the key", stopped: false, in_query: [] }; });
    await user.click(button("Key locked: unlock"));
    await user.type(await screen.findByLabelText(/^Passphrase/), "wrong");
    await user.click(button("Unlock"));
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("does not open the key");
  });
  it("tells strength by length and kinds, and repeats do not help", () => {
    expect(strength("abc").kind).toBe("short");
    expect(strength("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").kind).toBe("weak");
    expect(strength("Tr0ub4dor").kind).not.toBe("strong");
    expect(strength("seven paper lanterns over the harbour").kind).toBe("strong");
  });
});

describe("what every screen has", () => {
  it("shows the build and copies diagnostics", async () => {
    const platform = host();
    const user = await window_(platform);
    desk.dialog = "about";
    await settle();
    const dialog = screen.getByRole("dialog", { name: "About Vestige" });
    expect(dialog.textContent).toContain("0.1.0");
    expect(dialog.textContent).toContain("Apache License 2.0");
    await accessible();
    await user.click(within(dialog).getByRole("button", { name: "Copy diagnostics" }));
    await settle();
    expect(platform.copied).toEqual(["Vestige 0.1.0, linux x86_64"]);
  });
  it("keeps tags, organisation and contact", async () => {
    const platform = host();
    const user = await window_(platform);
    desk.dialog = "settings";
    await settle();
    await accessible();
    await user.clear(screen.getByLabelText("Quick tags"));
    await user.type(screen.getByLabelText("Quick tags"), "exfil, ,lateral,exfil");
    await user.type(screen.getByLabelText("Organisation for packages"), "Example");
    await user.tab();
    await settle();
    const last = platform.calls.filter(({ name }) => name === "save_settings").at(-1)?.input;
    expect(last).toMatchObject({ quick_tags: ["exfil", "lateral"], organisation: "Example" });
  });
  it("refreshes title, custody and counts, and forgets a case that is closed", async () => {
    const platform = host().on("case", () => caseView(incident));
    await refreshCase(platform);
    expect(caseState.open).toEqual({ title: "Paper Lantern", reference: "VST-2026-0117", zone: "Europe/Amsterdam" });
    expect(caseState.custody).toEqual({ state: "warning", title: "Not verified", detail: "12 entries since last anchor" });
    expect(caseState.counts["evidence"]).toEqual({ text: "11" });
    expect(custodyOf(caseView(incident), verification("verified"))).toEqual({ state: "verified", detail: "12 entries since last anchor" });
    expect(custodyOf(caseView(incident), verification("failed")).state).toBe("failed");
    await refreshCase(platform.on("case", () => null));
    expect(caseState.open).toBeNull();
    expect(zones.caseZone).toBe("UTC");
  });
});
