/** Menus that are configuration more than state, as v6 and v7 have them. Rows are made up. */
import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type ReleaseCase,
  replayMenus,
  rowsOf,
  samplesOf,
  testReleases,
} from "../../../../test/replay-menus.ts"
import { propertiesOf } from "./menu.ts"
import { MENU_COLLECTORS } from "./menus.ts"

const off = { isDisabled: false }
const CASES: readonly ReleaseCase[] = [
  {
    release: "6.49: VRFs by their mark, an instance of BGP, one LDP, NTP by two addresses",
    menus: {
      "/ip/route/vrf": [{ interfaces: "ether2", "routing-mark": "cust", ".id": "*1" }],
      "/routing/bgp/instance": [{ name: "default", as: "64510", "router-id": "10.0.0.1" }],
      "/mpls/ldp": [{ enabled: "true", "lsr-id": "10.0.0.1", "transport-address": "10.0.0.1" }],
      "/mpls/ldp/neighbor": [{ transport: "10.0.0.2", peer: "10.0.0.2:0", operational: "true" }],
      "/system/ntp/client": [{ enabled: "true", "primary-ntp": "192.0.2.1", mode: "unicast" }],
      "/ip/hotspot/ip-binding": [
        { "mac-address": "02:00:00:00:00:01", server: "hs1", type: "bypassed", comment: "tv" },
      ],
    },
    families: {},
    tables: {
      vrfs: [{ kind: "vrf", name: "cust", interfaces: "ether2", isDynamic: false, ...off }],
      "routing-instances": [
        {
          kind: "bgp instance",
          name: "default",
          as: 64_510,
          routerId: "10.0.0.1",
          isDynamic: false,
          ...off,
        },
        {
          kind: "ldp",
          name: "10.0.0.1",
          routerId: "10.0.0.1",
          network: "10.0.0.1",
          state: "true",
          isDynamic: false,
          ...off,
        },
      ],
      adjacencies: [
        {
          protocol: "ldp",
          name: "10.0.0.2:0",
          remoteAddress: "10.0.0.2",
          state: "operational",
          isDynamic: false,
          ...off,
        },
      ],
      settings: [
        { area: "ntp client", name: "enabled", value: "true" },
        { area: "ntp client", name: "mode", value: "unicast" },
        { area: "ntp client", name: "primary-ntp", value: "192.0.2.1" },
      ],
      hotspot: [
        {
          kind: "binding",
          mac: "02:00:00:00:00:01",
          server: "hs1",
          type: "bypassed",
          comment: "tv",
          ...off,
        },
      ],
    },
  },
  {
    release: "7.20: VRFs with names, tables, WireGuard, BFD, routes with their protocol",
    menus: {
      "/ip/vrf": [{ name: "main", interfaces: "all", builtin: "true" }],
      "/routing/table": [{ name: "cust", fib: "" }],
      "/interface/wireguard": [
        { name: "wg1", "listen-port": "13231", "public-key": "AbC=", mtu: "1420", running: "true" },
      ],
      "/routing/bfd/session": [
        { "remote-address": "10.0.0.2%ether1", interface: "ether1", state: "up" },
      ],
      "/ip/route": [
        { "dst-address": "0.0.0.0/0", gateway: "192.0.2.1", distance: "1", static: "", active: "" },
      ],
    },
    families: {},
    tables: {
      vrfs: [
        { kind: "vrf", name: "main", interfaces: "all", isDynamic: true, ...off },
        { kind: "table", name: "cust", isDynamic: false, ...off },
      ],
      "logical-interfaces": [
        {
          kind: "wireguard",
          name: "wg1",
          port: 13_231,
          publicKey: "AbC=",
          mtu: 1_420,
          isRunning: true,
          ...off,
        },
      ],
      adjacencies: [
        {
          protocol: "bfd",
          remoteAddress: "10.0.0.2%ether1",
          interface: "ether1",
          state: "up",
          isDynamic: false,
          ...off,
        },
      ],
      routes: [
        {
          destination: "0.0.0.0/0",
          gateway: "192.0.2.1",
          distance: 1,
          protocol: "static",
          isActive: true,
          isDynamic: false,
          ...off,
        },
      ],
    },
  },
]
testReleases(CASES)

test("a menu that is longer than its limit is counted, and not read", async () => {
  const route = (index: number) => ({ "dst-address": `10.${index >> 8}.${index & 255}.0/24` })
  const { items, received } = await replayMenus({
    "/ip/route": Array.from({ length: 1_001 }, (_, index) => route(index)),
  })
  assert.deepEqual(rowsOf(items, "routes"), [])
  assert.deepEqual(
    samplesOf(items, "device-counts").filter(({ count }) => count === "routes"),
    [{ count: "routes", value: 1_001 }],
  )
  const reads = received.filter((each) => each.startsWith("/ip/route/print"))
  assert.ok(reads.length > 0 && reads.every((each) => each.includes("=count-only=")))
})

test("the load of each core is a sensor, and a single core has none", async () => {
  const core = (cpu: string, load: string) => ({ cpu, load, irq: "0" })
  const both = await replayMenus({
    "/system/resource/cpu": [core("cpu0", "3"), core("cpu1", "97")],
  })
  assert.deepEqual(
    samplesOf(both.items, "sensor").map(({ sensor, value, unit }) => [sensor, value, unit]),
    [
      ["cpu0", 3, "%"],
      ["cpu1", 97, "%"],
    ],
  )
  const single = await replayMenus({ "/system/resource/cpu": [core("cpu0", "3")] })
  assert.deepEqual(samplesOf(single.items, "sensor"), [])
})

test("no secret, and no text of a script, is requested", () => {
  const requested = MENU_COLLECTORS.flatMap(({ menus }) =>
    menus.flatMap((menu) => [
      ...propertiesOf(menu).map((name) => `${menu.path} ${name}`),
      ...(menu.monitor?.also ?? []).map((name) => `${menu.path} ${name}`),
    ]),
  )
  const secret =
    / (.*(password|secret|passphrase|private-key|preshared|psk|md5-key|wpa).*|source|on-event|key)$/
  assert.deepEqual(
    requested.filter((each) => secret.test(each)),
    [],
  )
  assert.deepEqual(
    requested.filter((each) => /^\/snmp\/community (name|auth|encrypt)/.test(each)),
    [],
  )
})
