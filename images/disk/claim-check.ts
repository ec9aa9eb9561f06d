/**
 * From the image to the first value: the set-up code is read off the screen, a browser sets the
 * appliance up, adds a simulated router and shows its values. In the machine's first boot, as a first
 * user does it, unless that is over already.
 */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { after, type TestContext, test } from "node:test"
import { promisify } from "node:util"
import { environment } from "../config.ts"
import {
  BOOT_MS,
  firstBoot,
  isReady,
  lookAtNewAppliance,
  optionsOf,
  ROUTER,
  removeImages,
  workFolder,
} from "./check-rig.ts"
import { boot, GUEST_VIEW, type Machine, waitFor } from "./machine.ts"
import { setupCodeIn } from "./screen.ts"

const CLAIM = join(import.meta.dirname, "../../lab/e2e/claim-image.ts")

after(removeImages)

const readSetupCode = async (machine: Machine): Promise<string> => {
  const memory = join(workFolder(), "memory")
  let code: string | null = null
  await waitFor(machine, "the setup code is on the screen", BOOT_MS, async () => {
    await machine.saveMemory(memory)
    code = setupCodeIn(memory)
    rmSync(memory)
    return code !== null
  })
  return code ?? ""
}

const claim = async (machine: Machine, t: TestContext): Promise<void> => {
  const code = await readSetupCode(machine)
  t.diagnostic("the set-up code is on the screen")
  const origin = `https://127.0.0.1:${machine.port(443)}`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [CLAIM, origin, code, GUEST_VIEW, String(ROUTER.port)],
    { env: environment() },
  )
  t.diagnostic(`the browser shows ${stdout.trim()}`)
  const shown = JSON.parse(stdout)
  assert.equal(shown.Identity, ROUTER.name)
  for (const load of shown.CPU) assert.match(load, /\d+(?:\.\d+)?\s*%/)
}

test("the image is set up with the code on its screen, and a router's values arrive", async (t) => {
  let isClaimed = false
  await firstBoot("kvm", t, async (machine) => {
    await lookAtNewAppliance(machine)
    await claim(machine, t)
    isClaimed = true
  })
  if (isClaimed) return
  const say = (text: string): void => t.diagnostic(text)
  const what = "the appliance is ready"
  const { machine } = await boot(optionsOf("kvm"), what, BOOT_MS, isReady, say)
  try {
    await claim(machine, t)
    await machine.powerOff()
  } finally {
    await machine.stop()
  }
})
