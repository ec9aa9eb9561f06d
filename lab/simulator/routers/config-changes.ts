/**
 * Changes of a router's configuration that somebody makes at its console: the line, and what the
 * router writes into its log. Release 6 names the person alone; later ones the way, the place and
 * the command.
 */
import { CONFIG_SECTIONS, type ConfigSection } from "../commands.ts"
import type { ConsoleAnswer } from "./os/console.ts"
import { consoleLine } from "./os/console.ts"
import type { RouterOs } from "./os/os.ts"

const PERSON = { name: "admin", from: "198.51.100.23" } as const

type Change = {
  /** As RouterOS calls the item in its log. */
  readonly item: string
  /** After `/section add`. `n`: another one each time. */
  readonly values: (n: number) => string
}
const CHANGES: Readonly<Record<ConfigSection, Change>> = {
  "ip firewall filter": {
    item: "filter rule",
    values: (n) => `action=drop chain=input comment="change ${n}" protocol=udp`,
  },
  "ip firewall nat": {
    item: "nat rule",
    values: (n) => `action=masquerade chain=srcnat comment="change ${n}"`,
  },
  "system logging": { item: "log rule", values: () => "action=memory topics=dhcp" },
  "system script": { item: "new script", values: (n) => `name=change-${n} source=":put ${n}"` },
}

/** Adds a row to `section`; the router's own error where it refuses. */
export const changeConfiguration = async (
  os: RouterOs,
  section: ConfigSection = CONFIG_SECTIONS[0],
): Promise<ConsoleAnswer> => {
  const { item, values } = CHANGES[section]
  const path = `/${section.replaceAll(" ", "/")}`
  const { length } = os.store.table(path).items
  const given = values(length + 1)
  const answer = await consoleLine(os, `/${section} add ${given}`)
  if (!answer.ok) return answer
  const { router } = os
  const { id } = os.store.table(path).items.at(-1) ?? { id: "*0" }
  const { name, from } = PERSON
  const actor = os.isV6 ? name : `ssh:${name}@${from} (${id} = /${section} add ${given})`
  router.writeLog(os.now(), "system,info", `${item} added by ${actor}`)
  return answer
}
