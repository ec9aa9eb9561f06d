/** A saved password goes wherever a device's address says: an operator tries every way to make that an address of theirs. */

import dgram from "node:dgram"
import { createServer, type Server, type Socket } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import { createServer as createTlsServer } from "node:tls"
import { selfSign } from "../../simulator/routers/certificate.ts"
import { type Attack, expectEqual, expectThat, type Finding } from "./attack.ts"
import { type Client, textIn } from "./client.ts"
import { type Testbed, until } from "./testbed.ts"

const PASSWORD = "the-router-password-4711"
const COMMUNITY = "the-router-community-4711"

/** What stands at the attacker's address: takes whatever comes, on TCP, TLS and UDP. */
const openTrap = async () => {
  let received = ""
  const certificate = selfSign("trap", TRAP_ADDRESS, Date.now())
  const receive = (socket: Socket): void => {
    socket.on("error", () => undefined)
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1")
    })
  }
  const plain = createServer(receive)
  const tls = createTlsServer(
    { key: certificate.keyPem, cert: certificate.certificatePem },
    receive,
  )
  const udp = dgram.createSocket("udp4").on("message", (bytes) => {
    received += bytes.toString("latin1")
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
    hasSecret: (): boolean => received.includes(PASSWORD) || received.includes(COMMUNITY),
    close: async (): Promise<void> => {
      udp.close()
      await Promise.all(
        [plain, tls].map((server) => new Promise((resolve) => server.close(resolve))),
      )
    },
  }
}
const portOf = (at: ReturnType<Server["address"]>): number =>
  typeof at === "object" && at !== null ? at.port : 0
type Trap = Awaited<ReturnType<typeof openTrap>>

type Attempt = {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly rejectedWith: readonly number[]
}
const TRAP_ADDRESS = "127.0.0.1"
/** Of the trap's addresses none is on loopback alone: the agent's list lets loopback in, so only the secret's own rule is left to stop it. */
const attemptsOf = (
  testbed: Testbed,
  trap: Trap,
  at: { device: string; otherAgent: string; credential: string },
): readonly Attempt[] => {
  const api = { port: trap.tlsPort, tls: true, fingerprint: trap.fingerprint }
  const plain = { port: trap.plainPort, tls: false, fingerprint: null }
  const methods = (over: object) => ({
    routerosApi: null,
    snmp: null,
    icmp: false,
    tcpPort: null,
    ...over,
  })
  const patch = (what: string, body: unknown): Attempt => ({
    what,
    method: "PATCH",
    path: `/devices/${at.device}`,
    body,
    rejectedWith: [403],
  })
  const snmp = { port: trap.udpPort }
  const csv = (line: string) => ({
    csv: `name,address,agent,credential,api_port,api_tls,snmp_port\n${line}\n`,
    dryRun: false,
  })
  const device = { agentId: testbed.agentId, credentialId: at.credential }
  return [
    patch("another address", { address: TRAP_ADDRESS }),
    patch("another address and no TLS", {
      address: TRAP_ADDRESS,
      methods: methods({ routerosApi: plain }),
    }),
    patch("another address and certificate", {
      address: TRAP_ADDRESS,
      methods: methods({ routerosApi: api }),
    }),
    patch("another SNMP port", { address: TRAP_ADDRESS, methods: methods({ snmp }) }),
    patch("another agent", { agentId: at.otherAgent }),
    patch("a wrong password typed", {
      address: TRAP_ADDRESS,
      methods: methods({ routerosApi: plain }),
      secret: { password: "a guess" },
    }),
    {
      what: "a new device",
      method: "POST",
      path: "/devices",
      body: {
        name: "trap",
        address: TRAP_ADDRESS,
        ...device,
        methods: methods({ routerosApi: plain, snmp }),
      },
      rejectedWith: [403],
    },
    {
      what: "a list of devices",
      method: "POST",
      path: "/devices/import",
      body: csv(`trap2,${TRAP_ADDRESS},attacked,core,${trap.plainPort},no,${trap.udpPort}`),
      rejectedWith: [200],
    },
    {
      what: "the test button, plain",
      method: "POST",
      path: "/devices/test",
      body: { address: TRAP_ADDRESS, ...device, methods: methods({ routerosApi: plain }) },
      rejectedWith: [403],
    },
    {
      what: "the test button, SNMP",
      method: "POST",
      path: "/devices/test",
      body: { address: TRAP_ADDRESS, ...device, methods: methods({ snmp }) },
      rejectedWith: [403],
    },
    {
      what: "the test button, own certificate",
      method: "POST",
      path: "/devices/test",
      body: { address: TRAP_ADDRESS, ...device, methods: methods({ routerosApi: api }) },
      rejectedWith: [403],
    },
    {
      what: "the credential itself",
      method: "PATCH",
      path: `/credentials/${at.credential}`,
      body: { allowedNetworks: ["127.0.0.0/8"] },
      rejectedWith: [403],
    },
    {
      what: "the agent's networks",
      method: "PATCH",
      path: `/agents/${testbed.agentId}`,
      body: { allowedNetworks: ["0.0.0.0/0"] },
      rejectedWith: [403],
    },
  ]
}

