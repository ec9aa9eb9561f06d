/**
 * Syslog lines: each sent to the agent's port by UDP, and the event compared with what the project
 * that recorded the line expects of it.
 */
import dgram from "node:dgram"
import { once } from "node:events"
import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { AssignedDevice, type Event, eventMeaning } from "@ispvm/wire"
import { z } from "zod"
import { startSyslog } from "./agent.ts"
import type { Cause, Finding, RecordingKind } from "./result.ts"

const ADDRESS = "127.0.0.2"
const Recorded = z.object({
  raw: z.string(),
  expected: z
    .object({
      topics: z.array(z.string()).optional(),
      message: z.string().optional(),
      host: z.string().optional(),
      firewall: z.record(z.string(), z.string()).optional(),
      failJSON: z.object({ host: z.string().optional(), user: z.string().optional() }).optional(),
    })
    .default({}),
})
type Recorded = z.infer<typeof Recorded>

/** The names of crowdsec's assertions. */
const assertedOf = (text: string, line: number, name: string): string | undefined =>
  new RegExp(`Events\\[${line}\\]\\.GetMeta\\("${name}"\\) == "([^"]*)"`).exec(text)?.[1]

/** Cases of the hub: lines of a log, and what its scenario says of the first ones. */
const hubCase = (file: string): readonly Recorded[] => {
  const asserted = readFileSync(file.replace(/[^/]+$/, "scenario.assert"), "utf8")
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((raw) => raw !== "")
    .map((raw, line) => {
      const host = assertedOf(asserted, line, "source_ip")
      const user = assertedOf(asserted, line, "user")
      return Recorded.parse({ raw, expected: { failJSON: { host, user } } })
    })
}
const linesOf = (folder: string, name: string): readonly Recorded[] => {
  const file = join(folder, "syslog", name)
  if (name.endsWith(".log")) return hubCase(file)
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Recorded.parse(JSON.parse(line)))
}

type Played = { readonly event: Event | null; readonly isDebug: boolean }
/** Each line to a listener of its own: the same line twice is one event otherwise. */
const play = async (raw: string, name: string): Promise<Played> => {
  const events: Event[] = []
  const syslog = await startSyslog({
    port: 0,
    bind: "127.0.0.1",
    resolve: async (address) => address,
    now: Date.now,
    newId: () => "00000000-0000-4000-8000-000000000001",
    emit: (event) => events.push(event),
    onLink: () => undefined,
    onUnknownSender: () => undefined,
  })
  syslog.apply([
    AssignedDevice.parse({
      id: "00000000-0000-4000-8000-000000000002",
      name,
      access: { address: ADDRESS, routerosApi: null, snmp: null, icmp: true, tcpPort: null },
      intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
    }),
  ])
  await sleep(0)
  const socket = dgram.createSocket("udp4")
  socket.bind(0, ADDRESS)
  await once(socket, "listening")
  socket.send(raw, syslog.port ?? 0, "127.0.0.1")
  for (let tries = 0; syslog.counts.lines === 0 && tries < 2_000; tries += 1) await sleep(1)
  socket.close()
  await syslog.stop()
  return { event: events[0] ?? null, isDebug: syslog.counts.debug > 0 }
}

const FIREWALL = {
  prefix: "prefix",
  chain: "chain",
  in: "in",
  out: "out",
  connection_state: "state",
  src_mac: "mac",
  proto: "protocol",
  proto_detail: "flags",
  len: "length",
} as const

const pairsOf = ({ expected }: Recorded, event: Event): (readonly [string, string, string])[] => {
  const { topics, message, failJSON, firewall } = expected
  const given = event.attributes
  const pairs: (readonly [string, string | undefined, string | undefined])[] = [
    ["topics", topics?.join(","), given.topics],
    ["message", message?.trim(), event.message.trim()],
    ["from", failJSON?.host, given.from ?? given.client],
    ["user", failJSON?.user, given.user ?? ""],
    ...Object.entries(FIREWALL).map(
      ([theirs, ours]) => [`firewall ${theirs}`, firewall?.[theirs], given[ours]] as const,
    ),
  ]
  return pairs.flatMap(([what, wanted, got]) =>
    wanted === undefined || wanted.startsWith("(unknown")
      ? []
      : [[what, wanted, got ?? ""] as const],
  )
}

/** What a line without topics is about is not known before it has a meaning. */
const familyOf = ({ raw, expected: { topics } }: Recorded): string =>
  topics?.find((topic) => !["info", "debug", "warning", "error", "critical"].includes(topic)) ??
  (/,(?:info|error|warning|debug)/.test(raw) ? "topics in the line" : "no topics")

const compareLine = async (name: string, recorded: Recorded): Promise<readonly Finding[]> => {
  const { event, isDebug } = await play(recorded.raw, recorded.expected.host ?? "router")
  const about = { device: basename(name), vendor: "mikrotik", family: familyOf(recorded) }
  const finding = (what: string, cause: Cause | null, expected: string, got: string): Finding => ({
    ...about,
    what,
    cause,
    expected,
    got,
  })
  if (event === null) {
    // Debug lines are counted and not kept: there may be thousands a second.
    const cause = isDebug ? "purpose" : "ours"
    return [finding("event", cause, recorded.raw.slice(0, 120), "no event")]
  }
  const kind = eventMeaning(event)
  const wasNamed = kind !== "log"
  return [
    finding("meaning", wasNamed ? null : "ours", recorded.raw.slice(0, 120), kind),
    ...pairsOf(recorded, event).map(([what, wanted, got]) =>
      finding(what, wanted === got ? null : "ours", wanted, got),
    ),
  ]
}

export const syslogRecordings: RecordingKind = {
  name: "syslog",
  cases: (folder) =>
    [
      ...globSync("lines/*.jsonl", { cwd: join(folder, "syslog") }),
      ...globSync("crowdsec/*/*.log", { cwd: join(folder, "syslog") }),
    ].toSorted(),
  compare: async (folder, name) => {
    const findings: Finding[] = []
    for (const recorded of linesOf(folder, name))
      findings.push(...(await compareLine(name, recorded)))
    return findings
  },
}
