/**
 * Children of `bench -- agent snmp`.
 *   node agent-snmp.ts responder
 *     devices with 300 interfaces at 127.0.0.1 and on; prints their port, ends with its input
 *   node agent-snmp.ts agent PORT WALKS GETS
 *     the agent's session walks the columns, and gets 20 counters; prints what each cost
 */
import dgram from "node:dgram"
import { once } from "node:events"
import { createSharedSocket, nothingLearned, SnmpSession } from "../recordings/agent.ts"
import type { MibObject } from "../simulator/routers/snmp-agent.ts"
import { answer } from "../simulator/routers/snmp-agent.ts"
import type { Value } from "../simulator/routers/snmp-message.ts"

const INTERFACES = 300
const addressOf = (device: number): string => `127.0.0.${device + 1}`
/** Polls at once, as of an agent with many devices. */
const IN_FLIGHT = 20
const COMMUNITY = "public"
/** ifTable and ifXTable, of which all columns are walked. */
const [IF_TABLE, IF_X_TABLE] = ["1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"]
const [NARROW, WIDE] = [
  [10, 11, 13, 14, 16, 17, 19, 20],
  [6, 7, 8, 9, 10, 11, 12, 13],
]
const text = (value: string): Value => ({ kind: "octets", value: Buffer.from(value) })
const columns = (table: string, numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => `${table}.${number}`)
const valueIn = (column: string, index: number): Value => {
  if (column === `${IF_TABLE}.2`) return text(`ether${index}`)
  if (column === `${IF_X_TABLE}.1`) return text(`<pppoe-customer-${index}>`)
  return column.startsWith(IF_X_TABLE)
    ? { kind: "counter64", value: 9_000_000_011n * BigInt(index) }
    : { kind: "counter32", value: (1_000_003 * index) % 2 ** 32 }
}
const WALKED = [
  `${IF_TABLE}.2`,
  ...columns(IF_TABLE, NARROW),
  `${IF_X_TABLE}.1`,
  ...columns(IF_X_TABLE, WIDE),
]
const GOT = [`${IF_X_TABLE}.6`, `${IF_X_TABLE}.10`].flatMap((column) =>
  Array.from({ length: 10 }, (_, at) => `${column}.${at + 1}`),
)

const respond = async (): Promise<void> => {
  const mib: readonly MibObject[] = WALKED.flatMap((column) =>
    Array.from({ length: INTERFACES }, (_, at) => {
      const value = valueIn(column, at + 1)
      return { oid: `${column}.${at + 1}`.split(".").map(Number), read: () => value }
    }),
  )
  let port = 0
  for (let device = 0; device < IN_FLIGHT; device += 1) {
    const socket = dgram.createSocket("udp4")
    socket.on("message", (packet, from) => {
      const reply = answer(packet, COMMUNITY, mib, 0)
      if (reply !== null) socket.send(reply, from.port, from.address)
    })
    socket.bind(port, addressOf(device))
    await once(socket, "listening")
    port = socket.address().port
  }
  console.log(port)
  process.stdin.resume()
  await once(process.stdin, "end")
  process.exit(0)
}

type Figure = { readonly cpuMs: number; readonly kernelMs: number; readonly values: number }
/** A third as many polls come first, which compile code and do not count. */
const measure = async (
  times: number,
  inFlight: number,
  poll: (device: number) => Promise<number>,
): Promise<Figure> => {
  let [values, left] = [0, 0]
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const got = await poll(left % inFlight)
      values += got
    }
  }
  const all = async (count: number): Promise<void> => {
    ;[values, left] = [0, count]
    await Promise.all(Array.from({ length: inFlight }, one))
  }
  await all(Math.ceil(times / 3))
  const before = process.cpuUsage()
  await all(times)
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1_000, kernelMs: system / 1_000, values }
}

const poll = async (port: number, walks: number, gets: number): Promise<void> => {
  const socket = createSharedSocket()
  const learned = Array.from({ length: IN_FLIGHT }, nothingLearned)
  const { signal } = new AbortController()
  /** As for each poll of the agent. */
  const inSession = async <T>(
    device: number,
    work: (session: SnmpSession) => Promise<T>,
  ): Promise<T> => {
    const target = { ip: addressOf(device), port, version: "v2c", community: COMMUNITY } as const
    const session = new SnmpSession(target, socket, learned[device])
    try {
      return await work(session)
    } finally {
      session.close()
    }
  }
  const keys = Object.fromEntries(WALKED.map((root) => [root, root]))
  const walk = await measure(walks, 1, (device) =>
    inSession(device, async (session) => {
      const table = await session.columns(keys, { signal })
      return Object.values(table).reduce((sum, column) => sum + column.size, 0)
    }),
  )
  const get = await measure(gets, IN_FLIGHT, (device) =>
    inSession(device, async (session) => (await session.get(GOT, { signal })).size),
  )
  console.log(JSON.stringify({ walk, get }))
  await socket.close()
}

const [role, ...numbers] = process.argv.slice(2)
const [port = 0, walks = 0, gets = 0] = numbers.map(Number)
if (role === "responder") await respond()
else if (role === "agent") await poll(port, walks, gets)