const tryAll = async (operator: Client, attempts: readonly Attempt[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const { what, method, path, body, rejectedWith } of attempts) {
    const { status, json } = await operator.send(method, path, body)
    const made = typeof json === "object" && json !== null && "created" in json ? json.created : 0
    const isWrongGuess = what.startsWith("a wrong")
    findings.push(
      expectThat(
        `operator, ${what}: refused`,
        (isWrongGuess ? [422] : rejectedWith).includes(status) && made === 0,
        `${status}`,
      ),
    )
  }
  return findings
}

/** A router whose certificate has changed: pinned is the one it had, and what answers now is the trap. */
const checkPin = async (testbed: Testbed, trap: Trap, credential: string): Promise<Finding> => {
  const methods = {
    routerosApi: { port: trap.tlsPort, tls: true, fingerprint: "0".repeat(64) },
    snmp: null,
    icmp: false,
    tcpPort: null,
  }
  const body = {
    name: "pinned",
    address: TRAP_ADDRESS,
    agentId: testbed.agentId,
    credentialId: credential,
    methods,
  }
  const id = textIn(await testbed.admin.send("POST", "/devices", body), "id")
  const events = await until("the agent says that the certificate is another one", async () => {
    const { text } = await testbed.admin.send("GET", `/devices/${id}/events?limit=50`)
    return /pinned is|wrong-certificate/.test(text) ? text : null
  })
  await testbed.admin.send("DELETE", `/devices/${id}`)
  return expectThat(
    "a router that shows another certificate is sent no password",
    events !== "" && !trap.hasSecret(),
    "told as another certificate",
  )
}

const checkAudit = async (testbed: Testbed): Promise<Finding> => {
  await wait(300)
  const { text } = await testbed.admin.send("GET", "/audit?limit=200")
  return expectThat(
    "each refusal left a row in the audit",
    /permission\.denied/.test(text) && /secret-needed/.test(text),
    "rows are there",
  )
}

const checkSpecial = async (testbed: Testbed, otherAgent: string): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const address of [
    "127.0.0.1",
    "localhost",
    "127.1",
    "::1",
    "169.254.169.254",
    "fe80::1",
    "224.0.0.1",
    "0.0.0.0",
  ]) {
    const methods = { routerosApi: null, snmp: { port: 161 }, icmp: false, tcpPort: null }
    const test = await testbed.admin.send("POST", "/devices/test", {
      agentId: otherAgent,
      address,
      methods,
    })
    const device = await testbed.admin.send("POST", "/devices", {
      name: `at ${address}`,
      address,
      agentId: otherAgent,
      methods,
    })
    findings.push(
      expectEqual(
        `${address} is no target, of a test and of a device`,
        [test.status, device.status],
        [422, 422],
      ),
    )
  }
  return findings
}

export const stolenCredential: Attack = {
  name: "stolen-credential",
  about:
    "An operator tries every way to have a saved password sent to an address of theirs; it never leaves, and each try is audited.",
  run: async (testbed) => {
    const trap = await openTrap()
    try {
      // The trap stands on loopback, which this agent is allowed: the secret's own rule is what has to hold.
      await testbed.admin.send("PATCH", `/agents/${testbed.agentId}`, {
        allowedNetworks: ["127.0.0.0/8", "0.0.0.0/0"],
      })
      const otherAgent = textIn(await testbed.admin.send("POST", "/agents", { name: "far" }), "id")
      const secret = { username: "watch", password: PASSWORD, snmpCommunity: COMMUNITY }
      const credential = textIn(
        await testbed.admin.send("POST", "/credentials", { name: "core", ...secret }),
        "id",
      )
      const methods = {
        routerosApi: { port: 8729, tls: true, fingerprint: "1".repeat(64) },
        snmp: { port: 161 },
        icmp: false,
        tcpPort: null,
      }
      const body = {
        name: "core-1",
        address: "192.0.2.1",
        agentId: testbed.agentId,
        credentialId: credential,
        methods,
      }
      const device = textIn(await testbed.admin.send("POST", "/devices", body), "id")
      const operator = await testbed.logIn(await testbed.account("operator"))
      const findings = await tryAll(
        operator,
        attemptsOf(testbed, trap, { device, otherAgent, credential }),
      )
      const removed = await operator.send("DELETE", `/devices/${device}`)
      const again = await operator.send("POST", "/devices", { ...body, address: TRAP_ADDRESS })
      findings.push(
        expectEqual(
          "operator, deleted and added again: refused",
          [removed.status, again.status],
          [204, 403],
        ),
      )
      findings.push(await checkPin(testbed, trap, credential))
      await wait(3_000)
      findings.push(
        expectEqual("no secret has reached the attacker's address", trap.hasSecret(), false),
      )
      findings.push(await checkAudit(testbed), ...(await checkSpecial(testbed, otherAgent)))
      // Proof that the trap would have heard it: an administrator may send it there.
      const plain = {
        routerosApi: { port: trap.plainPort, tls: false, fingerprint: null },
        snmp: null,
        icmp: false,
        tcpPort: null,
      }
      const allowed = {
        address: TRAP_ADDRESS,
        agentId: testbed.agentId,
        credentialId: credential,
        methods: plain,
      }
      await testbed.admin.send("POST", "/devices/test", allowed, { timeoutMs: 30_000 })
      findings.push(
        expectEqual("what an administrator tests there does arrive", trap.hasSecret(), true),
      )
      return findings
    } finally {
      await trap.close()
    }
  },
}
