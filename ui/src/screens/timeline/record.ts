// The raw record: read without rounding a number, copied as it is, searched.
import type { EventView } from "../../platform/bindings";
import type { Json } from "../../components/json-lines";
import { readJson } from "../../components/read-json";

/** The record as a tree; null where it is no JSON. */
export function treeOf(text: string): { value: Json } | null {
  try {
    return { value: readJson(text) };
  } catch {
    return null;
  }
}

/** Fields as a JSON object: those that stand several times are lists. */
export function fieldsAsObject(fields: EventView["fields"]): Record<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const { name, value } of fields) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]);
  }
  return Object.fromEntries(found);
}

/** The event as JSON; the record stands in it byte for byte where it is JSON itself. */
export function asJson(event: EventView): string {
  const whole = event.json !== null && !event.cut && treeOf(event.json) !== null;
  const record = whole ? event.json : JSON.stringify(event.text);
  const cut = event.cut ? ',"record_cut":true' : "";
  return `{"fields":${JSON.stringify(fieldsAsObject(event.fields))},"record":${record}${cut}}`;
}

const groups: [title: string, names: RegExp][] = [
  ["Who", /^(actor\.|session$|credential$|agent$)/],
  ["What", /^(action|activity|service|type|kind|cloud|resource\.|direction|protocol|bytes|packets)/],
  ["Where", /^(account|organization|region|src\.|dst\.)/],
  ["When", /^(time|time_raw|end_time|ingested)$/],
  ["Result", /^(outcome|error\.)/],
];

/** Fields under the questions that they answer; what answers none comes last. */
export function grouped(fields: EventView["fields"]): { title: string; fields: EventView["fields"] }[] {
  const titled = groups.map(([title, names]) => ({ title, fields: fields.filter((field) => names.test(field.name)) }));
  const rest = fields.filter((field) => !groups.some(([, names]) => names.test(field.name)));
  return [...titled, { title: "Rest", fields: rest }].filter((group) => group.fields.length > 0);
}

/** Places of a text, without case; at most a thousand. */
export function placesOf(text: string, wanted: string): number[] {
  if (wanted === "") return [];
  const found: number[] = [];
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  for (const match of text.matchAll(pattern)) if (found.push(match.index) >= 1000) break;
  return found;
}
