/**
 * `node routeros-scripts/src/make.ts --release 7.18.2 --profile edge --kind onboard` prints the
 * script of an example configuration. Exits 2 for wrong usage.
 */
import { parseArgs } from "node:util"
import {
  exampleConfig,
  makeScript,
  PROFILES,
  SCRIPTS,
  validationErrors,
} from "./companion/companion.ts"

const USAGE = `usage: make.ts --release 7.18.2 --profile ${PROFILES.join("|")} --kind ${SCRIPTS.join("|")}`

const usageError = (why: string): never => {
  console.error(`${why}\n${USAGE}`)
  process.exit(2)
}

const oneOf = <T extends string>(choices: readonly T[], name: string, text: string): T =>
  choices.find((each) => each === text) ?? usageError(`--${name}: no ${text}`)

const optionsIn = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        release: { type: "string", default: "7.18.2" },
        profile: { type: "string", default: "edge" },
        kind: { type: "string", default: "onboard" },
        /** The configuration is always the example. */
        example: { type: "boolean", default: true },
        help: { type: "boolean", default: false },
      },
    }).values
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error))
  }
}

const values = optionsIn(process.argv.slice(2))
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
const desired = exampleConfig(values.release, oneOf(PROFILES, "profile", values.profile))
const errors = validationErrors(desired)
if (errors.length > 0) usageError(errors.join("\n"))
const made = makeScript(oneOf(SCRIPTS, "kind", values.kind), desired)
process.stdout.write(made.text)
for (const { id, text } of made.remarks) console.error(`${id}: ${text}`)
