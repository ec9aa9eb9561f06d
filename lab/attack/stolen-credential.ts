/** A saved password goes wherever a device's address says: an operator tries every way to make that an address of theirs. */

import dgram from "node:dgram"
import { createServer, type Server, type Socket } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import { createServer as createTlsServer } from "node:tls"
import { selfSign } from "../routers/certificate.ts"
import { type Attack, expectEqual, expectThat, type Finding } from "./attack.ts"
import { type Client, textIn } from "./client.ts"
import { type Stage, until } from "./stage.ts"

const PASSWORD = "the-router-password-4711"
const COMMUNITY = "the-router-community-4711"

/** What stands at the attacker's address: takes whatever comes, on TCP, TLS and UDP. */
const openTrap = async () => {
  let heard = ""
  const certificate = selfSign("trap", HERE, Date.now())
  const take = (socket: Socket): void => {
    socket.on("error", () => undefined)
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1")
    })
  }
  const plain = createServer(take)
  const tls = createTlsServer({ key: certificate.keyPem, cert: certificate.certificatePem }, take)
  const udp = dgram.createSocket("udp4").on("message", (bytes) => {
    heard += bytes.toString("latin1")
  })
  const listen = (server: Server): Promise<number> =>
    new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(portOf(server.address()))))
  const [plainPort, tlsPort] = [await listen(plain), await listen(tls)]
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve))
  return {
    plainPort,
    tlsPort,
    udpPort: udp.address().port,
    fingerprint: certificate.fingerprint,
    heardSecret: (): boolean => heard.includes(PASSWORD) || heard.includes(COMMUNITY),
    close: async (): Promise<void> => {
      udp.close()
      await Promise.all([plain, tls].map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}
const portOf = (at: ReturnType<Server["address"]>): number => (typeof at === "object" && at !== null ? at.port : 0)
type Trap = Awaited<ReturnType<typeof openTrap>>

type Trick = {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly refused: readonly number[]
}
const HERE = "127.0.0.1"
/** Of the trap's addresses none is on loopback alone: the agent's list lets loopback in, so only the secret's own rule is left to stop it. */
const tricksOf = (stage: Stage, trap: Trap, at: { device: string; far: string; credential: string }): readonly Trick[] => {
  const api = { port: trap.tlsPort, tls: true, fingerprint: trap.fingerprint }
  const plain = { port: trap.plainPort, tls: false, fingerprint: null }
  const methods = (over: object) => ({ routerosApi: null, snmp: null, icmp: false, tcpPort: null, ...over })
  const patch = (what: string, body: unknown): Trick => ({
    what,
    method: "PATCH",
    path: `/devices/${at.device}`,
    body,
    refused: [403],
  })
  const snmp = { port: trap.udpPort }
  const csv = (line: string) => ({ csv: `name,address,agent,credential,api_port,api_tls,snmp_port\n${line}\n`, dryRun: false })
  const device = { agentId: stage.agentId, credentialId: at.credential }
  return [
    patch("another address", { address: HERE }),
    patch("another address and no TLS", { address: HERE, methods: methods({ routerosApi: plain }) }),
    patch("another address and certificate", { address: HERE, methods: methods({ routerosApi: api }) }),
    patch("another SNMP port", { address: HERE, methods: methods({ snmp }) }),
    patch("another agent", { agentId: at.far }),
    patch("a wrong password typed", { address: HERE, methods: methods({ routerosApi: plain }), secret: { password: "a guess" } }),
    {
      what: "a new device",
      method: "POST",
      path: "/devices",
      body: { name: "trap", address: HERE, ...device, methods: methods({ routerosApi: plain, snmp }) },
      refused: [403],
    },
    {
      what: "a list of devices",
      method: "POST",
      path: "/devices/import",
      body: csv(`trap2,${HERE},attacked,core,${trap.plainPort},no,${trap.udpPort}`),
      refused: [200],
    },
    {
      what: "the test button, plain",
      method: "POST",
      path: "/devices/test",
      body: { address: HERE, ...device, methods: methods({ routerosApi: plain }) },
      refused: [403],
    },
    {
      what: "the test button, SNMP",
      method: "POST",
      path: "/devices/test",
      body: { address: HERE, ...device, methods: methods({ snmp }) },
      refused: [403],
    },
    {
      what: "the test button, own certificate",
      method: "POST",
      path: "/devices/test",
      body: { address: HERE, ...device, methods: methods({ routerosApi: api }) },
      refused: [403],
    },
    {
      what: "the credential itself",
      method: "PATCH",
      path: `/credentials/${at.credential}`,
      body: { allowedNetworks: ["127.0.0.0/8"] },
      refused: [403],
    },
    {
      what: "the agent's networks",
      method: "PATCH",
      path: `/agents/${stage.agentId}`,
      body: { allowedNetworks: ["0.0.0.0/0"] },
      refused: [403],
    },
  ]
}

const tryAll = async (operator: Client, tricks: readonly Trick[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const { what, method, path, body, refused } of tricks) {
    const { status, json } = await operator.ask(method, path, body)
    const made = typeof json === "object" && json !== null && "created" in json ? json.created : 0
    const isWrongGuess = what.startsWith("a wrong")
    findings.push(
      expectThat(`operator, ${what}: refused`, (isWrongGuess ? [422] : refused).includes(status) && made === 0, `${status}`),
    )
  }
  return findings
}

/** A router whose certificate has changed: pinned is the one it had, and what answers now is the trap. */
const checkPin = async (stage: Stage, trap: Trap, credential: string): Promise<Finding> => {
  const methods = {
    routerosApi: { port: trap.tlsPort, tls: true, fingerprint: "0".repeat(64) },
    snmp: null,
    icmp: false,
    tcpPort: null,
  }
  const body = { name: "pinned", address: HERE, agentId: stage.agentId, credentialId: credential, methods }
  const id = textIn(await stage.admin.ask("POST", "/devices", body), "id")
  const told = await until("the agent says that the certificate is another one", async () => {
    const { text } = await stage.admin.ask("GET", `/devices/${id}/events?limit=50`)
    return /pinned is|wrong-certificate/.test(text) ? text : null
  })
  await stage.admin.ask("DELETE", `/devices/${id}`)
  return expectThat(
    "a router that shows another certificate is sent no password",
    told !== "" && !trap.heardSecret(),
    "told as another certificate",
  )
}

const checkRows = async (stage: Stage): Promise<Finding> => {
  await wait(300)
  const { text } = await stage.admin.ask("GET", "/audit?limit=200")
  return expectThat(
    "each refusal left a row in the audit",
    /permission\.denied/.test(text) && /secret-needed/.test(text),
    "rows are there",
  )
}

const checkSpecial = async (stage: Stage, far: string): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const address of ["127.0.0.1", "localhost", "127.1", "::1", "169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"]) {
    const methods = { routerosApi: null, snmp: { port: 161 }, icmp: false, tcpPort: null }
    const test = await stage.admin.ask("POST", "/devices/test", { agentId: far, address, methods })
    const device = await stage.admin.ask("POST", "/devices", { name: `at ${address}`, address, agentId: far, methods })
    findings.push(expectEqual(`${address} is no target, of a test and of a device`, [test.status, device.status], [422, 422]))
  }
  return findings
}

