/**
 * `npm run recordings`: plays every recording through the agent and compares what it reads, value
 * by value, with an independent reading of the same device.
 */
import { parseArgs } from "node:util"
import { recordingsFolder } from "../config.ts"
import { KINDS } from "./kinds.ts"
import { type Finding, tableOf, tallyBy } from "./result.ts"

const USAGE = `usage: npm run recordings -- [--kind KIND] [--only PART] [--list]

  --kind KIND   ${KINDS.map(({ name }) => name).join(", ")}; all if omitted
  --only PART   cases whose name contains PART
  --list        every difference, not only those that are ours

ISPVM_RECORDINGS names the folder of recordings.`

const run = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      kind: { type: "string" },
      only: { type: "string", default: "" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const folder = recordingsFolder()
  if (folder === undefined) {
    console.error("ISPVM_RECORDINGS is not set: there is nothing to compare")
    return 1
  }
  const kinds = KINDS.filter(({ name }) => values.kind === undefined || name === values.kind)
  const all: Finding[] = []
  for (const kind of kinds) {
    const findings: Finding[] = []
    for (const name of kind.cases(folder).filter((each) => each.includes(values.only)))
      findings.push(...(await kind.compare(folder, name)))
    console.log(
      `${tableOf(
        `${kind.name}: family`,
        tallyBy(findings, (f) => f.family),
      )}\n`,
    )
    console.log(
      `${tableOf(
        `${kind.name}: vendor`,
        tallyBy(findings, (f) => f.vendor),
      )}\n`,
    )
    all.push(...findings)
  }
  const ours = all.filter(({ cause }) => cause === "ours")
  for (const { cause, device, family, what, expected, got } of values.list
    ? all.filter((each) => each.cause !== null)
    : ours)
    console.log(`${cause}: ${device} ${family} ${what}: expected ${expected}, got ${got}`)
  if (all.length === 0) {
    console.error("no case was compared")
    return 1
  }
  console.log(ours.length === 0 ? "no difference is ours" : `${ours.length} differences are ours`)
  return ours.length === 0 ? 0 : 1
}

process.exitCode = await run()
