/** The second boot to the prompt on the console, beside a bare Debian with the same kernel. */
import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { BOOT_MS, firstBoot, isReady, type MachineName, optionsOf } from "./check-rig.ts"
import { boot, type Machine, waitFor } from "./machine.ts"

const MAX_RATIO = 1.3
/** Both have a login on the serial console; ours also starts its own console on the first terminal. */
const hasLogin = (machine: Machine): boolean => / login: /.test(machine.console())
const hasConsole = (machine: Machine): boolean =>
  hasLogin(machine) && /Started .*ispvm-console/.test(machine.console())

const secondsTo = async (
  name: MachineName,
  prompt: (machine: Machine) => boolean,
  t: TestContext,
  then: (machine: Machine) => Promise<void> = async () => undefined,
): Promise<number> => {
  const say = (text: string): void => t.diagnostic(text)
  const { machine, seconds } = await boot(
    optionsOf(name),
    `${name}: a prompt`,
    BOOT_MS,
    prompt,
    say,
  )
  try {
    await then(machine)
    await machine.powerOff()
    return seconds
  } finally {
    await machine.stop()
  }
}

test("the second boot to a prompt takes at most 1.3 times that of a bare Debian", async (t) => {
  await firstBoot("kvm", t, async () => undefined)
  await secondsTo("bare", hasLogin, t)
  const bare = await secondsTo("bare", hasLogin, t)
  const ours = await secondsTo("kvm", hasConsole, t, async (machine) => {
    const more = await waitFor(machine, "the appliance is ready", BOOT_MS, () => isReady(machine))
    t.diagnostic(`the appliance is ready ${more.toFixed(1)} s after its prompt`)
  })
  const ratio = ours / bare
  t.diagnostic(
    `second boot to the prompt: bare ${bare.toFixed(1)} s, ours ${ours.toFixed(1)} s, ${ratio.toFixed(2)} ×`,
  )
  assert.ok(ratio <= MAX_RATIO, `${ratio.toFixed(2)}`)
})
