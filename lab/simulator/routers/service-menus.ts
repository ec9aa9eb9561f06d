/**
 * Menus of what a simulated router serves: queues, DHCP, radios, tunnels. Their rows follow from
 * its ports: a sector without a link has no clients, a session that has ended no queue.
 */
import type { Row } from "./api-query.ts"
import { IPSEC_PEER } from "./fault-lines.ts"
import { modemRow, modemsOf } from "./modem.ts"
import { poePortOf, poeRows } from "./poe.ts"
import type { Port } from "./port.ts"
import { type Driver, macOf, radioRows, radiosOf, registrationRows } from "./radio.ts"
import type { Router } from "./router.ts"
import {
  bridgePortsOf,
  customerPorts,
  hasPeerCertificate,
  hasSessions,
  queueLimitOf,
  servesDhcp,
} from "./serves.ts"
import { dateText, durationText } from "./text.ts"
import { seedOf } from "./traffic-curve.ts"

const idOf = (n: number): string => `*${n.toString(16).toUpperCase()}`
const byteText = (port: Port, atMs: number): string =>
  `${BigInt.asUintN(64, port.rxByte.read(atMs))}/${BigInt.asUintN(64, port.txByte.read(atMs))}`

const sessionPorts = (router: Router) =>
  router.ports.filter((port) => port.plan.dynamic && port.running)
const runs = (router: Router) => customerPorts(router).filter((port) => port.running)
const megabits = (bps: number): string => `${Math.round(bps / 1e6)}M`
const limitText = (router: Router, port: Port): string => {
  const { upBps, downBps } = queueLimitOf(router, port)
  return `${megabits(upBps)}/${megabits(downBps)}`
}
/** What a full queue drops, its port has not sent. */
export const queueDrops = (router: Router, port: Port, n: number, atMs: number): bigint => {
  const minutes = Math.floor((atMs - router.bootAtMs) / 60_000)
  return port.txDrop.read(atMs) + BigInt(port.plan.dynamic && n % 4 === 0 ? minutes : 0)
}

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
    "max-limit": limitText(router, port),
    bytes: byteText(port, atMs),
    dropped: `0/${queueDrops(router, port, n, atMs)}`,
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
    "max-limit": limitText(router, port),
    bytes: byteText(port, atMs),
    dropped: `0/${queueDrops(router, port, n, atMs)}`,
    dynamic: "false",
    disabled: "false",
  }))

/** A server behind the ports of customers; phones and set-top boxes of their homes. */
const LEASES_PER_PORT = 9
const POOL_PER_PORT = 16
const poolRanges = (router: Router): string =>
  customerPorts(router)
    .map((_, p) => `172.20.${p}.10-172.20.${p}.${9 + POOL_PER_PORT}`)
    .join(",")
const leaseRows = (router: Router, atMs: number): Row[] =>
  runs(router).flatMap((port, p) => {
    const isFull = router.faults.has("exhaust-pool")
    return Array.from({ length: isFull ? POOL_PER_PORT : LEASES_PER_PORT }, (_, n): Row => {
      const at = p * POOL_PER_PORT + n
      const seed = seedOf(router.spec.seed, `${port.plan.name} lease ${n}`)
      const bound = isFull || n < LEASES_PER_PORT - 1
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
    })
  })
export const leaseCount = (router: Router, atMs: number): number =>
  servesDhcp(router) ? leaseRows(router, atMs).filter(({ status }) => status === "bound").length : 0

