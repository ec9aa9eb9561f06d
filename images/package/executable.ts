/** The agent as one file, for a host without our packages: a bundle inside the pinned Node. */
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { inject } from "postject"
import { build as bundle } from "vite"
import type { Build } from "./stage.ts"

export const EXECUTABLE = "agent-executable"
/** Of Node: the name of the blob in the file, and the mark of a file that may carry one. */
const BLOB = "NODE_SEA_BLOB"
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"

/** One CommonJS file of the agent and all of its modules. */
const bundleAgent = async (tree: string, outDir: string): Promise<string> => {
  await bundle({
    root: tree,
    configFile: false,
    logLevel: "warn",
    ssr: { noExternal: true },
    build: {
      ssr: join(tree, "agent/src/main.ts"),
      outDir,
      target: "node24",
      minify: false,
      rolldownOptions: {
        // Comments name the files from here.
        cwd: tree,
        output: { format: "cjs", entryFileNames: "agent.cjs" },
      },
    },
  })
  return join(outDir, "agent.cjs")
}

/**
 * The blob has no code cache, so that it is the same for every architecture; Node makes it, and has
 * to be of the version that carries it. It contains the path of `main` as it is given: a name alone,
 * so that the folder of the build is not in it.
 */
const makeBlob = (main: string): Buffer => {
  const folder = dirname(main)
  const output = "agent.blob"
  const config = { main: basename(main), output, disableExperimentalSEAWarning: true }
  writeFileSync(join(folder, "sea.json"), JSON.stringify(config))
  execFileSync(process.execPath, ["--experimental-sea-config", "sea.json"], {
    cwd: folder,
    stdio: "pipe",
  })
  return readFileSync(join(folder, output))
}

/** Returns the file. `tree`: with the agent's modules. */
export const buildExecutable = async (build: Build): Promise<string> => {
  const { source, tree, architecture, node, work, outDir } = build
  const blob = makeBlob(await bundleAgent(tree, join(work, "bundle")))
  const file = join(outDir, `ispvm-agent-${source.version}-linux-${architecture}`)
  copyFileSync(join(node, "bin/node"), file)
  await inject(file, BLOB, blob, { sentinelFuse: FUSE })
  chmodSync(file, 0o755)
  utimesSync(file, source.epochS, source.epochS)
  return file
}
