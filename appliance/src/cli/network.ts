/** `ispvm network`: addresses of this machine, by DHCP or fixed, through systemd-networkd. */
import { spawnSync } from "node:child_process"
import { networkInterfaces } from "node:os"
import { parseArgs } from "node:util"
import { applyFiles } from "../machine/apply-files.ts"
import { networkFiles } from "../machine/settings-files.ts"
import { seedProblemText } from "../seed/problems.ts"
import { parseSeed } from "../seed/seed.ts"
import { EXIT, fail, needsRoot, print, reasonOf } from "./exit.ts"

const USAGE = `usage: ispvm network show | dhcp [--interface NAME]
       ispvm network static ADDRESS/PREFIX… --gateway ADDRESS… [--dns ADDRESS…] [--search NAME…] [--interface NAME]`

const runs = (...command: readonly [string, ...string[]]): boolean => {
  const [name, ...args] = command
  return spawnSync(name, args, { stdio: "ignore" }).status === 0
}

const show = (): number => {
  for (const [name, addresses = []] of Object.entries(networkInterfaces()))
    for (const { internal, cidr, mac } of addresses)
      if (!internal) print(`${name}  ${cidr ?? ""}  ${mac}`)
  return EXIT.fine
}

const many = { type: "string", multiple: true } as const
const readOptions = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { gateway: many, dns: many, search: many, interface: { type: "string" } },
  })

/** The same check as that of a seed. */
const settingsOf = (args: readonly string[]) => {
  const { values, positionals } = readOptions(args)
  const { interface: name, gateway = [], dns = [], search = [] } = values
  return parseSeed({
    network: {
      addresses: positionals,
      gateways: gateway,
      dns,
      search,
      ...(name === undefined ? {} : { interface: name }),
    },
  })
}

const change = (isStatic: boolean, args: readonly string[]): number => {
  let parsed: ReturnType<typeof settingsOf>
  try {
    parsed = settingsOf(args)
  } catch (error) {
    return fail(`${reasonOf(error)}\n${USAGE}`, EXIT.usage)
  }
  const { seed, problems } = parsed
  const [settings] = seed.network ?? []
  if (problems.length > 0 || settings === undefined)
    return fail(problems.map(seedProblemText).join("; "), EXIT.usage)
  if (isStatic === settings.dhcp) return fail(USAGE, EXIT.usage)
  if (!runs("systemctl", "is-active", "--quiet", "systemd-networkd"))
    return fail("systemd-networkd does not run: change the network where this machine has it")
  applyFiles(networkFiles([settings]))
  if (!runs("networkctl", "reload"))
    return fail("the setting is written, but networkctl reload failed: restart the machine")
  print(
    isStatic ? `The address is ${settings.addresses.join(", ")}.` : "The address is asked by DHCP.",
  )
  return EXIT.fine
}

export const network = async ([command, ...args]: readonly string[]): Promise<number> => {
  if (command === "show" && args.length === 0) return show()
  if (command === "dhcp" || command === "static")
    return needsRoot() ?? change(command === "static", args)
  return fail(USAGE, EXIT.usage)
}
