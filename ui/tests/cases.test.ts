import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { host, recent, verification } from "../gallery/desk/host";
import { asked, problems, type Draft } from "../src/screens/cases/new-case";
import { caseState } from "../src/shell/case-state.svelte";
import { router } from "../src/shell/router.svelte";
import { accessible, fresh, settle, window_ } from "./desk";

beforeEach(fresh);

const button = (name: string | RegExp) => screen.getByRole("button", { name });
const refusal = { code: "home", message: "/cases/mara/cases.json cannot be read: expected a list", stopped: false, in_query: [] };

describe("the list of cases", () => {
  it("shows the last verdict and what keeps a case from being opened, in its row", async () => {
    await window_(host());
    const table = screen.getByRole("table", { name: "Recent cases" });
    expect(within(table).getByText("Paper Lantern").closest("tr")?.textContent).toContain("209 entries");
    expect(within(table).getByText(/is its disk connected/).closest("tr")?.className).toContain("is-fail");
    await accessible();
  });
  it("names the one action where the list is empty", async () => {
    const user = await window_(host(undefined, []));
    await user.click(button("Make the first case"));
    expect(screen.getByRole("form", { name: "New case" })).toBeTruthy();
    await accessible();
  });
  it("keeps a failure in its place and reads again", async () => {
    const platform = host().on("cases", () => { throw refusal; });
    const user = await window_(platform);
    expect(screen.getByRole("alert").textContent).toContain("expected a list");
    await accessible();
    platform.on("cases", recent);
    await user.click(button("Try again"));
    await settle();
    expect(screen.getByText("Paper Lantern")).toBeTruthy();
  });
  it("forgets only after asking, and says that the case stays", async () => {
    const platform = host();
    const user = await window_(platform);
    await user.click(button("Forget Paper Lantern"));
    expect((await screen.findByRole("dialog")).textContent).toContain("The case itself stays");
    await user.click(button("Take off the list"));
    await settle();
    expect(platform.calls.filter(({ name }) => name === "forget_case")).toEqual([{ name: "forget_case", input: { case: "t-1" } }]);
    expect(platform.calls.some(({ name }) => name === "open_case")).toBe(false);
  });
  it("shows hostile titles as text", async () => {
    const title = "<img src=x onerror=alert(1)>\u202Egnp.exe\u0007";
    await window_(host(undefined, recent().map((one) => ({ ...one, title }))));
    expect(document.querySelector("main img")).toBeNull();
    expect(screen.getAllByText("⟨U+202E⟩").length).toBeGreaterThan(0);
    expect(screen.getAllByText("⟨U+0007⟩").length).toBeGreaterThan(0);
  });
});

