// What can be typed next: names of fields, words of the language, values of the field that is being typed.
import type { FieldView } from "../../platform/bindings";
import type { Platform } from "../../platform/types";
import type { Suggestions } from "../../components/query/editor";
import { plainText } from "../../lib/evidence-text";
import { formatCount } from "../../lib/numbers";
import { spelled } from "./question";

const value = /(?:^|[\s(+!-])([A-Za-z_][\w.]*):("?)([^\s()"]*)$/;
const quotedValue = /(?:^|[\s(+!-])([A-Za-z_][\w.]*):"((?:\\.|[^"\\])*)$/;
const name = /(?:^|[\s(+!-])([A-Za-z_][\w.]*)$/;
const MOST = 50;
/** Longer values do not help in a list of suggestions. */
const LONGEST = 300;

function names(typed: string, fields: readonly FieldView[]): Suggestions["options"] {
  const lower = typed.toLowerCase();
  const rank = (field: FieldView) => (field.name.startsWith(lower) ? 2 : field.name.includes(lower) ? 1 : 0);
  const words = ["AND", "OR", "NOT"].filter((word) => typed !== "" && word.startsWith(typed));
  return [
    ...fields.filter((field) => rank(field) > 0).sort((a, b) => rank(b) - rank(a)).map((field) => ({ label: field.name, detail: field.describe, apply: `${field.name}:` })),
    ...words.map((label) => ({ label, apply: `${label} ` })),
  ].slice(0, MOST);
}

async function values(platform: Platform, field: FieldView, prefix: string): Promise<Suggestions["options"]> {
  if (field.words.length > 0) {
    return field.words.filter((word) => word.startsWith(prefix.toLowerCase())).map((label) => ({ label, apply: label }));
  }
  const found = await platform.call("complete", { field: field.name, prefix });
  return found.flatMap(({ value: text, count }) => (text === null || text.length > LONGEST ? [] : [{ label: plainText(text), detail: formatCount(count), apply: spelled(text) }])).slice(0, MOST);
}

/** Suggestions for the text before the cursor; none where nothing helps or nobody waits any more. */
export async function suggest(platform: Platform, fields: readonly FieldView[], text: string, at: number, signal: AbortSignal): Promise<Suggestions | null> {
  const before = text.slice(0, at);
  const inValue = quotedValue.exec(before) ?? value.exec(before);
  if (inValue) {
    const field = fields.find((one) => one.name.toLowerCase() === inValue[1]?.toLowerCase());
    const typed = inValue.at(-1) ?? "";
    if (!field || field.kind === "time" || /[*?<>[{]/.test(typed)) return null;
    const options = await values(platform, field, typed);
    const start = at - (before.length - before.lastIndexOf(`${inValue[1]}:`) - (inValue[1]?.length ?? 0) - 1);
    return signal.aborted || options.length === 0 ? null : { from: start, to: at, options };
  }
  const inName = name.exec(before);
  if (!inName?.[1]) return null;
  const options = names(inName[1], fields);
  return options.length === 0 ? null : { from: at - inName[1].length, to: at, options };
}
