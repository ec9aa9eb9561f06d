/** One case for each shape of the API, 6.49 to 7.9. Rows are written for these tests. */
import {
  pppSession,
  REPLAYED_AT_MS,
  type ReleaseCase,
  testReleases,
} from "../../../../test/replay-menus.ts"

const HOUR_MS = 3_600_000

const CASES: readonly ReleaseCase[] = [
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
      "/ppp/active": [
        pppSession("anna", "pppoe"),
        pppSession("berk", "pppoe"),
        pppSession("vpn", "l2tp"),
      ],
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
      sessions: [
        pppSession("anna", "pppoe"),
        pppSession("berk", "pppoe"),
        pppSession("vpn", "l2tp"),
      ].map(({ name, service }) => ({
        user: name,
        service,
        address: "100.64.0.2",
        callerId: "02:00:00:00:00:01",
        sinceMs: REPLAYED_AT_MS - HOUR_MS,
        isRadius: true,
      })),
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
    release: "7.x: a PPPoE server that has lost every session has zero, another router no count",
    menus: {
      "/interface/pppoe-server/server": [
        { "service-name": "internet", interface: "ether2", disabled: "false" },
      ],
      "/ppp/active": [],
    },
    families: { sessions: [{ service: "pppoe", count: 0 }] },
    tables: {},
  },
  {
    release: "7.x: a PPPoE server that is switched off has no count",
    menus: {
      "/interface/pppoe-server/server": [{ "service-name": "old", disabled: "true" }],
      "/ppp/active": [],
    },
    families: { sessions: [] },
    tables: {},
  },
]

testReleases(CASES)
