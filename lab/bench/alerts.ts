/**
 * Alert rules on 2,000 devices with 60,000 values every 10 s: our engine, and Debian's Prometheus
 * with the same 300 rules on the same values. Each runs twice at once, with the rules and without,
 * so that the difference is what rules cost. Both have to raise the same alerts. Ours also counts
 * 10,000 events a minute.
 *   npm run bench -- alerts [--devices 2000] [--seconds 120] [--events 10000] [--alone]
 * --alone measures ours only. Needs prometheus of Debian. CPU is that of the whole process; lag is
 * from the arrival of a batch until all rules have evaluated it.
 */

import { fork } from "node:child_process"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"
import { environment } from "../config.ts"
import { version } from "../eval/alerting/alerting-system.ts"
import { findProgram, programAccount } from "../eval/alerting/programs.ts"
import type { EnginePlan, EngineReport } from "./alerts-engine.ts"
import { expose, startPrometheus } from "./alerts-prometheus.ts"
import { benchRules, INTERVAL_MS, pairsOf } from "./alerts-world.ts"
import { ratio, table } from "./figures.ts"

/** Windows fill, and what has to hold for 30 s is raised. */
const WARMUP_MS = 60_000
/** All processes begin together, after they have started. */
const LEAD_MS = 15_000

const runEngine = (plan: EnginePlan): Promise<EngineReport> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, "alerts-engine.ts"), [JSON.stringify(plan)], {
      env: environment(),
    })
    child.once("message", (report) => resolve(report as EngineReport))
    child.once("exit", (code) => reject(new Error(`the engine ended with ${code}`)))
  })

type Theirs = {
  readonly cpuMs: number
  readonly idleCpuMs: number
  readonly rssByte: number
  /** Evaluations of a group. */
  readonly due: number
  readonly missed: number
  readonly raised: readonly string[]
  readonly version: string
}
const runPrometheus = async (program: string, plan: EnginePlan): Promise<Theirs> => {
  const account = programAccount()
  const exposed = await expose(plan.devices, plan.startMs)
  const started = await Promise.all([
    startPrometheus(program, account, exposed, benchRules()),
    startPrometheus(program, account, exposed, []),
  ])
  const [withRules, without] = started
  try {
    await delay(plan.startMs + plan.warmupMs - Date.now())
    const before = [withRules.cpuMs(), without.cpuMs()] as const
    const were = await withRules.iterations()
    await delay(plan.measureMs)
    const after = [withRules.cpuMs(), without.cpuMs()] as const
    const are = await withRules.iterations()
    const due = are.due - were.due
    return {
      ...{ cpuMs: after[0] - before[0], idleCpuMs: after[1] - before[1] },
      ...{ rssByte: withRules.rssByte(), due, missed: are.missed - were.missed },
      raised: await withRules.raised(),
      version: version(program, ["--version"]),
    }
  } finally {
    exposed.close()
    await Promise.all(started.map((one) => one.stop()))
  }
}

const difference = (one: readonly string[], other: readonly string[]): readonly string[] => {
  const known = new Set(other)
  return one.filter((each) => !known.has(each))
}
const mb = (byte: number): string => `${Math.round(byte / 1e6)} MB`

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: "string", default: "2000" },
      seconds: { type: "string", default: "120" },
      events: { type: "string", default: "10000" },
      alone: { type: "boolean", default: false },
    },
  })
  const program = values.alone ? null : findProgram("prometheus")
  if (program === undefined) {
    console.error("prometheus is missing. To install:\n  apt-get install prometheus")
    return false
  }
  const devices = Number(values.devices)
  const measureMs = Number(values.seconds) * 1_000
  const plan: EnginePlan = {
    ...{ devices, measureMs, warmupMs: WARMUP_MS, hasRules: true },
    ...{ eventsPerMinute: Number(values.events), startMs: Date.now() + LEAD_MS },
  }
  const [ours, without, theirs] = await Promise.all([
    runEngine(plan),
    runEngine({ ...plan, hasRules: false }),
    program === null ? null : runPrometheus(program, plan),
  ])
  return present(plan, ours, without, theirs)
}

/** Whether both raised the same and ours took less. */
const present = (
  plan: EnginePlan,
  ours: EngineReport,
  without: EngineReport,
  theirs: Theirs | null,
): boolean => {
  const { devices, measureMs, eventsPerMinute } = plan
  const pairs = (pairsOf(devices) * measureMs) / INTERVAL_MS
  const core = (cpuMs: number): string => `${((100 * cpuMs) / measureMs).toFixed(2)} %`
  const each = (cpuMs: number, share = 1): string =>
    `${((cpuMs * 1e6) / (pairs * share)).toFixed(0)} ns`
  const evaluated = theirs === null ? 1 : 1 - theirs.missed / theirs.due
  const ourRulesMs = ours.cpuMs - without.cpuMs
  const theirRulesMs = theirs === null ? Number.NaN : theirs.cpuMs - theirs.idleCpuMs
  const cell = (of: (found: Theirs) => string): string => (theirs === null ? "–" : of(theirs))
  console.log(
    `${devices} devices, ${benchRules().length} rules, every ${INTERVAL_MS / 1_000} s for ${measureMs / 1_000} s, ` +
      `${pairsOf(devices)} things looked at by rules in each interval; ours with ${eventsPerMinute} events a minute` +
      `${theirs === null ? "" : `; Prometheus ${theirs.version}`}\n`,
  )
  console.log(
    table([
      ["", "ours", "Prometheus", "theirs/ours"],
      [
        "CPU of one core, rules",
        core(ourRulesMs),
        cell(() => core(theirRulesMs)),
        ratio(theirRulesMs, ourRulesMs),
      ],
      [
        "CPU for each rule and thing",
        each(ourRulesMs),
        cell(() => each(theirRulesMs, evaluated)),
        ratio(theirRulesMs / evaluated, ourRulesMs),
      ],
      [
        "CPU of one core, all",
        core(ours.cpuMs),
        cell(({ cpuMs }) => core(cpuMs)),
        ratio(theirs?.cpuMs ?? Number.NaN, ours.cpuMs),
      ],
      [
        "memory",
        mb(ours.rssByte),
        cell(({ rssByte }) => mb(rssByte)),
        ratio(theirs?.rssByte ?? Number.NaN, ours.rssByte),
      ],
      ["heap", mb(ours.heapByte), "–", ""],
      ["raised alerts", `${ours.raised.length}`, cell(({ raised }) => `${raised.length}`), ""],
    ]),
  )
  console.log(
    `\nours: lag p99 ${ours.lagP99Ms.toFixed(1)} ms, ${ours.evaluations} evaluations` +
      `${theirs === null ? "" : `; Prometheus left out ${theirs.missed} of ${theirs.due} evaluations of a group`}`,
  )
  if (theirs === null) return true
  const [missed, extra] = [
    difference(theirs.raised, ours.raised),
    difference(ours.raised, theirs.raised),
  ]
  console.log(
    missed.length + extra.length === 0
      ? "both raised the same alerts"
      : `raised by Prometheus alone: ${missed.length} (${missed.slice(0, 3).join("; ")}); by us alone: ${extra.length} (${extra.slice(0, 3).join("; ")})`,
  )
  // A busy machine makes Prometheus leave out evaluations, and then it raises later.
  return theirs.missed > 0 || (missed.length + extra.length === 0 && ourRulesMs < theirRulesMs)
}
