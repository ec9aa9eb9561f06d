import { resolve } from "node:path"
import { defineConfig } from "vite"

const here = import.meta.dirname

export default defineConfig({
  root: here,
  resolve: {
    // The component library brings a module that reports its use over the network; an appliance reports to nobody.
    alias: {
      "@vaadin/vaadin-usage-statistics/vaadin-usage-statistics.js": resolve(
        here,
        "src/app/no-statistics.ts",
      ),
    },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: { app: resolve(here, "index.html"), gallery: resolve(here, "gallery/index.html") },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
})
