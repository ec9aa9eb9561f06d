import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import dgram from "node:dgram"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Access } from "../../wire/wire.ts"
import { createSnmpCheck } from "./access-check.ts"

const SNMPD = ["/usr/sbin/snmpd", "/usr/bin/snmpd"].find((path) => existsSync(path))
const freePort = async (): Promise<number> => {
  const free = dgram.createSocket("udp4")
  await new Promise<void>((done) => free.bind(0, "127.0.0.1", done))
  const { port } = free.address()
  await new Promise<void>((done) => free.close(() => done()))
  return port
}
const accessOf = (port: number, changes: Partial<{ user: string; authPassword: string; privPassword: string }> = {}): Access =>
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

test("an access is by a community or by v3, never both", () => {
  assert.equal(Access.safeParse({ ...accessOf(161), snmp: { ...accessOf(161).snmp, community: "public" } }).success, false)
  assert.equal(Access.safeParse({ ...accessOf(161), snmp: { port: 161 } }).success, false)
  // As an appliance of the version before says it.
  assert.ok(Access.safeParse({ ...accessOf(161), snmp: { port: 161, community: "public" } }).success)
})

test("a real snmpd answers v3 with SHA1 and AES, and names a wrong user or password", {
  skip: SNMPD === undefined && "no snmpd here: 1 case",
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-snmpd-"))
  const port = await freePort()
  const conf = [
    `agentaddress udp:127.0.0.1:${port}`,
    "createUser watcher SHA auth-word-1 AES priv-word-1",
    "rouser watcher authpriv",
    "sysName probe-v3",
    "",
  ]
  writeFileSync(join(folder, "snmpd.conf"), conf.join("\n"))
  const env = { ...process.env, SNMP_PERSISTENT_DIR: folder, MIBS: "" }
  const args = ["-f", "-C", "-c", join(folder, "snmpd.conf"), "-p", join(folder, "pid")]
  const snmpd = spawn(SNMPD ?? "", args, { env, stdio: "ignore" })
  try {
    let reasons: string[] = []
    for (let tries = 0; reasons[0] !== "ok" && tries < 20; tries += 1) {
      reasons = await reasonOf(accessOf(port), 1_000)
      await sleep(50)
    }
    assert.deepEqual(reasons, ["ok"])
    assert.equal((await check(accessOf(port), AbortSignal.timeout(5_000))).facts?.identity, "probe-v3")
    assert.deepEqual(await reasonOf(accessOf(port, { user: "stranger" })), ["wrong-credentials"])
    assert.deepEqual(await reasonOf(accessOf(port, { authPassword: "auth-word-2" })), ["wrong-credentials"])
    const wrongPrivacy = await check(accessOf(port, { privPassword: "priv-word-2" }), AbortSignal.timeout(8_000))
    assert.notEqual(wrongPrivacy.steps[0]?.reason, "ok")
    assert.ok(!JSON.stringify(wrongPrivacy).includes("priv-word-2"))
  } finally {
    snmpd.kill()
    await once(snmpd, "exit")
    rmSync(folder, { recursive: true })
  }
})
