/** `npm run fuzz`: runs each parser of external text on broken inputs; exits 1 on a fault. */
import { parseArgs } from "node:util"
import { mutations } from "../../config.ts"
import { reportFailure, UserError } from "../../simulator/user-error.ts"
import { fuzz, growth } from "./fuzz.ts"
import { PARSERS } from "./parsers.ts"

const HELP = `usage: npm run fuzz [-- PARSER ... --inputs N --seed N]

Runs all parsers of external text, or those named, on mutated inputs. Exits 1 on a fault.

  --inputs N  inputs per parser (100000; ISPVM_MUTATIONS sets another default)
  --seed N    seed of the mutations (1)
  --help      prints this text

Parsers: ${PARSERS.map(({ name }) => name).join(", ")}`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: "string", default: mutations() ?? "100000" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", short: "h", default: false },
  },
})

const run = async (): Promise<number> => {
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const [inputs, seed] = [Number(values.inputs), Number(values.seed)]
  if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed))
    throw new UserError("--inputs and --seed take whole numbers")
  const unknown = positionals.filter((name) => !PARSERS.some((parser) => parser.name === name))
  if (unknown.length > 0)
    throw new UserError(
      `no parser is called ${unknown.join(", ")}; there are: ${PARSERS.map(({ name }) => name).join(", ")}`,
    )
  let faults = 0
  for (const parser of PARSERS.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  )) {
    const slow = (await growth(parser)).filter(({ isLinear }) => !isLinear)
    const ran = await fuzz(parser, inputs, seed)
    faults += slow.length + ran.faults.length
    const state = slow.length + ran.faults.length === 0 ? "ok  " : "FAIL"
    const perByte = ((ran.cpuUs * 1_000) / Math.max(1, ran.bytes)).toFixed(0)
    const figures = [
      `${ran.inputs} inputs`,
      `${ran.faults.length} faults`,
      `longest ${ran.longestMs.toFixed(1)} ms`,
      `${(ran.bytes / 1e6).toFixed(1)} MB`,
      `${perByte} ns per byte`,
      `memory ${(ran.heapBytes / 1e6).toFixed(1)} MB, ${(ran.grownBytes / 1e6).toFixed(1)} MB more than after a tenth`,
    ]
    console.log(`${state}  ${parser.name.padEnd(24)} ${figures.join("  ")}`)
    for (const { at, smallUs, largeUs } of slow)
      console.log(
        `      not linear: hostile input ${at}: ${smallUs} µs, 16 times as large ${largeUs} µs`,
      )
    for (const { what, input } of ran.faults)
      console.log(`      ${what}\n      input (base64): ${input}`)
  }
  return faults === 0 ? 0 : 1
}

try {
  process.exitCode = await run()
} catch (error) {
  reportFailure(error)
}
