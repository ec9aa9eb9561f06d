/** fast-check with a scaled number of runs. `property-runs.ts` puts it in fast-check's place. */
import fc, { type Parameters } from "fast-check"
import { propertyRuns } from "./config.ts"
import { DEFAULT_RUNS, scaledRuns } from "./property-runs.ts"

const scaled = (parameters: Parameters<unknown> = {}): Parameters<unknown> => ({
  ...parameters,
  numRuns: scaledRuns(
    parameters.numRuns ?? fc.readConfigureGlobal().numRuns ?? DEFAULT_RUNS,
    propertyRuns(),
  ),
})
/** A proxy keeps the overloads of the function. */
const scaling = <Run extends typeof fc.assert | typeof fc.check>(run: Run): Run =>
  new Proxy(run, {
    apply: (target, self, [property, parameters]) =>
      Reflect.apply(target, self, [property, scaled(parameters)]),
  })

export const assert = scaling(fc.assert)
export const check = scaling(fc.check)

export * from "fast-check"
export default { ...fc, assert, check }
