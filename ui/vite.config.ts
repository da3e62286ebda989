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
  test: {
    environment: "jsdom",
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
  },
}));