describe("opening a case", () => {
  it("shows what was found before anything of the case, then opens it", async () => {
    const user = await window_(host());
    const row = screen.getByText("Paper Lantern").closest("tr") as HTMLElement;
    row.focus();
    await user.keyboard("{Enter}");
    await settle();
    const found = screen.getByRole("region", { name: "What verification found" });
    expect(document.activeElement).toBe(found);
    expect(found.textContent).toContain("9 signatures are valid; the last covers entry 199 of 209");
    expect(found.textContent).toContain("It cannot show who sat at the keyboard");
    expect(caseState.open).toBeNull();
    await accessible();
    await user.click(button("Open the case"));
    expect(caseState.open?.title).toBe("Paper Lantern");
    expect(caseState.custody).toEqual({ state: "warning", title: "Verified with warnings", detail: "12 entries since last anchor" });
    expect(router.section).toBe("timeline");
  });
  it("leaves it closed on Not now and on Esc", async () => {
    const platform = host();
    const user = await window_(platform);
    await user.click(screen.getByText("Paper Lantern"));
    await settle();
    await user.click(button("Not now"));
    await user.click(screen.getByText("Paper Lantern"));
    await settle();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("region", { name: "What verification found" })).toBeNull();
    expect(platform.calls.filter(({ name }) => name === "close_case")).toHaveLength(2);
    expect(caseState.open).toBeNull();
  });
  it("does not open what failed, explains the check and copies it", async () => {
    const platform = host().on("open_case", () => ({ verification: verification("failed"), case: null }));
    const user = await window_(platform);
    await user.click(screen.getByText("Former contractor access review"));
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("the case was not opened");
    expect(screen.queryByRole("button", { name: "Open the case" })).toBeNull();
    expect(within(screen.getByRole("list", { name: "Checks that do not hold" })).getByText(/EV-0003 entra-signins.json: expected SHA-256/)).toBeTruthy();
    await accessible();
    await user.click(button("Copy what was found"));
    expect(platform.copied[0]).toMatch(/failed {2}objects: EV-0003|fail {2}objects: EV-0003/);
  });
  it("can be cancelled and then shows nothing", async () => {
    const platform = host().on("open_case", (_, { signal }) => new Promise((_done, no) => signal.addEventListener("abort", () => no({ code: "stopped", message: "stopped", stopped: true, in_query: [] }))));
    const user = await window_(platform);
    await user.click(screen.getByText("Paper Lantern"));
    await settle();
    await user.click(within(screen.getByRole("region", { name: "Opening the case" })).getByRole("button", { name: "Cancel" }));
    await settle();
    expect(screen.queryByRole("region", { name: "Opening the case" })).toBeNull();
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it("opens a chosen folder with Ctrl+O and restores a backup", async () => {
    const platform = host();
    const user = await window_(platform);
    await user.keyboard("{Control>}o{/Control}");
    await settle();
    expect(platform.calls).toContainEqual({ name: "open_case", input: { case: "chosen-open-case" } });
    await user.click(button("Not now"));
    await user.click(button("Restore backup"));
    await settle();
    expect(platform.calls).toContainEqual({ name: "restore_case", input: { backup: "chosen-backup", place: "chosen-new-case" } });
  });
});

describe("a new case", () => {
  const draft: Draft = { title: "T", reference: "", zone: "", examiner: "E", role: "", organisation: "", authorityType: "", authorityId: "", level: "internal" };
  it("focuses the first missing field with its message, then creates", async () => {
    const platform = host();
    const user = await window_(platform);
    await user.keyboard("{Control>}n{/Control}");
    await settle();
    await user.click(button("Create case"));
    await settle();
    expect(document.activeElement).toBe(screen.getByLabelText(/^Title/));
    expect(screen.getByText("A case needs a title")).toBeTruthy();
    await accessible();
    await user.type(screen.getByLabelText(/^Title/), "Paper Lantern");
    await user.click(screen.getByRole("radio", { name: "Litigation" }));
    await user.click(button("Create case"));
    await settle();
    expect(document.activeElement).toBe(screen.getByLabelText(/^Authority type/));
    await user.type(screen.getByLabelText(/^Authority type/), "warrant");
    await user.type(screen.getByLabelText(/^Authority id/), "W-9");
    await user.type(screen.getByLabelText("Case time zone"), "amster{Enter}");
    await user.click(button("Create case"));
    await settle();
    expect(platform.calls.find(({ name }) => name === "create_case")?.input).toEqual({
      place: "chosen-new-case", title: "Paper Lantern", reference: null, examiner: "mara", role: null, organisation: null, authority: "warrant:W-9", zone: "Europe/Amsterdam", custody_level: "litigation",
    });
    expect(router.section).toBe("evidence");
    expect(caseState.custody.state).toBe("verified");
  });
  it("says a refusal in the form", async () => {
    const platform = host().on("create_case", () => { throw { ...refusal, message: "the folder is not empty" }; });
    const user = await window_(platform);
    await user.click(button(/^New case/));
    await user.type(screen.getByLabelText(/^Title/), "X");
    await user.click(button("Create case"));
    await settle();
    expect(within(screen.getByRole("form", { name: "New case" })).getByRole("alert").textContent).toContain("the folder is not empty");
  });
  it("finds what is missing in the order of the form", () => {
    expect(problems(draft, ["UTC"])).toEqual([]);
    expect(problems({ ...draft, title: " ", zone: "Mars", examiner: "", level: "regulatory" }, ["UTC"]).map(([name]) => name)).toEqual(["title", "zone", "examiner", "authorityType", "authorityId"]);
    expect(problems({ ...draft, authorityId: "1" }, ["UTC"]).map(([name]) => name)).toEqual(["authorityType"]);
    expect(asked({ ...draft, authorityType: " consent ", authorityId: " a:b " }, "p").authority).toBe("consent:a:b");
  });
});
