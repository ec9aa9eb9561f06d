/**
 * Loaded into every test process (`--import`). Scales the number of runs of every fast-check
 * property by ISPVM_PROPERTY_RUNS: unset changes nothing, `quick` runs a tenth, a number multiplies.
 * In `npm run soak`, properties note how far they are.
 */
import { registerHooks } from "node:module"
import { propertyRuns, soakNotesFile } from "./config.ts"

const MIN_QUICK_RUNS = 5
/** fast-check's own default. */
export const DEFAULT_RUNS = 100

/** Runs of a property that asks for `runs`. Throws if `setting` is neither `quick` nor a number. */
export const scaledRuns = (runs: number, setting: string | undefined): number => {
  if (setting === undefined || setting === "") return runs
  if (setting === "quick") return Math.min(runs, Math.max(MIN_QUICK_RUNS, Math.ceil(runs / 10)))
  const factor = Number(setting)
  if (!(factor > 0))
    throw new Error(`ISPVM_PROPERTY_RUNS is "${setting}"; expected "quick" or a number above 0`)
  return Math.max(1, Math.round(runs * factor))
}

const wrapper = new URL("property-runs-fast-check.ts", import.meta.url).href

// An ES module's exports cannot be replaced, so tests get a module that wraps fast-check.
if ((propertyRuns() ?? "") !== "" || soakNotesFile() !== undefined)
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "fast-check" && context.parentURL !== wrapper
        ? { url: wrapper, shortCircuit: true }
        : next(specifier, context),
  })
