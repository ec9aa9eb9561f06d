/** A pipeline on a real database, whose ingest is driven by the test. */
import { randomUUID } from "node:crypto"
import type { Batch, Task } from "@ispvm/wire"
import type { Accepted } from "../src/flow/ingest/model.ts"
import { createPipeline, type Pipeline, type PipelineDeps } from "../src/flow/pipeline.ts"
import type { Actor } from "../src/platform/http/http.ts"
import { AccountId, AgentId, DeviceId, InterfaceId } from "../src/platform/ids.ts"
import { createSignal } from "../src/platform/signal.ts"
import { write } from "../src/registry/audit/audit.ts"
import type { InventoryChange } from "../src/registry/inventory/inventory.ts"
import { type TestDatabase, testDatabase } from "./database.ts"

const START_MS = 1_900_000_000_000
const batch: Batch = { protocol: 1, buffer: randomUUID(), number: 1, sentAtMs: START_MS, items: [] }

/**
 * Three routers in a ring, an agent at the first, and a pipeline whose ingest is driven by the
 * test.
 */
const makeWorld = async ({ org, dbs }: TestDatabase) => {
  const clock = { nowMs: START_MS, now: () => clock.nowMs }
  const ids = await dbs.ui.asOrg(org, async (tx) => {
    const [agent] = await tx<{ id: string; key: number }[]>`
      insert into agents.agent (org_id, name, enrolled_at) values (${org}, 'agent-1', now()) returning id, key`
    const devices: DeviceId[] = []
    for (const name of ["Ankara", "Izmir", "Bursa"]) {
      const [row] = await tx<{ id: string }[]>`
        insert into inventory.device (org_id, name, address, methods, agent_id)
        values (${org}, ${name}, '10.0.0.1', '{}', ${agent?.id ?? ""}) returning id`
      devices.push(DeviceId.parse(row?.id))
    }
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      await tx`
        insert into inventory.link (org_id, a_device_id, a_interface, b_device_id, b_interface)
        values (${org}, ${devices[a] ?? ""}, ${`to-${b}`}, ${devices[b] ?? ""}, ${`to-${a}`})`
    }
    await tx`update agents.agent set device_id = ${devices[0] ?? ""} where id = ${agent?.id ?? ""}`
    return {
      agent: { id: AgentId.parse(agent?.id), key: agent?.key ?? 0, name: "agent-1", org },
      devices,
    }
  })
  const tasks: Task[] = []
  const errors: unknown[] = []
  const changes = createSignal<InventoryChange>((error) => errors.push(error))
  const seen = createSignal<{ org: typeof org; agentId: AgentId; atMs: number }>((error) =>
    errors.push(error),
  )
  const queued: Accepted[] = []
  const made: Pipeline[] = []
  const make = (more: Partial<PipelineDeps> = {}): Pipeline => {
    const pipeline = createPipeline({
      jobs: dbs.jobs,
      ui: dbs.ui,
      clock,
      ingest: {
        accept: async () => {
          const accepted = queued.shift() ?? null
          return {
            ack: { protocol: 1, buffer: batch.buffer, number: 1, accepted: 0, rejected: [] },
            accepted,
          }
        },
      },
      pushes: {
        accept: async () => {
          const accepted = queued.shift()
          return accepted === undefined
            ? { ok: false, reason: "gone", message: "" }
            : { ok: true, answer: { taken: 1, known: 0, refused: [] }, accepted }
        },
      },
      orgs: async () => [{ id: org }],
      changes,
      seen,
      queue: (_, task) => tasks.push(task),
      agent: () => Promise.reject(Object.assign(new Error("gone"), { status: 404 })),
      audit: write,
      allowed: async () => true,
      onError: (_, error) => errors.push(error),
      ...more,
    })
    made.push(pipeline)
    return pipeline
  }
  return { org, dbs, clock, ids, tasks, errors, changes, seen, queued, made, make }
}

type World = Awaited<ReturnType<typeof makeWorld>>

/** What agents of this world send. */
const createMessages = (world: World) => {
  const actor = (): Actor => ({
    account: AccountId.parse(randomUUID()),
    org: world.org,
    email: "anna@example.net",
    name: "Anna",
    role: "operator",
    address: "127.0.0.1",
  })
  const answers = (device: DeviceId, does: boolean): Accepted["pings"][number] => ({
    kind: "ping",
    device,
    targetId: 1,
    atMs: world.clock.nowMs,
    answers: does,
    icmp: { sent: does ? 1 : 6, received: does ? 1 : 0, rttUs: does ? 900 : null, jitterUs: null },
    tcp: does ? null : "silent",
    because: does ? "round" : "missed",
  })
  const port = (
    device: DeviceId,
    name: string,
    running: boolean,
  ): Accepted["interfaces"][number] => ({
    kind: "interface",
    device,
    interface: name,
    interfaceId: InterfaceId.parse(1),
    atMs: world.clock.nowMs,
    source: "routeros-api",
    running,
    disabled: false,
    rxBps: 1_000,
    txBps: 1_000,
    rxPps: null,
    txPps: null,
    errorsPs: null,
    dropsPs: null,
  })
  const deliver = async (
    pipeline: Pipeline,
    part: Partial<Pick<Accepted, "pings" | "interfaces" | "events" | "others">>,
  ): Promise<void> => {
    const { org, clock, ids, queued } = world
    const { id, key, name } = ids.agent
    const from = { agent: { id, key, name }, router: null, receivedAtMs: clock.nowMs, skewMs: 0 }
    const accepted = { org, ...from, pings: [], interfaces: [], health: [] }
    queued.push({ ...accepted, others: [], events: [], facts: [], ...part })
    await pipeline.accept(ids.agent, batch)
    await pipeline.evaluateTimers()
  }
  const device = (index: number): DeviceId => DeviceId.parse(world.ids.devices[index])
  const allAnswer = () => world.ids.devices.map((id) => answers(id, true))
  const ports = (cut: boolean) => [
    port(device(0), "to-1", true),
    port(device(0), "to-2", true),
    port(device(1), "to-0", true),
    port(device(1), "to-2", !cut),
    port(device(2), "to-1", !cut),
    port(device(2), "to-0", true),
  ]
  const openNow = async (pipeline: Pipeline) =>
    (await pipeline.incidents.list(world.org, { state: "active", before: null, limit: 10 })).items
  return { actor, answers, port, deliver, device, allAnswer, ports, openNow }
}

export const openPipelineWorld = async () => {
  const db = await testDatabase()
  const world = await makeWorld(db)
  return {
    ...world,
    ...createMessages(world),
    close: async (): Promise<void> => {
      // A test that failed half way has left its pipeline running.
      await Promise.all(world.made.map((pipeline) => pipeline.stop()))
      await db.close()
    },
  }
}
export type PipelineWorld = Awaited<ReturnType<typeof openPipelineWorld>>
