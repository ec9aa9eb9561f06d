/**
 * Child of `bench -- agent ping`: the agent's rounds on loopback addresses, or fping alone, for some
 * seconds after the start.
 *   node agent-ping.ts agent|fping DEVICES SECONDS
 * Prints the CPU of this process and of its fping, and how many probes were answered, as JSON.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { AssignedDevice } from "@ispvm/wire"
import { findFping, Pinger } from "../recordings/agent.ts"
import { cpuMsOf } from "./process-usage.ts"

const WARM_MS = 8_000
const [by = "agent", devices = "0", seconds = "0"] = process.argv.slice(2)
const addresses = Array.from({ length: Number(devices) }, (_, at) => `127.1.${at >> 8}.${at & 255}`)
let answered = 0

const startAgent = async (): Promise<() => Promise<void>> => {
  const icmp = await findFping("fping", new AbortController().signal)
  if (!icmp.ok) throw new Error(icmp.note)
  const pinger = new Pinger({
    ...{ icmpProbe: icmp.icmpProbe, icmpLoop: icmp.icmpLoop, tcpProbe: async () => "silent" },
    ...{ resolve: async (address) => address, now: Date.now, steady: () => performance.now() },
    random: Math.random,
    emit: ({ icmp: result }) => {
      answered += result?.received ?? 0
    },
    onAnswers: () => undefined,
    onToolFailed: (message) => {
      throw new Error(message)
    },
  })
  pinger.apply(
    addresses.map((address, at) =>
      AssignedDevice.parse({
        id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
        name: `router-${at}`,
        access: { address, routerosApi: null, snmp: null, icmp: true, tcpPort: null },
        intervals: { pingMs: 1_000, interfaceMs: 0, healthMs: 0, factsMs: 0 },
      }),
    ),
  )
  return () => pinger.stop()
}
/** Its lines are counted, and this process's CPU is not. */
const startFping = async (): Promise<() => Promise<void>> => {
  const args = ["-r", "0", "-l", "-p", "1000", "-i", "1", "-t", "250", "-f", "-"]
  const fping = spawn("fping", args, { stdio: ["pipe", "pipe", "ignore"] })
  createInterface({ input: fping.stdout }).on("line", () => {
    answered += 1
  })
  fping.stdin.end(`${addresses.join("\n")}\n`)
  return async () => void fping.kill()
}

/** CPU of each child so far, in ms. */
const childrenCpu = (): ReadonlyMap<string, number> => {
  const { pid } = process
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")
  return new Map(children.map((child) => [child, cpuMsOf(Number(child))]))
}
const stop = await (by === "agent" ? startAgent() : startFping())
await new Promise((done) => setTimeout(done, WARM_MS))
const before = { own: process.cpuUsage(), children: childrenCpu(), answered }
await new Promise((done) => setTimeout(done, Number(seconds) * 1_000))
const { user, system } = process.cpuUsage(before.own)
const ownMs = by === "agent" ? (user + system) / 1_000 : 0
let fpingMs = 0
for (const [child, cpuMs] of childrenCpu()) fpingMs += cpuMs - (before.children.get(child) ?? 0)
console.log(JSON.stringify({ ownMs, fpingMs, answered: answered - before.answered }))
await stop()
