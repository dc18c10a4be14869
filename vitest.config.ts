import { defineConfig } from "vitest/config";

const resolve = { conditions: ["source"] };
const ssr = { resolve };

export default defineConfig({
  test: {
    projects: [
      { resolve, ssr, test: { name: "catalog", include: ["packages/catalog/src/**/*.test.ts"] } },
      { resolve, ssr, test: { name: "client", include: ["packages/client/src/**/*.test.ts"], environment: "jsdom" } },
      { resolve, ssr, test: { name: "react", include: ["packages/react/src/**/*.test.tsx"], environment: "jsdom" } },
      { resolve, ssr, test: { name: "real-node", include: ["e2e/client/**/*.test.ts"], testTimeout: 30_000 } },
      { resolve, ssr, test: { name: "convergence", include: ["e2e/convergence/**/*.test.ts"] } },
      { resolve, ssr, test: { name: "examples", include: ["examples/*/client/src/**/*.test.ts"] } },
    ],
  },
});
