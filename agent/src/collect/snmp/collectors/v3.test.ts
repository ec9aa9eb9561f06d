import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import dgram from "node:dgram"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Access } from "@ispvm/wire"
import { environment } from "../../../../test/config.ts"
import { createSnmpCheck } from "./access-check.ts"

const SNMPD = ["/usr/sbin/snmpd", "/usr/bin/snmpd"].find((path) => existsSync(path))
const freePort = async (): Promise<number> => {
  const free = dgram.createSocket("udp4")
  await new Promise<void>((done) => free.bind(0, "127.0.0.1", done))
  const { port } = free.address()
  await new Promise<void>((done) => free.close(() => done()))
  return port
}
const accessOf = (
  port: number,
  changes: Partial<{ user: string; authPassword: string; privPassword: string }> = {},
): Access =>
  Access.parse({
    address: "127.0.0.1",
    routerosApi: null,
    snmp: {
      port,
      v3: { user: "watcher", authPassword: "auth-word-1", privPassword: "priv-word-1", ...changes },
    },
    icmp: false,
    tcpPort: null,
  })
const check = createSnmpCheck(
  async (address) => address,
  () => performance.now(),
)
const reasonOf = async (access: Access, ms = 6_000) =>
  (await check(access, AbortSignal.timeout(ms))).steps.map(({ reason }) => reason)

test("an access has a community or v3, never both", () => {
  assert.equal(
    Access.safeParse({ ...accessOf(161), snmp: { ...accessOf(161).snmp, community: "public" } })
      .success,
    false,
  )
  assert.equal(Access.safeParse({ ...accessOf(161), snmp: { port: 161 } }).success, false)
  // As an appliance of the previous release sends it.
  assert.ok(
    Access.safeParse({ ...accessOf(161), snmp: { port: 161, community: "public" } }).success,
  )
})

/** Names in net-snmp's configuration, and in an access. */
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
  AES192C: "AES-192-C",
  AES256C: "AES-256-C",
} as const
type V3 = Record<string, string>
const PASSWORDS = { authPassword: "auth-word-1", privPassword: "priv-word-1" }
const USERS = Object.entries(AUTH).flatMap(([authProtocol, auth]) =>
  Object.entries(PRIV).map(([privProtocol, priv]) => ({
    user: `${authProtocol}-${privProtocol}`,
    authProtocol,
    privProtocol,
    auth,
    priv,
  })),
)

const withSnmpd = async (work: (port: number) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-snmpd-"))
  const port = await freePort()
  const conf = [
    `agentaddress udp:127.0.0.1:${port}`,
    "createUser watcher SHA auth-word-1 AES priv-word-1",
    "rouser watcher priv",
    "createUser open",
    "rouser open noauth",
    "createUser signed SHA-256 auth-word-1",
    "rouser signed auth",
    ...USERS.flatMap(({ user, auth, priv }) => [
      `createUser ${user} ${auth} auth-word-1 ${priv} priv-word-1`,
      `rouser ${user} priv`,
    ]),
    "sysName probe-v3",
    "",
  ]
  writeFileSync(join(folder, "snmpd.conf"), conf.join("\n"))
  const env = { ...environment(), SNMP_PERSISTENT_DIR: folder, MIBS: "" }
  const args = ["-f", "-C", "-c", join(folder, "snmpd.conf"), "-p", join(folder, "pid")]
  const snmpd = spawn(SNMPD ?? "", args, { env, stdio: "ignore" })
  try {
    let reasons: string[] = []
    for (let tries = 0; reasons[0] !== "ok" && tries < 40; tries += 1) {
      reasons = await reasonOf(accessOf(port), 1_000)
      await sleep(50)
    }
    assert.deepEqual(reasons, ["ok"])
    await work(port)
  } finally {
    snmpd.kill()
    await once(snmpd, "exit")
    rmSync(folder, { recursive: true })
  }
}

test("a real snmpd answers each protocol and security level of v3, and a rejection has its reason", {
  skip: SNMPD === undefined && "no snmpd here: 1 case",
}, async () => {
  await withSnmpd(async (port) => {
    const testResult = async (v3: V3) => {
      const access = Access.parse({ ...accessOf(port), snmp: { port, v3 } })
      const [step] = (await check(access, AbortSignal.timeout(12_000))).steps
      return `${step?.reason}: ${step?.message}`
    }
    const auth = { authPassword: "auth-word-1" }
    const wrongPrivacy = testResult({ user: "watcher", ...auth, privPassword: "priv-word-2" })
    for (const { user, authProtocol, privProtocol } of USERS)
      assert.match(
        await testResult({ user, authProtocol, privProtocol, ...PASSWORDS }),
        /^ok: .* probe-v3,/,
        user,
      )
    assert.match(await testResult({ user: "open" }), /^ok: .*noAuthNoPriv/)
    assert.match(
      await testResult({ user: "signed", authProtocol: "SHA256", ...auth }),
      /^ok: .*authNoPriv, SHA256/,
    )
    const rejections: readonly (readonly [V3, RegExp])[] = [
      [{ user: "stranger", ...PASSWORDS }, /^wrong-credentials: .*usmStatsUnknownUserNames/],
      [
        { user: "watcher", ...PASSWORDS, authPassword: "auth-word-2" },
        /^wrong-credentials: .*usmStatsWrongDigests/,
      ],
      [
        { user: "watcher", ...PASSWORDS, authProtocol: "SHA512" },
        /^wrong-credentials: .*usmStatsWrongDigests/,
      ],
      [
        { user: "signed", authProtocol: "SHA256", ...PASSWORDS },
        /^not-permitted: .*usmStatsUnsupportedSecLevels/,
      ],
      [{ user: "watcher", ...auth }, /^not-permitted: .*without any values/],
    ]
    for (const [v3, expected] of rejections) assert.match(await testResult(v3), expected)
    // net-snmp drops what it cannot decrypt: only the engine that answers shows it.
    assert.match(
      await wrongPrivacy,
      /^wrong-credentials: .*privacy password or protocol is another/,
    )
    assert.doesNotMatch(await wrongPrivacy, /priv-word-2/)
  })
})
