/** Changes by a script apply to clients, over real sockets on loopback. */
import assert from "node:assert/strict"
import { createSocket } from "node:dgram"
import { existsSync } from "node:fs"
import { connect as connectTcp } from "node:net"
import { after, before, test } from "node:test"
import { connect as connectTls } from "node:tls"
import { freePort } from "../../../demo/ports.ts"
import { run as runProgram } from "../../run.ts"
import { encodeSentence, SentenceReader } from "../api-words.ts"
import { RouterHost } from "../host.ts"
import { osBackend, serviceOf, snmpOf, syslogOf } from "./services.ts"
import { testRouter } from "./test/router.ts"

const ADDRESS = "127.40.99.2"
const noSnmp = !existsSync("/usr/bin/snmpget") && "snmp (net-snmp's tools) is not installed"
const { os, router, run } = testRouter("ccr2004-7.18", ADDRESS)
const ports = { api: await freePort(), apiSsl: await freePort(), snmp: await freePort() }
const failures: string[] = []
const host = new RouterHost(
  {
    address: ADDRESS,
    ports,
    backend: osBackend(os),
    serviceConfig: {
      service: (name) => serviceOf(os, name),
      snmp: snmpOf(os),
      isBehindNat: false,
      failed: (what) => failures.push(what),
    },
  },
  Date.now,
)
os.store.onChange((path) => {
  if (path === "/ip/service") host.refresh()
})
os.onCertificates(() => host.refresh())

before(async () => {
  await run(`/ip/service set api port=${ports.api}; /ip/service set api-ssl port=${ports.apiSsl}`)
  await host.open()
})
after(() => host.close())

type Client = {
  readonly request: (...words: string[]) => Promise<string[]>
  readonly end: () => void
  readonly fingerprint: string | null
}
const client = (tls: boolean): Promise<Client> =>
  new Promise((resolve, reject) => {
    const port = tls ? ports.apiSsl : ports.api
    const socket = tls
      ? connectTls({ host: ADDRESS, port, rejectUnauthorized: false }, () => ready())
      : connectTcp({ host: ADDRESS, port }, () => ready())
    const reader = new SentenceReader()
    let receive: (words: string[]) => void = () => undefined
    socket.on("error", reject)
    socket.on("close", () => reject(new Error("closed")))
    socket.on("data", (bytes: Buffer) => {
      for (const words of reader.push(bytes)) receive(words)
    })
    const ready = () =>
      resolve({
        fingerprint:
          "getPeerCertificate" in socket ? socket.getPeerCertificate().fingerprint256 : null,
        end: () => socket.destroy(),
        request: (...words) =>
          new Promise((done, failed) => {
            socket.once("close", () => failed(new Error("closed")))
            const all: string[] = []
            receive = (reply) => {
              all.push(...reply)
              if (reply[0] === "!done" || reply[0] === "!fatal") done(all)
            }
            socket.write(encodeSentence(words))
          }),
      })
  })
const login = async (name: string, password: string): Promise<string> => {
  const api = await client(false)
  const reply = await api.request("/login", `=name=${name}`, `=password=${password}`)
  api.end()
  return reply.join(" ")
}
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail("it did not happen in time")
}

test("a user created by a script logs in from its addresses with its group's policies", async () => {
  await run(`/user/group add name=ispvm policy=read,api
/user add name=ispvm-agent group=ispvm password="a b\\"c" address=127.0.0.0/8
/user add name=elsewhere group=ispvm password=x address=10.9.0.0/16
/user/group add name=noapi policy=read
/user add name=noapi group=noapi password=x`)
  assert.equal(await login("ispvm-agent", 'a b"c'), "!done")
  assert.match(await login("elsewhere", "x"), /invalid user name or password/)
  assert.match(await login("noapi", "x"), /invalid user name or password/)
  const api = await client(true)
  await api.request("/login", "=name=ispvm-agent", '=password=a b"c')
  const rows = await api.request("/user/print", "=.proplist=name,password", "?name=ispvm-agent")
  assert.deepEqual(rows.sort(), ["!done", "!re", "=name=ispvm-agent", "=password=*****"])
  api.end()
})

test("a disabled service does not listen, and one for other addresses answers no client", async () => {
  await run("/ip/service set api disabled=yes")
  await until(() =>
    client(false).then(
      () => false,
      () => true,
    ),
  )
  await run("/ip/service set api disabled=no address=10.0.0.0/8")
  await until(() =>
    client(false).then(
      async (api) =>
        api.request("/login").then(
          () => false,
          () => true,
        ),
      () => false,
    ),
  )
  await run('/ip/service set api address=""')
  assert.equal(await login("ispvm-agent", 'a b"c'), "!done")
})

