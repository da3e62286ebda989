import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const hostile = "Evidence is hostile: show it as a text node (components/Text.svelte).";

export default ts.config(
  { ignores: ["dist/", "dist-gallery/", "node_modules/", "src/platform/bindings.ts"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "no-console": "error",
      eqeqeq: "error",
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@tauri-apps/*"], message: "Only platform/tauri.ts talks to the window's host." }] },
      ],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: hostile })),
      ],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"] } },
    rules: {
      "svelte/no-at-html-tags": "error",
      // A style attribute is refused by the content security policy; `style:name={value}` sets a property and is not.
      "no-restricted-syntax": ["error", { selector: 'SvelteAttribute[key.name="style"]', message: "Use a class, or style:name={value}." }],
      // State is replaced, not mutated: a plain Set in $state is intended.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  { files: ["src/platform/tauri.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["*.js", "*.ts"], languageOptions: { globals: { ...globals.node } } },
);
