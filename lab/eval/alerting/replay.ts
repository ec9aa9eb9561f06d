/**
 * Replays rounds of faults to all other systems at once. In each round every network has faults of
 * its own, and then recovers.
 */
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

/** Numbers of faults at once; the rounds take turns. */
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

/** Reports one round and waits for the rest of its interval. Late rounds are not caught up. */
export const probeOnce = async (
  { systems, timing }: ReplayContext,
  round: ProbeRound,
): Promise<void> => {
  const began = performance.now()
  await Promise.all(systems.map((system) => system.report(round)))
  await wait(Math.max(0, timing.probeIntervalMs - (performance.now() - began)))
}

/** Reports everything up until all systems have recovered. */
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
    () => {
      const names = context.systems.map(({ name }) => name).join(" or ")
      return `${names} did not recover within ${RECOVERY_TIMEOUT_MS / 1_000} s`
    },
  )
}

/** All networks at once, each with its own faults. */
const replayRound = async (context: ReplayContext, cases: readonly Case[]): Promise<void> => {
  const { systems, timing } = context
  for (const system of systems) system.drainPages()
  const beganMs = Date.now()
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
        ofNetwork.map(({ names, recovered, atMs }) => ({
          names: names.map((name) => network.inventory.idOf.get(name) ?? name),
          recovered,
          afterMs: atMs - beganMs,
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
      `${seed} ${network.seed} ${round}`,
    )
    return { network, faults, timeline, pagesBySystem: new Map() }
  })

export type Replay = {
  readonly cases: readonly Case[]
  readonly lateMs: ReadonlyMap<string, number>
}
/** Starts the other systems, replays all rounds and stops them, also after an error or Ctrl-C. */
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
      const pagesOf = (name: string): number =>
        fresh.reduce((sum, { pagesBySystem }) => sum + (pagesBySystem.get(name)?.length ?? 0), 0)
      const paged = systems.map(({ name }) => `${name} ${pagesOf(name)}`)
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
