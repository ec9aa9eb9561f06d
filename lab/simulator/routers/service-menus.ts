/**
 * Menus of what a simulated router serves: queues, DHCP, radios, tunnels. Their rows follow from
 * its ports: a sector without a link has no clients, a session that has ended no queue.
 */
import type { Row } from "./api-query.ts"
import { modemRow, modemsOf } from "./modem.ts"
import type { Port } from "./port.ts"
import type { Router } from "./router.ts"
import { dateText, durationText } from "./text.ts"
import { randomFraction, seedOf, varyingValue } from "./traffic-curve.ts"

const idOf = (n: number): string => `*${n.toString(16).toUpperCase()}`
const macOf = (seed: number, n: number): string =>
  ["02", ...[24, 16, 8, 0].map((bits) => ((seed >> bits) & 255).toString(16)), n.toString(16)]
    .map((each) => each.padStart(2, "0").toUpperCase())
    .join(":")
const byteText = (port: Port, atMs: number): string =>
  `${BigInt.asUintN(64, port.rxByte.read(atMs))}/${BigInt.asUintN(64, port.txByte.read(atMs))}`

const sessionPorts = (router: Router) =>
  router.ports.filter((port) => port.plan.dynamic && port.running)
const customerPorts = (router: Router) =>
  router.ports.filter((port) => port.plan.comment === "customers")
const runs = (router: Router) => customerPorts(router).filter((port) => port.running)
/** Boards at the towers of wireless sites: their customers' ports are sectors. */
const isTower = (router: Router): boolean => router.persona.board === "RB760iGS"

/** Plans of subscribers, upload and download. */
const PLANS = ["10M/50M", "20M/100M", "50M/200M"] as const

const sessionQueues = (router: Router, atMs: number): Row[] =>
  sessionPorts(router).map((port, n) => ({
    ".id": idOf(0x1000 + n),
    name: port.plan.name.replace(/^<(.*)>$/, "$1"),
    target: port.plan.name,
    parent: "none",
    "packet-marks": "",
    priority: "8/8",
    queue: "default-small/default-small",
    "limit-at": "0/0",
    "max-limit": PLANS[n % PLANS.length] ?? PLANS[0],
    bytes: byteText(port, atMs),
    dropped: `0/${n % 4 === 0 ? Math.floor((atMs - router.bootAtMs) / 60_000) : 0}`,
    dynamic: "true",
    disabled: "false",
  }))
const customerQueues = (router: Router, atMs: number): Row[] =>
  customerPorts(router).map((port, n) => ({
    ".id": idOf(n + 1),
    name: `customers-${port.plan.name}`,
    target: port.plan.name,
    parent: "none",
    priority: "8/8",
    queue: "default-small/default-small",
    "limit-at": "0/0",
    "max-limit": `${Math.round(port.plan.speedBps / 5e6)}M/${Math.round(port.plan.speedBps / 1e6)}M`,
    bytes: byteText(port, atMs),
    dropped: "0/0",
    dynamic: "false",
    disabled: "false",
  }))

/** A server behind the ports of customers; phones and set-top boxes of their homes. */
const LEASES_PER_PORT = 9
const leaseRows = (router: Router, atMs: number): Row[] =>
  runs(router).flatMap((port, p) =>
    Array.from({ length: LEASES_PER_PORT }, (_, n): Row => {
      const at = p * LEASES_PER_PORT + n
      const seed = seedOf(router.spec.seed, `${port.plan.name} lease ${n}`)
      const bound = n < LEASES_PER_PORT - 1
      const leftMs = 600_000 + ((seed >>> 4) % 82_800_000)
      return {
        ".id": idOf(0x100 + at),
        address: `172.20.${p}.${10 + n}`,
        "mac-address": macOf(seed, n),
        server: "customers",
        status: bound ? "bound" : "waiting",
        "host-name": ["phone", "set-top", "laptop", "camera", "printer"][n % 5] ?? "host",
        ...(bound
          ? {
              "active-server": "customers",
              "active-address": `172.20.${p}.${10 + n}`,
              "active-mac-address": macOf(seed, n),
              "expires-after": durationText(leftMs - ((atMs - router.bootAtMs) % 600_000)),
            }
          : {}),
        dynamic: "true",
        blocked: "false",
        disabled: "false",
      }
    }),
  )

