/** The second boot to the prompt on the console, beside a bare Debian with the same kernel. */
import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import {
  BOOT_MS,
  firstBoot,
  hasLogin,
  isReady,
  type MachineName,
  optionsOf,
  showsConsole,
} from "./check-rig.ts"
import { boot, type Machine, waitFor } from "./machine.ts"

const MAX_RATIO = 1.3
/** Both have a login on the serial console; ours also starts its own console on the first terminal. */
const hasConsole = (machine: Machine): boolean => hasLogin(machine) && showsConsole(machine)

/** From the machine's start to its prompt: on the clock, and of processor time of the emulation. */
type BootTime = { readonly seconds: number; readonly processorSeconds: number }

const timeTo = async (
  name: MachineName,
  prompt: (machine: Machine) => boolean,
  t: TestContext,
  then: (machine: Machine) => Promise<void> = async () => undefined,
): Promise<BootTime> => {
  const say = (text: string): void => t.diagnostic(text)
  const what = `${name}: a prompt`
  const { machine, seconds } = await boot(optionsOf(name), what, BOOT_MS, prompt, say)
  try {
    const processorSeconds = machine.processorSeconds()
    await then(machine)
    await machine.powerOff()
    return { seconds, processorSeconds }
  } finally {
    await machine.stop()
  }
}

test("the second boot to a prompt takes at most 1.3 times that of a bare Debian", async (t) => {
  await firstBoot("kvm", t, async () => undefined)
  await timeTo("bare", hasLogin, t)
  const bare = await timeTo("bare", hasLogin, t)
  const ours = await timeTo("kvm", hasConsole, t, async (machine) => {
    const more = await waitFor(machine, "the appliance is ready", BOOT_MS, () => isReady(machine))
    t.diagnostic(`the appliance is ready ${more.toFixed(1)} s after its prompt`)
  })
  const ratioOf = (what: keyof BootTime): number => ours[what] / bare[what]
  for (const [what, unit] of [
    ["seconds", "s"],
    ["processorSeconds", "s of processor time"],
  ] as const)
    t.diagnostic(
      `second boot to the prompt: bare ${bare[what].toFixed(1)} ${unit}, ours ${ours[what].toFixed(1)} ${unit}, ${ratioOf(what).toFixed(2)} ×`,
    )
  assert.ok(ratioOf("seconds") <= MAX_RATIO, `${ratioOf("seconds").toFixed(2)}`)
})
