/**
 * Batch -> Accepted: parsed, deduplicated, clock-checked, tied to an organisation and to known things, and stored. The ack exists
 * only after all of it is committed, and is said again word for word when the same batch comes again.
 */
import { Ack, type Batch, BUFFER_CONFLICT, type DeviceId, type Facts, type Item } from "@ispvm/wire"
import { isCompact } from "@ispvm/wire/compact"
import { FAMILIES, type Family } from "@ispvm/wire/families"
import type { Clock } from "../../platform/clock.ts"
import { conflict, HttpError } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Signal } from "../../platform/signal.ts"
import {
  type InventoryChange,
  type RenamedInterface,
  recordFacts,
} from "../../registry/inventory/inventory.ts"
import { aheadOf, windowAt } from "./clock.ts"
import { checkLedger, contentOf, ledgerNames } from "./ledger.ts"
import { createLookups, type Lookups } from "./lookups.ts"
import type { Accepted } from "./model.ts"
import {
  devicesIn,
  type ItemKinds,
  itemKinds,
  parseItems,
  rejectedReadings,
  type Sorted,
  sortItems,
} from "./parse.ts"
import { createReadingSamples, type ReadingSample, type ReadingSamples } from "./reading-samples.ts"
import { type InventoryChanges, resolveIds } from "./resolve-ids.ts"
import * as store from "./store.ts"
import { markUnevaluated } from "./unevaluated-store.ts"

/** The sender, as the agent API has authenticated it. */
export type AgentIdentity = {
  readonly id: AgentId
  readonly key: number
  readonly org: OrgId
  readonly name: string
}
/**
 * The sending process. `boot` is null for agents of earlier releases, which name none. `isSecond`:
 * as in `Accepted`.
 */
export type Sender = { readonly boot: string | null; readonly isSecond?: boolean }
/** A router that reports itself and nothing else. */
export type SelfReportingRouter = { readonly org: OrgId; readonly device: DeviceId }
/**
 * A push. `make` creates its items in the transaction that stores them, so that it can keep a
 * ledger there.
 */
export type Pushed = {
  readonly receivedAtMs: number
  readonly make: (tx: Tx, keepMs: number) => Promise<readonly Item[]>
}
export type Outcome = { readonly ack: Ack; readonly accepted: Accepted | null }

/** Ports per device: a stolen router key, or a router that renames its ports, fills no table. */
const MAX_PUSHED_PORTS = 1_000
const MAX_AGENT_PORTS = 20_000

export type IngestDeps = {
  readonly db: Db
  readonly clock: Clock
  /** Told, once committed, of devices and ports whose facts have changed. */
  readonly changes: Signal<InventoryChange>
  /** Series, events: what writes the accepted items. Run in this order, in one transaction with the ledger. */
  readonly writers: readonly ((tx: Tx, accepted: Accepted) => Promise<unknown>)[]
  /** Events that follow from what a batch brings; stored and evaluated with those that it has. */
  readonly notice?: (
    tx: Tx,
    accepted: Pick<Accepted, "org" | "rows" | "receivedAtMs">,
  ) => Promise<Accepted["events"]>
  readonly counters: IngestCounters
  /** A batch of this agent is stored: its items, and the bytes of each. */
  readonly onStored?: (agent: AgentId, items: readonly unknown[], sizes: readonly number[]) => void
  readonly families?: readonly Family[]
}
type Parts = IngestDeps & {
  readonly kinds: ItemKinds
  readonly readings: ReadingSamples
  readonly lookups: Lookups
}

/**
 * `outcome`: accepted, double, dynamic-port, too-many-ports, too-many-names, unknown-family (also counted as
 * malformed), or the reason of a rejection.
 */
export type IngestCounters = {
  readonly items: (outcome: string, count: number) => void
  readonly batch: (
    outcome: "new" | "repeated" | "failed" | "conflict" | "copy",
    seconds: number,
  ) => void
}

export { clearEvaluated, readUnevaluated } from "./unevaluated-store.ts"

export type Ingest = {
  /**
   * `accepted` is null for a batch that was stored before. Safe to call again after any failure. Throws 409 `buffer-conflict` where
   * another content is stored under this name.
   */
  readonly accept: (agent: AgentIdentity, batch: Batch, sender?: Sender) => Promise<Outcome>
  /**
   * What a router says of itself. Null where there is no such device any more. `make` may be run again from the start, and what it has
   * written then never was.
   */
  readonly push: (router: SelfReportingRouter, pushed: Pushed) => Promise<Accepted | null>
  /** Forgets what cannot be asked for again. */
  readonly prune: (org: OrgId) => Promise<number>
}

