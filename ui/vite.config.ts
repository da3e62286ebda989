import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The gallery shows every component in every state; it is built only by `npm run gallery`.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: "./",
  resolve: {
    alias: [{ find: /^style-mod$/, replacement: at("./src/lib/adopted-styles.ts") }],
    ...(mode === "test" ? { conditions: ["browser"] } : {}),
  },
  build: {
    outDir: mode === "gallery" ? "dist-gallery" : "dist",
    target: "safari16.4",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: mode === "gallery" ? at("./gallery.html") : at("./index.html") },
  },
  // The policy of the window, so that a preview shows what it would refuse.
  preview: {
    headers: { "Content-Security-Policy": "default-src 'self'; style-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'" },
  },
  test: {
    environment: "jsdom",
    testTimeout: 30_000,
    env: { DEBUG_PRINT_LIMIT: "0" },
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
  },
}));
