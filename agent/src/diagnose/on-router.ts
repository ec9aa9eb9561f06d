/** What diagnostics run on a router, command by command. */
import { CONFIGURATION_SECTIONS, DIAGNOSTIC_LIMITS, type Diagnostic } from "@ispvm/wire"
import type { Row } from "../collect/routeros/client/reply.ts"
import { isMissingMenu } from "../collect/routeros/client/trap.ts"
import type { Redactor } from "../redact/redact.ts"
import { NotAllowedError, PRINTED, type Run } from "./commands.ts"
import { sectionOf } from "./configuration.ts"
import { itemLines, type Output, tableLines } from "./output.ts"
import { textWithoutSecrets } from "./secrets.ts"

/** The release or board has none of these menus. */
export class MissingError extends Error {
  override readonly name = "MissingError"
}

type Context = {
  readonly run: Run
  readonly output: Output
  readonly signal: AbortSignal
  readonly redactor: Redactor
}
type Only<A extends Diagnostic["action"]> = Extract<Diagnostic, { readonly action: A }>

const STEP_MS = 15_000
/** Of one printed menu. */
const MENU_BYTES = 4 * 1024 * 1024

/** A failure while a row is handled ends the command, which would otherwise go on. */
const streaming = async (
  { run, signal }: Context,
  words: readonly string[],
  deadlineMs: number,
  onRow: (row: Row) => void,
): Promise<void> => {
  const ended = new AbortController()
  let failure: unknown = null
  const handle = (row: Row): void => {
    if (failure !== null) return
    try {
      onRow(row)
    } catch (error) {
      failure = error
      ended.abort()
    }
  }
  try {
    const both = AbortSignal.any([signal, ended.signal])
    await run(words, { deadlineMs, signal: both, onRow: handle })
  } catch (error) {
    throw failure ?? error
  }
}

// ── ping ──

const PING_PATHS = ["/ping", "/tool/ping"] as const
const cell = (text: string | undefined, width: number): string => (text ?? "").padEnd(width)

const ping = async (context: Context, { address, count, bytes }: Only<"ping">): Promise<void> => {
  const { output } = context
  const words = [`=address=${address ?? ""}`, `=count=${count}`, `=size=${bytes}`]
  let last: Row = new Map()
  const onRow = (row: Row): void => {
    if (last.size === 0)
      output.print("SEQ  HOST                                     SIZE  TTL  TIME       STATUS")
    last = row
    output.print(
      `${(row.get("seq") ?? "").padStart(3)}  ${cell(row.get("host"), 39)}  ${(row.get("size") ?? "").padStart(4)}  ${(row.get("ttl") ?? "").padStart(3)}  ${cell(row.get("time"), 9)}  ${row.get("status") ?? ""}`,
    )
  }
  const deadlineMs = count * 2_000 + 10_000
  for (const path of PING_PATHS) {
    try {
      await streaming(context, [path, ...words], deadlineMs, onRow)
      break
    } catch (error) {
      if (!isMissingMenu(error) || path === PING_PATHS[1]) throw error
    }
  }
  const figures = ["sent", "received", "packet-loss", "min-rtt", "avg-rtt", "max-rtt"]
  const summary = figures.flatMap((name) => {
    const value = last.get(name)
    return value === undefined ? [] : [`${name}=${value}${name === "packet-loss" ? "%" : ""}`]
  })
  if (summary.length > 0) output.print(summary.join(" "))
}

// ── traceroute ──

const HOP_COLUMNS = ["hop", "address", "loss", "sent", "last", "avg", "best", "worst", "status"]

/**
 * The router sends the whole path again and again, each time as a section. A hop is printed when
 * the one after it is there; the last section is the result.
 */
const traceroute = async (context: Context, { address }: Only<"traceroute">): Promise<void> => {
  const { output } = context
  let section: string | undefined
  let hops: Row[] = []
  let printed = 0
  const show = (upTo: number): void => {
    for (; printed < upTo; printed += 1) {
      const hop = hops[printed]
      const found = hop?.get("address") || "*"
      output.print(
        `${String(printed + 1).padStart(3)}  ${found.padEnd(39)}  ${hop?.get("last") ?? ""} ${hop?.get("status") ?? ""}`,
      )
    }
  }
  const words = [
    "/tool/traceroute",
    `=address=${address ?? ""}`,
    "=count=3",
    `=max-hops=${DIAGNOSTIC_LIMITS.hops}`,
    "=use-dns=no",
  ]
  await streaming(context, words, 90_000, (row) => {
    if (row.get(".section") !== section) {
      show(hops.length - 1)
      section = row.get(".section")
      hops = []
    }
    hops.push(row)
  })
  show(hops.length)
  output.print("")
  const numbered = hops.map((row, index): Row => new Map([["hop", String(index + 1)], ...row]))
  for (const line of tableLines(HOP_COLUMNS, numbered)) output.print(line)
}

// ── menus ──

const printMenu = async (
  { run, signal }: Context,
  menu: string,
  words: readonly string[] = [],
): Promise<readonly Row[] | null> => {
  try {
    const options = { deadlineMs: STEP_MS, signal, maxBytes: MENU_BYTES }
    return (await run([`${menu}/print`, ...words], options)).rows
  } catch (error) {
    if (isMissingMenu(error)) return null
    throw error
  }
}
const requireSome = (found: number): void => {
  if (found === 0) throw new MissingError("this router has no such menu")
}

