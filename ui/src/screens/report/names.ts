// Names of files that are offered; they hold nothing that a file system would read as more than a name.
import type { CaseView } from "../../platform/bindings";

export type Format = "a-3b" | "a-2u" | "html";

/** Letters, digits and little more; never empty, hidden or long. */
export function fileStem(text: string): string {
  const stem = text.normalize("NFC").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80);
  return stem || "case";
}
const stemOf = (view: CaseView) => fileStem(view.facts.reference ?? view.facts.title);

export const reportName = (view: CaseView, format: Format): string => `${stemOf(view)}-report.${format === "html" ? "html" : "pdf"}`;
export const packageName = (view: CaseView): string => `${stemOf(view)}-expert.zip`;
