/**
 * Independent programs read the simulated routers: what these programs understand, the agent must
 * understand.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { freePort } from "../../demo/ports.ts"
import { ANATOLIA } from "../lab.ts"
import { run } from "../run.ts"
import { readTopology } from "../topology-file.ts"
import { simulatedBackend } from "./api-backend.ts"
import { fingerprintOf, selfSign } from "./certificate.ts"
import { fixedServiceConfig, RouterHost } from "./host.ts"
import { mibOf } from "./mib.ts"
import { planRouters } from "./plan.ts"
import { Router } from "./router.ts"

const has = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0
const noPython =
  !has("/usr/bin/python3", ["-c", "import librouteros"]) && "python3-librouteros is not installed"
const noSnmp = !existsSync("/usr/bin/snmpbulkwalk") && "snmp (net-snmp's tools) is not installed"

const NOW_MS = Date.now()
const specs = planRouters(readTopology(ANATOLIA), NOW_MS, (a) => a.replace(/^10\./, "127."))
const ports = { api: await freePort(), apiSsl: await freePort(), snmp: await freePort() }
const hosts: RouterHost[] = []
const address = (name: string): string => specs.find((s) => s.name === name)?.address ?? ""
const folder = mkdtempSync(join(tmpdir(), "ispvm-lab-peers-"))

before(async () => {
  for (const name of ["ist-core-1", "kay-acc-1", "esk-core-1"]) {
    const spec = specs.find((s) => s.name === name)
    assert.ok(spec !== undefined)
    const router = new Router(spec)
    const host = new RouterHost(
      {
        address: spec.address,
        ports,
        backend: simulatedBackend(router, Date.now),
        serviceConfig: fixedServiceConfig({
          ports,
          community: spec.community,
          mib: mibOf(router),
          identity: selfSign(name, spec.address, NOW_MS),
        }),
      },
      Date.now,
    )
    await host.open()
    hosts.push(host)
  }
})
after(async () => {
  await Promise.all(hosts.map((host) => host.close()))
  rmSync(folder, { recursive: true, force: true })
})

/** Prints the result of librouteros as JSON. */
const python = async (
  host: string,
  port: number,
  login: string,
  tls: boolean,
  body: string,
): Promise<unknown> => {
  const script = `
import json, ssl, librouteros
from librouteros.login import plain, token
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
extra = {"ssl_wrapper": context.wrap_socket} if ${tls ? "True" : "False"} else {}
api = librouteros.connect(host="${host}", port=${port}, username="monitor", password="anatolia-lab", login_method=${login}, **extra)
${body}
`
  return JSON.parse(await run("/usr/bin/python3", ["-"], script))
}

test("librouteros logs in, prints, selects and receives errors", {
  skip: noPython,
}, async () => {
  const answer = await python(
    address("ist-core-1"),
    ports.api,
    "plain",
    false,
    `
from librouteros.query import Key
name, running = Key("name"), Key("running")
rows = list(api.path("interface").select(name, running).where(running == True, name.In("ether1", "ether2", "ether9")))
try:
    list(api.path("no", "such", "menu"))
    fault = None
except librouteros.exceptions.TrapError as error:
    fault = str(error)
print(json.dumps([rows, fault, list(api("/system/resource/print"))[0]["board-name"]]))`,
  )
  assert.deepEqual(answer, [
    [
      { name: "ether1", running: true },
      { name: "ether2", running: true },
    ],
    "no such command prefix",
    "CCR2116-12G-4S+",
  ])
})

test("librouteros works with the TLS service and the older login", { skip: noPython }, async () => {
  const identity = 'print(json.dumps(list(api.path("system", "identity"))[0]["name"]))'
  assert.equal(
    await python(address("ist-core-1"), ports.apiSsl, "plain", true, identity),
    "ist-core-1",
  )
  assert.equal(await python(address("kay-acc-1"), ports.api, "token", false, identity), "kay-acc-1")
})

test("librouteros reads the sessions, neighbours and optical modules of a simulated router", {
  skip: noPython,
}, async () => {
  const answer = await python(
    address("ist-core-1"),
    ports.api,
    "plain",
    false,
    `
neighbours = list(api.path("ip", "neighbor"))
sessions = list(api.path("ppp", "active"))
modules = list(api("/interface/ethernet/monitor", numbers="sfp-sfpplus1", once=""))
print(json.dumps([len(neighbours) > 0, len(sessions) >= 0, modules[0]["name"], modules[0]["sfp-rx-power"].endswith("dBm")]))`,
  )
  assert.deepEqual(answer, [true, true, "sfp-sfpplus1", true])
})

const walk = async (program: string, host: string, oid: string): Promise<string[]> => {
  const out = await run(program, [
    "-v2c",
    "-c",
    "anatolia",
    "-On",
    "-t",
    "2",
    "-r",
    "1",
    `${host}:${ports.snmp}`,
    oid,
  ])
  return out.trimEnd().split("\n")
}

test("net-snmp walks the system group, and GETBULK returns the same as GETNEXT", {
  skip: noSnmp,
}, async () => {
  const system = await walk("/usr/bin/snmpwalk", address("ist-core-1"), "1.3.6.1.2.1.1")
  assert.equal(system[0], '.1.3.6.1.2.1.1.1.0 = STRING: "RouterOS CCR2116-12G-4S+"')
  assert.equal(system[1], ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.14988.1")
  // Names and states are constant; counters would differ between two walks.
  for (const column of ["1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.15", "1.3.6.1.2.1.2.2.1.6"])
    assert.deepEqual(
      await walk("/usr/bin/snmpbulkwalk", address("ist-core-1"), column),
      await walk("/usr/bin/snmpwalk", address("ist-core-1"), column),
    )
})

test("net-snmp walks a whole router to its end, in order", { skip: noSnmp }, async () => {
  const all = await walk("/usr/bin/snmpbulkwalk", address("esk-core-1"), "1")
  assert.ok(all.length > 400, `${all.length} objects`)
  assert.match(all.at(-1) ?? "", /No more variables left|\.14988\.1\.1\.7\.9\.0/)
  assert.ok(all.some((line) => /\.31\.1\.1\.1\.6\.13 = Counter64: \d+$/.test(line)))
  assert.ok(all.some((line) => /14988\.1\.1\.3\.8\.0 = INTEGER: 2\d\d$/.test(line)))
})

test("OpenSSL reads a certificate and computes the same fingerprint", {
  skip: !has("openssl", ["version"]) && "openssl is not installed",
}, async () => {
  const { certificatePem, fingerprint } = selfSign("ist-core-1", "10.40.1.3", NOW_MS)
  assert.equal(fingerprintOf(certificatePem), fingerprint)
  const text = await run(
    "openssl",
    ["x509", "-noout", "-fingerprint", "-sha256", "-subject", "-ext", "subjectAltName"],
    certificatePem,
  )
  assert.equal(/Fingerprint=(.*)/.exec(text)?.[1]?.replaceAll(":", "").toLowerCase(), fingerprint)
  assert.match(text, /CN ?= ?ist-core-1/)
  assert.match(text, /IP Address:10\.40\.1\.3/)
})
