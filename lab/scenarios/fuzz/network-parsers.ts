/** Parsers of what devices and services of the network answer, beside those in `parsers.ts`. */
import { createServer } from "node:net"
import type { AssignedDevice } from "@ispvm/wire"
import {
  parseAnswer,
  RECORD_TYPES,
  type RecordType,
} from "../../../agent/src/collect/probes/dns-message.ts"
import { probeHttp } from "../../../agent/src/collect/probes/http.ts"
import {
  createLines,
  parseExceeded,
  parseProbe,
  parseSummary,
} from "../../../agent/src/collect/reachability/fping-lines.ts"
import type { Row } from "../../../agent/src/collect/routeros/client/reply.ts"
import {
  familyParts,
  type MenuCollector,
  propertiesOf,
  tableRows,
} from "../../../agent/src/collect/routeros/menus/menu.ts"
import { MENU_COLLECTORS } from "../../../agent/src/collect/routeros/menus/menus.ts"
import { LiveSessions } from "../../../agent/src/collect/routeros/streams/live-sessions.ts"
import { LogTail } from "../../../agent/src/collect/routeros/streams/log-tail.ts"
import { PortStates } from "../../../agent/src/collect/routeros/streams/port-states.ts"
import {
  BerError,
  integerTlv,
  oidTlv,
  readInteger,
  readTagged,
  tlv,
} from "../../../agent/src/collect/snmp/client/ber.ts"
import { communityMessage, PDU, readVersion } from "../../../agent/src/collect/snmp/client/pdu.ts"
import {
  NO_ENGINE,
  readV3,
  type V3User,
  v3Packet,
} from "../../../agent/src/collect/snmp/client/v3-message.ts"
import { trapEvent } from "../../../agent/src/collect/traps/trap-event.ts"
import {
  communityResponse,
  type Notification,
  readCommunityNotification,
} from "../../../agent/src/collect/traps/trap-message.ts"
import { TrapEngine } from "../../../agent/src/collect/traps/trap-v3.ts"
import { RowSnapshots } from "../../../agent/src/normalize/row-snapshots.ts"
import type { Parser } from "./parser.ts"

const SEQUENCE = 0x30
const OCTETS = 0x04
const DEVICE = "00000000-0000-4000-8000-000000000003" as AssignedDevice["id"]
const MOMENT = { atMs: 1_790_000_000_000, utcOffsetMs: 0 }

const unlessBer = (work: () => void): void => {
  try {
    work()
  } catch (error) {
    if (!(error instanceof BerError)) throw error
  }
}

// ── SNMP version 3 and notifications ──

const ENGINE = { id: Buffer.from("80003a8c04414243", "hex"), boots: 3, timeS: 70 }
const ACCOUNTS: readonly V3User[] = [
  { user: "nobody", auth: null, priv: null },
  { user: "sha", auth: { protocol: "SHA1", password: "a-password" }, priv: null },
  {
    user: "aes",
    auth: { protocol: "SHA256", password: "a-password" },
    priv: { protocol: "AES128", password: "a-password" },
  },
]
const varbind = (oid: string, value: Buffer): Buffer => tlv(SEQUENCE, oidTlv(oid), value)
const trapPdu = (type: number): Buffer =>
  tlv(
    type,
    ...[integerTlv(9), integerTlv(0), integerTlv(0)],
    tlv(
      SEQUENCE,
      varbind("1.3.6.1.2.1.1.3.0", tlv(0x43, Buffer.of(1, 2))),
      varbind("1.3.6.1.6.3.1.1.4.1.0", oidTlv("1.3.6.1.6.3.1.1.5.3")),
      varbind("1.3.6.1.2.1.2.2.1.1.7", integerTlv(7)),
      varbind("1.3.6.1.2.1.31.1.1.1.1.7", tlv(OCTETS, Buffer.from("ether7"))),
    ),
  )
