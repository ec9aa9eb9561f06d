/**
 * Every parser of external text, in one table: its seeds, and inputs that are made to be slow for
 * it.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Batch, Item } from "@ispvm/wire"
import { Push } from "@ispvm/wire/push"
import { parseReply } from "../../../agent/src/collect/routeros/client/reply.ts"
import { ReplyReader } from "../../../agent/src/collect/routeros/client/reply-reader.ts"
import {
  SentenceError,
  SentenceReader,
} from "../../../agent/src/collect/routeros/client/sentences.ts"
import {
  parseBytes,
  parseDurationS,
  parsePercent,
  parseSpeedBps,
  parseVersion,
} from "../../../agent/src/collect/routeros/client/values.ts"
import { encodeSentence } from "../../../agent/src/collect/routeros/client/words.ts"
import { BerError } from "../../../agent/src/collect/snmp/client/ber.ts"
import {
  communityMessage,
  readCommunityAnswer,
  readVersion,
} from "../../../agent/src/collect/snmp/client/pdu.ts"
import { bigOf, macOf, numberOf, textOf } from "../../../agent/src/collect/snmp/client/values.ts"
import { createFrames } from "../../../agent/src/collect/syslog/frames.ts"
import { interpret } from "../../../agent/src/collect/syslog/interpret.ts"
import { parseLine } from "../../../agent/src/collect/syslog/lines.ts"
import { createDecoder, decodeText } from "../../../agent/src/collect/text/decoder.ts"
import { readDocument } from "../../../appliance/rca/src/cli/document.ts"
import { DeviceCreate } from "../../../appliance/src/api/inventory.ts"
import { parseItems } from "../../../appliance/src/flow/push/items.ts"
import { readImport } from "../../../appliance/src/registry/inventory/import-csv.ts"
import { checkScript } from "../../../routeros-scripts/src/check/check.ts"
import { releaseNamed } from "../../../routeros-scripts/src/check/product.ts"
import { recordingsFolder } from "../../config.ts"
import { NETWORK_PARSERS } from "./network-parsers.ts"
import type { Parser } from "./parser.ts"

/** An error that the parser itself reports for bad input is not a fault. */
const unless = (isExpected: (error: unknown) => boolean, work: () => void): void => {
  try {
    work()
  } catch (error) {
    if (!isExpected(error)) throw error
  }
}
const buffers = (texts: readonly string[]): readonly Buffer[] =>
  texts.map((text) => Buffer.from(text))
/** `head`, then the pieces repeatedly, then `tail`. */
const filled = (head: string, piece: string, tail: string) => (size: number) =>
  Buffer.from(head + piece.repeat(Math.max(1, Math.floor(size / Buffer.byteLength(piece)))) + tail)
const combined =
  (...made: readonly ((size: number) => Buffer)[]) =>
  (size: number): readonly Buffer[] =>
    made.map((make) => make(size))
const recorded = (folder: string): readonly Buffer[] => {
  const root = recordingsFolder()
  if (root === undefined) return []
  return readdirSync(join(root, folder)).flatMap((file) =>
    readFileSync(join(root, folder, file), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => {
        const { raw }: { readonly raw?: unknown } = JSON.parse(line)
        return typeof raw === "string" ? [Buffer.from(raw)] : []
      }),
  )
}

