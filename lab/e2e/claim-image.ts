/**
 * Sets an appliance up and adds one simulated router, as a first user does; prints the router's
 * values as JSON when they have arrived. The appliance reaches the router by an address of its own.
 *
 *   node lab/e2e/claim-image.ts ORIGIN SETUP-CODE ADDRESS
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { ApplianceClient, type Topology } from "../demo/appliance-client.ts"
import { ANATOLIA, Lab } from "../simulator/lab.ts"

const API_PORT = 8728
const WAIT_MS = 4 * 60_000
const POLL_MS = 1_000
const ROUTER = "esk-core-1"

const agentOf = async (client: ApplianceClient): Promise<string> => {
  for (const began = Date.now(); Date.now() - began < WAIT_MS; await delay(POLL_MS)) {
    const agent = (await client.agents()).find(({ enrolment }) => enrolment === "enrolled")
    if (agent !== undefined) return agent.id
  }
  throw new Error(`no agent has enrolled: ${JSON.stringify(await client.agents())}`)
}

const valuesOf = async (
  client: ApplianceClient,
  id: string,
): Promise<Topology["devices"][number]> => {
  for (const began = Date.now(); Date.now() - began < WAIT_MS; await delay(POLL_MS)) {
    const device = (await client.topology()).devices.find((each) => each.id === id)
    if (device !== undefined && device.uptimeS !== null) return device
  }
  throw new Error(`no value has arrived: ${JSON.stringify(await client.topology())}`)
}

const claim = async (origin: string, setupCode: string, address: string): Promise<void> => {
  const client = new ApplianceClient(origin)
  await client.setup({
    ...{ setupCode, organisation: "Anatolia Net", name: "Night shift" },
    ...{ email: "noc@anatolia.example", password: "first-boot-of-the-image-7" },
  })
  const access = { username: "monitor", password: "anatolia-lab", snmpCommunity: null }
  const credentialId = await client.add("/credentials", { name: "routers", ...access })
  const agentId = await agentOf(client)
  const methods = {
    ...{ routerosApi: { port: API_PORT, tls: false, fingerprint: null }, snmp: null },
    ...{ icmp: false, tcpPort: null },
  }
  const assigned = { siteId: null, agentId, credentialId, roles: [], note: "", methods }
  const id = await client.add("/devices", { name: ROUTER, address, ...assigned })
  process.stdout.write(`${JSON.stringify(await valuesOf(client, id))}\n`)
}

const main = async ([origin = "", code = "", address = ""]: readonly string[]): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-claim-"))
  const lab = await Lab.start({
    ...{ topologyFile: ANATOLIA, dataDir, mode: "loopback", recordingsDir: null },
  })
  try {
    await claim(origin, code, address)
  } finally {
    await lab.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

await main(process.argv.slice(2))
