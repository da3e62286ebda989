// One tooltip for the whole window: shown after a moment of hover or on keyboard focus, gone on Esc.
import type { Attachment } from "svelte/attachments";

export interface Tip {
  title?: string;
  /** Pairs, for instance zone and time. */
  rows?: readonly (readonly [string, string])[];
  /** The key that does the same. */
  key?: string;
  /** The element already has this as its accessible name: do not say it twice. */
  isName?: boolean;
}

const DELAY = 350;
const EDGE = 8;
let serial = 0;

function part(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

function build(tip: Tip): HTMLElement {
  const box = part("div", "tip float", "");
  box.setAttribute("role", "tooltip");
  box.id = `tip-${++serial}`;
  if (tip.title) box.append(part("span", tip.rows ? "t" : "", tip.title));
  if (tip.key) box.append(part("span", "kbd", tip.key.replaceAll("+", " ")));
  if (tip.rows) {
    const list = document.createElement("dl");
    for (const [name, value] of tip.rows) list.append(part("dt", "", name), part("dd", "", value));
    box.append(list);
  }
  return box;
}

function place(box: HTMLElement, at: DOMRect): void {
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(Math.max(EDGE, at.left + at.width / 2 - width / 2), Math.max(EDGE, innerWidth - width - EDGE));
  const below = at.bottom + 6;
  const top = below + height > innerHeight - EDGE ? at.top - height - 6 : below;
  box.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(EDGE, top))}px)`;
}

/** `{@attach tip(() => ({ title: "Star", key: "s" }))}`; null shows nothing. */
export function tip(content: () => Tip | null): Attachment<HTMLElement> {
  return (element) => {
    let box: HTMLElement | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;

    function hide(): void {
      clearTimeout(timer);
      if (box && element.getAttribute("aria-describedby") === box.id) element.removeAttribute("aria-describedby");
      box?.remove();
      box = null;
    }
    function show(): void {
      const wanted = content();
      if (box || !wanted || !element.isConnected) return;
      box = build(wanted);
      document.body.append(box);
      place(box, element.getBoundingClientRect());
      if (!wanted.isName && !element.hasAttribute("aria-describedby")) element.setAttribute("aria-describedby", box.id);
    }
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(show, DELAY);
    };
    const focus = () => {
      if (element.matches(":focus-visible")) show();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape" && box) hide();
    };
    const heard: [string, EventListener][] = [
      ["pointerenter", later], ["pointerleave", hide], ["pointerdown", hide], ["focus", focus], ["blur", hide],
      ["keydown", key as EventListener],
    ];
    for (const [name, hear] of heard) element.addEventListener(name, hear);
    return () => {
      hide();
      for (const [name, hear] of heard) element.removeEventListener(name, hear);
    };
  };
}
