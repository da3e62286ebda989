// What the screens of custody, report and package ask, answered from memory.
import type { CaseView, EntryView, PackageVerdict, Verification } from "../../src/platform/bindings";
import type { MemoryPlatform } from "../../src/platform/memory";
import { caseView, host, incident, verification } from "./host";

export const hex = (seed: number) => Array.from({ length: 64 }, (_, at) => ((seed * 29 + at * 11 + ((seed * at) % 7)) % 16).toString(16)).join("");
export const hostile = "rep\u202Efdp.\u0007exe <img src=x onerror=alert(1)>";

const events = ["evidence.received", "evidence.imported", "timeline.annotated", "checkpoint.signed", "report.exported"] as const;

export const entryAt = (seq: number): EntryView => ({
  seq, time: new Date(Date.UTC(2026, 8, 18, 9, 0, seq)).toISOString(), event: events[seq % events.length] ?? "", actor: seq % 7 === 0 ? hostile : "Mara Kessler",
  object: seq % 5 < 2 ? `EV-${String(1 + (seq % 11)).padStart(4, "0")}` : null, outcome: seq % 13 === 0 ? "failure" : "success", reason: seq % 5 === 0 ? "handed over by the cloud team, ticket 4711" : null,
  leaf: hex(seq), signed: seq < 199, anchored: seq < 140,
});

export const openView = (change: Partial<CaseView> = {}): CaseView => {
  const view = caseView(incident, change);
  view.facts.custody = { ...view.facts.custody, checkpoints: [40, 90, 118, 140, 171, 199].map((size) => ({ size, anchored: size <= 140 })), last_anchor: { size: 140, gen_time: "2026-09-18T12:02:44Z" }, since_signed: view.facts.custody.size - 199, since_anchor: view.facts.custody.size - 140 };
  return view;
};

export const about = (): PackageVerdict["about"] => [{ name: "Source-Organization", value: "Example Response GmbH" }, { name: "Export-Profile", value: "expert" }, { name: "External-Description", value: hostile }];

export const failedPackage = (): Verification => ({
  ...verification("failed"), statement: "Nothing of it can be relied on before that is explained.",
  checks: [
    { check: "bag", status: "pass", detail: "BagIt 1.0" },
    { check: "manifests", status: "fail", detail: `data/evidence/EV-0003/signins.json: expected SHA-256 ${hex(3)}, found ${hex(4)}` },
    { check: "keys", status: "warning", detail: "no key from outside was given" },
    { check: "anchors", status: "skipped", detail: "no CA certificates were given" },
  ],
});

/** A page of a report as SVG; it holds a script that an image must not run. */
export const pageSvg = (page: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 595 842"><script>window.broken = true</script><text x="60" y="90" font-size="22" font-family="sans-serif">Paper Lantern, page ${page + 1}</text>${Array.from({ length: 30 }, (_, line) => `<rect x="60" y="${130 + line * 20}" width="${300 + ((line * 67) % 170)}" height="6" fill="#ccd"/>`).join("")}</svg>`;

const qr = Array.from({ length: 33 }, (_, y) => Array.from({ length: 33 }, (_, x) => ((x < 7 && y < 7) || (x > 25 && y < 7) || (x < 7 && y > 25) ? (x % 26 === 0 || y % 26 === 0 || x % 26 === 6 || y % 26 === 6 || (x % 26 > 1 && x % 26 < 5 && y % 26 > 1 && y % 26 < 5) ? "1" : "0") : (x * 7 + y * 13 + x * y) % 3 === 0 ? "1" : "0")).join(""));

/** A host with a case of `size` entries open. */
export function custodyHost(size = 209): MemoryPlatform {
  const platform = host(incident);
  const saved = (name: string, parts: number) => ({ path: `/chosen/${name}`, sha256: hex(12), bytes: 31_500_000, parts, custody_seq: 210 });
  platform
    .on("case", () => openView()).on("formats", () => [])
    .on("ledger", ({ from, limit, filter }) => {
      const word = filter?.toLowerCase() ?? "";
      const all = word === "" ? null : Array.from({ length: size }, (_, seq) => entryAt(seq)).filter((entry) => `${entry.event} ${entry.actor} ${entry.object ?? ""}`.toLowerCase().includes(word));
      const found = all?.length ?? size;
      const entries = all ? all.slice(from, from + limit) : Array.from({ length: Math.max(0, Math.min(limit, size - from)) }, (_, at) => entryAt(from + at));
      return { size, found, entries };
    })
    .on("entry", ({ seq }) => {
      const text = JSON.stringify({ _t: "custody.entry/1", actor: { name: hostile, role: "Forensics specialist" }, event: entryAt(seq).event, objects: [{ id: "EV-0001", size: 482311 }], seq });
      return { text, length: text.length, prev: seq === 0 ? null : hex(seq - 1), leaf: hex(seq), matches: seq !== 13 };
    })
    .on("verify", () => verification("verified-with-warnings"))
    .on("sign", () => ({ size: 210, root: hex(5), vkey: "mara+1a2b3c4d+key" }))
    .on("pin", () => ({ size: 209, root: hex(90), head: hex(91), key: "mara+1a2b3c4d+key", line: `209:${hex(90)}`, qr }))
    .on("request_time_stamp", () => ({ size: 199, path: "/cases/VST-2026-0117/exports/199.tsq", command: "curl -H 'Content-Type: application/timestamp-query' --data-binary @199.tsq URL > 199.tsr" }))
    .on("take_time_stamp", () => ({ size: 199, root: hex(90), gen_time: "2026-09-19T08:00:00Z", authority: "CN=Example TSA", tsa_cert_sha256: hex(8), token_sha256: hex(9), chain_checked: false, seq: 211 }))
    .on("choose", ({ purpose, name }) => ({ ticket: `chosen-${purpose}`, names: [name ?? (purpose === "package" ? "VST-2026-0117-expert.zip" : `${purpose}.pem`)], shown: `/chosen/${purpose}` }))
    .on("preview_report", () => ({ laid: 3, pages: 12, size: 209, preflight: [
      { status: "note", text: "The chain is verified: 209 entries." }, { status: "warning", text: "69 entries are covered by no time stamp." }, { status: "fail", text: `EV-0004 ${hostile}: 15 records are not accounted for.` }] }))
    .on("report_page", ({ page }) => ({ svg: pageSvg(page) }))
    .on("save_report", () => saved("VST-2026-0117-report.pdf", 12))
    .on("make_package", () => ({ saved: saved("VST-2026-0117-expert.zip", 64), verification: verification("verified") }))
    .on("verify_package", () => ({ name: "VST-2026-0117-expert.zip", what: "a package: BagIt in a zip", verification: verification("verified"), about: about() }));
  return platform;
}