/** Customers of a sector: a few are far away. */
const CLIENTS = 6
const clients = (router: Router, atMs: number): Row[] =>
  runs(router).flatMap((port, p) =>
    Array.from({ length: CLIENTS }, (_, n): Row => {
      const seed = seedOf(router.spec.seed, `${port.plan.name} client ${n}`)
      const far = randomFraction(seed, 1)
      const dbm = varyingValue(seed, atMs, -58 - 26 * far, -54 - 26 * far)
      const quality = Math.round(100 - 45 * far)
      return {
        ".id": idOf(p * CLIENTS + n + 1),
        interface: port.plan.name,
        "radio-name": `cpe-${p + 1}${String(n + 1).padStart(2, "0")}`,
        "mac-address": macOf(seed, n),
        "signal-strength": `${Math.round(dbm)}dBm@6Mbps`,
        "tx-signal-strength": String(Math.round(dbm - 3)),
        "signal-to-noise": String(Math.round(dbm + 102)),
        "tx-ccq": String(quality),
        "rx-ccq": String(quality - 4),
        "tx-rate": `${Math.round(300 - 200 * far)}Mbps-40MHz/2S`,
        "rx-rate": `${Math.round(240 - 160 * far)}Mbps-40MHz/2S`,
        uptime: durationText(Math.max(0, atMs - (port.lastUpAtMs ?? atMs)) + n * 1_000),
        "last-ip": `172.21.${p}.${10 + n}`,
        comment: `subscriber ${1001 + p * CLIENTS + n}`,
      }
    }),
  )
export const radioMonitorRows = (router: Router, names: readonly string[]): Row[] =>
  customerPorts(router)
    .filter(({ plan }) => names.includes(plan.name))
    .map((port, n) => ({
      name: port.plan.name,
      status: port.running ? "running-ap" : "disabled",
      channel: `${5_500 + n * 40}/20-Ce/an/DP`,
      "registered-clients": port.running ? String(CLIENTS) : "0",
      "noise-floor": String(-103 + (n % 3)),
      "overall-tx-ccq": port.running ? "88" : "0",
    }))

/** Management tunnels of routers with a loopback: up while any of their links is. */
const wireguardPeers = (router: Router, atMs: number): Row[] => {
  const isUp = router.ports.some((port) => port.running && port.plan.comment?.startsWith("to "))
  return ["noc", "backup-noc"].map((name, n) => ({
    ".id": idOf(n + 1),
    interface: "wg-management",
    name,
    "public-key": `${Buffer.from(`${router.spec.name} ${name}`).toString("base64").slice(0, 42)}A=`,
    "endpoint-address": `198.51.100.${n + 10}`,
    "current-endpoint-address": isUp ? `198.51.100.${n + 10}` : "",
    "allowed-address": `10.99.${n}.0/24`,
    "last-handshake":
      isUp && n === 0 ? durationText((atMs % 110_000) + 1_000) : durationText(86_400_000),
    disabled: "false",
  }))
}
const isBorder = (router: Router): boolean => /-border-/.test(router.spec.name)
const ipsecPeers = (router: Router, atMs: number): Row[] =>
  router.ports
    .filter((port) => port.running && port.plan.comment?.startsWith("to ") === true)
    .slice(0, 1)
    .map((port) => ({
      ".id": "*1",
      id: "partner-exchange",
      state: "established",
      "remote-address": "198.51.100.77",
      "local-address": router.spec.address,
      side: "initiator",
      uptime: durationText(Math.max(0, atMs - (port.lastUpAtMs ?? atMs))),
    }))

const ROUTES_OF_A_PORT = 12
const routeRows = (router: Router): Row[] =>
  router.ports
    .filter((port) => port.running && !port.plan.dynamic)
    .flatMap((port, p) =>
      Array.from(
        { length: ROUTES_OF_A_PORT },
        (_, n): Row => ({
          ".id": idOf(p * ROUTES_OF_A_PORT + n + 1),
          "dst-address": `10.${100 + p}.${n}.0/24`,
          gateway: port.plan.name,
          "routing-table": "main",
          distance: n === 0 ? "0" : "110",
          active: "true",
          dynamic: "true",
          ...(n === 0 ? { connect: "true" } : { ospf: "true" }),
        }),
      ),
    )

