/** Fewest characters that the host takes. */
export const LEAST = 8;

export interface Strength {
  kind: "short" | "weak" | "fair" | "strong";
  words: string;
}

/** Bits that somebody has to guess who knows the kinds of characters; repeats count once. */
function bits(passphrase: string): number {
  const kinds: [RegExp, number][] = [[/[a-z]/, 26], [/[A-Z]/, 26], [/\d/, 10], [/[^a-zA-Z\d]/, 33]];
  const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(passphrase) ? size : 0), 0);
  const characters = [...passphrase];
  const telling = characters.filter((one, at) => one !== characters[at - 1] && one !== characters[at - 2]).length;
  return telling * Math.log2(Math.max(alphabet, 2));
}

/** How long a passphrase would hold, said plainly. An estimate from its length and kinds of characters. */
export function strength(passphrase: string): Strength {
  const length = [...passphrase].length;
  if (length < LEAST) return { kind: "short", words: `${length} of at least ${LEAST} characters` };
  const guess = bits(passphrase);
  if (guess < 50) return { kind: "weak", words: "Weak: somebody who has the key file guesses it in days. Add words" };
  if (guess < 80) return { kind: "fair", words: "Fair: somebody who has the key file needs years. Another word makes it strong" };
  return { kind: "strong", words: "Strong: guessing it is out of reach, if it is no known sentence" };
}
