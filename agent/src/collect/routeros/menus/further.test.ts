/** Lists and settings of a configuration, as `/export` of a home router and of an access point has them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { replayMenus, rowsOf } from "../../../../test/replay-menus.ts"
import { propertiesOf } from "./menu.ts"
import { MENU_COLLECTORS } from "./menus.ts"

test("lists of services, profiles and rules are rows, settings too", async () => {
  const { items } = await replayMenus({
    "/ip/upnp/interfaces": [{ ".id": "*1", interface: "bridge", type: "internal" }],
    "/system/leds": [{ ".id": "*1", leds: "led1", interface: "wlan1", type: "wireless-status" }],
    "/ip/firewall/service-port": [{ ".id": "*1", name: "sip", ports: "5060", disabled: "true" }],
    "/interface/wifi/datapath": [{ ".id": "*1", name: "dp1", bridge: "bridge" }],
    "/interface/wifi/provisioning": [
      { ".id": "*1", action: "create-dynamic-enabled", "master-configuration": "cfg1" },
      { ".id": "*2", action: "create-enabled", "master-configuration": "cfg1" },
    ],
    "/ip/hotspot/walled-garden/ip": [
      { ".id": "*1", action: "accept", "dst-host": "portal.example", disabled: "false" },
    ],
    "/ipv6/nd": [{ ".id": "*1", interface: "all", "ra-lifetime": "30m" }],
    "/ip/dns/adlist": [{ ".id": "*1", url: "https://lists.example/a", "name-count": "120" }],
    "/tool/mac-server/mac-winbox": [{ "allowed-interface-list": "LAN" }],
    "/interface/ethernet/poe/settings": [{ "psu1-max-power": "150W" }],
  })
  const has = (table: Parameters<typeof rowsOf>[1], ...wanted: object[]): void => {
    const rows = rowsOf(items, table)
    for (const row of wanted)
      assert.ok(
        rows.some((each) => Object.entries(row).every(([name, value]) => each[name] === value)),
        `${table}: ${JSON.stringify(row)} of ${JSON.stringify(rows)}`,
      )
  }
  has(
    "services",
    { kind: "upnp interface", name: "bridge", profile: "internal" },
    { kind: "led", name: "led1", address: "wlan1" },
    { kind: "connection helper", name: "sip", port: "5060", isDisabled: true },
  )
  has("profiles", { kind: "wifi datapath", name: "dp1", remoteAddress: "bridge" })
  assert.equal(
    rowsOf(items, "profiles").filter(({ kind }) => kind === "wifi provisioning").length,
    2,
  )
  has("firewall-rules", {
    kind: "walled garden ip",
    action: "accept",
    destination: "portal.example",
  })
  has("dhcp-services", { kind: "neighbour discovery", interface: "all", leaseTime: "30m" })
  has("dns-records", { name: "https://lists.example/a", type: "block list", value: "120" })
  has(
    "settings",
    { area: "mac winbox", name: "allowed-interface-list", value: "LAN" },
    { area: "poe", name: "psu1-max-power", value: "150W" },
  )
})

test("no menu of two kinds has the same path in one collector", () => {
  for (const { reads, menus } of MENU_COLLECTORS) {
    const paths = menus.map(({ path }) => path)
    assert.deepEqual(
      paths.filter((path, at) => paths.indexOf(path) !== at),
      [],
      reads,
    )
    for (const menu of menus) assert.notEqual(propertiesOf(menu).length, 0, menu.path)
  }
})
