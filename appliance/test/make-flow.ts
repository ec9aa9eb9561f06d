/** Agents, devices and items for tests of the flow, with few required fields. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { type Batch, PROTOCOL } from "@ispvm/wire"
import { type AgentIdentity, createIngest } from "../src/flow/ingest/ingest.ts"
import type { Series } from "../src/flow/series/series.ts"
import { AgentId, type OrgId } from "../src/platform/ids.ts"
import { openSql } from "../src/platform/postgres/db.ts"
import { createOrg } from "../src/registry/orgs/orgs.ts"
import type { TestDatabase } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"

/** A recent full minute: the database creates partitions around its own clock. */
export const NOW = Math.floor(Date.now() / 60_000) * 60_000

export const makeOrg = async ({ dbs }: Pick<TestDatabase, "dbs">, name: string): Promise<OrgId> =>
  (await dbs.ui.sql.begin((tx) => createOrg(tx, name))).id

export const makeAgent = async (db: TestDatabase, org: OrgId): Promise<AgentIdentity> => {
  const name = `agent-${randomUUID().slice(0, 8)}`
  const [row] = await db.dbs.ui.asOrg(
    org,
    (tx) =>
      tx<
        { id: string; key: number }[]
      >`insert into agents.agent (org_id, name) values (${org}, ${name}) returning id, key`,
  )
  return { id: AgentId.parse(row?.id), key: row?.key ?? 0, org, name }
}

/** A device that is monitored by `agent`. */
export const makeMonitored = async (
  db: TestDatabase,
  agent: AgentIdentity,
  over: Parameters<typeof makeDevice>[0] = {},
): Promise<string> => {
  const device = makeDevice({ agentId: agent.id, ...over })
  return (await makeInventory(db).createDevice(makeActor(agent.org), device)).id
}

export const batchOf = (items: readonly unknown[], sentAtMs = NOW): Batch => ({
  protocol: PROTOCOL,
  buffer: randomUUID(),
  number: 1,
  sentAtMs,
  items: [...items],
})

export const pingOf = (device: string, atMs: number, over: object = {}) => ({
  kind: "ping",
  device,
  atMs,
  answers: true,
  icmp: { sent: 1, received: 1, rttUs: 1_500, jitterUs: null },
  tcp: null,
  because: "round",
  ...over,
})
export const interfaceOf = (device: string, atMs: number, name: string, over: object = {}) => ({
  kind: "interface",
  device,
  interface: name,
  atMs,
  source: "routeros-api",
  running: true,
  disabled: false,
  rxBps: 1_000_000,
  txBps: 2_000_000,
  rxPps: 100,
  txPps: 200.5,
  errorsPs: 0,
  dropsPs: 0,
  ...over,
})
export const healthOf = (device: string, atMs: number, over: object = {}) => ({
  kind: "health",
  device,
  atMs,
  source: "routeros-api",
  uptimeS: 3_600,
  cpuRatio: 0.25,
  memoryUsedByte: 256,
  memoryTotalByte: 1_024,
  diskUsedByte: null,
  diskTotalByte: null,
  ...over,
})
export const sensorOf = (
  device: string,
  atMs: number,
  sensor: string,
  unit: string,
  value: number,
) => ({
  kind: "sensor",
  device,
  sensor,
  atMs,
  source: "snmp",
  unit,
  value,
})
export const eventOf = (device: string, atMs: number, over: object = {}) => ({
  kind: "event",
  id: randomUUID(),
  device,
  name: "log",
  atMs,
  source: "syslog",
  severity: "info",
  interface: null,
  message: "hello",
  attributes: {},
  ...over,
})
export const factsOf = (
  device: string,
  atMs: number,
  ports: readonly { name: string; dynamic: boolean }[],
) => ({
  kind: "facts",
  device,
  atMs,
  source: "routeros-api",
  identity: "r1",
  vendor: "MikroTik",
  board: null,
  version: null,
  architecture: null,
  serial: null,
  interfaces: ports.map((port) => ({
    type: "ether",
    mac: null,
    comment: null,
    mtu: null,
    speedBps: null,
    ifIndex: null,
    ...port,
  })),
})

/** Stores items as ingest would, but directly in `series`; fails if one is rejected. */
export const ingestInto = async (
  db: TestDatabase,
  series: Series,
  agent: AgentIdentity,
  items: readonly object[],
  nowMs = NOW,
): Promise<void> => {
  const ingest = createIngest({
    db: db.dbs.ingest,
    clock: { now: () => nowMs },
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [series.write],
    counters: { items: () => undefined, batch: () => undefined },
  })
  for (let at = 0; at < items.length; at += 5_000) {
    const { ack } = await ingest.accept(agent, batchOf(items.slice(at, at + 5_000), nowMs))
    if (ack.rejected.length > 0) throw new Error(`refused: ${JSON.stringify(ack.rejected[0])}`)
  }
}

/** The first row of a statement that only the owner of the tables may run. */
export const asOwner = async <T>(db: TestDatabase, text: string): Promise<T> => {
  const sql = openSql(db.owner, { name: "test", max: 1 })
  try {
    const [row] = await sql.unsafe<T[] & readonly object[]>(text)
    assert.ok(row)
    return row as T
  } finally {
    await sql.end()
  }
}
