/**
 * The agent polls Debian's snmpd in each version, protocol and security level. snmpget of net-snmp
 * reads the same name; both have to agree, and a wrong password has to be rejected.
 */
import { type ChildProcess, spawn } from "node:child_process"
import dgram from "node:dgram"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environment } from "../config.ts"
import { readBySnmp } from "../recordings/snmp-play.ts"
import { run } from "../simulator/run.ts"
import { type Check, compared, eventually, notRun, type Peer } from "./check.ts"

const PEER = "snmpd"
export const SNMPD = "/usr/sbin/snmpd"
const SYS_NAME = ".1.3.6.1.2.1.1.5.0"
export const NAME = "peer-of-the-agent"
/** The agent's names, and those of net-snmp. */
const AUTH = {
  MD5: "MD5",
  SHA1: "SHA",
  SHA224: "SHA-224",
  SHA256: "SHA-256",
  SHA384: "SHA-384",
  SHA512: "SHA-512",
} as const
const PRIV = {
  DES: "DES",
  AES128: "AES",
  AES192: "AES-192",
  AES256: "AES-256",
} as const
const [AUTH_WORD, PRIV_WORD] = ["auth-word-1", "priv-word-1"]

export const freeUdpPort = async (): Promise<number> => {
  const socket = dgram.createSocket("udp4")
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done))
  const { port } = socket.address()
  await new Promise<void>((done) => socket.close(() => done()))
  return port
}

export type Snmpd = { readonly port: number; readonly folder: string; stop(): Promise<void> }

export const startSnmpd = async (lines: (folder: string) => readonly string[]): Promise<Snmpd> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-snmpd-"))
  const port = await freeUdpPort()
  const config = [`agentaddress udp:127.0.0.1:${port}`, `sysName ${NAME}`, ...lines(folder), ""]
  writeFileSync(join(folder, "snmpd.conf"), config.join("\n"), { mode: 0o600 })
  const child: ChildProcess = spawn(
    SNMPD,
    ["-f", "-C", "-c", join(folder, "snmpd.conf"), "-p", join(folder, "pid")],
    { env: { ...environment(), SNMP_PERSISTENT_DIR: folder, MIBS: "" }, stdio: "ignore" },
  )
  return {
    port,
    folder,
    stop: async () => {
      child.kill()
      if (child.exitCode === null) await once(child, "exit")
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const snmpget = (port: number, args: readonly string[]): Promise<string> =>
  run("/usr/bin/snmpget", [
    ...["-m", "", "-Oqv", "-t", "3", "-r", "2", ...args],
    ...[`udp:127.0.0.1:${port}`, SYS_NAME],
  ]).then(
    (text) => text.trim().replaceAll('"', ""),
    (error: unknown) => `failed: ${error instanceof Error ? error.message.slice(-80) : ""}`,
  )

/** The name that the agent reads, or why it reads none. */
const byAgent = async (snmp: object): Promise<string> => {
  const { facts, failures } = await readBySnmp(snmp)
  return facts?.identity ?? `failed: ${failures[0] ?? "no facts"}`
}

type Case = { readonly what: string; readonly snmp: object; readonly args: readonly string[] }
const cases = (port: number): readonly Case[] => {
  const v3 = (what: string, access: object, args: readonly string[]): Case => ({
    what: `v3 ${what}`,
    snmp: { port, v3: access },
    args: ["-v3", ...args],
  })
  return [
    { what: "v1", snmp: { port, community: "word", version: "v1" }, args: ["-v1", "-c", "word"] },
    { what: "v2c", snmp: { port, community: "word" }, args: ["-v2c", "-c", "word"] },
    v3("noAuthNoPriv", { user: "open" }, ["-u", "open", "-l", "noAuthNoPriv"]),
    ...Object.entries(AUTH).map(([ours, theirs]) =>
      v3(`authNoPriv ${ours}`, { user: `a-${ours}`, authProtocol: ours, authPassword: AUTH_WORD }, [
        "-u",
        `a-${ours}`,
        "-l",
        "authNoPriv",
        "-a",
        theirs,
        "-A",
        AUTH_WORD,
      ]),
    ),
    ...Object.entries(AUTH).flatMap(([ours, theirs]) =>
      Object.entries(PRIV).map(([priv, theirPriv]) =>
        v3(
          `authPriv ${ours} ${priv}`,
          {
            user: `${ours}-${priv}`,
            authProtocol: ours,
            privProtocol: priv,
            authPassword: AUTH_WORD,
            privPassword: PRIV_WORD,
          },
          [
            ...["-u", `${ours}-${priv}`, "-l", "authPriv", "-a", theirs, "-A", AUTH_WORD],
            ...["-x", theirPriv, "-X", PRIV_WORD],
          ],
        ),
      ),
    ),
  ]
}

const USERS = [
  "rocommunity word 127.0.0.1",
  "createUser open",
  "rouser open noauth",
  ...Object.entries(AUTH).flatMap(([ours, theirs]) => [
    `createUser a-${ours} ${theirs} ${AUTH_WORD}`,
    `rouser a-${ours} auth`,
    ...Object.entries(PRIV).flatMap(([priv, theirPriv]) => [
      `createUser ${ours}-${priv} ${theirs} ${AUTH_WORD} ${theirPriv} ${PRIV_WORD}`,
      `rouser ${ours}-${priv} priv`,
    ]),
  ]),
]

export const snmpd: Peer = {
  name: PEER,
  run: async () => {
    if (!existsSync(SNMPD) || !existsSync("/usr/bin/snmpget"))
      return [notRun(PEER, "all versions", "snmpd or snmp is not installed")]
    const server = await startSnmpd(() => USERS)
    try {
      await eventually(
        () => snmpget(server.port, ["-v2c", "-c", "word"]),
        (name) => name === NAME,
        20_000,
      )
      const checks: Check[] = []
      for (const { what, snmp, args } of cases(server.port)) {
        const theirs = await snmpget(server.port, args)
        // What Debian's own build does not offer is no comparison.
        if (theirs.startsWith("failed") && what.includes("Priv"))
          checks.push(notRun(PEER, what, `snmpget itself ${theirs}`))
        else checks.push(compared(PEER, what, theirs, await byAgent(snmp)))
      }
      const wrong = { user: "SHA256-AES128", authProtocol: "SHA256", authPassword: "wrong-word-1" }
      const answer = await byAgent({ port: server.port, v3: wrong })
      checks.push(
        compared(PEER, "v3 with a wrong password is rejected", true, answer.startsWith("failed")),
      )
      return checks
    } finally {
      await server.stop()
    }
  },
}
