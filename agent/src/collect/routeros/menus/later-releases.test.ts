/** One case for each shape of the API, 7.12 to 7.24. Rows are written for these tests. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { type ReleaseCase, replayMenus, testReleases } from "../../../../test/replay-menus.ts"

const CASES: readonly ReleaseCase[] = [
  {
    release: "7.12: wifiwave2, modules with limits of their own",
    menus: {
      "/interface/wifiwave2/registration-table": [
        {
          interface: "wifi1",
          "mac-address": "02:00:00:00:00:0a",
          signal: "-58",
          "tx-rate": "866700000",
        },
      ],
      "/interface/ethernet": [
        { name: "sfp1" },
        { name: "ether1" },
        { name: "ether2", disabled: "true" },
      ],
      "/interface/ethernet/monitor": [
        {
          name: "sfp1",
          rate: "10Gbps",
          "full-duplex": "true",
          "sfp-module-present": "true",
          "sfp-rx-loss": "false",
          "sfp-rx-power": "-14.5dBm",
          "sfp-tx-power": "-2.843dBm",
          "sfp-tx-bias-current": "7mA",
          "sfp-supply-voltage": "3.322V",
          "sfp-temperature": "33C",
          "sfp-wavelength": "1310nm",
          "sfp-rx-power-low-alarm": "-14.1dBm",
          "sfp-rx-power-high-alarm": "0.5dBm",
        },
        { name: "ether1", rate: "1Gbps", "full-duplex": "yes" },
      ],
    },
    families: {
      registration: [{ client: "02:00:00:00:00:0a", signalDbm: -58, txRateBps: 866_700_000 }],
      optics: [
        {
          interface: "sfp1",
          rxDbm: -14.5,
          txDbm: -2.843,
          biasMa: 7,
          voltageV: 3.322,
          temperatureC: 33,
          wavelengthNm: 1_310,
          hasRxLoss: false,
          isOutside: true,
          rxLowDbm: -14.1,
          rxHighDbm: 0.5,
        },
      ],
      port: [
        { interface: "sfp1", speedBps: 10_000_000_000, isFullDuplex: true },
        { interface: "ether1", speedBps: 1_000_000_000, isFullDuplex: true },
      ],
    },
    tables: {},
  },
  {
    release: "7.18: empty menus, a menu that the account may not read, WireGuard and netwatch",
    menus: {
      "/routing/ospf/neighbor": [],
      "/ppp/active": "not enough permissions (9)",
      "/interface/wireguard/peers": [
        { interface: "wg1", name: "hq", "public-key": "k1", "last-handshake": "20s" },
        { interface: "wg1", name: "off", "public-key": "k2", disabled: "true" },
        { interface: "wg1", name: "away", "public-key": "k3" },
        // Keepalives to a fixed address; one side alone expects nothing.
        ...[
          ["gone", "25s", "198.51.100.1", "10m"],
          ["never", "25s", "vpn.example.net", ""],
          ["roams", "25s", "", "10m"],
          ["rests", "", "198.51.100.2", "10m"],
        ].map(([name = "", keepalive = "", endpoint = "", handshake = ""]) => ({
          ...{ interface: "wg1", name, "persistent-keepalive": keepalive },
          ...{ "endpoint-address": endpoint, "last-handshake": handshake },
        })),
      ],
      "/tool/netwatch": [
        {
          host: "192.0.2.1",
          type: "icmp",
          status: "up",
          "rtt-avg": "9ms445us",
          "loss-percent": "10",
        },
        { name: "dns", host: "192.0.2.2", type: "dns", status: "down" },
      ],
    },
    families: {
      sessions: [],
      tunnel: [
        { tunnel: "wireguard wg1 hq", state: "up", handshakeS: 20 },
        { tunnel: "wireguard wg1 away", state: "idle" },
        { tunnel: "wireguard wg1 gone", state: "down", handshakeS: 600 },
        { tunnel: "wireguard wg1 never", state: "down" },
        { tunnel: "wireguard wg1 roams", state: "idle", handshakeS: 600 },
        { tunnel: "wireguard wg1 rests", state: "idle", handshakeS: 600 },
      ],
      watch: [
        { host: "192.0.2.1", state: "up", rttMs: 9.445, lossRatio: 0.1 },
        { host: "dns", state: "down" },
      ],
    },
    tables: { "ospf-neighbours": [], sessions: [] },
  },
  {
    release: "7.20: BGP with explicit instances",
    menus: {
      "/routing/bgp/instance": [{ name: "i1", as: "65001", "router-id": "10.10.10.1" }],
      "/routing/bgp/connection": [
        { name: "c1", instance: "i1", "remote.address": "10.10.10.2", "remote.as": "65002" },
      ],
      "/routing/bgp/session": [],
    },
    families: { bgp: [{ peer: "c1", state: "active", disabled: false, remoteAs: 65_002 }] },
    tables: {
      "bgp-peers": [
        {
          name: "c1",
          instance: "i1",
          state: "active",
          remoteAddress: "10.10.10.2",
          remoteAs: 65_002,
          localAs: 65_001,
          isDisabled: false,
          isExternal: false,
        },
      ],
    },
  },
  {
    release: "7.22: PoE, bridge ports, VRRP and certificates",
    menus: {
      "/interface/ethernet/poe": [{ name: "ether2" }, { name: "ether3" }],
      "/interface/ethernet/poe/monitor": [
        {
          name: "ether2",
          "poe-out-status": "powered-on",
          "poe-out-voltage": "24.3V",
          "poe-out-current": "120mA",
          "poe-out-power": "2.9W",
        },
        { name: "ether3", "poe-out-status": "short-circuit" },
      ],
      "/interface/bridge/port": [
        { interface: "ether2", role: "designated-port", forwarding: "true" },
        { interface: "ether3", role: "alternate-port", forwarding: "false" },
        { interface: "ether4", disabled: "true" },
      ],
      "/interface/vrrp": [
        { name: "vrrp1", master: "true", running: "true" },
        { name: "vrrp2", backup: "true" },
      ],
      "/system/clock": [{ date: "2023-11-14", time: "22:13:20", "gmt-offset": "+00:00" }],
      "/certificate": [
        { name: "web", "common-name": "r1", "expires-after": "3d12h", trusted: "true" },
        { name: "old", "invalid-after": "2023-11-13 22:13:20", expired: "true" },
      ],
    },
    families: {
      poe: [
        { interface: "ether2", state: "powered", watts: 2.9, volts: 24.3, milliamps: 120 },
        { interface: "ether3", state: "short-circuit" },
      ],
      "bridge-port": [
        { interface: "ether2", state: "forwarding" },
        { interface: "ether3", state: "blocking" },
        { interface: "ether4", state: "disabled" },
      ],
      vrrp: [
        { group: "vrrp1", role: "master" },
        { group: "vrrp2", role: "backup" },
      ],
      certificate: [
        { certificate: "web", daysLeft: 3.5 },
        { certificate: "old", daysLeft: -1 },
      ],
    },
    tables: {},
  },
  {
    release: "7.24: wifi, neighbours by several protocols, VLANs of bridges, boot firmware",
    menus: {
      "/interface/wifi": [{ name: "wifi1" }],
      "/interface/wifi/monitor": [
        { name: "wifi1", channel: "5180/ax/Ceee", "registered-peers": "1", "tx-power": "20" },
      ],
      "/interface/wifi/registration-table": [
        {
          interface: "wifi1",
          "mac-address": "02:00:00:00:00:0b",
          ssid: "isp",
          signal: "-61",
          band: "5ghz-ax",
        },
      ],
      "/ip/neighbor": [
        {
          interface: "ether1,bridge",
          identity: "sw1",
          "mac-address": "02:00:00:00:00:0c",
          "interface-name": "ether24",
          "discovered-by": "lldp,mndp",
          age: "4s",
        },
      ],
      "/interface/bridge/vlan": [
        { bridge: "bridge1", "vlan-ids": "10,20", tagged: "ether1,ether2", untagged: "" },
      ],
      "/system/routerboard": [
        { routerboard: "true", "current-firmware": "7.22", "upgrade-firmware": "7.24" },
      ],
      "/ip/route": [{}, {}, {}],
    },
    families: {
      wireless: [{ interface: "wifi1", clients: 1, frequencyMhz: 5_180, txPowerDbm: 20 }],
      "device-counts": [{ count: "routes", value: 3 }],
    },
    tables: {
      registrations: [
        {
          interface: "wifi1",
          mac: "02:00:00:00:00:0b",
          ssid: "isp",
          band: "5ghz-ax",
          signalDbm: -61,
        },
      ],
      neighbours: [
        {
          interface: "ether1,bridge",
          identity: "sw1",
          mac: "02:00:00:00:00:0c",
          remotePort: "ether24",
          protocols: "lldp,mndp",
        },
      ],
      vlans: [
        {
          vlanId: "10,20",
          interface: "bridge1",
          tagged: "ether1,ether2",
          isDynamic: false,
          isDisabled: false,
        },
      ],
      packages: [{ name: "RouterBOOT", version: "7.22", available: "7.24" }],
    },
  },
]

testReleases(CASES)

test("missing and forbidden menus are not requested again, and properties are named always", async () => {
  const { received, items } = await replayMenus({ "/ppp/active": "not enough permissions (9)" }, 3)
  const times = (start: string) => received.filter((each) => each.startsWith(start)).length
  assert.equal(times("/routing/bgp/peer/print"), 1)
  assert.equal(times("/ppp/active/print"), 1)
  assert.ok(!items.some((item) => item.kind === "rows" && item.table === "sessions"))
  const unnamed = received.filter(
    (each) =>
      each.includes("/print") && !each.includes("=.proplist=") && !each.includes("=count-only="),
  )
  assert.deepEqual(unnamed, [])
})

test("rows are sent once, and again only if they change", async () => {
  const { items } = await replayMenus(
    {
      "/ip/arp": [{ address: "10.0.0.1", interface: "ether1", "mac-address": "02:00:00:00:00:01" }],
    },
    3,
  )
  const sent = items.filter((item) => item.kind === "rows" && item.table === "arp")
  assert.equal(sent.length, 1)
})