export const stolenCredential: Attack = {
  name: "stolen-credential",
  about:
    "An operator tries every way to have a saved password sent to an address of theirs; it never leaves, and each try is audited.",
  run: async (stage) => {
    const trap = await openTrap()
    try {
      // The trap stands on loopback, which this agent is allowed: the secret's own rule is what has to hold.
      await stage.admin.ask("PATCH", `/agents/${stage.agentId}`, { allowedNetworks: ["127.0.0.0/8", "0.0.0.0/0"] })
      const far = textIn(await stage.admin.ask("POST", "/agents", { name: "far" }), "id")
      const secret = { username: "watch", password: PASSWORD, snmpCommunity: COMMUNITY }
      const credential = textIn(await stage.admin.ask("POST", "/credentials", { name: "core", ...secret }), "id")
      const methods = {
        routerosApi: { port: 8729, tls: true, fingerprint: "1".repeat(64) },
        snmp: { port: 161 },
        icmp: false,
        tcpPort: null,
      }
      const body = { name: "core-1", address: "192.0.2.1", agentId: stage.agentId, credentialId: credential, methods }
      const device = textIn(await stage.admin.ask("POST", "/devices", body), "id")
      const operator = await stage.logIn(await stage.account("operator"))
      const findings = await tryAll(operator, tricksOf(stage, trap, { device, far, credential }))
      const removed = await operator.ask("DELETE", `/devices/${device}`)
      const again = await operator.ask("POST", "/devices", { ...body, address: HERE })
      findings.push(expectEqual("operator, deleted and added again: refused", [removed.status, again.status], [204, 403]))
      findings.push(await checkPin(stage, trap, credential))
      await wait(3_000)
      findings.push(expectEqual("no secret has reached the attacker's address", trap.heardSecret(), false))
      findings.push(await checkRows(stage), ...(await checkSpecial(stage, far)))
      // Proof that the trap would have heard it: an administrator may send it there.
      const plain = {
        routerosApi: { port: trap.plainPort, tls: false, fingerprint: null },
        snmp: null,
        icmp: false,
        tcpPort: null,
      }
      const allowed = { address: HERE, agentId: stage.agentId, credentialId: credential, methods: plain }
      await stage.admin.ask("POST", "/devices/test", allowed, { timeoutMs: 30_000 })
      findings.push(expectEqual("what an administrator tests there does arrive", trap.heardSecret(), true))
      return findings
    } finally {
      await trap.close()
    }
  },
}
