import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { about, custodyHost, failedPackage, hex } from "../gallery/desk/custody-host";
import { verification } from "../gallery/desk/host";
import { fiveCommands, quoted } from "../src/screens/report/commands";
import { router } from "../src/shell/router.svelte";
import { changeSettings } from "../src/shell/settings.svelte";
import { freshReport, openAt, untilCancelled } from "./custody-desk";
import { accessible, settle, window_ } from "./desk";

beforeEach(freshReport);
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const region = (name: string | RegExp) => screen.getByRole("region", { name });
const verified = (name = "verify_package") => (platform: ReturnType<typeof custodyHost>) => platform.calls.filter((call) => call.name === name).map((call) => call.input);

describe("making a package", () => {
  const at = { section: "report" as const, params: { tab: "package" } };
  it("says what is in it, makes it for a recipient and verifies it", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, at);
    expect(region("Make a package").textContent).toContain("Everything an expert needs");
    await accessible();
    await user.type(screen.getByLabelText("Recipient"), "Counsel & Co");
    await user.click(button("Make package"));
    await settle();
    expect(platform.calls).toContainEqual({ name: "choose", input: { purpose: "save", name: "VST-2026-0117-expert.zip" } });
    expect(platform.calls).toContainEqual({ name: "make_package", input: { profile: "expert", recipient: "Counsel & Co", to: "chosen-save" } });
    expect(region("The package that was made").textContent).toContain("64 files");
    expect(region("Verified after writing").textContent).toContain("Verified");
    expect(within(region("How a stranger verifies it")).getAllByRole("listitem").length).toBe(5);
    await accessible();
    await user.click(button("Copy commands"));
    expect(platform.copied[0]).toContain("sha256sum -c VST-2026-0117-expert.zip.sha256");
  });
  it("is from whom the settings say, or else from whom the case is", async () => {
    await openAt(custodyHost(), at);
    const from = () => region("Make a package").querySelector("dd")?.textContent;
    expect(from()).toBe("Example Response GmbH");
    await changeSettings(custodyHost(), { organisation: "Another Response AG" });
    await settle();
    expect(from()).toBe("Another Response AG");
    await changeSettings(custodyHost(), { organisation: " " });
    await settle();
    expect(from()).toBe("Example Response GmbH");
  });
  it("shows its stages and can be cancelled", async () => {
    const platform = custodyHost().on("make_package", async (input, call) => {
      await tick();
      platform.push("progress", { call: call.id ?? "", command: "make_package", stage: "copying originals", bytes: 5_000_000, bytes_total: 20_000_000, records: 0, read: 0, decompressed: 0, stored: 0, rate: 1_000_000, eta: 15, stopping: false });
      return untilCancelled(input, call);
    });
    const user = await openAt(platform, at);
    await user.keyboard("m");
    await settle();
    expect(screen.getByRole("progressbar", { name: "Making the package" }).getAttribute("aria-valuenow")).toBe("25");
    expect(region("Make a package").textContent).toContain("copying originals · 5.00 MB of 20.0 MB");
    await accessible();
    await user.click(within(region("Make a package")).getByRole("button", { name: "Cancel" }));
    await settle();
    expect(screen.getByText(/was cancelled; no package was left behind/)).toBeTruthy();
  });
  it("keeps a failure in its place", async () => {
    const user = await openAt(custodyHost().on("make_package", () => { throw { code: "io", message: "the disk is full", stopped: false, in_query: [] }; }), at);
    await user.click(button("Make package"));
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("the disk is full");
    await accessible();
  });
  it("quotes names for a shell", () => {
    expect(quoted("a b'c")).toBe("'a b'\\''c'");
    const commands = fiveCommands("/x/it's $(rm) it.zip", verification("verified"));
    expect(commands[1]).toContain("unzip -q 'it'\\''s $(rm) it.zip'");
    expect(commands[3]).toContain("--key mara+1a2b3c4d+key --pin 209:");
  });
});

