/** Rounds of faults, played before all other systems at once: every network has faults of its own, then all is well again. */
import { UP } from "../world.ts"
import { type AlertingSystem, type ProbeRound, until, wait } from "./alerting-system.ts"
import { startAlertmanager } from "./alertmanager.ts"
import type { ReportedPage } from "./count.ts"
import type { NetworkInventory } from "./inventory.ts"
import { startNagios } from "./nagios.ts"
import type { TestNetwork } from "./networks.ts"
import { type Programs, programAccount } from "./programs.ts"
import { makeTimeline, type Timeline } from "./timeline.ts"
import type { Timing } from "./timing.ts"

/** Faults at once: another number each round, again and again. */
export const FAULTS = [1, 2, 3]
const RECOVERY_TIMEOUT_MS = 60_000
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export type Case = {
  readonly network: TestNetwork
  readonly faults: number
  readonly timeline: Timeline
  /** By system. */
  readonly pagesBySystem: Map<string, readonly ReportedPage[]>
}
export type Run = { readonly rounds: number; readonly seed: number; readonly timing: Timing }
export type ReplayContext = { readonly systems: readonly AlertingSystem[]; readonly timing: Timing }

export const allUp = (inventories: readonly NetworkInventory[]): ProbeRound =>
  new Map(
    inventories.map((inventory) => [inventory, new Uint8Array(inventory.targets.length).fill(UP)]),
  )

/** Takes the time of one look; a look that came late is not made up for. */
export const probeOnce = async (
  { systems, timing }: ReplayContext,
  round: ProbeRound,
): Promise<void> => {
  const began = performance.now()
  await Promise.all(systems.map((system) => system.report(round)))
  await wait(Math.max(0, timing.probeIntervalMs - (performance.now() - began)))
}

/** All is well, and is looked at, until each of them has said so. */
export const untilRecovered = async (
  context: ReplayContext,
  inventories: readonly NetworkInventory[],
): Promise<void> => {
  const round = allUp(inventories)
  await until(
    async () => {
      await probeOnce(context, round)
      return (await Promise.all(context.systems.map((system) => system.isRecovered()))).every(
        Boolean,
      )
    },
    RECOVERY_TIMEOUT_MS,
    () =>
      `${context.systems.map(({ name }) => name).join(" or ")} did not find all well within ${RECOVERY_TIMEOUT_MS / 1_000} s`,
  )
}

/** All networks at once, each with faults of its own. */
const replayRound = async (context: ReplayContext, cases: readonly Case[]): Promise<void> => {
  const { systems, timing } = context
  for (const system of systems) system.drainPages()
  for (let time = 0; time < timing.faultRounds + timing.recoveryRounds; time += 1)
    await probeOnce(
      context,
      new Map(
        cases.map(({ network, timeline }) => [
          network.inventory,
          timeline.probeRounds[time] ?? new Uint8Array(),
        ]),
      ),
    )
  await untilRecovered(
    context,
    cases.map(({ network }) => network.inventory),
  )
  for (const system of systems) {
    const pages = system.drainPages()
    for (const { network, pagesBySystem } of cases) {
      const ofNetwork = pages.filter(({ networkName }) => networkName === network.inventory.name)
      pagesBySystem.set(
        system.name,
        ofNetwork.map(({ names, recovered }) => ({
          names: names.map((name) => network.inventory.idOf.get(name) ?? name),
          recovered,
        })),
      )
    }
  }
}

const drawCases = (
  networks: readonly TestNetwork[],
  round: number,
  { seed, timing }: Run,
): Case[] =>
  networks.map((network, i) => {
    const faults = FAULTS[(round + i) % FAULTS.length] ?? 1
    const timeline = makeTimeline(
      network.inventory.world,
      faults,
      timing,
      `${seed} ${network.shape} ${network.form} ${round}`,
    )
    return { network, faults, timeline, pagesBySystem: new Map() }
  })

export type Replay = {
  readonly cases: readonly Case[]
  readonly lateMs: ReadonlyMap<string, number>
}
/** Starts the others, plays all rounds before them, and ends them again, also after a fault or a Ctrl-C. */
export const replay = async (
  programs: Programs,
  networks: readonly TestNetwork[],
  run: Run,
): Promise<Replay> => {
  const { rounds, timing } = run
  const inventories = networks.map(({ inventory }) => inventory)
  const account = programAccount()
  const systems: AlertingSystem[] = []
  const stop = async (): Promise<void> =>
    void (await Promise.all(systems.map((system) => system.stop())))
  const quit = (): void => void stop().finally(() => process.exit(130))
  for (const signal of SIGNALS) process.once(signal, quit)
  try {
    systems.push(startNagios(programs.nagios, inventories, account, timing))
    systems.push(await startAlertmanager(programs.alertmanager, inventories, account, timing))
    await Promise.all(systems.map((system) => system.untilReady()))
    await untilRecovered({ systems, timing }, inventories)
    const cases: Case[] = []
    for (let round = 0; round < rounds; round += 1) {
      const fresh = drawCases(networks, round, run)
      await replayRound({ systems, timing }, fresh)
      cases.push(...fresh)
      const paged = systems.map(
        ({ name }) =>
          `${name} ${fresh.reduce((sum, { pagesBySystem }) => sum + (pagesBySystem.get(name)?.length ?? 0), 0)}`,
      )
      console.error(
        `round ${round + 1}/${rounds}: ${fresh.length} cases; pages: ${paged.join(", ")}`,
      )
    }
    return { cases, lateMs: new Map(systems.map((system) => [system.name, system.lateMs()])) }
  } finally {
    for (const signal of SIGNALS) process.off(signal, quit)
    await stop()
  }
}
