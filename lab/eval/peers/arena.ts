/** Rounds of faults, played before all other systems at once: every network has faults of its own, then all is well again. */
import { UP } from "../world.ts"
import { startAlertmanager } from "./alertmanager.ts"
import type { Told } from "./count.ts"
import { startNagios } from "./nagios.ts"
import type { Pace } from "./pace.ts"
import { type Looks, type Peer, until, wait } from "./peer.ts"
import { makePlay, type Play } from "./play.ts"
import { type Programs, peerAccount } from "./programs.ts"
import type { Scene } from "./scene.ts"
import type { Stage } from "./stages.ts"

/** Faults at once: another number each round, again and again. */
export const FAULTS = [1, 2, 3]
const CALM_MS = 60_000
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export type Case = {
  readonly stage: Stage
  readonly faults: number
  readonly play: Play
  /** By system. */
  readonly told: Map<string, readonly Told[]>
}
export type Run = { readonly rounds: number; readonly seed: number; readonly pace: Pace }
export type Arena = { readonly peers: readonly Peer[]; readonly pace: Pace }

export const allUp = (scenes: readonly Scene[]): Looks =>
  new Map(scenes.map((scene) => [scene, new Uint8Array(scene.targets.length).fill(UP)]))

/** Takes the time of one look; a look that came late is not made up for. */
export const lookOnce = async ({ peers, pace }: Arena, looks: Looks): Promise<void> => {
  const began = performance.now()
  await Promise.all(peers.map((peer) => peer.tell(looks)))
  await wait(Math.max(0, pace.lookMs - (performance.now() - began)))
}

/** All is well, and is looked at, until each of them has said so. */
export const calm = async (arena: Arena, scenes: readonly Scene[]): Promise<void> => {
  const looks = allUp(scenes)
  await until(
    async () => {
      await lookOnce(arena, looks)
      return (await Promise.all(arena.peers.map((peer) => peer.isCalm()))).every(Boolean)
    },
    CALM_MS,
    () => `${arena.peers.map(({ name }) => name).join(" or ")} did not find all well within ${CALM_MS / 1_000} s`,
  )
}

/** All networks at once, each with faults of its own. */
const playRound = async (arena: Arena, cases: readonly Case[]): Promise<void> => {
  const { peers, pace } = arena
  for (const peer of peers) peer.takePages()
  for (let time = 0; time < pace.lifetime + pace.aftermath; time += 1)
    await lookOnce(arena, new Map(cases.map(({ stage, play }) => [stage.scene, play.looks[time] ?? new Uint8Array()])))
  await calm(
    arena,
    cases.map(({ stage }) => stage.scene),
  )
  for (const peer of peers) {
    const pages = peer.takePages()
    for (const { stage, told } of cases) {
      const ofScene = pages.filter(({ scene }) => scene === stage.scene.name)
      told.set(
        peer.name,
        ofScene.map(({ names, recovered }) => ({ names: names.map((name) => stage.scene.idOf.get(name) ?? name), recovered })),
      )
    }
  }
}

const drawCases = (stages: readonly Stage[], round: number, { seed, pace }: Run): Case[] =>
  stages.map((stage, i) => {
    const faults = FAULTS[(round + i) % FAULTS.length] ?? 1
    const play = makePlay(stage.scene.world, faults, pace, `${seed} ${stage.shape} ${stage.form} ${round}`)
    return { stage, faults, play, told: new Map() }
  })

export type Replay = { readonly cases: readonly Case[]; readonly lateMs: ReadonlyMap<string, number> }
/** Starts the others, plays all rounds before them, and ends them again, also after a fault or a Ctrl-C. */
export const replay = async (programs: Programs, stages: readonly Stage[], run: Run): Promise<Replay> => {
  const { rounds, pace } = run
  const scenes = stages.map(({ scene }) => scene)
  const account = peerAccount()
  const peers: Peer[] = []
  const stop = async (): Promise<void> => void (await Promise.all(peers.map((peer) => peer.stop())))
  const quit = (): void => void stop().finally(() => process.exit(130))
  for (const signal of SIGNALS) process.once(signal, quit)
  try {
    peers.push(startNagios(programs.nagios, scenes, account, pace))
    peers.push(await startAlertmanager(programs.alertmanager, scenes, account, pace))
    await Promise.all(peers.map((peer) => peer.isUp()))
    await calm({ peers, pace }, scenes)
    const cases: Case[] = []
    for (let round = 0; round < rounds; round += 1) {
      const fresh = drawCases(stages, round, run)
      await playRound({ peers, pace }, fresh)
      cases.push(...fresh)
      const paged = peers.map(({ name }) => `${name} ${fresh.reduce((sum, { told }) => sum + (told.get(name)?.length ?? 0), 0)}`)
      console.error(`round ${round + 1}/${rounds}: ${fresh.length} cases; pages: ${paged.join(", ")}`)
    }
    return { cases, lateMs: new Map(peers.map((peer) => [peer.name, peer.lateMs()])) }
  } finally {
    for (const signal of SIGNALS) process.off(signal, quit)
    await stop()
  }
}