const UNNAMED: Sender = { boot: null }
type Stored = Outcome & {
  readonly sorted: Sorted | null
  readonly inventoryChanges: InventoryChanges
  /** Samples of families that are not known. */
  readonly unknown: number
  /** Bytes of each item. */
  readonly sizes: readonly number[]
  readonly made: readonly ReadingSample[]
  readonly outcome: "new" | "repeated" | "copy"
}
const conflictSentence = ({ buffer, number }: Batch): string =>
  `Another content is stored as batch ${number} of buffer ${buffer}: the agent's data was copied or restored. Send it under a new buffer id.`

// 40P01: two transactions waited for each other, 40001: could not be ordered, 23503: a device went while its batch was being stored.
// All three leave nothing behind, and the second look finds the world as it is then.
const RETRY_CODES = new Set(["40P01", "40001", "23503"])
/** A sample is stored already. */
const REPEATED = "23505"
/** `mayRepeat`: as in `Accepted`. */
const withRetries = async <T>(unit: (mayRepeat: boolean) => Promise<T>): Promise<T> => {
  let mayRepeat = false
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unit(mayRepeat)
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : ""
      if (code === REPEATED && !mayRepeat) mayRepeat = true
      else if (attempt >= 3 || !RETRY_CODES.has(code)) throw error
    }
  }
}

const retentionOf = ({ families }: ItemKinds, kind: string): string =>
  families.get(kind)?.storage.retention ?? "raw"

/** The answer to a batch that was stored before, and nothing else of it. */
const storedBefore = (ack: unknown): Stored => ({
  ack: Ack.parse(ack),
  accepted: null,
  sorted: null,
  inventoryChanges: new Map(),
  unknown: 0,
  sizes: [],
  made: [],
  outcome: "repeated",
})

const ackOf = ({ protocol, buffer, number, items }: Batch, rejected: Ack["rejected"]): Ack => ({
  protocol,
  buffer,
  number,
  accepted: items.length - rejected.length,
  rejected: rejected.toSorted((a, b) => a.index - b.index),
})

const recordAllFacts = async (
  tx: Tx,
  org: OrgId,
  all: readonly Facts[],
): Promise<{
  readonly inventoryChanges: InventoryChanges
  readonly renamed: readonly RenamedInterface[]
}> => {
  const inventoryChanges: InventoryChanges = new Map()
  const names: RenamedInterface[] = []
  for (const facts of all) {
    const { changed, renamed } = await recordFacts(tx, org, facts)
    names.push(...renamed)
    for (const what of changed)
      inventoryChanges.set(`${what} ${facts.device}`, { org, what, id: facts.device })
  }
  return { inventoryChanges, renamed: names }
}

const acceptOnce = async (
  { db, clock, writers, counters, kinds, readings, lookups, notice }: Parts,
  agent: AgentIdentity,
  batch: Batch,
  { boot, isSecond = false }: Sender,
  mayRepeat: boolean,
): Promise<Stored> => {
  const receivedAtMs = clock.now()
  const { content, sizes } = contentOf(batch)
  const { skewMs, move } = aheadOf(batch.sentAtMs, receivedAtMs)
  const isValid = isCompact(batch) ? batch.isValid : []
  const shape = parseItems(batch.items, move, kinds, isValid) // outside the transaction: it needs none, and 5,000 items take their time
  return await db.asOrg(agent.org, async (tx) => {
    const { org, id } = agent
    const named = { org, agent: id, names: ledgerNames(batch.buffer), number: batch.number }
    const { ledger, keep, inventoryVersion } = await store.beginBatch(tx, named)
    const name = checkLedger(batch, content, ledger, boot !== null)
    if (name.kind === "known") return storedBefore(name.ack)
    if (name.kind === "conflict") throw conflict(BUFFER_CONFLICT, conflictSentence(batch))

    const at = { tx, org: agent.org, version: inventoryVersion }
    const devices = await lookups.devices(at, devicesIn(shape.parsed), agent.id)
    const windowOf = (kind: string) => windowAt(receivedAtMs, keep(retentionOf(kinds, kind)))
    const sorted = sortItems(shape.parsed, devices, agent.id, windowOf, kinds)
    const { inventoryChanges, renamed } = await recordAllFacts(tx, agent.org, sorted.facts)
    const resolved = await resolveIds(tx, agent.org, sorted, devices, inventoryChanges, {
      kinds,
      maxPorts: MAX_AGENT_PORTS,
      findPorts: (ports) => lookups.ports(at, ports),
      count: counters.items,
    })
    const made = kinds.families.has("reading") ? readings.of(agent.id, resolved, devices) : []
    const given = { org: agent.org, rows: sorted.rows, receivedAtMs }
    const noticed = (await notice?.(tx, given)) ?? []
    const accepted: Accepted = {
      org: agent.org,
      agent: { id: agent.id, key: agent.key, name: agent.name },
      router: null,
      receivedAtMs,
      isSecond,
      mayRepeat,
      rejected: rejectedReadings(batch.items, shape.rejected, sorted),
      skewMs,
      ...resolved,
      others: [...resolved.others, ...made],
      events: [...sorted.events, ...noticed],
      facts: sorted.facts,
      rows: sorted.rows,
      renamed,
    }
    for (const write of writers) await write(tx, accepted)
    await store.quarantine(tx, agent.org, agent.id, sorted.quarantined, receivedAtMs)
    const ack = ackOf(batch, [...shape.rejected, ...sorted.rejected])
    const entry = {
      buffer: name.buffer,
      content,
      ack,
      items: batch.items.length,
      nowMs: receivedAtMs,
    }
    await store.writeLedger(tx, agent.org, agent.id, entry)
    const marked = { ...accepted, mark: await markUnevaluated(tx, accepted) }
    return {
      ack,
      accepted: marked,
      sorted,
      inventoryChanges,
      unknown: shape.unknown,
      sizes,
      made,
      outcome: name.reason === "copy" ? "copy" : "new",
    }
  })
}