const trapV1 = (): Buffer =>
  tlv(
    SEQUENCE,
    ...[integerTlv(0), tlv(OCTETS, Buffer.from("public"))],
    tlv(
      PDU.trapV1,
      ...[oidTlv("1.3.6.1.4.1.14988.1"), tlv(0x40, Buffer.of(192, 0, 2, 1))],
      ...[integerTlv(2), integerTlv(0), tlv(0x43, Buffer.of(5))],
      tlv(SEQUENCE, varbind("1.3.6.1.2.1.2.2.1.1.7", integerTlv(7))),
    ),
  )
const trapV2 = (type: number): Buffer =>
  tlv(SEQUENCE, integerTlv(1), tlv(OCTETS, Buffer.from("public")), trapPdu(type))
const toEvent = (notification: Notification): void =>
  void trapEvent(notification, {
    id: "00000000-0000-4000-8000-000000000002",
    device: DEVICE,
    atMs: MOMENT.atMs,
    interfaceOf: (ifIndex) => (ifIndex === 7 ? "ether7" : null),
  })
const manyVarbinds = (size: number): Buffer =>
  tlv(
    SEQUENCE,
    ...[integerTlv(1), tlv(OCTETS, Buffer.from("public"))],
    tlv(
      PDU.trap,
      ...[integerTlv(9), integerTlv(0), integerTlv(0)],
      tlv(
        SEQUENCE,
        ...Array.from({ length: Math.ceil(size / 20) }, (_, n) =>
          varbind(`1.3.6.1.2.1.2.2.1.1.${n}`, integerTlv(n)),
        ),
      ),
    ),
  )

// ── rows of RouterOS menus ──

const rowOf = (text: string): Row =>
  new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const at = line.indexOf("=")
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    }),
  )
/** All menus of the collector have these rows. */
const readRows = ({ menus, derive }: MenuCollector, rows: readonly Row[]): void => {
  for (const { families = [], tables = [] } of menus) {
    for (const family of families) familyParts(family, rows, MOMENT)
    for (const table of tables) tableRows(table, rows, MOMENT)
  }
  derive?.(() => rows, MOMENT)
}
const VALUES = [
  ...["true", "1d2h3m", "10.0.0.1/24", "-6.5dBm", "1500/900", "ether1", "jan/02/2026 10:00:00"],
  ...["10M/50M", "established", "40.2MiB", "7.20.4 (stable)", "100%", "aa:bb:cc:00:11:22", ""],
]
const menuSeeds = (): readonly Buffer[] =>
  MENU_COLLECTORS.flatMap(({ menus }) =>
    menus.map((menu, m) =>
      Buffer.from(
        [".id", ...propertiesOf(menu)]
          .map((name, n) => `${name}=${VALUES[(n + m) % VALUES.length]}`)
          .join("\n"),
      ),
    ),
  )

/** What follows from a listen, with its state: it must not grow with what arrives. */
const createListened = () => {
  const sessions = new LiveSessions((row) => row.get("session-id") ?? "")
  const log = new LogTail()
  const ports = new PortStates()
  const snapshots = new RowSnapshots()
  sessions.sync([], sessions.beginRead())
  let arrived = 0
  return (rows: readonly Row[]): void => {
    arrived += 1
    for (const row of rows) {
      const listened = { id: row.get(".id") ?? null, isRemoved: row.has(".dead"), row }
      sessions.apply(listened)
      ports.apply(listened)
      log.streamed(row, arrived)
    }
    if (arrived % 100 === 0) log.read(rows, arrived)
    const { gone } = sessions.take()
    snapshots.normalize({
      ...{ kind: "table", device: DEVICE, source: "routeros-api", atMs: MOMENT.atMs },
      ...{ table: "sessions", rows: [], gone },
    })
    if (arrived % 1_000 === 0) sessions.sync([], new Map())
  }
}

// ── DNS ──

