import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { DEVICE_FAULTS } from "../simulator/device-faults.ts"

/** The UI declares commands by itself: it is built without the lab. */
test("the faults on the page of a device are those of the simulator", () => {
  const file = join(import.meta.dirname, "../../ui/src/state/device-fault-names.ts")
  const [, table = ""] =
    /DEVICE_FAULTS = \[(.*?)\] as const/s.exec(readFileSync(file, "utf8")) ?? []
  assert.deepEqual(
    [...table.matchAll(/\["([a-z-]+)", "([a-z-]+)"\]/g)].map(([, fault, end]) => [fault, end]),
    DEVICE_FAULTS.map(([fault, end]) => [fault, end]),
  )
})
