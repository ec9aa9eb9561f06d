/**
 * fast-check with a scaled number of runs, which notes for `npm run soak` how far each property is.
 * `property-runs.ts` puts it in fast-check's place.
 */
import { appendFileSync } from "node:fs"
import { relative } from "node:path"
import { fileURLToPath } from "node:url"
import fc, { type Parameters } from "fast-check"
import { propertyRuns, soakNotesFile, soakSeed } from "./config.ts"
import { DEFAULT_RUNS, scaledRuns } from "./property-runs.ts"

const NOTE_EVERY_MS = 2_000
const ROOT = fileURLToPath(new URL("..", import.meta.url))
const MAX_SEED = 2 ** 31

const scaled = (parameters: Parameters<unknown> = {}): Parameters<unknown> => ({
  ...parameters,
  numRuns: scaledRuns(
    parameters.numRuns ?? fc.readConfigureGlobal().numRuns ?? DEFAULT_RUNS,
    propertyRuns(),
  ),
})

/** Where the test calls it: file and line. */
const callerOf = (stack = ""): string => {
  const found = stack
    .split("\n")
    .flatMap((line) => /\(?(file:\/\/\S+?\.test\.ts):(\d+):\d+\)?$/.exec(line) ?? [])
  const [, file, line] = found
  return file === undefined ? "?" : `${relative(ROOT, fileURLToPath(file))}:${line}`
}

type Runnable = { readonly run: (...given: unknown[]) => unknown }
const noting = (file: string, at: string, parameters: Parameters<unknown>) => {
  const { numRuns: of = DEFAULT_RUNS, seed = 0 } = parameters
  let [done, notedMs] = [0, Number.NEGATIVE_INFINITY]
  const note = (failed: string | null): void => {
    notedMs = performance.now()
    const line = { at, done: Math.min(done, of), of, seed: String(seed), failed }
    appendFileSync(file, `${JSON.stringify(line)}\n`)
  }
  return {
    note,
    counting: (property: unknown): unknown => {
      const { run } = property as Runnable
      return Object.create(property as object, {
        run: {
          value: (...given: unknown[]) => {
            if (performance.now() - notedMs > NOTE_EVERY_MS) note(null)
            done += 1
            return run.apply(property, given)
          },
        },
      })
    },
  }
}
/** Its message begins with seed and path of the counterexample. */
const failureOf = (error: unknown): string =>
  /\{[^}]*seed:[^}]*\}/.exec(String(error))?.[0] ?? String(error).split("\n")[0] ?? ""

/** A proxy keeps the overloads of the function. */
const scaling = <Run extends typeof fc.assert | typeof fc.check>(run: Run): Run =>
  new Proxy(run, {
    apply: (target, self, [property, given]) => {
      const file = soakNotesFile()
      const parameters = scaled(given)
      if (file === undefined) return Reflect.apply(target, self, [property, parameters])
      const seed = parameters.seed ?? soakSeed() ?? Math.floor(Math.random() * MAX_SEED)
      const seeded = { ...parameters, seed }
      const { note, counting } = noting(file, callerOf(new Error().stack), seeded)
      const failed = (error: unknown): never => {
        note(failureOf(error))
        throw error
      }
      try {
        const result = Reflect.apply(target, self, [counting(property), seeded])
        if (!(result instanceof Promise)) {
          note(null)
          return result
        }
        return result.then((value) => {
          note(null)
          return value
        }, failed)
      } catch (error) {
        return failed(error)
      }
    },
  })

export const assert = scaling(fc.assert)
export const check = scaling(fc.check)

export * from "fast-check"
export default { ...fc, assert, check }
