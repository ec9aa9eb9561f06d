/**
 * From the image to the first value: the set-up code is read off the screen, a browser sets the
 * appliance up, adds a simulated router and shows its values.
 */
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

/** A router of the simulated network, and the port of its API over TLS here and in the machine. */
const ROUTER = { name: "esk-core-1", host: "127.40.3.1", port: 18_729 } as const
const API_PORT = 8_729
const CLAIM = join(import.meta.dirname, "../../lab/e2e/claim-image.ts")

after(removeImages)

test("the image is set up with the code on its screen, and a router's values arrive", async (t) => {
  const say = (text: string): void => t.diagnostic(text)
  const options = { ...optionsOf("kvm"), reaches: { [API_PORT]: ROUTER } }
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
      [CLAIM, origin, code ?? "", GUEST_VIEW, String(ROUTER.port)],
      { env: environment() },
    )
    t.diagnostic(`the browser shows ${stdout.trim()}`)
    const shown = JSON.parse(stdout)
    assert.equal(shown.Identity, ROUTER.name)
    for (const load of shown.CPU) assert.match(load, /\d+(?:\.\d+)?\s*%/)
    await machine.powerOff()
  } finally {
    await machine.stop()
  }
})