type Print = (router: Router, atMs: number) => readonly Row[]
type ServiceMenu = { readonly has: (router: Router) => boolean; readonly print: Print }
const always = () => true
const hasCustomers = (router: Router): boolean => customerPorts(router).length > 0
const hasSessions = (router: Router): boolean => router.ports.some(({ plan }) => plan.dynamic)
const servesDhcp = (router: Router): boolean => hasCustomers(router) && !isTower(router)

export const SERVICE_MENUS: Readonly<Record<string, ServiceMenu>> = {
  "/queue/simple": {
    has: always,
    print: (router, atMs) => [...sessionQueues(router, atMs), ...customerQueues(router, atMs)],
  },
  "/interface/pppoe-server/server": {
    has: always,
    print: (router) =>
      hasSessions(router)
        ? [
            {
              ".id": "*1",
              "service-name": "internet",
              interface: "bridge-access",
              disabled: "false",
            },
          ]
        : [],
  },
  "/queue/tree": { has: always, print: () => [] },
  "/ip/dhcp-server": {
    has: always,
    print: (router) =>
      servesDhcp(router)
        ? [
            {
              ".id": "*1",
              name: "customers",
              interface: "bridge-customers",
              "address-pool": "customers",
              "lease-time": "1d",
              disabled: "false",
            },
          ]
        : [],
  },
  "/ip/dhcp-server/network": {
    has: always,
    print: (router) =>
      servesDhcp(router)
        ? [
            {
              ".id": "*1",
              address: "172.20.0.0/20",
              gateway: "172.20.0.1",
              "dns-server": "172.20.0.1",
            },
          ]
        : [],
  },
  "/ip/dhcp-server/lease": {
    has: always,
    print: (router, atMs) => (servesDhcp(router) ? leaseRows(router, atMs) : []),
  },
  "/ip/pool": {
    has: always,
    print: (router) => [
      ...(servesDhcp(router)
        ? [{ ".id": "*1", name: "customers", ranges: "172.20.0.10-172.20.0.73" }]
        : []),
      ...(hasSessions(router)
        ? [{ ".id": "*2", name: "subscribers", ranges: "100.64.0.0-100.64.3.255" }]
        : []),
    ],
  },
  "/interface/wireless": {
    has: isTower,
    print: (router) =>
      customerPorts(router).map(({ plan }, n) => ({
        ".id": idOf(plan.index),
        name: plan.name,
        ssid: `sector-${n + 1}`,
        band: "5ghz-a/n",
        frequency: String(5_500 + n * 40),
        disabled: "false",
      })),
  },
  "/interface/wireless/registration-table": {
    has: isTower,
    print: (router, atMs) => clients(router, atMs),
  },
  "/interface/lte": {
    has: (router) => modemsOf(router).length > 0,
    print: (router) => modemsOf(router).map(modemRow),
  },
  "/interface/wireguard/peers": {
    has: (router) => router.persona.hasLoopback,
    print: wireguardPeers,
  },
  "/ip/ipsec/active-peers": {
    has: always,
    print: (router, atMs) => (isBorder(router) ? ipsecPeers(router, atMs) : []),
  },
  "/interface/vrrp": {
    has: always,
    print: (router) =>
      hasSessions(router)
        ? [
            {
              ".id": "*1",
              name: "vrrp-subscribers",
              interface: router.ports[0]?.plan.name ?? "",
              vrid: "10",
              master: "true",
              running: "true",
              disabled: "false",
            },
          ]
        : [],
  },
  "/ip/route": { has: always, print: routeRows },
  "/user/active": {
    has: always,
    print: (router) =>
      router.spec.users.slice(0, 1).map(({ name }) => ({
        ".id": "*1",
        when: dateText(router.bootAtMs, router.persona.dates),
        name,
        address: "10.40.0.10",
        via: "api",
        group: "monitor",
      })),
  },
  "/system/package/update": {
    has: always,
    print: ({ persona }) => [
      {
        channel: persona.channel,
        "installed-version": persona.version,
        "latest-version": persona.version.startsWith("6.") ? "6.49.19" : "7.22.1",
      },
    ],
  },
}