const LINES = [
  "interface,info ether1 link down",
  "<30>Jun 23 12:13:10 North Tower Core ether1 link up (speed 1G, full duplex)",
  '<165>1 2026-06-10T14:48:17.003Z edge-1 ros - ID47 [x@1 a="b\\]"] user admin logged in from 192.0.2.1 via ssh',
  "2026-06-10T14:48:17-0500 edge-1 CEF:0|MikroTik|x|7.20|16|interface,info|Low|dvchost=edge-1 msg=ether1 link down, a\\=b cs1=x",
  "system,info filter rule added by tcp-msg(winbox):admin@192.0.2.1/terminal/action:3 (*2 = /ip firewall filter add)",
  "route,ospf,info b { version: 2 } a { 0.0.0.0 } interface { broadcast 198.51.100.1%e1 } neighbor { router-id: 192.0.2.2 state: Full } state change to Down",
  "netwatch,info event down [ type: icmp, host: 192.0.2.1 ]",
  "route,bgp,error HoldTimer expired {l_addr: 192.0.2.1, r_addr: 192.0.2.2}",
]
const HOSTS = {
  isOwn: (name: string) => name === "North Tower Core",
  isAny: (name: string) => name === "edge-1",
  isRelay: true,
}
const DEVICE = { names: new Set(["edge-1"]), ports: new Set(["ether1"]) }

const release = releaseNamed("7.20.4")
const SCRIPTS = [
  ':local a 1; :foreach i in=[/interface find where running=yes] do={ :put ("x" . [/interface get $i name]) }\n',
  '/ip firewall filter add chain=input action=accept comment="a \\"b\\" \\\n c"\n:global f do={ :return ($1 + 2) }\n',
  '/system scheduler add name=a interval=1m on-event={ :log info "x $[/system identity get name]" } policy=read,write\n',
]
/** A chain of routers, each in a group of its own, all observed. */
const documentOf = (nodes: number): string => {
  const ids = Array.from({ length: nodes }, (_, n) => `n${n}`)
  return JSON.stringify({
    nodes: ids.map((id) => ({ id, monitored: true })),
    links: ids.slice(1).map((id, n) => ({ id: `l${n}`, a: `n${n}`, b: id })),
    groups: ids.map((id, n) => ({ id: `g${n}`, members: [id] })),
    vantages: ids.slice(0, 1),
    observations: ids.map((entity) => ({ entity, signal: "reachable", value: "down" })),
  })
}
const DOCUMENT = documentOf(3)
const CSV =
  'name,address,site,roles,latitude,longitude,api_port,api_tls\nedge-1,192.0.2.1,Hill,core,46.5,7.25,8729,yes\n"a ""b",r.example.net,,,,,,\n'
const pushOf = (items: number): string =>
  JSON.stringify({
    v: 1,
    queue: "router",
    boot: "b1",
    up: "1d02:03:04",
    clock: "12:13:10",
    lost: 0,
    items: Array.from({ length: items }, (_, n) => ({
      kind: "link",
      seq: n + 1,
      up: "1d02:03:03",
      name: `ether${n}`,
      state: "down",
    })),
  })
const PUSH = pushOf(2)
const BATCH = JSON.stringify({
  protocol: 1,
  buffer: "00000000-0000-4000-8000-000000000001",
  number: 1,
  sentAtMs: 1,
  items: [
    {
      kind: "event",
      id: "00000000-0000-4000-8000-000000000002",
      device: "00000000-0000-4000-8000-000000000003",
      name: "log",
      atMs: 1,
      source: "syslog",
      severity: "info",
      interface: null,
      message: "x",
      attributes: {},
    },
  ],
})
const BODY = JSON.stringify({
  name: "edge-1",
  address: "edge-1.example.net",
  roles: ["core"],
  methods: { routerosApi: { port: 8729 } },
})
const SENTENCES = [
  encodeSentence(["!re", "=name=ether1", "=comment=Łącze", "=rx-byte=123", ".tag=1"]),
  encodeSentence(["!done", "=ret=x", ".tag=1"]),
  encodeSentence(["!trap", "=category=0", "=message=no such command", ".tag=1"]),
]
const SNMP = [
  communityMessage(
    "v2c",
    "public",
    { kind: "get", oids: ["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0"] },
    7,
  ),
  communityMessage("v1", "public", { kind: "getNext", oids: ["1.3.6.1.2.1.2.2.1.10.1"] }, 8),
]

