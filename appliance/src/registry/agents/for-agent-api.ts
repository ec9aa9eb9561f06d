import { setTimeout as sleep } from "node:timers/promises"
import type { Signal } from "../../platform/signal.ts"
import { deliverAssignment } from "./assignment-delivery.ts"
import { checkCertificateRecord, checkPeerCertificate } from "./certificates.ts"
import { enrol, renew } from "./enrol.ts"
import type { AgentParts, AgentSeen, Agents, AgentsDeps } from "./model.ts"
import { findAgent } from "./store.ts"

type ForAgentApi = Pick<
  Agents,
  | "identify"
  | "enrol"
  | "renew"
  | "receive"
  | "noteFeatures"
  | "noteRedaction"
  | "isSecond"
  | "noteAck"
  | "noteConflict"
  | "assignment"
  | "takeTasks"
  | "complete"
  | "offerPackage"
  | "packagePiece"
>
/** A second process polls this often, so that it takes over soon after the first has ended. */
const SECOND_WAIT_MS = 5_000

const FIRST_RELEASE = {
  acceptsPreferred: false,
  acceptsRedaction: false,
  acceptsConfiguration: false,
} as const

export const forAgentApi = (
  deps: AgentsDeps,
  {
    liveness,
    tasks,
    features,
    problemTracker,
    packageOffers,
    disconnect,
    notifyChanged,
    reports,
    sent,
    seen,
  }: AgentParts & { readonly seen: Signal<AgentSeen> },
): ForAgentApi => {
  const { dbs, clock, authority, secrets, masterKey, collectorIntervals = {}, onError } = deps
  const delivery = {
    db: dbs.ingest,
    secrets,
    masterKey,
    collectorSetting: collectorIntervals,
    onError,
  }
  const enrolDeps = { db: dbs.ingest, clock, authority }
  return {
    identify: async (shown) => {
      const reason = checkPeerCertificate(shown, clock.now())
      if (reason !== "good") return { ok: false, reason }
      const found =
        shown === null ? null : await findAgent(dbs.ingest.sql, shown.serial, shown.fingerprint)
      const result = checkCertificateRecord(found, clock.now())
      if (found === null || result !== "good")
        return { ok: false, reason: result === "good" ? "certificate-unknown" : result }
      return { ok: true, agent: { id: found.id, key: found.key, org: found.org, name: found.name } }
    },
    enrol: async (request, address) => {
      const outcome = await enrol(enrolDeps, request, address)
      if (outcome.ok) {
        disconnect.emit(outcome.agent)
        notifyChanged(outcome.org, outcome.agent)
      }
      return outcome
    },
    renew: (agent, csrPem) => renew(enrolDeps, agent, csrPem),
    receive: (agent, heartbeat, address, boot = null) => {
      const atMs = clock.now()
      if (heartbeat !== null) sent.noteHeartbeat(agent.id, heartbeat)
      if (heartbeat !== null) problemTracker.receive(agent, heartbeat, address ?? "", boot)
      // The heartbeat of the first process is shown, so that the page does not alternate between
      // the two.
      const isShown = heartbeat === null || !problemTracker.isSecond(agent.id, boot)
      const isBack = liveness.receive(
        agent,
        atMs,
        isShown ? heartbeat : null,
        isShown ? address : undefined,
      )
      seen.emit({ org: agent.org, agentId: agent.id, atMs })
      if (isBack) notifyChanged(agent.org, agent.id)
    },
    noteFeatures: (agent, named) => {
      features.set(agent.id, named)
    },
    noteRedaction: (agent, report) => {
      if (report === null) reports.delete(agent.id)
      else reports.set(agent.id, report)
    },
    assignment: (agent, accepts = {}) =>
      deliverAssignment(delivery, agent, { ...FIRST_RELEASE, ...accepts }),
    isSecond: (agent, boot) => problemTracker.isSecond(agent.id, boot),
    noteAck: (agent, ack) => problemTracker.noteAck(agent, ack),
    noteConflict: (agent) => problemTracker.noteConflict(agent),
    takeTasks: async (agent, waitMs, signal, boot = null) => {
      if (!problemTracker.isSecond(agent.id, boot))
        return await tasks.take(agent.id, waitMs, signal)
      // Two polls of one agent would end each other endlessly and take each other's tasks.
      await sleep(Math.min(waitMs, SECOND_WAIT_MS), undefined, { signal }).catch(() => undefined)
      return []
    },
    complete: (agent, result) => {
      sent.noteResult(agent.id, result)
      return tasks.complete(agent.id, result)
    },
    offerPackage: (agent, own) => packageOffers.offer(agent.id, own),
    packagePiece: packageOffers.piece,
  }
}
