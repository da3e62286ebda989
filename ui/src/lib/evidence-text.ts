// Evidence may hold characters that are not seen, or that change the order of what is seen. They are named instead.

export interface Piece {
  text: string;
  /** Code point of a character that is shown by its name, for instance `U+202E`. */
  escaped?: string;
}

const hidden = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f" +
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff" +
    "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}\\p{Cs}\\p{Co}]",
  "gu",
);

const name = (char: string) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** Pieces of `text` in order; joined by `plainText` they are what is shown and copied as shown. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: match[0], escaped: name(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** The same as one string, for attributes (title, aria-label): `rep⟨U+202E⟩fdp.exe`. */
export const plainText = (text: string): string =>
  pieces(text).map((piece) => (piece.escaped ? `⟨${piece.escaped}⟩` : piece.text)).join("");
