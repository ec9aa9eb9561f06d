/** `npm run fuzz`: runs each parser of external text on broken inputs; exits 1 on a fault. */
import { parseArgs } from "node:util"
import { reportFailure, UserError } from "../../simulator/user-error.ts"
import { fuzz, growth } from "./fuzz.ts"
import { PARSERS } from "./parsers.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
})

const run = (): number => {
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
    const slow = growth(parser).filter(({ isLinear }) => !isLinear)
    const ran = fuzz(parser, inputs, seed)
    faults += slow.length + ran.faults.length
    const state = slow.length + ran.faults.length === 0 ? "ok  " : "FAIL"
    const perByte = ((ran.cpuUs * 1_000) / Math.max(1, ran.bytes)).toFixed(0)
    console.log(
      `${state}  ${parser.name.padEnd(24)} ${ran.inputs} inputs  ${(ran.bytes / 1e6).toFixed(1)} MB  ${perByte} ns a byte  ${(ran.grownBytes / 1e6).toFixed(1)} MB held`,
    )
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
  process.exitCode = run()
} catch (error) {
  reportFailure(error)
}