const pushOnce = async (
  { db, writers, counters, kinds }: Parts,
  router: SelfReportingRouter,
  { receivedAtMs, make }: Pushed,
  mayRepeat: boolean,
) =>
  await db.asOrg(router.org, async (tx) => {
    const { org, device } = router
    const keepMs = await store.beginPush(tx, device)
    const row = (await store.knownDevices(tx, org, [device])).get(device)
    if (row === undefined) return null
    const { parsed, rejected } = parseItems(await make(tx, keepMs), undefined, kinds)
    // It reports itself: for its readings it is its own agent, and it is not a probe target.
    const self = new Map([[device, { ...row, agentId: device, targetId: null }]])
    const sorted = sortItems(parsed, self, device, () => windowAt(receivedAtMs, keepMs), kinds)
    const { inventoryChanges, renamed } = await recordAllFacts(tx, org, sorted.facts)
    const resolved = await resolveIds(tx, org, sorted, self, inventoryChanges, {
      kinds,
      maxPorts: MAX_PUSHED_PORTS,
      findPorts: (ports) => store.portIds(tx, org, ports),
      count: counters.items,
    })
    const { events, facts } = sorted
    const accepted: Accepted = {
      org,
      agent: null,
      router: device,
      receivedAtMs,
      mayRepeat,
      skewMs: 0,
      ...resolved,
      events,
      facts,
      renamed,
    }
    for (const write of writers) await write(tx, accepted)
    return {
      accepted: { ...accepted, mark: await markUnevaluated(tx, accepted) },
      sorted,
      rejected,
      inventoryChanges,
    }
  })

export const createIngest = (deps: IngestDeps): Ingest => {
  const { db, clock, changes, counters, families = FAMILIES } = deps
  const parts: Parts = {
    ...deps,
    kinds: itemKinds(families),
    readings: createReadingSamples(),
    lookups: createLookups(),
  }
  return {
    accept: async (agent, batch, sender = UNNAMED) => {
      const startedMs = performance.now()
      const seconds = () => (performance.now() - startedMs) / 1000
      try {
        const stored = await withRetries((mayRepeat) =>
          acceptOnce(parts, agent, batch, sender, mayRepeat),
        )
        const { sorted, inventoryChanges, ack, accepted, outcome, unknown } = stored
        counters.batch(outcome, seconds())
        if (sorted !== null) {
          counters.items("accepted", ack.accepted - sorted.duplicates)
          counters.items("double", sorted.duplicates)
          counters.items("unknown-family", unknown)
          for (const { reason } of ack.rejected) counters.items(reason, 1)
        }
        for (const change of inventoryChanges.values()) changes.emit(change)
        parts.readings.made(stored.made)
        if (sorted !== null) deps.onStored?.(agent.id, batch.items, stored.sizes)
        return { ack, accepted }
      } catch (error) {
        counters.batch(
          error instanceof HttpError && error.code === BUFFER_CONFLICT ? "conflict" : "failed",
          seconds(),
        )
        throw error
      }
    },
    push: async (router, pushed) => {
      const stored = await withRetries((mayRepeat) => pushOnce(parts, router, pushed, mayRepeat))
      if (stored === null) return null
      const { accepted, sorted, rejected, inventoryChanges } = stored
      counters.items("accepted", sorted.samples.length + sorted.events.length + sorted.facts.length)
      for (const { reason } of [...rejected, ...sorted.rejected]) counters.items(reason, 1)
      for (const change of inventoryChanges.values()) changes.emit(change)
      return accepted
    },
    prune: (org) => db.asOrg(org, (tx) => store.prune(tx, org, clock.now())),
  }
}
