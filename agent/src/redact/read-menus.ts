/** What a redacting agent answers when the appliance reads menus, as it does to verify a script. */
import type { MenuRead, ReadResult } from "@ispvm/wire"
import type { Redactor } from "./redact.ts"

/** What a script of the router sets: settings of its own. No menu of customers is among them. */
const SETTINGS: ReadonlySet<string> = new Set([
  ...["/certificate", "/user", "/user/group", "/snmp", "/snmp/community", "/ip/service"],
  ...["/system/identity", "/system/clock", "/system/ntp/client", "/system/logging"],
  ...["/system/logging/action", "/system/script", "/system/scheduler", "/system/resource"],
  ...["/ip/firewall/filter", "/ip/firewall/address-list", "/tool/netwatch"],
  ...["/ipv6/firewall/filter", "/ipv6/firewall/address-list", "/ip/neighbor/discovery-settings"],
  ...["/tool/mac-server", "/tool/mac-server/mac-winbox"],
])
/** Of these, only rows of the companion script. */
const MIXED = /\/firewall\/(filter|address-list)$|^\/tool\/netwatch$|^\/user$/
const OWN = /^ispvm\b/

export const readableMenus = (
  menus: readonly MenuRead[],
  { isOn }: Redactor,
): readonly MenuRead[] => (isOn ? menus.filter(({ menu }) => SETTINGS.has(menu)) : menus)

/** In the order of the request; a menu that was not read is one that the agent may not show. */
export const shownMenus = (
  asked: readonly MenuRead[],
  read: ReadResult["menus"],
  { isOn, sessions }: Redactor,
): ReadResult["menus"] => {
  if (!isOn) return read
  const found = new Map(read.map((each) => [each.menu, each]))
  return asked.flatMap(({ menu }) => {
    if (!SETTINGS.has(menu)) return [{ menu, rows: null, reason: "not-permitted" as const }]
    const one = found.get(menu)
    if (one === undefined) return []
    const rows = one.rows
      ?.filter(({ comment = "" }) => !MIXED.test(menu) || OWN.test(comment))
      .map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, text]) => [name, sessions(text)])),
      )
    return [{ ...one, rows: rows ?? null }]
  })
}
