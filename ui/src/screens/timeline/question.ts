// Texts of the query language that the screen writes itself. Quoted values match exactly: no wild cards in them.
import type { Question } from "../../platform/bindings";

export type { Question };

const plainValue = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/@+-]*$/u;

/** A value as it stands after `field:`. Whatever is not plainly one word is quoted. */
export function spelled(value: string): string {
  if (plainValue.test(value) && !/^(AND|OR|NOT|TO|IN)$/.test(value) && !/^(none|true|false)$/i.test(value)) return value;
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** `field:value`, or the rows that do not have it. A missing value asks for rows without the field. */
export function term(field: string, value: string | null, out = false): string {
  if (value === null) return out ? `${field}:*` : `NOT ${field}:*`;
  return `${out ? "NOT " : ""}${field}:${spelled(value)}`;
}

/** OR outside brackets and quotes: a term that is added must not bind to its last part only. */
function hasOr(query: string): boolean {
  let depth = 0;
  for (const [part] of query.matchAll(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[([{]|[)\]}]|(?<![^\s)])OR(?![^\s(])|\|\|/g)) {
    if (/^[([{]/.test(part)) depth += 1;
    else if (/^[)\]}]/.test(part)) depth -= 1;
    else if (depth === 0 && (part === "OR" || part === "||")) return true;
  }
  return false;
}

/** The query with one more condition; unchanged if it has it already. */
export function narrowed(query: string, added: string): string {
  const text = query.trim();
  if (text === "") return added;
  if (text === added || text.endsWith(` ${added}`) || text.startsWith(`${added} `)) return text;
  return `${hasOr(text) ? `(${text})` : text} ${added}`;
}

const suggestion = /did you mean ([\w.:*/-]+)\?/i;

/** The word that a hint names as the right one. */
export const fixOf = (hint: string | undefined): string | null => suggestion.exec(hint ?? "")?.[1] ?? null;

export const sameQuestion = (a: Question, b: Question): boolean => a.query === b.query && a.from === b.from && a.to === b.to;

export const questionOf = (params: Readonly<Record<string, string>>): Question => ({
  query: params["query"] ?? "", from: params["from"] || null, to: params["to"] || null,
});

/** Parameters of the place: what is not asked is not there. */
export function placeOf(question: Question, event?: string | null): Record<string, string> {
  const place: Record<string, string> = {};
  if (question.query) place["query"] = question.query;
  if (question.from) place["from"] = question.from;
  if (question.to) place["to"] = question.to;
  if (event) place["event"] = event;
  return place;
}
