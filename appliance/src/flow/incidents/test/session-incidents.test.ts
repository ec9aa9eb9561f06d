/** A route reflector with many clients loses all sessions: one incident, at a bearable price. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { DeviceId, IncidentId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import {
  AGENT,
  ORG,
  packSet,
  probe,
  ruleWorld,
  START_MS,
} from "../../alerts/rules/test/rule-world.ts"
import type { SessionEnd } from "../../alerts/session-ends.ts"
import { createSessions } from "../../alerts/sessions.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Incident } from "../model.ts"

const CLIENTS = 1_000
const clients = Array.from({ length: CLIENTS }, (_, index) => index + 1)
const device = (n: number): DeviceId =>
  DeviceId.parse(`00000000-0000-4000-9000-${String(n).padStart(12, "0")}`)
const address = (n: number): string => `10.0.${n >> 8}.${n & 255}`
const end = (of: number, name: string, to: number): SessionEnd => ({
  ...{ device: device(of), protocol: "bgp", name, interface: null, isGone: false },
  ...{ remoteAddress: address(to), localAddress: null, routerId: null },
  ...{ remoteAs: null, localAs: null },
})
const topology = buildTopology(
  [0, ...clients].map((n) => ({
    ...{ id: device(n), name: n === 0 ? "reflector" : `client-${n}`, roles: [] },
    ...{ agentId: AGENT, siteId: null, reportsEveryS: null },
  })),
  [],
  [{ id: AGENT, name: "A", deviceId: device(0), siteId: null }],
  [],
)
const sampleOf = (of: number, peer: string, atMs: number) => ({
  ...{ kind: "bgp", device: device(of), deviceKey: 1, atMs, source: "routeros-api" },
  ...{ peer, state: atMs === START_MS ? "established" : "active", disabled: false },
})

test("a router that loses a thousand sessions has one incident, and both ends of each are in it", async () => {
  const sessions = createSessions(async () => ({
    ends: clients.flatMap((n) => [end(0, `to-${n}`, n), end(n, "up", 0)]),
    addresses: [0, ...clients].map((n) => ({ device: device(n), address: address(n) })),
  }))
  await sessions.load(undefined as unknown as Tx, ORG, START_MS)
  const world = ruleWorld(packSet(), { topology })
  const engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  const incidents = new Map<string, Incident>()
  const before = process.cpuUsage()
  for (let atMs = START_MS; atMs < START_MS + 150_000; atMs += 30_000) {
    world.deliver([
      ...clients.flatMap((n) => [sampleOf(0, `to-${n}`, atMs), sampleOf(n, "up", atMs)]),
      ...[0, ...clients].map((n) => probe(atMs, {}, device(n))),
    ])
    for (const nowMs of [atMs, atMs + 4_000]) {
      const view = { ...world.engine, sessionOf: sessions.of }
      for (const one of engine.review(topology, view, nowMs).changed) incidents.set(one.id, one)
    }
  }
  const { user } = process.cpuUsage(before)
  const [incident, ...more] = incidents.values()
  assert.deepEqual(more, [])
  assert.equal(incident?.symptoms.size, 2 * CLIENTS)
  assert.deepEqual(
    incident?.causes.map(({ name }) => name),
    ["reflector"],
  )
  assert.match(
    incident === undefined ? "" : textOf(incident.title),
    /of router reflector, and 999 more$/,
  )
  // It was 43 s where each alert described the incident.
  assert.ok(user < 15e6, `${user / 1e6} s`)
})
