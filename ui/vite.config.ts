import { resolve } from "node:path"
import { defineConfig, type Plugin } from "vite"

const here = import.meta.dirname

/**
 * The program starts after the texts, but its files can travel at the same time: without this the
 * browser learns of them when the texts have been read.
 */
const startEarly: Plugin = {
  name: "start-early",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle = {} }) => {
      const start = Object.values(bundle).find(
        (each) =>
          each.type === "chunk" && each.facadeModuleId === resolve(here, "src/app/start.ts"),
      )
      if (start?.type !== "chunk") return html
      return [start.fileName, ...start.imports]
        .filter((file) => !html.includes(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
          injectTo: "head" as const,
        }))
    },
  },
}

export default defineConfig({
  root: here,
  plugins: [startEarly],
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
