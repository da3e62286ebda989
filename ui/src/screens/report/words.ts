// A verdict on a package in words for somebody who decides whether to rely on it.
import type { Fact, Verification } from "../../platform/bindings";

export function titleOf(found: Verification): string {
  if (found.verdict === "verified") return "Verified";
  if (found.verdict === "verified-with-warnings") return "Verified, with warnings";
  const failed = found.checks.filter((check) => check.status === "fail").length;
  return `Failed: ${failed} ${failed === 1 ? "check contradicts" : "checks contradict"}`;
}

export function meaningOf(found: Verification): string {
  if (found.verdict === "verified") return "No file was changed, added or removed since it was made, and its custody is as the holder of the key signed it.";
  if (found.verdict === "failed") return "Something in it is not what it says. Do not rely on it; keep this copy as it is, copy this verdict, and ask whoever sent it.";
  return "Nothing contradicts, but not everything is covered: read the warnings before you rely on it.";
}

/** What the package says of itself, for a copy. */
export const aboutText = (about: readonly Fact[]): string =>
  about.length === 0 ? "" : ["what it says of itself, unverified:", ...about.map(({ name, value }) => `  ${name}: ${value}`)].join("\n");
