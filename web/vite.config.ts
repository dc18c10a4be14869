import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const node = process.env.ORBIT_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  build: { assetsInlineLimit: 0, sourcemap: false, target: "es2023", chunkSizeWarningLimit: 700 },
  // While working on the page it is served here, and everything else by the node behind it: as if from one origin.
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: { "/v1": { target: node, ws: true, changeOrigin: true, headers: { origin: node } } },
  },
});
