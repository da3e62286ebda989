import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.(svelte|ts)$/.test(name) && !name.includes(".test."));
const offenders = (wrong: RegExp, except: string[] = []) =>
  files.filter((name) => !except.includes(name) && wrong.test(readFileSync(join("src", name), "utf8")));

it("there are files to look at", () => {
  expect(files.length).toBeGreaterThan(50);
});
it("evidence never becomes markup", () => {
  expect(offenders(/\{@html|\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write/)).toEqual([]);
});
it("only one file talks to the host", () => {
  expect(offenders(/@tauri-apps/, [join("platform", "tauri.ts")])).toEqual([]);
});
it("no style attribute, which the content security policy refuses", () => {
  expect(offenders(/\sstyle=["{]/)).toEqual([]);
});
it("nothing is fetched from elsewhere", () => {
  expect(offenders(/https?:\/\/(?!svelte\.dev)/)).toEqual([]);
});
