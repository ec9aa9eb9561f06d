/**
 * Lines that are slow to parse, sent to a real agent by strangers and under one router's address:
 * the lines of another router still become events.
 */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { networkInterfaces } from "node:os"
import { setTimeout as wait } from "node:timers/promises"
import { type Attack, expectThat, type Finding } from "./attack.ts"
import { textIn } from "./client.ts"
import { type Testbed, until } from "./testbed.ts"

const ROUTER = "127.66.1.7"
const SPOOFED = "127.66.1.8"
/** A program on the agent's own machine may name any host, and has a budget of its own. */
const LOCAL_PROGRAM = "127.66.1.99"
/**
 * A sender that is neither a device nor on loopback. Its packets to 127.0.0.1 stay on this machine
 * all the same.
 */
const strangers = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address)
    .slice(0, 1)
/** Repetition makes quadratic patterns visible; each is a datagram, so at most 64 KB. */
const HOSTILE: readonly string[] = [
  `system,info x added by ${":a@".repeat(340)}${"/".repeat(1_000)} !`,
  `interface,info ${"\n".repeat(60_000)}x`,
  `<30>router ${" ".repeat(60_000)}link down`,
  `<30>${"1".repeat(60_000)}`,
  `<30>Nov ${"9".repeat(30_000)} ${"[".repeat(30_000)}`,
  `<134>CEF:0|${"\\|".repeat(30_000)}`,
  `<30>router ${"a=".repeat(30_000)}`,
  `<30>1 2026-01-01T00:00:00Z host app - - [${'x="\\"" '.repeat(8_000)}`,
  `script,error ${"\0".repeat(60_000)}x`,
]
const ROUNDS = 12

const send = async (lines: readonly string[], from: string, port: number): Promise<void> => {
  const socket = createSocket("udp4")
  const isBound = once(socket, "listening")
  socket.bind(0, from)
  await isBound
  try {
    for (const line of lines) {
      await new Promise((sent) => socket.send(line, port, "127.0.0.1", sent))
      await wait(5)
    }
  } finally {
    socket.close()
  }
}

const hasEvent = async ({ admin }: Testbed, device: string, port: string): Promise<boolean> =>
  (await admin.send("GET", `/devices/${device}/events`)).text.includes(`"${port}"`)

const run = async (testbed: Testbed): Promise<readonly Finding[]> => {
  const { admin, agentId, syslogPort } = testbed
  const add = async (name: string, address: string): Promise<string> =>
    textIn(
      await admin.send("POST", "/devices", { name, address, agentId, methods: { icmp: true } }),
      "id",
    )
  const device = await add("logs", ROUTER)
  await add("spoofed", SPOOFED)
  const line = (port: string): string => `interface,info ${port} link down`
  // A line before the attack proves that lines arrive; it is sent again until the agent has its
  // assignment.
  await until("a router's line becomes an event", async () => {
    await send([line("ether1")], ROUTER, syslogPort)
    await wait(900)
    return (await hasEvent(testbed, device, "ether1")) ? true : null
  })
  const senders = [...strangers(), LOCAL_PROGRAM, SPOOFED]
  for (const stranger of strangers())
    await send([`<30>logs ${line("ether9")}`, line("ether9")], stranger, syslogPort)
  for (let round = 0; round < ROUNDS; round += 1)
    await Promise.all(senders.map((sender) => send(HOSTILE, sender, syslogPort)))
  // UDP loses what a full queue cannot hold, so a legitimate router repeats its line; three times
  // at most.
  const startedMs = performance.now()
  let lines = 0
  while (lines < 3 && !(await hasEvent(testbed, device, "ether2"))) {
    lines += 1
    await send([line("ether2")], ROUTER, syslogPort)
    for (let tries = 0; tries < 10 && !(await hasEvent(testbed, device, "ether2")); tries += 1)
      await wait(300)
  }
  const tookMs = Math.round(performance.now() - startedMs)
  const { text } = await admin.send("GET", `/agents/${agentId}`)
  return [
    expectThat(
      `after ${HOSTILE.length * ROUNDS * senders.length} hostile lines a router's line becomes an event`,
      await hasEvent(testbed, device, "ether2"),
      `${lines} sent, ${tookMs} ms`,
    ),
    expectThat(
      "a stranger's line that names a router is assigned to no device",
      !(await hasEvent(testbed, device, "ether9")),
      strangers()[0] ?? "no address of this machine but loopback: not tried",
    ),
    expectThat("the agent is online", /"status":"ok"/.test(text), text.slice(0, 200)),
  ]
}

export const syslogLines: Attack = {
  name: "syslog-lines",
  about:
    "an agent receives syslog lines that are slow to parse or spoofed; a router's lines become events",
  run,
}
