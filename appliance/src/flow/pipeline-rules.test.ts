/** An alert of a rule through the whole flow: stored, an incident, a restart, and its end. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../test/pipeline-world.ts"
import { textOf } from "../messages/text.ts"
import type { Pipeline } from "./pipeline.ts"

let world: PipelineWorld
before(async () => {
  world = await openPipelineWorld()
})
after(() => world.close())

/** Interfaces without errors but one, for so many polls of ten seconds. */
const poll = async (pipeline: Pipeline, times: number, errorsPs: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    world.clock.nowMs += 10_000
    const interfaces = world.ports(false).map((port, index) => ({
      ...port,
      errorsPs: index === 3 ? errorsPs : 0,
    }))
    await world.deliver(pipeline, { pings: world.allAnswer(), interfaces })
  }
}

test("errors on a link open one incident that outlives a restart and closes with them", async () => {
  const evaluated: { readonly tookMs: number; readonly steps: number }[] = []
  const onEvaluated = (tookMs: number, steps: number) => evaluated.push({ tookMs, steps })
  const first = world.make({ onEvaluated })
  await first.start()
  await poll(first, 3, 0)
  await poll(first, 20, 20)
  assert.deepEqual(await world.openNow(first), [], "not for five minutes yet")
  await first.stop()
  assert.ok(evaluated.length >= 23, "each batch has its lag")
  assert.ok(evaluated.every(({ tookMs }) => tookMs >= 0))
  assert.ok(
    evaluated.some(({ steps }) => steps > 0),
    "and its steps",
  )

  const second = world.make()
  await second.start()
  await poll(second, 14, 20)
  const [opened] = await world.openNow(second)
  assert.equal(opened && textOf(opened.title), "Interface errors: link Izmir–Bursa")
  assert.equal(opened?.severity, "major")
  await second.stop()

  const third = world.make()
  await third.start()
  await poll(third, 3, 20)
  assert.deepEqual(
    (await world.openNow(third)).map(({ id }) => id),
    [opened?.id],
  )
  const { symptomList, because } = await third.incidents.detail(world.org, opened?.id ?? "")
  assert.deepEqual(
    symptomList.map(({ kind, phase, found }) => [kind, phase, found?.rule.en, found?.unit]),
    [["interface-errors", "degraded", "Interface errors", "1/s"]],
  )
  assert.match(because.map((reason) => textOf(reason)).join(), /to-2 on Izmir has 20\/s errors/)
  await poll(third, 40, 0)
  assert.deepEqual(await world.openNow(third), [])
  const closed = await third.incidents.detail(world.org, opened?.id ?? "")
  assert.deepEqual(
    [closed.state, textOf(closed.title), closed.timeline.map(({ kind }) => kind)],
    ["closed", "Interface errors: link Izmir–Bursa (over)", ["opened", "recovered", "closed"]],
  )
  await third.stop()
  assert.deepEqual(world.errors, [])
  const steps = await world.dbs.ui.asOrg(
    world.org,
    (tx) => tx<{ now: string; reason: string }[]>`
      select t.now, t.reason from alerts.transition t join alerts.alert a on a.id = t.alert_id
      where a.kind = 'interface-errors' order by t.id`,
  )
  assert.deepEqual(
    steps.map(({ now, reason }) => `${now} ${reason}`),
    ["pending condition-met", "degraded raised", "recovering condition-ending", "ok recovered"],
  )
})
