// How somebody who has neither us nor the case verifies a package.
import type { Verification } from "../../platform/bindings";

const baseOf = (path: string) => path.split(/[\\/]/).at(-1) ?? path;
/** A word for a shell of POSIX, whatever is in it. */
export const quoted = (word: string): string => (/^[\w.,:@%+=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The five commands of the package's own README, with the names, key and pin of this one. */
export function fiveCommands(path: string, found: Verification): string[] {
  const zip = baseOf(path);
  const key = quoted(found.keys[0] ?? "KEY");
  const pin = quoted(`${found.size}:${found.root}`);
  return [
    `sha256sum -c ${quoted(`${zip}.sha256`)}`,
    `unzip -q ${quoted(zip)} -d package && cd package/*/`,
    "sha256sum --quiet -c manifest-sha256.txt && sha256sum --quiet -c tagmanifest-sha256.txt",
    `python3 data/verify/verify_custody.py data/custody --key ${key} --pin ${pin}`,
    `vestige verify ${quoted(`../../${zip}`)} --key ${key} --pin ${pin}`,
  ];
}
