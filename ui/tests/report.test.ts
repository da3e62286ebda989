import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { custodyHost, openView, pageSvg } from "../gallery/desk/custody-host";
import { fileStem, reportName } from "../src/screens/report/names";
import { caseState } from "../src/shell/case-state.svelte";
import { enterCase } from "../src/shell/case.svelte";
import { router } from "../src/shell/router.svelte";
import { verification } from "../gallery/desk/host";
import { freshReport, openAt, untilCancelled } from "./custody-desk";
import { accessible, settle } from "./desk";

const made: string[] = [];
const revoked: string[] = [];
let seen: ((pages: number[], shown: boolean) => void) | null = null;

/** What jsdom lacks: nothing scrolls there, so the test says which pages are near the view. */
class Observer {
  #targets: Element[] = [];
  constructor(private readonly tell: (entries: { target: Element; isIntersecting: boolean }[]) => void) {
    seen = (pages, shown) => this.tell(pages.flatMap((page) => this.#targets.filter((one) => one.getAttribute("data-page") === String(page))).map((target) => ({ target, isIntersecting: shown })));
  }
  observe(target: Element): void {
    this.#targets.push(target);
  }
  unobserve(): void {}
  disconnect(): void {}
}

beforeEach(() => {
  freshReport();
  made.length = revoked.length = 0;
  vi.stubGlobal("IntersectionObserver", Observer);
  URL.createObjectURL = (blob) => (made.push((blob as Blob).type), `blob:page-${made.length}`);
  URL.revokeObjectURL = (address) => void revoked.push(address);
});
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const region = (name: string | RegExp) => screen.getByRole("region", { name });
const at = { section: "report" as const };
const near = async (pages: number[], shown = true) => {
  seen?.(pages, shown);
  await settle();
};

describe("the preview", () => {
  it("says what a report holds before there is one", async () => {
    await openAt(custodyHost(), at);
    expect(screen.getByText("No preview yet")).toBeTruthy();
    await accessible();
  });
  it("draws only the pages near the view, as images, and gives their addresses back", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    await user.keyboard("v");
    await settle();
    expect(screen.getByText("Page 1 of 12")).toBeTruthy();
    expect(platform.calls.some(({ name }) => name === "report_page")).toBe(false);
    await near([0, 1]);
    expect(platform.calls.filter(({ name }) => name === "report_page").map(({ input }) => input)).toEqual([{ laid: 3, page: 0 }, { laid: 3, page: 1 }]);
    expect(screen.getByRole("img", { name: "Page 1 of 12" }).getAttribute("src")).toBe("blob:page-1");
    expect(made).toEqual(["image/svg+xml", "image/svg+xml"]);
    expect(document.querySelector("main .paper svg, main script")).toBeNull();
    await accessible();
    await near([0], false);
    expect(revoked).toEqual(["blob:page-1"]);
    router.go("custody");
    await settle();
    expect(revoked).toEqual(["blob:page-1", "blob:page-2"]);
  });
  it("walks with the keys", async () => {
    const user = await openAt(custodyHost(), at);
    await user.keyboard("v");
    await settle();
    for (const [key, page] of [["PageDown", 2], ["PageDown", 3], ["PageUp", 2], ["End", 12], ["Home", 1]] as const) {
      await user.keyboard(`{${key}}`);
      await settle();
      expect(screen.getByText(`Page ${page} of 12`)).toBeTruthy();
    }
    await user.keyboard("w");
    await settle();
    expect(button("100 %").getAttribute("aria-pressed")).toBe("true");
  });
  it("can be cancelled", async () => {
    const user = await openAt(custodyHost().on("preview_report", untilCancelled), at);
    await user.click(button("Preview"));
    await settle();
    expect(screen.getByRole("progressbar", { name: "Laying out the report" })).toBeTruthy();
    await accessible();
    await user.click(within(region("Options of the report")).getByRole("button", { name: "Cancel" }));
    await settle();
    expect(screen.getByText("The preview was cancelled")).toBeTruthy();
    expect(caseState.jobs.length).toBe(0);
  });
  it("says when it no longer speaks of the case as it is", async () => {
    const user = await openAt(custodyHost(), at);
    await user.keyboard("v");
    await settle();
    expect(screen.getByText(/Speaks of the first 209 entries/)).toBeTruthy();
    expect(screen.queryByText(/newer/)).toBeNull();
    await user.click(button("PDF/A-2u"));
    await settle();
    expect(screen.getByText("The options were changed since.")).toBeTruthy();
    await user.click(button("PDF/A-3b"));
    const view = openView();
    view.facts.custody.size = 212;
    const platform = custodyHost();
    platform.on("case", () => view);
    const { refreshCase } = await import("../src/shell/case.svelte");
    await refreshCase(platform);
    await settle();
    expect(screen.getByText("3 newer entries are not in it.")).toBeTruthy();
  });
  it("lists what fails first, as text", async () => {
    const user = await openAt(custodyHost(), at);
    await user.keyboard("v");
    await settle();
    const items = within(region("Preflight")).getAllByRole("listitem").map((item) => item.textContent);
    expect(items[0]).toContain("Fails");
    expect(items[0]).toContain("⟨U+202E⟩");
    expect(items[2]).toContain("Note");
    expect(region("Preflight").querySelector("img")).toBeNull();
  });
  it("shows what is wrong with the query in its place", async () => {
    const platform = custodyHost().on("preview_report", () => { throw { code: "query", message: "bad query", stopped: false, in_query: [{ from: 0, to: 6, message: "no field is called acton", hint: "action" }] }; });
    const user = await openAt(platform, at);
    await user.click(button("Preview"));
    await settle();
    expect(region("Options of the report").textContent).toContain("no field is called acton");
    expect(region("Options of the report").textContent).toContain("nothing was made");
    await accessible();
  });
  it("keeps a failure in its place, and a page's in the page's", async () => {
    const platform = custodyHost().on("preview_report", () => { throw { code: "io", message: "fonts are missing", stopped: false, in_query: [] }; });
    const user = await openAt(platform, at);
    await user.keyboard("v");
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("fonts are missing");
    await accessible();
    platform.on("preview_report", () => ({ laid: 4, pages: 2, preflight: [], size: 209 })).on("report_page", () => { throw { code: "io", message: "page is gone", stopped: false, in_query: [] }; });
    await user.click(button("Try again"));
    await settle();
    await near([1]);
    expect(document.querySelector("[data-page='1']")?.textContent).toContain("page is gone");
    platform.on("report_page", ({ page }) => ({ svg: pageSvg(page) }));
    await user.click(button("Try again"));
    await settle();
    expect(screen.getByRole("img", { name: "Page 2 of 2" })).toBeTruthy();
  });
});

describe("saving", () => {
  it("offers a name, saves, and shows path, hash and entry", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    await user.click(button("HTML"));
    await user.click(button("Save report"));
    await settle();
    expect(platform.calls).toContainEqual({ name: "choose", input: { purpose: "save", name: "VST-2026-0117-report.html" } });
    expect(platform.calls).toContainEqual({ name: "save_report", input: { report: { query: "", standard: "a-3b" }, to: "chosen-save" } });
    expect(region("Options of the report").textContent).toContain("/chosen/VST-2026-0117-report.pdf");
    await accessible();
    await user.click(button("Copy SHA-256"));
    expect(platform.copied[0]).toMatch(/^[0-9a-f]{64}$/);
    await user.click(button("Entry 210"));
    expect(router.place).toEqual({ section: "custody", params: { entry: "210" } });
  });
  it("does nothing where no place was chosen, and can be cancelled", async () => {
    const platform = custodyHost().on("choose", () => null);
    const user = await openAt(platform, at);
    await user.keyboard("{Control>}s{/Control}");
    await settle();
    expect(platform.calls.some(({ name }) => name === "save_report")).toBe(false);
    platform.on("choose", () => ({ ticket: "t", names: ["r.pdf"], shown: "r.pdf" })).on("save_report", untilCancelled);
    await user.click(button("Save report"));
    await settle();
    await user.click(within(region("Options of the report")).getByRole("button", { name: "Cancel" }));
    await settle();
    expect(screen.getByText("Saving was cancelled; nothing was written.")).toBeTruthy();
  });
  it("makes a name that is only a name", () => {
    expect(fileStem("../../etc/pass wd\u202E")).toBe("etc-pass-wd");
    expect(fileStem("///")).toBe("case");
    const view = openView();
    view.facts.reference = null;
    view.facts.title = "Büro: Verdacht?";
    expect(reportName(view, "a-2u")).toBe("Büro-Verdacht-report.pdf");
  });
});

it("forgets the report of a case when another one opens", async () => {
  const user = await openAt(custodyHost(), at);
  await user.keyboard("v");
  await settle();
  enterCase(openView(), verification("verified"));
  await settle();
  expect(screen.getByText("No preview yet")).toBeTruthy();
});
