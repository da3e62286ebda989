// Keys are written as people read them: `j`, `?`, `Enter`, `Ctrl+K`, `Alt+Left`, `Shift+Tab`.

const names: Record<string, string> = {
  ArrowLeft: "Left", ArrowRight: "Right", ArrowUp: "Up", ArrowDown: "Down", Escape: "Esc", " ": "Space",
};

/** The name of a pressed key. A character typed with AltGr is that character, whatever the layout needs for it. */
export function keyName(event: KeyboardEvent): string {
  const key = names[event.key] ?? event.key;
  const char = [...key].length === 1;
  if (event.getModifierState("AltGraph") && char) return key;
  const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt"].filter(Boolean);
  if (char && held.length === 0) return key;
  if (event.shiftKey) held.push("Shift");
  return [...held, char ? key.toUpperCase() : key].join("+");
}

const textual = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=range]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=combobox], [role=menu], [role=listbox]";

/** True where single letters are text (or typeahead in a menu), so that no action may take them. */
export const isTyping = (event: KeyboardEvent): boolean => event.target instanceof Element && event.target.closest(textual) !== null;

/** True while a modal dialog is open: only actions that say `modal` run then. */
export const modalOpen = (): boolean =>
  document.querySelector("[role=dialog][aria-modal=true], [role=alertdialog][aria-modal=true], [data-modal][data-state=open]") !== null;
