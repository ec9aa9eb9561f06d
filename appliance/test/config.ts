/** The environment of the appliance's tests. No other test reads it. */
/** What a program needs to start at all: none of its settings. */
export const bareEnvironment = (): Readonly<Record<string, string>> => {
  const { PATH = "", NODE_COMPILE_CACHE: cache } = process.env
  return { PATH, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) }
}
/** A tenth of the cases is enough, as of every property. */
export const isQuickRun = (): boolean => process.env.ISPVM_PROPERTY_RUNS === "quick"
