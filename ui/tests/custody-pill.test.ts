import { screen } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { caseView, host, incident, verification } from "../gallery/desk/host";
import type { CaseView, Verification } from "../src/platform/bindings";
import { enterCase, leaveCase, refreshCase, sawVerification } from "../src/shell/case.svelte";
import { caseState } from "../src/shell/case-state.svelte";
import { router } from "../src/shell/router.svelte";
import { accessible, fresh, settle, window_ } from "./desk";

beforeEach(fresh);

const withChain = (change: Partial<CaseView["facts"]["custody"]>): CaseView => {
  const view = caseView(incident);
  return { ...view, facts: { ...view.facts, custody: { ...view.facts.custody, ...change } } };
};

async function open(view: CaseView, found: Verification | null) {
  const platform = host(incident).on("case", () => view);
  const user = await window_(platform);
  enterCase(view, found);
  await settle();
  return { platform, user };
}

/** Words and kind of the pill; null where there is none. */
function pill(): { words: string; kind: string } | null {
  const found = document.querySelector<HTMLElement>(".casebar .pill");
  if (!found || found.hasAttribute("aria-haspopup")) return null;
  return { words: found.textContent?.replace(/\s+/g, " ").trim() ?? "", kind: [...found.classList].find((name) => ["ok", "warn", "fail"].includes(name)) ?? "none" };
}

describe("the state of the custody in the case bar", () => {
  it.each([
    ["verified, all anchored", withChain({ since_anchor: 0 }), verification("verified"), "Chain verified · 0 entries since last anchor", "ok"],
    ["verified, one entry later than the anchor", withChain({ since_anchor: 1 }), verification("verified"), "Chain verified · 1 entry since last anchor", "ok"],
    ["verified, many entries later", withChain({ since_anchor: 1200 }), verification("verified"), "Chain verified · 1,200 entries since last anchor", "ok"],
    ["verified with warnings", withChain({}), verification("verified-with-warnings"), "Verified with warnings · 12 entries since last anchor", "warn"],
    ["verified, and written since", withChain({ size: 212 }), verification("verified"), "Verified to entry 208 · 3 later, not verified", "warn"],
    ["failed", withChain({}), verification("failed"), "Verification failed · 12 entries since last anchor", "fail"],
    ["failed, and written since", withChain({ size: 212 }), verification("failed"), "Verification failed · 12 entries since last anchor", "fail"],
    ["not known", withChain({}), null, "Not verified · 12 entries since last anchor", "warn"],
  ] as const)("%s", async (_, view, found, words, kind) => {
    await open(view, found);
    expect(pill()).toEqual({ words, kind });
    expect(document.querySelector(".casebar .pill svg")).not.toBeNull();
  });
  it("is neither good nor bad while the chain is verified", async () => {
    await open(withChain({}), null);
    caseState.custody = { state: "checking" };
    await settle();
    expect(pill()).toEqual({ words: "Verifying chain", kind: "none" });
    expect(document.querySelector(".casebar .pill .spin")).not.toBeNull();
  });
  it("follows every verification, whatever the one before said", async () => {
    await open(withChain({}), null);
    const seen: string[] = [];
    for (const verdict of ["verified", "failed", "verified-with-warnings", "verified"] as const) {
      sawVerification(verification(verdict));
      await settle();
      seen.push(`${pill()?.kind}: ${pill()?.words.split(" · ")[0]}`);
    }
    expect(seen).toEqual(["ok: Chain verified", "fail: Verification failed", "warn: Verified with warnings", "ok: Chain verified"]);
    await accessible();
  });
  it("claims no more than was verified once something is written", async () => {
    const { platform } = await open(withChain({}), verification("verified"));
    platform.on("case", () => withChain({ size: 210, since_anchor: 13 }));
    await refreshCase(platform);
    await settle();
    expect(pill()).toEqual({ words: "Verified to entry 208 · 1 later, not verified", kind: "warn" });
    sawVerification({ ...verification("verified"), size: 210, since_anchor: 13 });
    await settle();
    expect(pill()).toEqual({ words: "Chain verified · 13 entries since last anchor", kind: "ok" });
  });
  it("stays failed when something is written after a failed verification", async () => {
    const { platform } = await open(withChain({}), verification("failed"));
    platform.on("case", () => withChain({ size: 210 }));
    await refreshCase(platform);
    await settle();
    expect(pill()?.kind).toBe("fail");
  });
  it("leads to the custody, and is gone with the case", async () => {
    const { user } = await open(withChain({}), verification("verified"));
    await user.click(screen.getByRole("button", { name: /Chain verified/ }));
    expect(router.section).toBe("custody");
    leaveCase();
    await settle();
    expect(pill()).toBeNull();
  });
});
