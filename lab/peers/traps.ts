/** net-snmp's snmptrap sends traps and informs of each version to the agent. */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { environment } from "../config.ts"
import { startTraps } from "../recordings/agent.ts"
import { type Check, compared, eventually, notRun, type Peer, pause } from "./check.ts"

const PEER = "snmptrap"
const SNMPTRAP = "/usr/bin/snmptrap"
const WITHIN_MS = 15_000
/** Long enough for a trap that must not become an event. */
const QUIET_MS = 1_500
const LINK_DOWN = ".1.3.6.1.6.3.1.1.5.3"
const WORDS = { authPassword: "auth-word-1", privPassword: "priv-word-1" }
const V3 = [
  ["MD5", "DES", "MD5", "DES"],
  ["SHA1", "AES128", "SHA", "AES"],
  ["SHA256", "AES128", "SHA-256", "AES"],
  ["SHA384", "AES192", "SHA-384", "AES-192"],
  ["SHA512", "AES256", "SHA-512", "AES-256"],
] as const

const addressOf = (n: number): string => `127.0.0.${n + 2}`
const device = (n: number, snmp: object) =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name: `d${n}`,
    access: { address: addressOf(n), routerosApi: null, snmp, icmp: true, tcpPort: null },
    intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
  })
const DEVICES = [
  device(0, { port: 161, community: "word" }),
  ...V3.map(([authProtocol, privProtocol], n) =>
    device(n + 1, { port: 161, v3: { user: "watcher", ...WORDS, authProtocol, privProtocol } }),
  ),
]

type Sent = {
  readonly what: string
  readonly from: number
  readonly port: number
  readonly isInform: boolean
  readonly args: (to: string, varbind: readonly string[]) => readonly string[]
  /** False: it must be rejected. */
  readonly isGood: boolean
}
const v3 = (n: number, password: string, isInform: boolean) => {
  const [, , auth = "", priv = ""] = V3[n] ?? []
  return (to: string, varbind: readonly string[]): readonly string[] => [
    ...["-v3", ...(isInform ? ["-Ci"] : ["-e", "0x8000000001020304"])],
    ...["-u", "watcher", "-l", "authPriv", "-a", auth, "-A", password],
    ...["-x", priv, "-X", WORDS.privPassword, to, "7", LINK_DOWN, ...varbind],
  ]
}
const TRAPS: readonly Sent[] = (
  [
    {
      what: "v1 trap",
      from: 0,
      isInform: false,
      isGood: true,
      args: (to, varbind) => [
        ...["-v1", "-c", "word", to, ".1.3.6.1.4.1.14988.1", addressOf(0), "2", "0", "7"],
        ...varbind,
      ],
    },
    ...[false, true].map((isInform) => ({
      what: isInform ? "v2c inform" : "v2c trap",
      from: 0,
      isInform,
      isGood: true,
      args: (to: string, varbind: readonly string[]) => [
        ...["-v2c", "-c", "word", ...(isInform ? ["-Ci"] : []), to, "7", LINK_DOWN, ...varbind],
      ],
    })),
    {
      what: "v2c trap with a wrong community",
      from: 0,
      isInform: false,
      isGood: false,
      args: (to, varbind) => ["-v2c", "-c", "other", to, "7", LINK_DOWN, ...varbind],
    },
    ...V3.flatMap(([auth, priv], n) =>
      [false, true].map((isInform) => ({
        what: `v3 ${isInform ? "inform" : "trap"}, ${auth} ${priv}`,
        from: n + 1,
        isInform,
        isGood: true,
        args: v3(n, WORDS.authPassword, isInform),
      })),
    ),
    {
      what: "v3 trap with a wrong password",
      from: 1,
      isInform: false,
      isGood: false,
      args: v3(0, "wrong-word-1", false),
    },
  ] satisfies readonly Omit<Sent, "port">[]
).map((each, n) => ({ ...each, port: n + 1 }))

/** Gives the exit code: 0 for an inform means that it was answered. */
const snmptrap = (from: string, args: readonly string[]): Promise<number | null> =>
  new Promise((resolve) => {
    const all = ["-r", "2", "-t", "5", `--clientaddr=${from}`, ...args]
    const child = spawn(SNMPTRAP, all, { env: { ...environment(), MIBS: "" }, stdio: "ignore" })
    child.once("exit", (code) => resolve(code))
    child.once("error", () => resolve(null))
  })

export const traps: Peer = {
  name: PEER,
  run: async () => {
    if (!existsSync(SNMPTRAP)) return [notRun(PEER, "all", "snmp is not installed")]
    const events: Event[] = []
    let n = 0
    const receiver = await startTraps({
      port: 0,
      bind: "127.0.0.1",
      resolve: async (address) => address,
      now: Date.now,
      steady: () => performance.now(),
      newId: () => `00000000-0000-4000-9000-${String(n++).padStart(12, "0")}`,
      emit: (event) => events.push(event),
      onLink: () => undefined,
    })
    try {
      receiver.apply(DEVICES)
      const ports = TRAPS.map(({ port }) => ({ name: `ether${port}`, ifIndex: port }))
      for (const { id } of DEVICES) receiver.learn(id, ports)
      await pause(100)
      const checks: Check[] = []
      for (const { what, from, port, isInform, isGood, args } of TRAPS) {
        const varbind = [`.1.3.6.1.2.1.2.2.1.1.${port}`, "i", String(port)]
        const code = await snmptrap(addressOf(from), args(`127.0.0.1:${receiver.port}`, varbind))
        if (!isGood) await pause(QUIET_MS)
        const own = await eventually(
          async () => events.filter((event) => event.interface === `ether${port}`),
          (list) => !isGood || list.length > 0,
          WITHIN_MS,
        )
        const got = {
          events: own.map(({ name }) => name),
          ...(isInform ? { answered: code === 0 } : {}),
        }
        const wanted = {
          events: isGood ? ["link-down"] : [],
          ...(isInform ? { answered: true } : {}),
        }
        checks.push(compared(PEER, what, wanted, got))
      }
      return checks
    } finally {
      await receiver.stop()
    }
  },
}
