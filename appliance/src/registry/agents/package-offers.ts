/**
 * Which agent installs the release that the appliance has for agents: one after the other, the next
 * one once the one before runs it. A release that one agent has given up is offered to nobody else
 * until an operator asks for it. Kept in memory: after a restart each agent says again what it runs
 * and what it has given up.
 */
import type { OwnPackage, PackageOffer, PackagePiece } from "@ispvm/wire"
import type { Agent } from "../../api/agents.ts"
import type { AgentId } from "../../platform/ids.ts"

export type PackageRelease = {
  readonly version: string
  /** Of the packages it has. */
  readonly architectures: ReadonlySet<string>
}
export type PackageSource = {
  /** Null: there is none. Called with each heartbeat. */
  readonly release: () => PackageRelease | null
  /** Null: the release has no such file. */
  readonly piece: (file: string, offset: number) => Promise<PackagePiece | null>
  /** By Debian's rules. */
  readonly isLater: (one: string, other: string) => boolean
}
export const NO_PACKAGES: PackageSource = {
  release: () => null,
  piece: async () => null,
  isLater: () => false,
}

/** To fetch 50 MB through a slow line, install, and be alive. */
const TURN_MS = 30 * 60_000

type Deps = { readonly source: PackageSource; readonly steady: () => number }
export type PackageOffers = {
  /** Called with each heartbeat. `own` null: this agent cannot be updated. */
  readonly offer: (agent: AgentId, own: OwnPackage | null) => PackageOffer | null
  readonly piece: PackageSource["piece"]
  readonly stateOf: (agent: AgentId) => Agent["update"]
  /** The next turn is this agent's, whatever it has given up. */
  readonly retry: (agent: AgentId) => void
  readonly forget: (agent: AgentId) => void
}

const failedOn = ({ failed }: OwnPackage, { version }: PackageRelease): string | null =>
  failed?.version === version ? failed.reason : null

export const createPackageOffers = ({ source, steady }: Deps): PackageOffers => {
  const known = new Map<AgentId, OwnPackage>()
  /** Agents whose turn ended without a word, by the release they were offered. */
  const silent = new Map<AgentId, string>()
  let turn: { readonly agent: AgentId; readonly version: string; readonly sinceMs: number } | null =
    null
  let retried: AgentId | null = null

  const needs = (own: OwnPackage, release: PackageRelease): boolean =>
    release.architectures.has(own.architecture) && source.isLater(release.version, own.version)
  const reasonOf = (agent: AgentId, own: OwnPackage, release: PackageRelease): string | null =>
    failedOn(own, release) ?? (silent.get(agent) === release.version ? "no-answer" : null)
  const hasFailed = (release: PackageRelease): boolean =>
    [...known].some(([agent, own]) => needs(own, release) && reasonOf(agent, own, release) !== null)
  const endTurn = (agent: AgentId): void => {
    if (turn?.agent === agent) turn = null
  }
  /** Also for an agent that went away in the middle of it. */
  const endLateTurn = (): void => {
    if (turn === null || steady() - turn.sinceMs < TURN_MS) return
    silent.set(turn.agent, turn.version)
    turn = null
  }
  /** While its turn lasts, an agent that was asked again still names its earlier failure. */
  const mayHave = (agent: AgentId, own: OwnPackage, release: PackageRelease): boolean => {
    if (turn !== null) return turn.agent === agent && turn.version === release.version
    if (retried === agent) return true
    return reasonOf(agent, own, release) === null && !hasFailed(release)
  }
  return {
    offer: (agent, own) => {
      if (own === null) {
        known.delete(agent)
        return null
      }
      const before = known.get(agent)
      known.set(agent, own)
      const release = source.release()
      if (release === null || !needs(own, release)) {
        endTurn(agent)
        silent.delete(agent)
        return null
      }
      endLateTurn()
      const hasGivenUp = failedOn(own, release) !== null && before?.failed === null
      if (hasGivenUp) endTurn(agent)
      if (!mayHave(agent, own, release)) return null
      if (turn === null) {
        turn = { agent, version: release.version, sinceMs: steady() }
        silent.delete(agent)
        retried = null
      }
      return { version: release.version }
    },
    piece: source.piece,
    stateOf: (agent) => {
      const own = known.get(agent)
      const release = source.release()
      if (own === undefined || release === null) return null
      const { version } = release
      if (!needs(own, release)) return { state: "current", version, reason: null }
      if (turn?.agent === agent) return { state: "updating", version, reason: null }
      const reason = reasonOf(agent, own, release)
      return { state: reason === null ? "waiting" : "failed", version, reason }
    },
    retry: (agent) => {
      retried = agent
    },
    forget: (agent) => {
      known.delete(agent)
      silent.delete(agent)
      endTurn(agent)
    },
  }
}
