// A new case before it exists: what is asked for, and what is missing.
import type { CaseCreate } from "../../platform/bindings";
import type { Level } from "./Levels.svelte";

export interface Draft {
  title: string;
  reference: string;
  zone: string;
  examiner: string;
  role: string;
  organisation: string;
  authorityType: string;
  authorityId: string;
  level: Level;
}

export type DraftField = "title" | "zone" | "examiner" | "authorityType" | "authorityId";

const key = "vestige.examiner";

/** Who examined last on this machine; the user of the operating system where nobody did. */
export function examinerBefore(user: string): Pick<Draft, "examiner" | "role" | "organisation"> {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as Record<string, unknown>;
    const text = (name: string, otherwise: string) => (typeof kept[name] === "string" ? (kept[name] as string) : otherwise);
    return { examiner: text("examiner", user), role: text("role", ""), organisation: text("organisation", "") };
  } catch {
    return { examiner: user, role: "", organisation: "" };
  }
}

export function rememberExaminer(draft: Draft): void {
  try {
    localStorage.setItem(key, JSON.stringify({ examiner: draft.examiner, role: draft.role, organisation: draft.organisation }));
  } catch {
    // Storage can be full or forbidden; the next case then proposes the user's name.
  }
}

/** What is missing or wrong, in the order of the form. */
export function problems(draft: Draft, zones: readonly string[]): [DraftField, string][] {
  const found: [DraftField, string][] = [];
  if (draft.title.trim() === "") found.push(["title", "A case needs a title"]);
  if (draft.zone.trim() !== "" && !zones.includes(draft.zone.trim())) found.push(["zone", "No zone has this name. Choose one of the list, such as Europe/Amsterdam"]);
  if (draft.examiner.trim() === "") found.push(["examiner", "A case needs the name of its examiner"]);
  const [kind, id] = [draft.authorityType.trim(), draft.authorityId.trim()];
  const needed = draft.level !== "internal";
  if (kind === "" && (needed || id !== "")) found.push(["authorityType", needed ? `Custody level ${draft.level} needs an authority: say which kind` : "Say which kind of authority this is"]);
  else if (kind.includes(":")) found.push(["authorityType", "A kind has no colon"]);
  if (id === "" && (needed || kind !== "")) found.push(["authorityId", "Say its number or name, such as EL-2026-17"]);
  return found;
}

const orNull = (text: string): string | null => text.trim() || null;

export const asked = (draft: Draft, place: string): CaseCreate => ({
  place,
  title: draft.title.trim(),
  reference: orNull(draft.reference),
  examiner: draft.examiner.trim(),
  role: orNull(draft.role),
  organisation: orNull(draft.organisation),
  authority: draft.authorityType.trim() ? `${draft.authorityType.trim()}:${draft.authorityId.trim()}` : null,
  zone: orNull(draft.zone),
  custody_level: draft.level,
});