const DNS_SEED = (type: RecordType, data: Buffer): Buffer => {
  const head = Buffer.from([0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0])
  const name = Buffer.from([3, 0x77, 0x77, 0x77, 7, ...Buffer.from("example"), 0])
  const question = Buffer.from([0, RECORD_TYPES[type], 0, 1])
  const record = Buffer.concat([
    Buffer.from([0xc0, 12, 0, RECORD_TYPES[type], 0, 1, 0, 0, 0, 60, 0, data.length]),
    data,
  ])
  return Buffer.concat([head, name, question, record, record])
}
const dnsLoop = (size: number): Buffer => {
  const pointers = Buffer.alloc(size, 0xc0)
  for (let at = 13; at < size; at += 2) pointers[at] = 12
  return Buffer.concat([DNS_SEED("A", Buffer.of(192, 0, 2, 1)).subarray(0, 12), pointers])
}

// ── HTTP ──

const HTTP = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/next\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.0 404 Not Found\r\n\r\nno",
]
/** TIME_WAIT keeps a pair of addresses for a minute: with many addresses, ports do not run out. */
const ADDRESSES = 200
const createHttp = () => {
  let bytes: Buffer = Buffer.alloc(0)
  let asked = 0
  let listening: Promise<number> | null = null
  const listen = (): Promise<number> => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined)
      socket.once("data", () => socket.end(bytes))
    })
    server.unref()
    return new Promise((resolve) => {
      server.listen(0, "0.0.0.0", () => {
        const address = server.address()
        resolve(typeof address === "object" && address !== null ? address.port : 0)
      })
    })
  }
  return async (input: Buffer): Promise<void> => {
    listening ??= listen()
    const port = await listening
    bytes = input
    asked += 1
    const ip = `127.0.0.${1 + (asked % ADDRESSES)}`
    await probeHttp(
      {
        locate: async () => ({ ok: true, ip, nameMs: 0 }),
        steady: () => performance.now(),
        now: () => MOMENT.atMs,
      },
      {
        ...{ kind: "http", url: `http://127.0.0.1:${port}/`, method: "GET", isVerified: true },
        ...{ status: [200, 299], contains: "hello", redirects: 0 },
      },
      AbortSignal.timeout(10_000),
    )
  }
}

const FPING = [
  "192.0.2.7 : [0], 64 bytes, 0.26 ms (0.26 avg, 0% loss)\n",
  "192.0.2.7 : [0], timed out (NaN avg, 100% loss)\n",
  "192.0.2.7 : 0.26 - 0.31\n",
  "ICMP Time Exceeded from 192.0.2.1 for ICMP Echo sent to 198.51.100.9\n",
]
const texts = (all: readonly string[]): readonly Buffer[] => all.map((text) => Buffer.from(text))

