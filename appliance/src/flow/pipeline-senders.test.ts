import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../test/pipeline-world.ts"
import { textOf } from "../messages/text.ts"

let world: PipelineWorld
before(async () => {
  world = await openPipelineWorld()
})
after(() => world.close())

test("an offline agent is an incident of its own, and its devices are unknown", async () => {
  const { clock, org } = world
  const pipeline = world.make()
  await pipeline.start()
  await world.deliver(pipeline, { pings: world.allAnswer() })
  for (let second = 0; second < 12; second += 1) {
    clock.nowMs += 1_000
    await pipeline.evaluateTimers()
  }
  assert.deepEqual(
    (await world.openNow(pipeline)).map((incident) => textOf(incident.title)),
    ["Agent agent-1 is offline: 3 devices unknown"],
  )
  const { status, incidentId } = pipeline.statuses(org).device(world.device(0))
  assert.deepEqual(
    [status.status, status.reason, incidentId !== null],
    ["unknown", "agent-offline", true],
  )
  for (let second = 0; second < 6; second += 1) {
    clock.nowMs += 1_000
    await world.deliver(pipeline, { pings: world.allAnswer() })
  }
  assert.deepEqual(await world.openNow(pipeline), [])
  assert.equal(pipeline.statuses(org).device(world.device(0)).status.status, "ok")
  await pipeline.stop()
})

test("while nothing could be received no agent is called offline; each has its full time from then on", async () => {
  const { clock } = world
  let isReceiving = false
  const pipeline = world.make({ canReceive: async () => isReceiving })
  await pipeline.start()
  await world.deliver(pipeline, { pings: world.allAnswer() })
  const wait = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      clock.nowMs += 1_000
      await pipeline.evaluateTimers()
    }
  }
  await wait(60)
  assert.deepEqual(await world.openNow(pipeline), [])
  isReceiving = true
  await wait(3)
  assert.deepEqual(await world.openNow(pipeline), [])
  await wait(3)
  assert.equal((await world.openNow(pipeline)).length, 1)
  for (let second = 0; second < 6; second += 1) {
    clock.nowMs += 1_000
    await world.deliver(pipeline, { pings: world.allAnswer() })
  }
  assert.deepEqual(await world.openNow(pipeline), [])
  await pipeline.stop()
})

test("a router's own report of its port starts a probe of it and of the remote end, and an old report does not", async () => {
  const { clock, org, tasks, queued, errors } = world
  const pipeline = world.make()
  await pipeline.start()
  const pushEvent = async (
    name: "link-down" | "reported-in",
    atMs: number,
  ): Promise<readonly string[]> => {
    const before = tasks.length
    queued.push({
      org,
      agent: null,
      router: world.device(0),
      receivedAtMs: clock.nowMs,
      skewMs: 0,
      pings: [],
      interfaces: [],
      health: [],
      others: [],
      facts: [],
      events: [
        {
          kind: "event",
          id: randomUUID(),
          device: world.device(0),
          name,
          atMs,
          source: "push",
          severity: "warning",
          interface: "to-2",
          message: "to-2 lost its link",
          attributes: {},
        },
      ],
    })
    const push = {
      v: 1,
      queue: "watch",
      boot: "b",
      up: "1s",
      clock: "",
      gmt: null,
      lost: 0,
      items: [],
    } as const
    const outcome = await pipeline.push(
      { org, device: world.device(0), name: "Ankara" },
      { ...push, items: [] },
      "192.0.2.1",
    )
    assert.ok(outcome.ok)
    await pipeline.evaluateTimers()
    return tasks
      .slice(before)
      .flatMap((task) =>
        task.kind === "confirm" && /router reports/.test(task.because) ? task.devices : [],
      )
  }
  assert.deepEqual(await pushEvent("link-down", clock.nowMs - 1_000), [
    world.device(0),
    world.device(2),
  ])
  assert.deepEqual(await pushEvent("link-down", clock.nowMs - 3_600_000), [])
  assert.deepEqual(await pushEvent("reported-in", clock.nowMs), [])
  assert.deepEqual(errors, [])
  await pipeline.stop()
})
