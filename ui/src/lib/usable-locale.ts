// uPlot asks for a number format of `navigator.language` as soon as it is loaded. Under LANG=C WebKitGTK names the
// language `C`, which no format knows: the whole window would stay empty. Import this before uPlot.

/** True when formats can be made for this language. */
export function isUsable(language: string): boolean {
  try {
    new Intl.NumberFormat(language);
    return true;
  } catch {
    return false;
  }
}

if (!isUsable(navigator.language)) Object.defineProperty(navigator, "language", { configurable: true, value: "en-US" });
