/** From the image to the first value: the set-up code is read off the screen, a router is added. */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { promisify } from "node:util"
import { environment } from "../config.ts"
import { BOOT_MS, isReady, optionsOf, removeImages, workFolder } from "./check-rig.ts"
import { boot, GUEST_VIEW, waitFor } from "./machine.ts"
import { setupCodeIn } from "./screen.ts"

/** A router of the simulated network. */
const ROUTER = { host: "127.40.3.1", port: 8728 } as const
const CLAIM = join(import.meta.dirname, "../../lab/e2e/claim-image.ts")

after(removeImages)

test("the image is set up with the code on its screen, and a router's values arrive", async (t) => {
  const say = (text: string): void => t.diagnostic(text)
  const options = { ...optionsOf("kvm"), reaches: { [ROUTER.port]: ROUTER } }
  const { machine } = await boot(options, "the appliance is ready", BOOT_MS, isReady, say)
  try {
    const memory = join(workFolder(), "memory")
    let code: string | null = null
    await waitFor(machine, "the setup code is on the screen", BOOT_MS, async () => {
      await machine.saveMemory(memory)
      code = setupCodeIn(memory)
      rmSync(memory)
      return code !== null
    })
    const origin = `https://127.0.0.1:${machine.port(443)}`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [CLAIM, origin, code ?? "", GUEST_VIEW],
      { env: { ...environment(), NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
    )
    const device = JSON.parse(stdout)
    t.diagnostic(`${device.name}: up for ${device.uptimeS} s`)
    assert.ok(device.uptimeS > 0)
    await machine.powerOff()
  } finally {
    await machine.stop()
  }
})
