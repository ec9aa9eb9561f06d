/**
 * A saved password is sent to the address of a device: an operator tries every way to make that an
 * address of their own.
 */

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

/** The attacker's address: accepts everything on TCP, TLS and UDP. */
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

/** Ids in the inventory that the attempts refer to. */
type Target = { readonly device: string; readonly otherAgent: string; readonly credential: string }

const methodsWith = (over: object) => ({
  routerosApi: null,
  snmp: null,
  icmp: false,
  tcpPort: null,
  ...over,
})
const tlsApi = ({ tlsPort, fingerprint }: Trap) => ({ port: tlsPort, tls: true, fingerprint })
const plainApi = ({ plainPort }: Trap) => ({ port: plainPort, tls: false, fingerprint: null })

/** Changes of a device that uses the credential. */
const deviceChanges = (trap: Trap, { device, otherAgent }: Target): readonly Attempt[] => {
  const patch = (what: string, body: unknown): Attempt => ({
    what,
    method: "PATCH",
    path: `/devices/${device}`,
    body,
    rejectedWith: [403],
  })
  const address = TRAP_ADDRESS
  const [plain, tls] = [plainApi(trap), tlsApi(trap)]
  return [
    patch("another address", { address }),
    patch("another address and no TLS", { address, methods: methodsWith({ routerosApi: plain }) }),
    patch("another address and certificate", {
      address,
      methods: methodsWith({ routerosApi: tls }),
    }),
    patch("another SNMP port", { address, methods: methodsWith({ snmp: { port: trap.udpPort } }) }),
    patch("another agent", { agentId: otherAgent }),
    {
      ...patch("a wrong password typed", {
        address,
        methods: methodsWith({ routerosApi: plain }),
        secret: { password: "a guess" },
      }),
      rejectedWith: [422],
    },
  ]
}

/** New devices with the credential, and tests of access with it. */
const newDevices = (
  trap: Trap,
  assigned: { readonly agentId: string; readonly credentialId: string },
): readonly Attempt[] => {
  const address = TRAP_ADDRESS
  const snmp = { port: trap.udpPort }
  const header = "name,address,agent,credential,api_port,api_tls,snmp_port"
  const line = `trap2,${address},attacked,core,${trap.plainPort},no,${trap.udpPort}`
  const post = (what: string, path: string, body: object, rejectedWith = 403): Attempt => ({
    what,
    method: "POST",
    path,
    body,
    rejectedWith: [rejectedWith],
  })
  const accessTest = (what: string, over: object): Attempt =>
    post(what, "/devices/test", { address, ...assigned, methods: methodsWith(over) })
  return [
    post("a new device", "/devices", {
      name: "trap",
      address,
      ...assigned,
      methods: methodsWith({ routerosApi: plainApi(trap), snmp }),
    }),
    // The import answers 200 and lists each line with its result; no device may be created.
    post(
      "a list of devices",
      "/devices/import",
      { csv: `${header}\n${line}\n`, dryRun: false },
      200,
    ),
    accessTest("the test button, plain", { routerosApi: plainApi(trap) }),
    accessTest("the test button, SNMP", { snmp }),
    accessTest("the test button, own certificate", { routerosApi: tlsApi(trap) }),
  ]
}

/**
 * The agent's allowed networks include all addresses of the trap, so that only the rule for saved
 * secrets can reject an attempt.
 */