test("api-ssl uses the configured certificate, and has no handshake without one", async () => {
  const before = (await client(true)).fingerprint
  await run(
    "/certificate add name=ispvm-api common-name=alone; /certificate sign ispvm-api; /ip/service set api-ssl certificate=ispvm-api",
  )
  const certificate = os.certificates.named("ispvm-api")
  assert.notEqual(certificate?.pem, null)
  await until(async () => (await client(true).catch(() => null))?.fingerprint !== before)
  const now = await client(true)
  assert.equal(
    now.fingerprint?.replaceAll(":", "").toLowerCase(),
    os.rows("/certificate")?.find((row) => row.name === "ispvm-api")?.fingerprint,
  )
  now.end()
  await run("/ip/service set api-ssl certificate=none")
  await until(() =>
    client(true).then(
      () => false,
      () => true,
    ),
  )
  await run("/ip/service set api-ssl certificate=router-tls")
  assert.deepEqual(failures, [])
})

const get = (...words: string[]): Promise<string> =>
  runProgram("/usr/bin/snmpget", [
    "-On",
    "-t",
    "1",
    "-r",
    "0",
    ...words,
    `${ADDRESS}:${ports.snmp}`,
    "1.3.6.1.2.1.1.5.0",
  ]).catch((error: unknown) => String(error))
const NAME = /\.1\.3\.6\.1\.2\.1\.1\.5\.0 = STRING: "?alone-1"?/
const v3 = (auth: string, priv: string, hash = "SHA", cipher = "AES") =>
  get("-v3", "-l", "authPriv", "-u", "ispvm", "-a", hash, "-A", auth, "-x", cipher, "-X", priv)

test("SNMPv3 with SHA1 and AES answers net-snmp only with the right passwords", {
  skip: noSnmp,
}, async () => {
  await run(
    `/snmp/community add name=ispvm security=private authentication-protocol=SHA1 authentication-password="auth pass 1" encryption-protocol=AES encryption-password="priv pass 2"`,
  )
  assert.match(await v3("auth pass 1", "priv pass 2"), NAME)
  assert.match(await v3("wrong pass 1", "priv pass 2"), /Authentication failure|Unable|incorrect/i)
  assert.doesNotMatch(await v3("auth pass 1", "wrong pass 2"), NAME)
  assert.doesNotMatch(await get("-v3", "-l", "noAuthNoPriv", "-u", "ispvm"), NAME)
  assert.doesNotMatch(await get("-v2c", "-c", "ispvm"), NAME, "its name is not a community")
  assert.match(await get("-v2c", "-c", "lab"), NAME)
})

test("MD5 and DES work as well, and a walk ends", { skip: noSnmp }, async () => {
  await run(`/snmp/community set ispvm authentication-protocol=MD5 encryption-protocol=DES`)
  assert.match(await v3("auth pass 1", "priv pass 2", "MD5", "DES"), NAME)
  await run(`/snmp/community set ispvm authentication-protocol=SHA1 encryption-protocol=AES`)
  const login = [
    "-v3",
    "-l",
    "authPriv",
    "-u",
    "ispvm",
    "-a",
    "SHA",
    "-A",
    "auth pass 1",
    "-x",
    "AES",
    "-X",
    "priv pass 2",
  ]
  const out = await runProgram("/usr/bin/snmpbulkwalk", [
    "-On",
    ...login,
    `${ADDRESS}:${ports.snmp}`,
    "1.3.6.1.2.1.2",
  ])
  assert.ok(out.split("\n").length > 30)
})

test("a community for other addresses gets no answer, and disabled SNMP answers no request", {
  skip: noSnmp,
}, async () => {
  await run("/snmp/community set [find default=yes] addresses=10.0.0.0/8")
  assert.doesNotMatch(await get("-v2c", "-c", "lab"), NAME)
  await run('/snmp/community set [find default=yes] addresses=""; /snmp set enabled=no')
  assert.doesNotMatch(await get("-v2c", "-c", "lab"), NAME)
  await run('/snmp set enabled=yes; /system/identity set name="another name"')
  assert.match(await get("-v2c", "-c", "lab"), /"?another name"?/)
  await run("/system/identity set name=alone-1")
})

test("the log goes to the destinations of rules and actions, in their form", async () => {
  const socket = createSocket("udp4")
  const lines: string[] = []
  socket.on("message", (bytes) => lines.push(bytes.toString()))
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  await run(`/system/logging/action add name=ispvm target=remote remote=127.0.0.1 remote-port=${socket.address().port} remote-log-format=syslog
/system/logging add topics=interface,info action=ispvm`)
  const emit = (topics: string, message: string) => {
    for (const sent of syslogOf(os, { id: 1, atMs: Date.now(), topics, message }))
      if (sent.address === "127.0.0.1") host.sendSyslog(sent)
  }
  emit("system,info", "not this")
  emit("interface,info", "ether1 link down")
  await until(async () => lines.length > 0)
  assert.match(lines.join("\n"), /^<30>\w{3} [ \d]\d \d\d:\d\d:\d\d alone-1 ether1 link down$/)
  assert.ok(router.log.length > 0)
  socket.close()
})
