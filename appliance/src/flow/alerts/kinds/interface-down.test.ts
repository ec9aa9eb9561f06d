import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { AgentId, AlertId, DeviceId, LinkId, OrgId } from "../../../platform/ids.ts"
import { createAlertEngine } from "../engine.ts"
import { buildTopology, portEntity } from "../topology.ts"
import { interfaceDown } from "./interface-down.ts"

const START_MS = 1_000_000
const MINUTE = 60_000
const agent = AgentId.parse(randomUUID())
const [a, b] = [DeviceId.parse(randomUUID()), DeviceId.parse(randomUUID())]

/** The phase of the interface of a link `afterMs` after its last reading. */
const phaseAfter = (afterMs: number, pollMs?: number): string | undefined => {
  const engine = createAlertEngine({
    org: OrgId.parse(randomUUID()),
    newId: () => AlertId.parse(randomUUID()),
    kinds: [interfaceDown],
  })
  const device = (id: DeviceId) => ({
    ...{ id, name: id, roles: [], agentId: agent, siteId: null, reportsEveryS: null },
  })
  const link = {
    ...{ id: LinkId.parse(randomUUID()), name: "a–b" },
    ...{ a: { deviceId: a, interface: "ether1" }, b: { deviceId: b, interface: null } },
  }
  engine.updateTopology(buildTopology([device(a), device(b)], [link], [], [], pollMs), START_MS)
  const reading = { device: a, interface: "ether1", interfaceId: 1, running: true, disabled: false }
  const sample = { kind: "interface" as const, source: "snmp" as const, ...reading }
  const rates = { rxBps: 1, txBps: 1, rxPps: null, txPps: null, errorsPs: null, dropsPs: null }
  engine.observe(
    {
      ...{ agent: { id: agent, key: 1, name: "a" }, router: null, isSecond: false },
      ...{ receivedAtMs: START_MS, skewMs: 0, pings: [], events: [], rejected: [] },
      interfaces: [{ ...sample, ...rates, atMs: START_MS }],
    },
    START_MS,
  )
  engine.evaluateTimers(START_MS + afterMs)
  return engine.of("interface-down", portEntity(a, "ether1"))?.state.phase
}

test("an interface is unknown after five minutes, or after three polls that are further apart", () => {
  assert.equal(phaseAfter(4 * MINUTE), "ok")
  assert.equal(phaseAfter(6 * MINUTE), "unknown")
  assert.equal(phaseAfter(6 * MINUTE, 5 * MINUTE), "ok")
  assert.equal(phaseAfter(16 * MINUTE, 5 * MINUTE), "unknown")
  assert.equal(phaseAfter(60 * MINUTE, 24 * 60 * MINUTE), "ok")
})
