/** The product's table as the trees of the recorded releases have it. */
import { type Need, rowsIn, treeOf } from "../tree.ts"
import { type Marked, type Presence, RECORDED, type TableCommand, type TableMenu, type TableNeed } from "./shape.ts"

/** The menus that our scripts, or the onboarding of a router, may touch; the menus above them come with their own commands. */
const MENUS = `
/certificate /certificate/settings /environment /file /log /terminal
/interface /interface/bridge /interface/bridge/port /interface/ethernet /interface/list /interface/list/member /interface/vlan
/ip/address /ip/dns /ip/firewall/address-list /ip/firewall/filter /ip/neighbor /ip/neighbor/discovery-settings /ip/route /ip/service
/ip/ssh /ip/dhcp-client /ip/dhcp-server /ip/dhcp-server/lease /ip/pool /ip/vrf /ip/cloud
/ipv6/address /ipv6/firewall/address-list /ipv6/firewall/filter
/ppp/active /ppp/secret /queue/simple /radius
/routing/bgp/connection /routing/bgp/instance /routing/bgp/peer /routing/bgp/session
/routing/ospf/area /routing/ospf/instance /routing/ospf/interface /routing/ospf/interface-template /routing/ospf/neighbor
/snmp /snmp/community
/system/clock /system/device-mode /system/history /system/identity /system/license /system/logging /system/logging/action
/system/note /system/ntp/client /system/ntp/client/servers /system/package /system/package/update /system/resource
/system/scheduler /system/script /system/script/environment /system/script/job /system/watchdog
/tool/bandwidth-server /tool/mac-server /tool/mac-server/mac-winbox /tool/mac-server/ping /tool/netwatch /tool/romon
/tool/e-mail /interface/wireguard /interface/wireguard/peers /interface/bonding /interface/bridge/vlan /interface/pppoe-client
/interface/vrrp /interface/wifi /interface/wifiwave2 /ip/dns/static /ip/dhcp-server/network /ip/firewall/nat /ip/firewall/mangle
/ip/firewall/raw /ip/firewall/connection /ip/route/rule /ipv6/route /ppp/profile /routing/filter/rule /routing/table /routing/rule /system/ntp/server
/user /user/active /user/aaa /user/group /user/settings /user/ssh-keys
`
  .trim()
  .split(/\s+/)

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))
const withAbove = (menu: string): readonly string[] => (menu === "" ? [""] : [...withAbove(parentOf(menu)), menu])

/** In order, each after the one it is in. */
export const TABLE_MENUS: readonly string[] = [...new Set(MENUS.flatMap(withAbove))].sort()
const isOurs = new Set(TABLE_MENUS)

/** What the checker makes of a form; it makes nothing of any other. */
export const formOf = (form: string): Marked["form"] => (form === "script" ? "s" : form === "see documentation" ? "d" : "")

type Seen = Map<string, Presence>
const see = (seen: Seen, key: string, bit: Presence): void => {
  seen.set(key, (seen.get(key) ?? 0) | bit)
}
const bySeen = (seen: Seen): readonly Marked[] =>
  [...seen]
    .map(([key, presence]): Marked => {
      const [name = "", form = ""] = key.split(":")
      return { name, form: form === "s" || form === "d" ? form : "", presence }
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.presence - b.presence))

type Growing = {
  readonly commands: Map<string, { presence: Presence; readonly args: Seen }>
  readonly needs: Map<string, { presence: Presence; readonly need: Need }>
  readonly outside: Seen
}

/** What is in a menu of ours: a command of it, or the name of something else. */
const placed = (path: string): readonly [menu: string, name: string, isCommand: boolean] => {
  const menu = parentOf(path)
  if (isOurs.has(menu)) return [menu, path.slice(menu.length + 1), true]
  const above = withAbove(menu).findLast((each) => isOurs.has(each)) ?? ""
  return [above, path.slice(above.length + 1).split("/")[0] ?? "", false]
}

const addRelease = (menus: ReadonlyMap<string, Growing>, folder: string, index: number, release: string): void => {
  const bit = 1 << index
  for (const [path, args] of rowsIn(folder, release)) {
    const [menuPath, name, isCommand] = placed(path)
    const menu = menus.get(menuPath)
    if (menu === undefined) continue
    if (!isCommand) {
      see(menu.outside, name, bit)
      continue
    }
    const command = menu.commands.get(name) ?? { presence: 0, args: new Map() }
    menu.commands.set(name, command)
    command.presence |= bit
    for (const [arg, form] of args) see(command.args, `${arg}:${formOf(form)}`, bit)
  }
  for (const [path, need] of treeOf(folder, release)?.required ?? []) {
    const menu = menus.get(parentOf(path))
    const key = JSON.stringify(need)
    const known = menu?.needs.get(key) ?? { presence: 0, need }
    menu?.needs.set(key, known)
    known.presence |= bit
  }
}

export const tableFrom = (folder: string): readonly TableMenu[] => {
  const menus = new Map<string, Growing>(
    TABLE_MENUS.map((path) => [path, { commands: new Map(), needs: new Map(), outside: new Map() }]),
  )
  for (const [index, release] of RECORDED.entries()) addRelease(menus, folder, index, release)
  return [...menus].map(
    ([path, { commands, needs, outside }]): TableMenu => ({
      path,
      commands: new Map(
        [...commands]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { presence, args }]): readonly [string, TableCommand] => [name, { presence, args: bySeen(args) }]),
      ),
      needs: [...needs.values()].map((need): TableNeed => need),
      outside: bySeen(outside),
    }),
  )
}
