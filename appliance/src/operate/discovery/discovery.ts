/**
 * Discovery: at times and on request, what devices report of each other is compared with the
 * inventory; what is missing there is proposed. Nothing is added without a person's decision, and
 * no run changes a decision.
 */
import type { z } from "zod"
import type {
  DecisionAnswer,
  DiscoveryAnswer,
  DiscoveryDecision,
  DiscoveryQuery,
  DiscoveryRun,
  Proposal,
  ProposalState,
} from "../../api/discovery.ts"
import { DeviceInput, LinkInput } from "../../api/inventory.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import type { Inventory } from "../../registry/inventory/inventory.ts"
import { startDiscoverThread } from "./discover-thread.ts"
import type { StoredProposal } from "./model.ts"
import { candidatesOf, changesOf } from "./proposals.ts"
import * as store from "./store.ts"

export type Discovery = {
  readonly list: (org: OrgId, query: z.infer<typeof DiscoveryQuery>) => Promise<DiscoveryAnswer>
  /** One run of an organisation at a time: a second request waits for the first and shares it. */
  readonly run: (org: OrgId) => Promise<DiscoveryRun>
  readonly runFor: (actor: Actor) => Promise<DiscoveryRun>
  readonly decide: (actor: Actor, decision: DiscoveryDecision) => Promise<DecisionAnswer>
}
type Deps = {
  /** For what people wait for, and for runs. */
  readonly db: Db
  readonly jobs: Db
  readonly clock: Clock
  readonly inventory: Pick<Inventory, "createDevice" | "createLink" | "removeLink">
}

/** Devices whose tables are read by one statement. */
const PORTION = 50

const find = async ({ jobs, clock }: Deps, org: OrgId) => {
  const [ids, macs] = await jobs.asOrg(org, async (tx) => [
    await store.deviceIds(tx, org),
    await store.knownMacs(tx, org),
  ])
  const thread = startDiscoverThread()
  try {
    for (let at = 0; at < ids.length; at += PORTION) {
      const portion = ids.slice(at, at + PORTION)
      thread.add(await jobs.asOrg(org, (tx) => store.readReports(tx, org, portion, macs)))
    }
    return { devices: ids.length, discovered: await thread.discover(clock.now()) }
  } finally {
    await thread.stop()
  }
}

const runOnce = async (deps: Deps, org: OrgId): Promise<DiscoveryRun> => {
  const { jobs, clock } = deps
  const began = performance.now()
  const { devices, discovered } = await find(deps, org)
  return await jobs.asOrg(org, async (tx) => {
    const nowMs = clock.now()
    const links = await store.inventoryLinks(tx, org)
    const { candidates, confirmed } = candidatesOf(discovered, links)
    const changes = changesOf(candidates, {
      ...{ stored: await store.readProposals(tx, org), confirmed, nowMs },
      ids: new Set([...(await store.deviceIds(tx, org)), ...links.map(({ id }) => id)]),
      owned: new Set(await store.ownedAddresses(tx, org)),
    })
    await store.addProposals(tx, org, changes.add)
    await store.updateProposals(tx, org, changes.update)
    await store.markStale(tx, org, changes.stale)
    await store.removeProposals(tx, org, changes.remove)
    const removed = { by: null, nowMs, createdId: null }
    await store.decide(tx, org, changes.reject, "rejected", removed)
    const run: DiscoveryRun = {
      ...{ atMs: nowMs, tookMs: Math.round(performance.now() - began), devices },
      ...{ confirmed: confirmed.size, proposed: changes.add.length, dropped: discovered.dropped },
    }
    await store.writeRun(tx, org, run)
    return run
  })
}

const present = ({ key, content, ...rest }: StoredProposal): Proposal => ({
  ...rest,
  ...content,
  macs: [...rest.macs],
  ends: [...content.ends],
  evidence: [...content.evidence],
})

/** What is accepted, as the inventory takes it; a text if it cannot be. */
const linkInput = ({ content }: StoredProposal): z.input<typeof LinkInput> | string => {
  const [a, b] = content.ends.map(({ deviceId, interface: name }) => ({
    deviceId,
    interface: name,
  }))
  if (a === undefined || b === undefined || a.deviceId === null || b.deviceId === null)
    return "an end is no device"
  const isRadio = content.sources.includes("radio")
  const medium = content.linkKind === "tunnel" ? "virtual" : isRadio ? "radio" : null
  return {
    a: { deviceId: a.deviceId, interface: a.interface },
    b: { deviceId: b.deviceId, interface: b.interface },
    medium,
  }
}
const isUsable = (address: string): boolean => !/^fe[89ab]/i.test(address)
const deviceInput = (
  { content }: StoredProposal,
  { siteId, agentId, credentialId }: DiscoveryDecision,
): z.input<typeof DeviceInput> | string => {
  const address = content.addresses.find(isUsable)
  if (address === undefined) return "no address is known at which it could be polled"
  // MNDP is MikroTik's own: such a device is read by its API, another one by SNMP.
  const isMikrotik = content.sources.includes("mndp")
  const methods = credentialId === null ? {} : isMikrotik ? { routerosApi: {} } : { snmp: {} }
  return { name: content.name ?? address, address, siteId, agentId, credentialId, methods }
}

