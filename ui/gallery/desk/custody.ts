// Custody, report, package and verification over a host in memory; no part of the product's build.
// ?state=custody|entry|failed|stamp|report|preview|package|verify|verified|bad & theme & size
import { mount, tick } from "svelte";
import "../../src/app.css";
import App from "../../src/App.svelte";
import { enterCase } from "../../src/shell/case.svelte";
import { router, type SectionId } from "../../src/shell/router.svelte";
import { makePackage, preview } from "../../src/screens/report/state.svelte";
import { requestTimeStamp, verifyCase } from "../../src/screens/custody/state.svelte";
import { custodyHost, failedPackage, openView } from "./custody-host";
import { verification } from "./host";

const wanted = new URLSearchParams(location.search);
const state = wanted.get("state") ?? "custody";
const platform = custodyHost();
const theme = wanted.get("theme") === "light" ? "light" : "dark";
platform.on("settings", () => ({ theme, density: "compact", text_size: Number(wanted.get("size") ?? 100), zone: "utc", columns: [], quick_tags: [], organisation: "Example Response GmbH", contact: "cases@example.org" }));

const places: Record<string, [SectionId, Record<string, string>]> = {
  custody: ["custody", {}], entry: ["custody", { entry: "41" }], failed: ["custody", {}], stamp: ["custody", {}], report: ["report", {}], preview: ["report", {}],
  package: ["report", { tab: "package" }], verify: ["report", { tab: "verify" }], verified: ["report", { verify: "t-1", name: "VST-2026-0117-expert.zip" }], bad: ["report", { verify: "t-2", name: "VST-2026-0117-expert.zip" }],
};
if (state === "failed") platform.on("verify", () => verification("failed"));
if (state === "bad") platform.on("verify_package", () => ({ name: "VST-2026-0117-expert.zip", what: "a package: BagIt in a zip", verification: failedPackage(), about: [] }));

const [section, params] = places[state] ?? ["custody", {}];
enterCase(openView(), verification("verified-with-warnings"));
router.reset(section);
router.replace(params);
const target = document.getElementById("app");
if (target) mount(App, { target, props: { platform } });
await tick();
setTimeout(() => {
  enterCase(openView(), verification("verified-with-warnings"));
  setTimeout(() => {
    if (state === "failed") void verifyCase(platform);
    if (state === "stamp") void requestTimeStamp(platform);
    if (state === "preview") void preview(platform);
    if (state === "package") void makePackage(platform);
  }, 50);
}, 100);
