/** The part of `npm run bench -- rsc [--all]` that measures: see lab/bench/rsc.ts. */
import { join } from "node:path"
import { runBench } from "./check/bench/bench.ts"
import { recordingsFolder } from "./config.ts"

const recordings = recordingsFolder()
if (recordings === undefined) {
  console.error(
    "ISPVM_RECORDINGS is not set: no answers of real routers and no command trees, nothing to measure",
  )
  process.exit(2)
}
process.exitCode = runBench(join(recordings), process.argv.includes("--all")) ? 0 : 1
