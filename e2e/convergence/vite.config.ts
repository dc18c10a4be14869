import { join } from "node:path";
import { defineConfig } from "vite";

// One file that Node.js runs, with the client's own sources in it.
export default defineConfig({
  root: import.meta.dirname,
  logLevel: "warn",
  ssr: { noExternal: [/^@orbit\//, "@tanstack/store"], resolve: { conditions: ["source"] } },
  build: {
    ssr: join(import.meta.dirname, "main.ts"),
    target: "node20",
    sourcemap: true,
    minify: false,
    emptyOutDir: true,
  },
});
