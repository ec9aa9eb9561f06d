/** The whole agent as a process: intervals of single collectors change while it runs. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Batch, type CollectorIntervals, EnrolRequest, Heartbeat, PROTOCOL } from "@ispvm/wire"
import { bareEnvironment } from "../test/config.ts"
import {
  type Answer,
  createRoot,
  openFakeAppliance,
  type ReceivedRequest,
} from "../test/fake-appliance.ts"
import { fakeDevice, integer, octets, oidValue } from "../test/fake-device.ts"

const MAIN = join(import.meta.dirname, "main.ts")
const IF = "1.3.6.1.2.1.2.2.1"
/** hrStorageSize */
const STORE_SIZE = "1.3.6.1.2.1.25.2.3.1.5"
const OPER_STATUS = `${IF}.8`
const LONG_MS = 3_600_000

/** An SNMP device that counts the polls of each collector by the column that only it reads. */
const openDevice = async () => {
  const polls = { health: 0, interface: 0 }
  const table = new Map([
    ["1.3.6.1.2.1.1.2.0", oidValue("1.3.6.1.4.1.8072.3.2.10")],
    ["1.3.6.1.2.1.1.3.0", integer(1_000, 0x43)],
    [`${IF}.2.1`, octets("ether1")],
    [`${IF}.3.1`, integer(6)],
    [`${IF}.7.1`, integer(1)],
    [`${OPER_STATUS}.1`, integer(1)],
    [`${IF}.10.1`, integer(1_000, 0x41)],
    [`${IF}.16.1`, integer(1_000, 0x41)],
    [`${STORE_SIZE}.1`, integer(7)],
  ])
  const device = await fakeDevice(table, {
    varbinds: (list, { oids }) => {
      if (oids.includes(STORE_SIZE)) polls.health += 1
      if (oids.includes(OPER_STATUS)) polls.interface += 1
      return list
    },
  })
  return { ...device, polls }
}

/** An appliance with one assignment, which `assign` replaces. */
const openAppliance = async (snmpPort: number) => {
  const root = createRoot()
  const heartbeats: Heartbeat[] = []
  let number = 1
  let collectorIntervals: CollectorIntervals = {}
  const assignment = () => ({
    protocol: PROTOCOL,
    revision: `r${number}`,
    devices: [
      {
        id: "00000000-0000-4000-8000-000000000001",
        name: "d",
        access: {
          address: "127.0.0.1",
          routerosApi: null,
          snmp: { port: snmpPort, community: "right" },
          icmp: false,
          tcpPort: null,
        },
        intervals: { pingMs: 0, interfaceMs: LONG_MS, healthMs: LONG_MS, factsMs: 0 },
        collectorIntervals,
      },
    ],
  })
  const answers: Readonly<Record<string, (body: unknown) => unknown>> = {
    "/enrol/v1": (body) => ({
      protocol: PROTOCOL,
      agent: "00000000-0000-4000-8000-00000000000a",
      name: "pop",
      certificatePem: root.issueFor(EnrolRequest.parse(body).csrPem),
      chainPem: root.rootPem,
      rootPem: root.rootPem,
      renewAfterMs: Date.now() + 1e9,
    }),
    "/assignment/v1": assignment,
    "/ingest/v1/batches": (body) => {
      const { buffer, number: batch, items } = Batch.parse(body)
      return { protocol: PROTOCOL, buffer, number: batch, accepted: items.length, rejected: [] }
    },
    "/heartbeat/v1": (body) => {
      heartbeats.push(Heartbeat.parse(body))
      return { protocol: PROTOCOL, revision: `r${number}`, serverAtMs: Date.now() }
    },
  }
  const answer = async ({ path, body }: ReceivedRequest): Promise<Answer> => {
    const [name = ""] = path.split("?")
    if (name === "/ca") return { status: 200, text: root.rootPem }
    if (name === "/tasks/v1") {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { status: 200, json: { protocol: PROTOCOL, tasks: [] } }
    }
    const json = answers[name]?.(body)
    return json === undefined ? { status: 404, json: {} } : { status: 200, json }
  }
  const server = await openFakeAppliance(root, answer)
  return {
    ...server,
    heartbeats,
    token: `ispvm1.${"s".repeat(43)}.${root.fingerprint}`,
    assign: (intervals: CollectorIntervals): void => {
      collectorIntervals = intervals
      number += 1
    },
  }
}

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 60_000
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test("a new interval applies to its collector alone, without a restart of the agent", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-intervals-"))
  const device = await openDevice()
  const appliance = await openAppliance(device.port)
  const args = [MAIN, "--url", appliance.url, "--token", appliance.token]
  const agent = spawn(process.execPath, args, {
    env: {
      ...bareEnvironment(),
      ISPVM_ALLOW_LOOPBACK: "1",
      ISPVM_AGENT_HEALTH_PORT: "0",
      ISPVM_SYSLOG_PORT: "0",
      ISPVM_SYSLOG_BIND: "127.0.0.1",
      ISPVM_AGENT_DATA_DIR: folder,
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "inherit", "inherit"],
  })
  const ended = once(agent, "close")
  const { polls } = device
  const notes = () => appliance.heartbeats.at(-1)?.notes.join("\n") ?? ""
  try {
    await until("one poll of each", () => polls.health === 1 && polls.interface === 1)
    appliance.assign({ "snmp.health": 50 })
    await until("five more polls of health", () => polls.health >= 6)
    assert.equal(polls.interface, 1)

    appliance.assign({ "snmp.health": LONG_MS, "snmp.interface": 50, "bgp.sessions": 1_000 })
    await until("five more polls of interfaces", () => polls.interface >= 6)
    const { health } = polls
    await until("five more polls of interfaces", () => polls.interface >= 11)
    assert.equal(polls.health, health)
    await until("a note of the unknown collector", () => /no collector bgp\.sessions/.test(notes()))

    appliance.assign({})
    await until("no note any more", () => !/no collector/.test(notes()))
    assert.equal(new Set(appliance.heartbeats.map(({ startedAtMs }) => startedAtMs)).size, 1)
  } finally {
    agent.kill("SIGTERM")
    await ended
    await appliance.close()
    await device.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
