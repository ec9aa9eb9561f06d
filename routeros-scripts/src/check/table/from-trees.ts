/** Makes the product's table from the trees of the recorded releases. */
import type { Need } from "../model.ts"
import { rowsIn, treeOf } from "../tree.ts"
import {
  RECORDED,
  type ReleaseSet,
  type TableCommand,
  type TableEntry,
  type TableMenu,
  type TableNeed,
} from "./shape.ts"

/**
 * The menus that our scripts and the onboarding of a router use; the menus above them have only
 * their own commands.
 */
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
const withAbove = (menu: string): readonly string[] =>
  menu === "" ? [""] : [...withAbove(parentOf(menu)), menu]

/** Sorted, so that each menu comes after its parent. */
export const TABLE_MENUS: readonly string[] = [...new Set(MENUS.flatMap(withAbove))].sort()
const isOurs = new Set(TABLE_MENUS)

/** The forms that the checker uses; it ignores all others. */
export const formOf = (form: string): TableEntry["form"] =>
  form === "script" ? "s" : form === "see documentation" ? "d" : ""

type Marks = Map<string, ReleaseSet>
const mark = (marks: Marks, key: string, bit: ReleaseSet): void => {
  marks.set(key, (marks.get(key) ?? 0) | bit)
}
const entriesOf = (marks: Marks): readonly TableEntry[] =>
  [...marks]
    .map(([key, releases]): TableEntry => {
      const [name = "", form = ""] = key.split(":")
      return { name, form: form === "s" || form === "d" ? form : "", releases }
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.releases - b.releases))

type MutableMenu = {
  readonly commands: Map<string, { releases: ReleaseSet; readonly args: Marks }>
  readonly needs: Map<string, { releases: ReleaseSet; readonly need: Need }>
  readonly outside: Marks
}

/** An entry of one of our menus: a command, or the name of something else. */
const placed = (path: string): readonly [menu: string, name: string, isCommand: boolean] => {
  const menu = parentOf(path)
  if (isOurs.has(menu)) return [menu, path.slice(menu.length + 1), true]
  const above = withAbove(menu).findLast((each) => isOurs.has(each)) ?? ""
  return [above, path.slice(above.length + 1).split("/")[0] ?? "", false]
}

const addRelease = (
  menus: ReadonlyMap<string, MutableMenu>,
  folder: string,
  index: number,
  release: string,
): void => {
  const bit = 1 << index
  for (const [path, args] of rowsIn(folder, release)) {
    const [menuPath, name, isCommand] = placed(path)
    const menu = menus.get(menuPath)
    if (menu === undefined) continue
    if (!isCommand) {
      mark(menu.outside, name, bit)
      continue
    }
    const command = menu.commands.get(name) ?? { releases: 0, args: new Map() }
    menu.commands.set(name, command)
    command.releases |= bit
    for (const [arg, form] of args) mark(command.args, `${arg}:${formOf(form)}`, bit)
  }
  for (const [path, need] of treeOf(folder, release)?.required ?? []) {
    const menu = menus.get(parentOf(path))
    const key = JSON.stringify(need)
    const known = menu?.needs.get(key) ?? { releases: 0, need }
    menu?.needs.set(key, known)
    known.releases |= bit
  }
}

export const tableFrom = (folder: string): readonly TableMenu[] => {
  const menus = new Map<string, MutableMenu>(
    TABLE_MENUS.map((path) => [
      path,
      { commands: new Map(), needs: new Map(), outside: new Map() },
    ]),
  )
  for (const [index, release] of RECORDED.entries()) addRelease(menus, folder, index, release)
  return [...menus].map(
    ([path, { commands, needs, outside }]): TableMenu => ({
      path,
      commands: new Map(
        [...commands]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { releases, args }]): readonly [string, TableCommand] => [
            name,
            { releases, args: entriesOf(args) },
          ]),
      ),
      needs: [...needs.values()].map((need): TableNeed => need),
      outside: entriesOf(outside),
    }),
  )
}