describe("verifying a package", () => {
  it("works without a case: chosen, verified, copied", async () => {
    const platform = custodyHost().on("case", () => null);
    router.reset("report");
    const user = await window_(platform);
    expect(screen.getByText("Nothing is verified yet")).toBeTruthy();
    expect(region("What is verified").textContent).toContain("Any other zip is verified by choosing it here: dropped, it is taken for evidence");
    await accessible();
    await user.click(button("Choose package"));
    await settle();
    const found = region("What verification found");
    expect(found.textContent).toContain("No file was changed, added or removed");
    expect(screen.getByText("Verified against itself only")).toBeTruthy();
    const said = region("What it says of itself");
    expect(said.textContent).toContain("unverified");
    expect(said.textContent).toContain("⟨U+202E⟩");
    expect(said.querySelector("img")).toBeNull();
    await accessible();
    await user.click(button("Copy verdict"));
    expect(platform.copied[0]).toContain("VST-2026-0117-expert.zip: verified");
    expect(platform.copied[0]).toContain(`what it says of itself, unverified:\n  ${about()[0]?.name}`);
    await user.click(screen.getByRole("tab", { name: "Report" }));
    await settle();
    expect(screen.getByText("No case is open")).toBeTruthy();
    await accessible();
  });
  it("verifies what was dropped at once, and once", async () => {
    const platform = custodyHost().on("case", () => null);
    await window_(platform);
    platform.push("dropped", { chosen: { ticket: "drop-7", names: ["theirs\u202E.zip"], shown: "theirs.zip" }, looks_like: "package" });
    await settle();
    expect(verified()(platform)).toEqual([{ ticket: "drop-7", keys: [], pins: [], tsa_ca: null }]);
    expect(region("What is verified").textContent).toContain("theirs⟨U+202E⟩.zip");
    router.go("cases");
    await settle();
    router.back();
    await settle();
    expect(verified()(platform).length).toBe(1);
    expect(region("What verification found")).toBeTruthy();
  });
  it("says what is wrong where, what it means, and what to do", async () => {
    const platform = custodyHost().on("verify_package", () => ({ name: "bad.zip", what: "a package: BagIt in a zip", verification: failedPackage(), about: [] }));
    await openAt(platform, { section: "report", params: { verify: "t-9", name: "bad.zip" } });
    const found = region("What verification found");
    expect(within(found).getByRole("alert").textContent).toContain("Failed: 1 check contradicts");
    const checks = within(found).getAllByRole("listitem").map((item) => item.textContent);
    expect(checks[0]).toContain("Contradicted");
    expect(checks[0]).toContain("data/evidence/EV-0003/signins.json");
    expect(checks[0]).toContain("changed, added or removed after it was made");
    expect(checks[1]).toContain("Ask for the key on another way");
    expect(screen.queryByText("Verified against itself only")).toBeNull();
    await accessible();
  });
  it("takes keys and pins from outside and verifies again", async () => {
    const platform = custodyHost();
    const user = await openAt(platform, { section: "report", params: { verify: "t-9", name: "a.zip" } });
    await user.type(screen.getByLabelText("Keys from outside"), "one+1+A{Enter}two+2+B");
    await user.type(screen.getByLabelText("Pins from outside"), "nonsense");
    expect(screen.getByRole("alert").textContent).toContain("nonsense");
    expect(button("Verify again")).toHaveProperty("disabled", true);
    await user.clear(screen.getByLabelText("Pins from outside"));
    await user.type(screen.getByLabelText("Pins from outside"), `209:${hex(90)}`);
    await user.click(button("Choose CA certificates"));
    await settle();
    await user.click(button("Verify again"));
    await settle();
    expect(verified()(platform).at(-1)).toEqual({ ticket: "t-9", keys: ["one+1+A", "two+2+B"], pins: [`209:${hex(90)}`], tsa_ca: "chosen-certificates" });
    expect(screen.queryByText("Verified against itself only")).toBeNull();
  });
  it("can be cancelled, and keeps a failure", async () => {
    const platform = custodyHost().on("verify_package", untilCancelled);
    const user = await openAt(platform, { section: "report", params: { verify: "t-9", name: "a.zip" } });
    await accessible();
    await user.click(within(region("Running verification")).getByRole("button", { name: "Cancel" }));
    await settle();
    expect(screen.getByText(/was cancelled; nothing is known/)).toBeTruthy();
    platform.on("verify_package", () => { throw { code: "io", message: "a.zip is no zip", stopped: false, in_query: [] }; });
    await user.click(button("Verify again"));
    await settle();
    expect(screen.getByRole("alert").textContent).toContain("a.zip is no zip");
    await accessible();
  });
  it("is reached from the palette's actions and by number", async () => {
    const user = await openAt(custodyHost(), { section: "report" });
    await user.keyboard("3");
    await settle();
    expect(screen.getByRole("tab", { name: "Verify", selected: true })).toBeTruthy();
    await user.keyboard("2");
    await settle();
    expect(screen.getByRole("tab", { name: "Package", selected: true })).toBeTruthy();
  });
});
