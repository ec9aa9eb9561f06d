/**
 * An update by the page of the UI, in a browser beside the booted appliance: one that is rejected,
 * one whose gate fails, one that succeeds, and the way back. Of `npm run test:nspawn -- --full`.
 */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { copyFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { z } from "zod"
import { environment } from "../config.ts"
import { checksOn } from "./rig-checks.ts"
import { deriveBundle } from "./update-bundles.ts"
import { isSound, PASSWORD } from "./update-rig.ts"

const GOOD = "0.2.0"
const BAD = "0.3.0"
const PROGRAM = join(import.meta.dirname, "../../lab/e2e/update-page.ts")
/** By the page an update needs a clock that follows a time server, which that of a container never does. */
const CLOCK =
  '#!/bin/sh\n[ "$1" = show ] && exec echo yes\nexec /usr/bin/timedatectl.of-debian "$@"\n'
const it = checksOn("the page of updates", {
  prepare: (root) => {
    const program = join(root, "usr/bin/timedatectl")
    copyFileSync(program, `${program}.of-debian`)
    writeFileSync(program, CLOCK, { mode: 0o755 })
  },
})
const Shown = z.array(z.object({ steps: z.array(z.string()).default([]), last: z.string() }))

it("rejects, rolls back, installs and returns, and shows each with its reason", async (all, t) => {
  const { rig, derived, work, first } = all
  const notABundle = join(work, "not-a-bundle.ispvm")
  writeFileSync(notABundle, "not a bundle\n")
  const bad = await deriveBundle(derived, BAD, "ends")
  const good = await deriveBundle(derived, GOOD)
  const { stdout } = await promisify(execFile)(
    "ip",
    [
      ...["netns", "exec", rig.container.namespace, process.execPath, PROGRAM, rig.container.url],
      ...["ada@example.net", PASSWORD, `Rejected=${notABundle}`, `Rolled back=${bad}`],
      `Updated=${good}`,
    ],
    { env: environment() },
  )
  const shown = Shown.parse(JSON.parse(stdout))
  for (const { steps, last } of shown) t.diagnostic(`${steps.join(" → ")}: ${last}`)
  const [rejected, rolledBack, updated, returned] = shown
  assert.match(rejected?.last ?? "", /^Rejected .*not an update/i)
  assert.match(rolledBack?.last ?? "", /^Rolled back .*0\.3\.0.*did not start in time/)
  assert.ok(rolledBack?.steps.includes("Start"), rolledBack?.steps.join())
  assert.match(updated?.last ?? "", /^Updated .*0\.2\.0/)
  assert.match(returned?.last ?? "", /^Returned to the release before/)
  assert.equal(await isSound(rig, [first]), first)
})
