/**
 * Random histories of one incident through the planner: people, maintenance, impact, receivers that
 * fail, channels that are switched off, shifts that change, and a clock that is set. `npm run soak`
 * plays 100,000 of them.
 */
import { test } from "node:test"
import fc from "fast-check"
import { historyRuns } from "../../../test/histories.ts"
import { history } from "./test/notify-steps.ts"
import { NotifyWorld } from "./test/notify-world.ts"

test("in any history, what was opened on a channel is closed on it once, and nothing is closed that was not opened", () => {
  fc.assert(
    fc.property(history, ({ policies, fallbacks, steps }) => {
      const world = new NotifyWorld(policies)
      for (const [from, to] of fallbacks) world.fallbacks.set(from, to)
      world.open()
      for (const { step } of steps) step(world)
      world.receiver = () => "taken"
      world.switchedOff.clear()
      world.close()
      world.finish()
      world.check()
    }),
    { numRuns: historyRuns(300) },
  )
})
