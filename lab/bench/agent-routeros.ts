/**
 * Children of `bench -- agent routeros`.
 *   node agent-routeros.ts responder ROWS
 *     a router with a table of so many rows; prints its port, ends with its standard input
 *   node agent-routeros.ts agent PORT PRINTS
 *     the agent's client prints the table so often and reads each value; prints what that cost
 *   node agent-routeros.ts librouteros PORT PRINTS
 *     the same by python3-librouteros
 */
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { openConnection, systemDial } from "../recordings/agent.ts"
import { encodeSentence, SentenceReader } from "../simulator/routers/api-words.ts"

/** What the agent asks of each interface. */
const PROPERTIES = [
  ...[".id", "name", "type", "running", "disabled", "comment", "mac-address"],
  ...["rx-byte", "tx-byte", "rx-packet", "tx-packet", "rx-error", "tx-error", "rx-drop", "tx-drop"],
] as const
const PYTHON = "/usr/bin/python3"
const TABLE = "/interface"
const WARM_PRINTS = 3

const rowAt = (at: number): readonly string[] => {
  const hex = at.toString(16).toUpperCase().padStart(4, "0")
  const values: Readonly<Record<(typeof PROPERTIES)[number], string>> = {
    ".id": `*${hex}`,
    name: `<pppoe-customer-${at}>`,
    type: "pppoe-in",
    running: "true",
    disabled: "false",
    comment: at % 3 === 0 ? "" : `house ${at % 90}, street ${at}`,
    "mac-address": `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}`,
    "rx-byte": String(1_000_003 * at),
    "tx-byte": String(9_000_000_011 * at),
    "rx-packet": String(1_009 * at),
    "tx-packet": String(9_001 * at),
    "rx-error": "0",
    "tx-error": "0",
    "rx-drop": String(at % 7),
    "tx-drop": "0",
  }
  return PROPERTIES.map((name) => `=${name}=${values[name]}`)
}

const respond = async (rows: number): Promise<void> => {
  const list = Array.from({ length: rows }, (_, at) => rowAt(at))
  const server = createServer((socket) => {
    const reader = new SentenceReader()
    socket.on("error", () => socket.destroy())
    socket.on("data", (bytes: Buffer) => {
      for (const words of reader.push(bytes)) {
        const tag = words.filter((word) => word.startsWith(".tag="))
        if (words[0] === `${TABLE}/print`)
          socket.write(Buffer.concat(list.map((row) => encodeSentence(["!re", ...tag, ...row]))))
        socket.write(encodeSentence(["!done", ...tag]))
      }
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  console.log(typeof address === "object" && address !== null ? address.port : 0)
  process.stdin.resume()
  await once(process.stdin, "end")
  process.exit(0)
}

const cpuOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000

/** The longest time that this thread worked without a turn of its event loop, in ms of its CPU. */
const watchTurns = (): (() => number) => {
  let [longestMs, lastMs] = [0, cpuOf(process.threadCpuUsage())]
  let next = setImmediate(function turn() {
    const nowMs = cpuOf(process.threadCpuUsage())
    longestMs = Math.max(longestMs, nowMs - lastMs)
    lastMs = nowMs
    next = setImmediate(turn)
  })
  return () => {
    clearImmediate(next)
    return longestMs
  }
}

/** The CPU that it took. */
const repeat = async (times: number, print: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  for (let at = 0; at < times; at += 1) await print()
  return cpuOf(process.cpuUsage(before))
}

const poll = async (port: number, prints: number): Promise<void> => {
  const login = { username: "monitor", password: "anatolia-lab" }
  const access = { port, tls: false, fingerprint: null, ...login }
  const connection = await openConnection("127.0.0.1", access, {
    dial: systemDial,
    deadlineMs: 10_000,
    signal: new AbortController().signal,
  })
  let [rows, characters] = [0, 0]
  const take = (row: { readonly get: (name: string) => string | undefined }): void => {
    rows += 1
    for (const name of PROPERTIES) characters += row.get(name)?.length ?? 0
  }
  const options = { proplist: PROPERTIES, deadlineMs: 60_000 }
  const printAll = async (): Promise<void> => (await connection.print(TABLE, options)).forEach(take)
  const asTheyCome = async (): Promise<void> =>
    void (await connection.print(TABLE, { ...options, onRow: take }))
  await repeat(WARM_PRINTS, printAll)
  ;[rows, characters] = [0, 0]
  const cpuMs = await repeat(prints, printAll)
  const figure = { cpuMs, rows, characters }
  // Watching needs CPU of its own, so these prints are others.
  await repeat(WARM_PRINTS, asTheyCome)
  const stopWatching = watchTurns()
  await repeat(prints, asTheyCome)
  console.log(JSON.stringify({ ...figure, pauseMs: stopWatching() }))
  await connection.close()
}

const LIBROUTEROS = `
import json, sys, time, librouteros
api = librouteros.connect(host="127.0.0.1", port=int(sys.argv[1]), username="monitor", password="anatolia-lab", timeout=120)
names = sys.argv[3].split(",")
def once():
    rows = 0
    for row in list(api("${TABLE}/print", **{".proplist": sys.argv[3]})):
        rows += 1
        for name in names: row.get(name)
    return rows
once()
start = time.process_time()
rows = sum(once() for n in range(int(sys.argv[2])))
print(json.dumps({"cpuMs": (time.process_time() - start) * 1000, "rows": rows}))`
const byLibrouteros = (port: number, prints: number): string =>
  execFileSync(PYTHON, ["-c", LIBROUTEROS, String(port), String(prints), PROPERTIES.join(",")], {
    encoding: "utf8",
  })

const [role, ...numbers] = process.argv.slice(2)
const [first = 0, second = 0] = numbers.map(Number)
if (role === "responder") await respond(first)
else if (role === "agent") await poll(first, second)
else if (role === "librouteros") console.log(byLibrouteros(first, second))
