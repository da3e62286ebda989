// Colours for the query language. The parser of the backend decides what is right; this only paints.
import { StreamLanguage, syntaxHighlighting, type StringStream } from "@codemirror/language";
import { tagHighlighter, tags } from "@lezer/highlight";

interface State {
  /** A value is expected: the colon of a field was read. */
  value: boolean;
}

const WORD = /^(?:\\.|[^\s()[\]{}":\\])+/;
/** A value runs to the next space: ARNs and IPv6 addresses hold colons. */
const VALUE = /^(?:\\.|[^\s()[\]{}"\\])+/;
const NUMERIC = /^[-+]?[\d][\d.:/TZ+-]*[%\w]*$/;

function readString(stream: StringStream): string {
  stream.next();
  while (!stream.eol()) {
    const char = stream.next();
    if (char === "\\") stream.next();
    else if (char === '"') break;
  }
  return "string";
}

function token(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) {
    state.value = false;
    return null;
  }
  if (stream.peek() === '"') {
    state.value = false;
    return readString(stream);
  }
  if (state.value && stream.match(VALUE)) {
    state.value = false;
    return NUMERIC.test(stream.current()) ? "number" : "string";
  }
  if (stream.match(/^(?:AND|OR|NOT|TO|IN)(?=[\s()[\]{}]|$)/)) return "keyword";
  if (stream.match(/^[A-Za-z_][\w.]*(?=\s*:)/)) return "propertyName";
  if (stream.match(/^:[<>]?=?/)) {
    state.value = true;
    return "operator";
  }
  if (stream.match(/^[-+](?=\S)/) || stream.match(/^[()[\]{}^~<>=&|!]/)) return "operator";
  if (stream.match(WORD)) return NUMERIC.test(stream.current()) ? "number" : null;
  stream.next();
  return null;
}

export const queryLanguage = StreamLanguage.define<State>({
  name: "vestige-query",
  startState: () => ({ value: false }),
  token,
});

/** The classes are the design's. */
export const queryColours = syntaxHighlighting(tagHighlighter([
  { tag: tags.propertyName, class: "s-f" },
  { tag: tags.operator, class: "s-o" },
  { tag: tags.string, class: "s-s" },
  { tag: tags.number, class: "s-n" },
  { tag: tags.keyword, class: "s-k" },
]));
