/**
 * The same faults under the same looks before ours, before Nagios 4 with parents and before Alertmanager with inhibition rules, all three
 * configured from the same graphs: pages a fault, faults that no page names, pages that name nothing broken, recoveries never told.
 *   npm run bench -- peers [--networks 12] [--rounds 5] [--seed 1] [--settle 9] [--json FILE] [--quick]
 * Needs Debian's nagios4-core and prometheus-alertmanager. Both are started here, as nobody where we are root, in folders and on ports of
 * their own; no service of the system is touched. What each was given: lab/eval/peers/*-config.ts.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { replay } from "../eval/peers/arena.ts"
import { playOurs } from "../eval/peers/ours.ts"
import { paceOf, SETTLE } from "../eval/peers/pace.ts"
import { version } from "../eval/peers/peer.ts"
import { findPrograms } from "../eval/peers/programs.ts"
import { hostsOf, portsOf } from "../eval/peers/scene.ts"
import { readStages } from "../eval/peers/stages.ts"
import { ms, percentile } from "./figures.ts"
import { OURS, peersTable } from "./peers-table.ts"

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: { type: "string" },
      rounds: { type: "string" },
      seed: { type: "string", default: "1" },
      settle: { type: "string", default: `${SETTLE}` },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  })
  const programs = findPrograms()
  if ("missing" in programs) {
    console.error(`this bench holds ours against other systems, and ${programs.missing}`)
    return false
  }
  const [networks, rounds] = [Number(values.networks ?? (values.quick ? 4 : 12)), Number(values.rounds ?? (values.quick ? 1 : 5))]
  const [seed, pace] = [Number(values.seed), paceOf(Number(values.settle))]
  const { stages, note } = readStages(process.env.ISPVM_RECORDINGS, networks, seed)
  const scenes = stages.map(({ scene }) => scene)
  const [hosts, ports] = [scenes.flatMap(hostsOf).length, scenes.flatMap(portsOf).length]
  console.log(
    `${networks} ${note}, ${hosts} hosts and ${ports} ports that tell; ${rounds} rounds, seed ${seed}, settle ${pace.settle} looks; ` +
      `Nagios ${version(programs.nagios, ["--version"])}, Alertmanager ${version(programs.alertmanager, ["--version"])}`,
  )
  const { cases, lateMs } = await replay(programs, stages, { rounds, seed, pace })
  const took: number[] = []
  for (const { stage, play, told } of cases)
    told.set(
      OURS,
      playOurs(stage.scene.world, play, pace, (tookMs) => took.push(tookMs)),
    )
  console.log(peersTable(cases))
  const late = [...lateMs].map(([name, worst]) => `${name} ${ms(worst)}`).join(", ")
  const isLate = [...lateMs.values()].some((worst) => worst > pace.lookMs)
  console.log(`behind their schedule at worst: ${late}${isLate ? "; this machine was too busy: run it again" : ""}`)
  console.log(`ours: ${took.length} answers, p50 ${ms(percentile(took, 50))}, p95 ${ms(percentile(took, 95))}`)
  if (values.json !== undefined) {
    const lines = cases.map(({ stage, faults, play, told }) => ({
      network: stage.shape,
      form: stage.form,
      faults,
      truth: play.truth,
      told: Object.fromEntries(told),
    }))
    writeFileSync(values.json, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
  }
  return true
}