/** A peer that is gone has made no handshake for this long already when it is noticed. */
const STALE_MS = 600_000
/** Management tunnels of routers with a loopback: up while any of their links is. */
const wireguardPeers = (router: Router, atMs: number): Row[] => {
  const isUp = router.ports.some((port) => port.running && port.plan.comment?.startsWith("to "))
  const staleSinceMs = router.faults.get("wireguard-down")
  const handshakeMs =
    staleSinceMs === undefined
      ? (atMs % 110_000) + 1_000
      : STALE_MS + Math.max(0, atMs - staleSinceMs)
  return ["noc", "backup-noc"].map((name, n) => ({
    ".id": idOf(n + 1),
    interface: "wg-management",
    name,
    "public-key": `${Buffer.from(`${router.spec.name} ${name}`).toString("base64").slice(0, 42)}A=`,
    "endpoint-address": `198.51.100.${n + 10}`,
    "current-endpoint-address": isUp ? `198.51.100.${n + 10}` : "",
    "allowed-address": `10.99.${n}.0/24`,
    "last-handshake": isUp && n === 0 ? durationText(handshakeMs) : durationText(86_400_000),
    "persistent-keepalive": n === 0 ? "25s" : "",
    disabled: "false",
  }))
}
/** The SA of a peer that does not answer is gone; its configuration stays. */
export const ipsecPeers = (router: Router, atMs: number): Row[] =>
  (router.faults.has("ipsec-down") || !hasPeerCertificate(router) ? [] : router.ports)
    .filter((port) => port.running && port.plan.comment?.startsWith("to ") === true)
    .slice(0, 1)
    .map((port) => ({
      ".id": "*1",
      id: IPSEC_PEER.id,
      state: "established",
      "remote-address": IPSEC_PEER.address,
      "local-address": router.spec.address,
      side: "initiator",
      uptime: durationText(Math.max(0, atMs - (port.lastUpAtMs ?? atMs))),
    }))

/** Spanning tree: each port leads to customers, unless it has another way to the root. */
const bridgePortRows = (router: Router): Row[] =>
  bridgePortsOf(router).map((port, n) => {
    const isBlocked = n === 0 && router.faults.has("block-bridge-port")
    const isActive = port.running && !port.disabled
    return {
      ".id": idOf(n + 1),
      interface: port.plan.name,
      bridge: "bridge-customers",
      pvid: "1",
      priority: "0x80",
      status: isActive ? "in-bridge" : "inactive",
      role: isActive ? (isBlocked ? "alternate-port" : "designated-port") : "disabled-port",
      forwarding: String(isActive && !isBlocked),
      learning: String(isActive && !isBlocked),
      disabled: "false",
    }
  })

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
const radioMenus = (driver: Driver, path: string, above = path): Record<string, ServiceMenu> => {
  const has = (router: Router): boolean => radiosOf(router, driver).length > 0
  return {
    [path]: { has, print: (router) => radioRows(router, driver) },
    [`${above}/registration-table`]: {
      has,
      print: (router, atMs) => registrationRows(router, atMs, driver),
    },
  }
}

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
        ? [{ ".id": "*1", name: "customers", ranges: poolRanges(router) }]
        : []),
      ...(hasSessions(router)
        ? [{ ".id": "*2", name: "subscribers", ranges: "100.64.0.0-100.64.3.255" }]
        : []),
    ],
  },
  ...radioMenus("wireless", "/interface/wireless"),
  ...radioMenus("wifi", "/interface/wifi"),
  ...radioMenus("caps-man", "/caps-man/interface", "/caps-man"),
  "/interface/w60g": {
    has: (router) => radiosOf(router, "w60g").length > 0,
    print: (router) => radioRows(router, "w60g"),
  },
  "/interface/ethernet/poe": {
    has: (router) => poePortOf(router) !== undefined,
    print: poeRows,
  },
  "/interface/bridge": {
    has: always,
    print: (router) =>
      bridgePortsOf(router).length === 0
        ? []
        : [
            {
              ".id": "*1",
              name: "bridge-customers",
              "protocol-mode": "rstp",
              running: "true",
              disabled: "false",
            },
          ],
  },
  "/interface/bridge/port": { has: always, print: bridgePortRows },
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
    print: ipsecPeers,
  },
  "/ip/ipsec/peer": {
    has: always,
    print: (router) =>
      hasPeerCertificate(router)
        ? [
            {
              ".id": "*1",
              name: IPSEC_PEER.id,
              address: `${IPSEC_PEER.address}/32`,
              "exchange-mode": "ike2",
              passive: "false",
              disabled: "false",
            },
          ]
        : [],
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
              ...(router.faults.has("vrrp-backup")
                ? { backup: "true", running: "false" }
                : { master: "true", running: "true" }),
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