const attemptsOf = (testbed: Testbed, trap: Trap, target: Target): readonly Attempt[] => [
  ...deviceChanges(trap, target),
  ...newDevices(trap, { agentId: testbed.agentId, credentialId: target.credential }),
  {
    what: "the credential itself",
    method: "PATCH",
    path: `/credentials/${target.credential}`,
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

const tryAll = async (operator: Client, attempts: readonly Attempt[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const { what, method, path, body, rejectedWith } of attempts) {
    const { status, json } = await operator.send(method, path, body)
    const made = typeof json === "object" && json !== null && "created" in json ? json.created : 0
    findings.push(
      expectThat(
        `operator, ${what}: rejected`,
        rejectedWith.includes(status) && made === 0,
        `${status}`,
      ),
    )
  }
  return findings
}

/** A router whose certificate has changed: the old one is pinned, and the trap answers. */
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
  const events = await until("the agent reports another certificate", async () => {
    const { text } = await testbed.admin.send("GET", `/devices/${id}/events?limit=50`)
    return /pinned is|wrong-certificate/.test(text) ? text : null
  })
  await testbed.admin.send("DELETE", `/devices/${id}`)
  return expectThat(
    "no password is sent to a router with another certificate",
    events !== "" && !trap.hasSecret(),
    "reported as another certificate",
  )
}

const checkAudit = async (testbed: Testbed): Promise<Finding> => {
  await wait(300)
  const { text } = await testbed.admin.send("GET", "/audit?limit=200")
  return expectThat(
    "the audit log has a row for each rejection",
    /permission\.denied/.test(text) && /secret-needed/.test(text),
    "rows exist",
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

/** Adds the credential and a device that uses it; returns the device's body as well. */
const addTarget = async ({ admin, agentId }: Testbed) => {
  const otherAgent = textIn(await admin.send("POST", "/agents", { name: "far" }), "id")
  const secret = { username: "watch", password: PASSWORD, snmpCommunity: COMMUNITY }
  const credential = textIn(
    await admin.send("POST", "/credentials", { name: "core", ...secret }),
    "id",
  )
  const methods = methodsWith({
    routerosApi: { port: 8729, tls: true, fingerprint: "1".repeat(64) },
    snmp: { port: 161 },
  })
  const assigned = { agentId, credentialId: credential }
  const body = { name: "core-1", address: "192.0.2.1", ...assigned, methods }
  const device = textIn(await admin.send("POST", "/devices", body), "id")
  return { target: { device, otherAgent, credential }, body }
}

/** Proves that the trap notices a secret: an administrator may send it there. */
const checkTrap = async (testbed: Testbed, trap: Trap, credential: string): Promise<Finding> => {
  const allowed = {
    address: TRAP_ADDRESS,
    agentId: testbed.agentId,
    credentialId: credential,
    methods: methodsWith({ routerosApi: plainApi(trap) }),
  }
  await testbed.admin.send("POST", "/devices/test", allowed, { timeoutMs: 30_000 })
  return expectEqual("a test by an administrator does reach the trap", trap.hasSecret(), true)
}

const run = async (testbed: Testbed): Promise<readonly Finding[]> => {
  const trap = await openTrap()
  try {
    await testbed.admin.send("PATCH", `/agents/${testbed.agentId}`, {
      allowedNetworks: ["127.0.0.0/8", "0.0.0.0/0"],
    })
    const { target, body } = await addTarget(testbed)
    const operator = await testbed.logIn(await testbed.account("operator"))
    const findings = await tryAll(operator, attemptsOf(testbed, trap, target))
    const removed = await operator.send("DELETE", `/devices/${target.device}`)
    const again = await operator.send("POST", "/devices", { ...body, address: TRAP_ADDRESS })
    findings.push(
      expectEqual(
        "operator, deleted and added again: rejected",
        [removed.status, again.status],
        [204, 403],
      ),
      await checkPin(testbed, trap, target.credential),
    )
    await wait(3_000)
    findings.push(
      expectEqual("no secret has reached the attacker's address", trap.hasSecret(), false),
      await checkAudit(testbed),
      ...(await checkSpecial(testbed, target.otherAgent)),
      await checkTrap(testbed, trap, target.credential),
    )
    return findings
  } finally {
    await trap.close()
  }
}

export const stolenCredential: Attack = {
  name: "stolen-credential",
  about:
    "an operator tries every way to have a saved password sent to an address of theirs; it never leaves, and each try is audited",
  run,
}