export const NETWORK_PARSERS: readonly Parser[] = [
  {
    name: "SNMPv3 messages",
    seeds: () =>
      ACCOUNTS.flatMap((account) => [
        v3Packet(account, ENGINE, trapPdu(PDU.response), 7, 0),
        v3Packet(account, NO_ENGINE, trapPdu(PDU.report), 7, 0),
      ]),
    run: (bytes) =>
      unlessBer(() => {
        const { body, at } = readVersion(bytes)
        for (const account of ACCOUNTS) readV3(account, bytes, body, at).read()
      }),
    hostile: (size) => [
      Buffer.alloc(size, 0x30),
      v3Packet(
        ACCOUNTS[0] ?? { user: "", auth: null, priv: null },
        ENGINE,
        manyVarbinds(size),
        7,
        0,
      ),
    ],
  },
  {
    name: "SNMP traps and informs",
    seeds: () => [trapV1(), trapV2(PDU.trap), trapV2(PDU.inform)],
    run: (bytes) =>
      unlessBer(() => {
        const { body, at } = readVersion(bytes)
        const version = readInteger(readTagged(bytes, 0, SEQUENCE).body, 0).value
        const { community, read } = readCommunityNotification(body, at, version)
        const notification = read()
        toEvent(notification)
        if (notification.inform !== null) communityResponse(version, community, notification.inform)
      }),
    hostile: (size) => [manyVarbinds(size), Buffer.alloc(size, 0x30)],
  },
  {
    name: "SNMPv3 notifications",
    seeds: () => ACCOUNTS.map((account) => v3Packet(account, ENGINE, trapPdu(PDU.trap), 8, 0)),
    run: (() => {
      const engine = new TrapEngine(() => performance.now())
      return (bytes: Buffer) =>
        unlessBer(() => {
          const { body, at } = readVersion(bytes)
          const read = engine.read(bytes, body, at, ACCOUNTS)
          if (read.kind === "notification") toEvent(read.notification)
        })
    })(),
    hostile: (size) => [
      Buffer.alloc(size, 0x30),
      communityMessage(
        "v2c",
        "public",
        { kind: "get", oids: Array<string>(Math.ceil(size / 20)).fill("1.3.6.1.2.1.1.1.0") },
        7,
      ),
    ],
  },
  {
    name: "RouterOS menu rows",
    seeds: menuSeeds,
    run: (bytes) => {
      const rows = bytes.toString("latin1").split("\n\n").map(rowOf)
      const at = bytes.reduce((sum, byte) => sum + byte, 0) % MENU_COLLECTORS.length
      const collector = MENU_COLLECTORS[at]
      if (collector !== undefined) readRows(collector, rows)
    },
    hostile: (size) => [
      Buffer.from(".id=*1\nname=a\nranges=1.1.1.1-2.2.2.2\n\n".repeat(Math.ceil(size / 42))),
      Buffer.from(`name=${"a,".repeat(Math.ceil(size / 2))}`),
      Buffer.from(`uptime=${"1d".repeat(Math.ceil(size / 2))}`),
    ],
  },
  {
    name: "RouterOS listen rows",
    seeds: () =>
      texts([
        ".id=*1\nname=anna\nservice=pppoe\nsession-id=0x1\naddress=100.64.0.1",
        ".id=*1\n.dead=true",
        ".id=*2\nname=ether1\nrunning=true\ndisabled=false",
        ".id=*3\ntopics=interface,info\nmessage=ether1 link down",
      ]),
    run: (() => {
      const listened = createListened()
      return (bytes: Buffer) => listened(bytes.toString("latin1").split("\n\n").map(rowOf))
    })(),
    hostile: (size) => [
      Buffer.from(".id=*1\nname=a\ntopics=a\nmessage=b\n\n".repeat(Math.ceil(size / 36))),
    ],
  },
  {
    name: "DNS answers",
    seeds: () => [
      DNS_SEED("A", Buffer.of(192, 0, 2, 1)),
      DNS_SEED("AAAA", Buffer.alloc(16, 1)),
      DNS_SEED("TXT", Buffer.from([5, ...Buffer.from("hello")])),
      DNS_SEED("MX", Buffer.from([0, 10, 0xc0, 12])),
      DNS_SEED("CNAME", Buffer.from([0xc0, 12])),
    ],
    run: (bytes) => {
      for (const type of ["A", "AAAA", "TXT", "MX", "NS"] as const) parseAnswer(bytes, type)
    },
    hostile: (size) => [dnsLoop(size), Buffer.alloc(size, 1), Buffer.alloc(size, 0xc0)],
  },
  {
    name: "HTTP probe answers",
    seeds: () => texts(HTTP),
    run: createHttp(),
    hostile: () => [],
  },
  {
    name: "fping output",
    seeds: () => texts([...FPING, FPING.join("")]),
    run: (bytes) => {
      const push = createLines((line) => {
        for (const parse of [parseProbe, parseSummary, parseExceeded]) parse(line)
      })
      push(bytes.toString("utf8"))
    },
    hostile: (size) => [
      Buffer.from(`192.0.2.7 : ${"- ".repeat(Math.min(2_000, size / 2))}x\n`),
      Buffer.from("1 : 1\n".repeat(Math.ceil(size / 6))),
      Buffer.alloc(size, 0x20),
    ],
  },
]
