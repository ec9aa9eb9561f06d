/** Streams beside the scheduler: what a router reports arrives before the next poll. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { deviceAt, openRouter, session, until } from "../../../../test/listened-router.ts"
import { Normalizer } from "../../../normalize/normalize.ts"
import { Schedule } from "../../scheduler/scheduler.ts"
import { createRouterOsCollectors } from "../collectors/collectors.ts"

test("an interface that goes down is read at once, an hour before its next poll", async () => {
  const router = await openRouter()
  const items: unknown[] = []
  const normalizer = new Normalizer()
  const collectors = createRouterOsCollectors({
    clock: { now: Date.now },
    sink: {
      onReadings: (readings) => items.push(...normalizer.normalize(readings)),
      onEvent: (event) => items.push(event),
      onInterface: (device) => schedule.pollNow(device),
      onLogLine: () => undefined,
    },
  })
  const schedule: Schedule = new Schedule({
    collectors: [collectors],
    now: () => performance.now(),
    date: Date.now,
    random: () => 0,
    onReadings: (readings) => items.push(...normalizer.normalize(readings)),
    onSourceChange: () => undefined,
    onGone: () => undefined,
    onFault: (error) => {
      throw error
    },
  })
  const ports = (): unknown[] =>
    items.flatMap((item) =>
      typeof item === "object" && item !== null && "running" in item ? [item.running] : [],
    )
  const counts = (): unknown[] =>
    items.flatMap((item) =>
      typeof item === "object" && item !== null && "count" in item && "service" in item
        ? [item.count]
        : [],
    )
  try {
    schedule.apply([deviceAt(router.port)])
    await until("the first reading", () => ports().length === 1 && router.listeners.size === 3)
    router.set("/interface", "*1", ["=name=ether1", "=type=ether", "=running=false"])
    await until("the second reading", () => ports().length === 2)
    assert.deepEqual(ports(), [true, false])
    const before = counts().length
    router.set("/ppp/active", "*7", session(7))
    await until("the number of sessions", () => counts().length > before)
    assert.equal(counts().at(-1), 1)
    assert.equal(router.connections(), 1)
  } finally {
    await schedule.stop()
    await router.close()
  }
})