const interfaceState = async (
  context: Context,
  { interface: name }: Only<"interface">,
): Promise<void> => {
  const { run, output, signal } = context
  const [row] = (await printMenu(context, "/interface", [`?name=${name}`])) ?? []
  if (row === undefined) throw new MissingError("this router has no interface of this name")
  for (const line of itemLines(row)) output.print(line)
  const id = row.get(".id") ?? ""
  const more: readonly (readonly string[])[] = [
    ...(row.get("type") === "ether"
      ? [["/interface/ethernet/monitor", `=numbers=${id}`, "=once="]]
      : []),
    ["/interface/monitor-traffic", `=interface=${name}`, "=once="],
  ]
  for (const words of more) {
    try {
      const { rows } = await run(words, { deadlineMs: STEP_MS, signal })
      output.print("")
      output.print(words[0]?.slice(1).replaceAll("/", " ") ?? "")
      for (const each of rows) for (const line of itemLines(each)) output.print(line)
    } catch (error) {
      // Not every kind of interface has it.
      if (!isMissingMenu(error)) throw error
    }
  }
}

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  "/routing/bgp/session": [
    ...["name", "remote.address", "remote.as", ".remote.as", "local.address", "established"],
    ...["uptime", "prefix-count", "remote.hold-time", "last-stopped", "input.last-notification"],
  ],
  "/routing/bgp/connection": [
    "name",
    "remote.address",
    "remote.as",
    ".remote.as",
    "local.role",
    "disabled",
    "inactive",
    "comment",
  ],
  "/routing/bgp/peer": [
    ...["name", "remote-address", "remote-as", "state", "established", "uptime", "prefix-count"],
    ...["disabled", "last-notification", "comment"],
  ],
  "/routing/ospf/neighbor": [
    "instance",
    "area",
    "router-id",
    "address",
    "interface",
    "state",
    "priority",
    "state-changes",
    "adjacency",
  ],
  "/routing/ospf/interface": [
    "interface",
    "name",
    "area",
    "state",
    "cost",
    "network-type",
    "address",
    "dr",
    "bdr",
  ],
  "/ip/neighbor": [
    "interface",
    "identity",
    "address",
    "address6",
    "mac-address",
    "platform",
    "version",
    "board",
    "interface-name",
    "discovered-by",
    "uptime",
  ],
}

const tables = async (context: Context, menus: readonly string[]): Promise<void> => {
  const { output } = context
  let found = 0
  for (const menu of menus) {
    const columns = COLUMNS[menu] ?? []
    const rows = await printMenu(context, menu, [`=.proplist=${columns.join(",")}`])
    if (rows === null) continue
    found += 1
    output.print(`${menu.slice(1).replaceAll("/", " ")} (${rows.length})`)
    if (rows.length > 0) for (const line of tableLines(columns, rows)) output.print(line)
    output.print("")
  }
  requireSome(found)
}

const log = async (context: Context, { lines }: Only<"log">): Promise<void> => {
  const rows = await printMenu(context, "/log", ["=.proplist=time,topics,message"])
  if (rows === null) throw new MissingError("this router has no log")
  for (const row of rows.slice(-lines))
    context.output.print(
      `${row.get("time") ?? ""}  ${row.get("topics") ?? ""}  ${context.redactor.logMessage(row.get("topics") ?? "", textWithoutSecrets(row.get("message") ?? ""))}`,
    )
}

/** Sections whose entries are those of customers. */
const OF_CUSTOMERS: ReadonlySet<string> = new Set(["queues"])
const withoutComment = (line: string): string =>
  line.replaceAll(/\bcomment=("(?:[^"\\]|\\.)*"|\S+)/g, "comment=…")

const configuration = async (
  context: Context,
  { section }: Only<"configuration">,
): Promise<void> => {
  const { output, redactor } = context
  if (redactor.isOn && OF_CUSTOMERS.has(section))
    throw new NotAllowedError("this agent hides customers, and this section consists of them")
  let found = 0
  let secrets = 0
  for (const menu of CONFIGURATION_SECTIONS[section]) {
    const rows = await printMenu(context, menu)
    if (rows === null) continue
    found += 1
    const printed = sectionOf(menu, rows)
    secrets += printed.secrets
    for (const line of printed.lines)
      output.print(redactor.isOn ? redactor.text(withoutComment(line)) : line)
  }
  requireSome(found)
  if (secrets > 0) output.print(`# secrets left out by the agent: ${secrets}`)
}

export const runOnRouter = async (given: Context, diagnostic: Diagnostic): Promise<void> => {
  const print: Output["print"] = (line) => given.output.print(given.redactor.sessions(line))
  const context: Context = { ...given, output: { ...given.output, print } }
  switch (diagnostic.action) {
    case "ping":
      return ping(context, diagnostic)
    case "traceroute":
      return traceroute(context, diagnostic)
    case "interface":
      return interfaceState(context, diagnostic)
    case "bgp":
    case "ospf":
    case "neighbours":
      return tables(context, PRINTED[diagnostic.action])
    case "log":
      return log(context, diagnostic)
    case "configuration":
      return configuration(context, diagnostic)
  }
}