const json = (use: (value: unknown) => void) => (bytes: Buffer) => {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString("utf8"))
  } catch {
    return
  }
  use(value)
}

export const PARSERS: readonly Parser[] = [
  {
    name: "syslog line",
    seeds: () => [...buffers(LINES), ...recorded("syslog/lines")],
    run: (bytes) => void interpret(parseLine(decodeText(bytes), HOSTS), DEVICE),
    hostile: combined(
      filled("system,info x added by ", ":a@", `${"/".repeat(1_000)} !`),
      filled("interface,info ", "\n", "x"),
      filled("script,error ", "\0", "x"),
      filled("<30>Nov  8 17:06:34 a ", " link up (", "x"),
      filled("<30>1 - - - - - ", "[a]", "x"),
      filled("<134>CEF:0|a|b|c|d|e|f|", "a=", "\\"),
      filled("CEF:0|", "\\|", "x"),
      filled("user ", " from via ", "x"),
      filled("x", " by ", "("),
      filled("", "a,", " x"),
      filled("<30>Jun 23 12:13:10 ", "a ", "link down"),
      filled("state change neighbor ", "neighbor { state: ", "to"),
      filled("event down [", " host: ", "]"),
    ),
  },
  {
    name: "syslog stream",
    seeds: () =>
      buffers([
        ...LINES.map((line) => `${line}\n`),
        ...LINES.map((line) => `${Buffer.byteLength(line)} ${line}`),
      ]),
    run: (bytes) => {
      const frames = createFrames(
        () => undefined,
        () => undefined,
      )
      for (let at = 0; at < bytes.length; at += 7)
        if (!frames.push(bytes.subarray(at, at + 7))) return
      frames.flush()
    },
    hostile: combined(filled("", "\n", ""), filled("", "a", ""), filled("", "1 a", "")),
  },
  {
    name: "text of a code page",
    seeds: () => [
      Buffer.from([0xa3, 0xb9, 0x63, 0x7a, 0x65]),
      Buffer.from([0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0]),
      Buffer.from("Łódź"),
    ],
    run: (bytes) => void createDecoder()(bytes),
    hostile: (size) => [
      Buffer.alloc(size, 0xf1),
      Buffer.alloc(size, 0x99),
      Buffer.concat([Buffer.alloc(size, 0x61), Buffer.from([0xff])]),
    ],
  },
  {
    name: "RouterOS API sentences",
    seeds: () => [...SENTENCES, Buffer.concat(SENTENCES)],
    run: (bytes) =>
      unless(
        (error) => error instanceof SentenceError,
        () => {
          for (const sentence of new SentenceReader().push(bytes)) parseReply(sentence)
          new ReplyReader().read(bytes, (reply) => reply.kind !== "row" || reply.row.size >= 0)
        },
      ),
    hostile: (size) => [
      Buffer.concat(
        Array<Buffer>(Math.ceil(size / 40)).fill(
          encodeSentence(["!re", "=name=a", "=comment=bbbbbbbbbbbbbb"]),
        ),
      ),
      encodeSentence(["!re", `=${"=".repeat(size)}`]),
    ],
  },
  {
    name: "RouterOS values",
    seeds: () =>
      buffers(["19w4d13h22m21s", "1d02:03:04", "40.2MiB", "7.20.4 (stable)", "2.5Gbps", "10%"]),
    run: (bytes) => {
      const text = bytes.toString("latin1")
      for (const parse of [parseDurationS, parseBytes, parsePercent, parseSpeedBps, parseVersion])
        parse(text)
    },
    hostile: combined(
      filled("", "1", "x"),
      filled("", "1m", "x"),
      filled("", " ", "x"),
      filled("1", "1.1", "x"),
    ),
  },
  {
    name: "SNMP messages",
    seeds: () => SNMP,
    run: (bytes) =>
      unless(
        (error) => error instanceof BerError,
        () => {
          const { body, at } = readVersion(bytes)
          readCommunityAnswer(body, at)
        },
      ),
    hostile: (size) => [
      communityMessage(
        "v2c",
        "public",
        { kind: "get", oids: Array<string>(Math.ceil(size / 20)).fill("1.3.6.1.2.1.1.1.0") },
        7,
      ),
      Buffer.alloc(size, 0x30),
    ],
  },
  {
    name: "SNMP values",
    seeds: () => buffers(["RouterOS RB433GL", "ether1\0\0", "\x00\x0c\x42\x00\x00\x01"]),
    run: (bytes) => {
      for (const read of [textOf, macOf, bigOf, numberOf]) read(bytes)
    },
    hostile: combined(filled("a", "\0", "b"), filled("a", " ", "b"), filled("", "\xf1", "")),
  },
  {
    name: "push body",
    seeds: () => buffers([PUSH]),
    run: json((value) => {
      const push = Push.safeParse(value)
      if (push.success) parseItems(push.data.items)
    }),
    accepts: (seed) => Push.safeParse(JSON.parse(seed.toString())).success,
    hostile: combined(
      filled("", "[", ""),
      filled('{"v":1,"up":"', "1", '"}'),
      filled('{"v":1,"boot":"', "a", '!"}'),
      (size) => Buffer.from(pushOf(Math.ceil(size / 75))),
    ),
  },
  {
    name: "HTTP body of a device",
    seeds: () => buffers([BODY]),
    run: json((value) => void DeviceCreate.safeParse(value)),
    accepts: (seed) => DeviceCreate.safeParse(JSON.parse(seed.toString())).success,
    hostile: combined(
      filled('{"name":"a","address":"', ":", '!"}'),
      filled('{"name":"a","address":"', "a.", '!"}'),
      filled('{"roles":[', '"x",', '"y"]}'),
    ),
  },
  {
    name: "device list (CSV)",
    seeds: () => buffers([CSV, CSV.replaceAll(",", ";"), `sep=;\r\n${CSV.replaceAll(",", ";")}`]),
    run: (bytes) => void readImport(bytes.toString("utf8")),
    accepts: (seed) => readImport(seed.toString()).rejected.length === 0,
    hostile: combined(
      filled("name,address\n", '"', "x"),
      filled("name,address\n", "a,b\n", ""),
      filled("name,address\n", "\n", "a,b"),
      filled("name,address\na,", " ", "b"),
    ),
  },
  {
    name: "RouterOS scripts",
    seeds: () => buffers(SCRIPTS),
    run: (bytes) => void (release === undefined ? undefined : checkScript(bytes, release)),
    accepts: (seed) => release !== undefined && checkScript(seed, release).ok,
    hostile: combined(
      filled("", ":put 1\n", ""),
      filled(':put "', "\\", '"'),
      filled("", "(", ""),
      filled("", "{", ""),
      filled(":put (", "1 + ", "1)"),
      filled("", " ", ":put"),
      filled("#", "#", "\n:put"),
    ),
  },
  {
    name: "root cause document",
    seeds: () => buffers([DOCUMENT]),
    run: (bytes) => void readDocument(bytes.toString("utf8")),
    accepts: (seed) => readDocument(seed.toString()).ok,
    hostile: combined(
      filled("", "[", ""),
      filled('{"nodes":[', '{"id":"a","monitored":true},', '{"id":"b"}]}'),
      (size) => Buffer.from(documentOf(Math.ceil(size / 180))),
    ),
  },
  {
    name: "agent batch",
    seeds: () => buffers([BATCH]),
    run: json((value) => {
      const batch = Batch.safeParse(value)
      if (batch.success) for (const item of batch.data.items) Item.safeParse(item)
    }),
    accepts: (seed) => Batch.safeParse(JSON.parse(seed.toString())).success,
    hostile: combined(filled("", "[", ""), filled('{"items":[', "{},", "{}]}")),
  },
  ...NETWORK_PARSERS,
]