/** Adds what is proposed to the inventory. Returns its id, or why it is not possible. */
const accept = async (
  { inventory }: Deps,
  actor: Actor,
  proposal: StoredProposal,
  decision: DiscoveryDecision,
): Promise<{ readonly id: string } | string> => {
  if (proposal.kind === "link") {
    const input = linkInput(proposal)
    return typeof input === "string"
      ? input
      : await inventory.createLink(actor, LinkInput.parse(input))
  }
  if (proposal.kind !== "device") return "this is shown, and cannot be added to the inventory"
  const input = deviceInput(proposal, decision)
  return typeof input === "string"
    ? input
    : await inventory.createDevice(actor, DeviceInput.parse(input))
}

/** Takes a decision back. Text: why it is not possible. */
const reopen = async (
  { inventory }: Deps,
  actor: Actor,
  { kind, state, createdId }: StoredProposal,
): Promise<string | null> => {
  if (state !== "accepted" || createdId === null) return null
  if (kind !== "link") return "remove the device on its own page"
  await inventory.removeLink(actor, createdId).catch((error: unknown) => {
    if (!(error instanceof HttpError && error.status === 404)) throw error
  })
  return null
}

type Outcome = { readonly createdId: string | null; readonly state: ProposalState } | string
const carryOut = async (
  deps: Deps,
  actor: Actor,
  proposal: StoredProposal,
  decision: DiscoveryDecision,
): Promise<Outcome> => {
  if (decision.decision === "reopen") {
    const why = await reopen(deps, actor, proposal)
    return why ?? { createdId: null, state: "open" }
  }
  if (proposal.state === "accepted") return "it is accepted already"
  if (decision.decision === "reject") return { createdId: null, state: "rejected" }
  const made = await accept(deps, actor, proposal, decision)
  return typeof made === "string" ? made : { createdId: made.id, state: "accepted" }
}

const labelOf = ({ content }: StoredProposal): string =>
  content.name ?? content.ends.map(({ name }) => name).join(" – ")

export const createDiscovery = (deps: Deps): Discovery => {
  const { db, clock } = deps
  const running = new Map<OrgId, Promise<DiscoveryRun>>()
  const run = (org: OrgId): Promise<DiscoveryRun> => {
    const current = running.get(org)
    if (current !== undefined) return current
    const next = runOnce(deps, org).finally(() => running.delete(org))
    running.set(org, next)
    return next
  }
  const decideOne = async (
    actor: Actor,
    id: string,
    decision: DiscoveryDecision,
  ): Promise<{ readonly id: string; readonly name: string; readonly detail: string } | null> => {
    const { org } = actor
    const proposal = (await db.asOrg(org, (tx) => store.readProposals(tx, org, { id })))[0]
    if (proposal === undefined) return { id, name: "", detail: "there is no such proposal" }
    const name = labelOf(proposal)
    try {
      const outcome = await carryOut(deps, actor, proposal, decision)
      if (typeof outcome === "string") return { id, name, detail: outcome }
      await db.asOrg(org, async (tx) => {
        const { state, createdId } = outcome
        await store.decide(tx, org, [id], state, { by: actor.email, nowMs: clock.now(), createdId })
        await write(tx, actor, `proposal.${DONE[decision.decision]}`, "proposal", id, { name })
      })
      return null
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      return { id, name, detail: error.message }
    }
  }
  return {
    run,
    runFor: async (actor) => {
      await db.asOrg(actor.org, (tx) => write(tx, actor, "discovery.run", "discovery", null, {}))
      return await run(actor.org)
    },
    list: (org, query) =>
      db.asOrg(org, async (tx) => ({
        items: (await store.readProposals(tx, org, query)).map(present),
        ...{ next: null, run: await store.readRun(tx, org) },
        counts: await store.countProposals(tx, org),
      })),
    decide: async (actor, decision) => {
      const failed: DecisionAnswer["failed"] = []
      const ids = [...new Set(decision.ids)]
      for (const id of ids) {
        const problem = await decideOne(actor, id, decision)
        if (problem !== null) failed.push(problem)
      }
      return { done: ids.length - failed.length, failed }
    },
  }
}
const DONE = { accept: "accepted", reject: "rejected", reopen: "reopened" } as const
