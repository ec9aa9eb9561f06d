/**
 * `npm run peers [-- NAME …]`: independent programs beside the agent, and what both read or sent.
 * Each line can fail; exits 1 where one differs. What is not installed is named.
 */
import { parseArgs } from "node:util"
import { table } from "../bench/figures.ts"
import { reportFailure, UserError } from "../simulator/user-error.ts"
import { agentx } from "./agentx.ts"
import type { Check, Peer } from "./check.ts"
import { librouteros } from "./librouteros.ts"
import { snmpd } from "./snmpd.ts"
import { snmpsim } from "./snmpsim.ts"
import { syslog } from "./syslog.ts"
import { traps } from "./traps.ts"

const PEERS: readonly Peer[] = [librouteros, snmpd, snmpsim, agentx, syslog, traps]
const USAGE = `usage: npm run peers [-- NAME …]

  NAME  peers whose name contains it; all if omitted. There are:
        ${PEERS.map(({ name }) => name).join("\n        ")}

Independent programs read, answer and send beside the agent, and both have to agree. Exits 1 where
one differs, or where nothing could be run.`

const main = async (): Promise<number> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h", default: false } },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const peers = PEERS.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  )
  if (peers.length === 0) throw new UserError(USAGE)
  const checks: Check[] = []
  for (const { name, run } of peers) {
    console.error(`${name} …`)
    checks.push(...(await run()))
  }
  const count = (result: Check["result"]): number =>
    checks.filter((check) => check.result === result).length
  const head = ["peer", "what", "", "seen"]
  const lines = checks.map(({ peer, what, result, detail }) => [peer, what, result, detail])
  console.log(
    table([head, ...lines].map(([a = "", b = "", c = "", d = ""]) => [`${a}: ${b}`, c, d])),
  )
  console.log(
    `${count("ok")} agree, ${count("DIFFERENT")} differ, ${count("not run")} could not be run`,
  )
  return count("DIFFERENT") > 0 || count("ok") === 0 ? 1 : 0
}

main().then((code) => {
  process.exitCode = code
}, reportFailure)
