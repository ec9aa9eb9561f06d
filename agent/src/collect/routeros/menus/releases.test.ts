/** One case for each shape of the API, from 6.49 to 7.24. Rows are written for these tests. */
import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type MenuRow,
  type Menus,
  REPLAYED_AT_MS,
  replayMenus,
  rowsOf,
  samplesOf,
} from "../../../../test/replay-menus.ts"

type Case = {
  readonly release: string
  readonly menus: Menus
  readonly families: Readonly<Record<string, readonly MenuRow[]>>
  readonly tables: Readonly<Record<string, readonly MenuRow[]>>
}
const HOUR_MS = 3_600_000
const session = (name: string, service: string) => ({
  ".id": `*${name}`,
  name,
  service,
  "caller-id": "02:00:00:00:00:01",
  address: "100.64.0.2",
  uptime: "1h",
  radius: "true",
})

const CASES: readonly Case[] = [
  {
    release: "6.49: one peer menu, OSPF of both versions, wireless, dates with names of months",
    menus: {
      "/routing/bgp/peer": [
        {
          name: "transit",
          "remote-address": "198.51.100.1",
          "remote-as": "64500",
          state: "established",
          established: "true",
          uptime: "1d2h",
          "prefix-count": "812000",
          instance: "default",
        },
        {
          name: "backup",
          "remote-address": "198.51.100.9",
          "remote-as": "64501",
          state: "opensent",
        },
        { name: "old", "remote-address": "198.51.100.7", state: "idle", disabled: "true" },
      ],
      "/routing/bgp/instance": [{ name: "default", as: "64510" }],
      "/routing/ospf/neighbor": [
        {
          "router-id": "10.255.0.2",
          interface: "vlan10",
          address: "10.0.0.2",
          state: "Full",
          "state-changes": "5",
          adjacency: "1h",
          "dr-address": "10.0.0.2",
        },
        { "router-id": "10.255.0.3", interface: "vlan10", state: "2-Way" },
      ],
      "/routing/ospf-v3/neighbor": [
        { "router-id": "10.255.0.2", interface: "vlan20", state: "ExStart" },
      ],
      "/interface/wireless/registration-table": [
        {
          interface: "wlan1",
          "mac-address": "02:00:00:00:00:09",
          "signal-strength": "-65dBm@1Mbps",
          "signal-to-noise": "43dB",
          "tx-ccq": "96%",
          "tx-rate": "144.4Mbps-20MHz/2S/SGI",
          uptime: "9m55s",
        },
      ],
      "/system/clock": [{ date: "nov/15/2023", time: "01:13:20", "gmt-offset": "+03:00" }],
      "/system/ntp/client": [{ enabled: "true", "last-update-from": "192.0.2.1" }],
      "/user/active": [
        { when: "nov/15/2023 00:13:20", name: "noc", address: "192.0.2.8", via: "ssh" },
      ],
    },
    families: {
      bgp: [
        {
          peer: "transit",
          state: "established",
          disabled: false,
          prefixesReceived: 812_000,
          uptimeS: 93_600,
          remoteAs: 64_500,
        },
        { peer: "backup", state: "opensent", disabled: false, remoteAs: 64_501 },
        { peer: "old", state: "idle", disabled: true },
      ],
      ospf: [
        { neighbour: "10.255.0.2 vlan10", state: "full", stateChanges: 5, adjacencyS: 3_600 },
        { neighbour: "10.255.0.3 vlan10", state: "two-way" },
        { neighbour: "10.255.0.2 vlan20", state: "exchange-start" },
      ],
      registration: [
        {
          client: "02:00:00:00:00:09",
          signalDbm: -65,
          snrDb: 43,
          txCcqPercent: 96,
          txRateBps: 144_400_000,
          uptimeS: 595,
        },
      ],
      wireless: [{ interface: "wlan1", clients: 1 }],
      clock: [{ offsetMs: 500, isSynchronized: true }],
    },
    tables: {
      users: [
        {
          user: "noc",
          address: "192.0.2.8",
          via: "ssh",
          sinceMs: REPLAYED_AT_MS - HOUR_MS,
          isActive: true,
        },
      ],
    },
  },
  {
    release: "7.1: connection and session joined; a peer without a session is down",
    menus: {
      "/routing/bgp/connection": [
        { name: "c1", "remote.address": "198.51.100.1/32", "remote.as": "64500", as: "64510" },
        { name: "c2", "remote.address": "198.51.100.2/32", "remote.as": "64502" },
        { name: "cust", "remote.address": "203.0.113.0/24", listen: "true" },
        { name: "off", "remote.address": "198.51.100.3", disabled: "true" },
      ],
      "/routing/bgp/session": [
        {
          name: "c1-1",
          "remote.address": "198.51.100.1",
          "remote.as": "64500",
          "local.as": "64510",
          established: "true",
          ebgp: "",
          "prefix-count": "7",
          uptime: "53m10s720ms",
        },
        { name: "cust-2", "remote.address": "203.0.113.8", established: "true" },
        {
          name: "cust-3",
          "remote.address": "203.0.113.9",
          "input.last-notification": "hold timer",
        },
      ],
    },
    families: {
      bgp: [
        {
          peer: "c1",
          state: "established",
          disabled: false,
          prefixesReceived: 7,
          uptimeS: 3_190.72,
          remoteAs: 64_500,
        },
        { peer: "c2", state: "active", disabled: false, remoteAs: 64_502 },
        { peer: "cust-2", state: "established", disabled: false },
        { peer: "cust-3", state: "active", disabled: false },
        { peer: "off", state: "idle", disabled: true },
      ],
    },
    tables: {},
  },
  {
    release: "7.9: PPP by service, pools of DHCP servers, queues",
    menus: {
      "/ppp/active": [session("anna", "pppoe"), session("berk", "pppoe"), session("vpn", "l2tp")],
      "/ip/dhcp-server": [
        { name: "lan", "address-pool": "pool1" },
        { name: "no", disabled: "true" },
      ],
      "/ip/pool": [{ name: "pool1", ranges: "10.0.0.10-10.0.0.19,10.1.0.0/30" }],
      "/ip/dhcp-server/lease": [
        {
          address: "10.0.0.10",
          "mac-address": "02:00:00:00:00:10",
          server: "lan",
          status: "bound",
          "expires-after": "1h",
          "host-name": "tv",
          dynamic: "true",
        },
        { address: "10.0.0.11", server: "lan", status: "waiting" },
      ],
      "/queue/simple": [
        { name: "anna", bytes: "1000/2000", "max-limit": "10M/50M", dropped: "1/2" },
        { name: "free", bytes: "0/0", "max-limit": "0/0" },
      ],
    },
    families: {
      sessions: [
        { service: "pppoe", count: 2 },
        { service: "l2tp", count: 1 },
      ],
      dhcp: [{ server: "lan", leases: 1, addresses: 14 }],
      queue: [{ queue: "anna", rxLimitBps: 10_000_000, txLimitBps: 50_000_000 }],
    },
    tables: {
      sessions: [session("anna", "pppoe"), session("berk", "pppoe"), session("vpn", "l2tp")].map(
        ({ name, service }) => ({
          user: name,
          service,
          address: "100.64.0.2",
          callerId: "02:00:00:00:00:01",
          sinceMs: REPLAYED_AT_MS - HOUR_MS,
          isRadius: true,
        }),
      ),
      leases: [
        {
          address: "10.0.0.10",
          mac: "02:00:00:00:00:10",
          hostName: "tv",
          server: "lan",
          status: "bound",
          expiresMs: REPLAYED_AT_MS + HOUR_MS,
          isDynamic: true,
          isBlocked: false,
          isDisabled: false,
        },
        {
          address: "10.0.0.11",
          server: "lan",
          status: "waiting",
          isDynamic: false,
          isBlocked: false,
          isDisabled: false,
        },
      ],
    },
  },
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
        { tunnel: "wireguard wg1 off", state: "down" },
        { tunnel: "wireguard wg1 away", state: "idle" },
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

for (const { release, menus, families, tables } of CASES)
  test(release, async () => {
    const { items } = await replayMenus(menus)
    for (const [family, expected] of Object.entries(families))
      assert.deepEqual(samplesOf(items, family), expected, family)
    for (const [table, expected] of Object.entries(tables))
      assert.deepEqual(rowsOf(items, table), expected, table)
  })

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
