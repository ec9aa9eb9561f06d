/**
 * Loads the topology into the appliance's inventory: adds what is missing, changes what differs,
 * and leaves the rest alone.
 */
import { join } from "node:path"
import type { Lab } from "../simulator/lab.ts"
import { PORTS } from "../simulator/lab.ts"
import { identityOf } from "../simulator/routers/certificate.ts"
import { REPLAYS } from "../simulator/routers/replay.ts"
import type { ApplianceClient, Methods } from "./appliance-client.ts"
import { inParallel } from "./in-parallel.ts"
import { desiredProbes } from "./probes.ts"

export type Loaded = {
  readonly agentId: string
  readonly isEnrolled: boolean
  readonly added: number
  readonly changed: number
}
type DesiredDevice = {
  readonly name: string
  readonly address: string
  readonly site: string
  readonly roles: readonly string[]
  readonly methods: Methods
  readonly note: string
  readonly isReachable: boolean
}
const methodsOf = (
  lab: Lab,
  dataDir: string,
  name: string,
  address: string,
  use: readonly ("api" | "api-ssl" | "snmp")[],
): Methods => {
  // No agent reaches it; it reports by push.
  if (use.length === 0) return { routerosApi: null, snmp: null, icmp: false, tcpPort: null }
  const ports = PORTS[lab.mode]
  const isTls = use.includes("api-ssl")
  const hasApi = isTls || use.includes("api")
  return {
    routerosApi: hasApi
      ? {
          port: isTls ? ports.apiSsl : ports.api,
          tls: isTls,
          fingerprint: isTls
            ? identityOf(join(dataDir, "certificates"), name, address, Date.now()).fingerprint
            : null,
        }
      : null,
    snmp: use.includes("snmp") ? { port: ports.snmp } : null,
    icmp: lab.mode === "namespace",
    tcpPort: hasApi ? null : ports.api,
  }
}

const desiredDevices = (lab: Lab, dataDir: string): DesiredDevice[] => {
  const simulated = lab.topology.routers.map((router) => {
    const address = lab.addressOf(router.address)
    return {
      name: router.name,
      address,
      site: router.site,
      roles: router.roles,
      methods: methodsOf(lab, dataDir, router.name, address, router.methods),
      note:
        router.methods.length > 0 ? "" : "Behind NAT: no agent reaches it, so it reports itself.",
      isReachable: router.methods.length > 0,
    }
  })
  const recorded = lab.replays.map(({ plan }) => {
    const address = lab.addressOf(plan.address)
    return {
      name: plan.name,
      address,
      site: lab.topology.sites[0]?.key ?? "",
      roles: [],
      methods: methodsOf(lab, dataDir, plan.name, address, [plan.walk === null ? "api" : "snmp"]),
      note: "Replayed from a recording of a real device; its values do not change.",
      isReachable: true,
    }
  })
  return [...simulated, ...recorded]
}

const isReplay = (name: string): boolean => REPLAYS.some((plan) => plan.name === name)

/** By value: the appliance may return its fields in another order. */
const isSame = (a: Methods, b: Methods): boolean =>
  a.icmp === b.icmp &&
  a.tcpPort === b.tcpPort &&
  a.snmp?.port === b.snmp?.port &&
  a.routerosApi?.port === b.routerosApi?.port &&
  a.routerosApi?.tls === b.routerosApi?.tls &&
  a.routerosApi?.fingerprint === b.routerosApi?.fingerprint

/** The inventory while it is being loaded. */
type Loading = {
  readonly client: ApplianceClient
  readonly lab: Lab
  readonly existing: Awaited<ReturnType<ApplianceClient["topology"]>>
  added: number
  changed: number
}

const idsByName = (rows: readonly { id: string; name: string }[]): Map<string, string> =>
  new Map(rows.map((row) => [row.name, row.id]))

/** The id of the row with this name; adds the row where it is missing. */
const ensure = async (
  loading: Loading,
  known: Map<string, string>,
  name: string,
  path: string,
  body: unknown,
): Promise<string> => {
  const id = known.get(name) ?? (await loading.client.add(path, body))
  if (!known.has(name)) loading.added += 1
  known.set(name, id)
  return id
}

/** Ids of the sites, by their keys in the topology. */
const loadSites = async (loading: Loading): Promise<(key: string) => string | null> => {
  const { client, existing } = loading
  const { topology } = loading.lab
  const regions = idsByName(await client.listNamed("/regions"))
  for (const name of new Set(topology.sites.map((site) => site.region)))
    await ensure(loading, regions, name, "/regions", { name })
  const sites = idsByName(existing.sites)
  await inParallel(topology.sites, ({ name, region, latitude, longitude }) => {
    const regionId = regions.get(region) ?? null
    return ensure(loading, sites, name, "/sites", { name, regionId, latitude, longitude })
  })
  return (key) => sites.get(topology.sites.find((site) => site.key === key)?.name ?? "") ?? null
}

const loadCredential = async (loading: Loading): Promise<string> => {
  const { topology } = loading.lab
  const { username, password, community } = topology.access
  const name = `${topology.name} routers`
  const known = idsByName(await loading.client.listNamed("/credentials"))
  const body = { name, username, password, snmpCommunity: community }
  return ensure(loading, known, name, "/credentials", body)
}

/** A second account, with the policy `test`, for ping and traceroute. */
const loadDiagnosticsCredential = async (loading: Loading): Promise<string> => {
  const { topology } = loading.lab
  const { username, password } = topology.access
  const name = `${topology.name} diagnostics`
  const known = idsByName(await loading.client.listNamed("/credentials"))
  const body = { name, kind: "diagnostics", username: `${username}-diagnostics`, password }
  return ensure(loading, known, name, "/credentials", body)
}

type DeviceContext = {
  readonly agentId: string
  readonly credentialId: string
  readonly diagnosticsCredentialId: string
  readonly siteId: (key: string) => string | null
  /** Ids of the devices by name, with those that are added here. */
  readonly devices: Map<string, string>
}

const loadDevice = async (
  loading: Loading,
  { agentId, credentialId, diagnosticsCredentialId, siteId, devices }: DeviceContext,
  { name, address, site, roles, methods, note, isReachable }: DesiredDevice,
): Promise<void> => {
  const { client, existing } = loading
  const monitoredBy = isReachable ? agentId : null
  const current = existing.devices.find((device) => device.name === name)
  if (current === undefined) {
    const credentials = { credentialId, diagnosticsCredentialId }
    const assigned = { siteId: siteId(site), agentId: monitoredBy, ...credentials }
    const body = { name, address, roles, methods, note, ...assigned }
    await ensure(loading, devices, name, "/devices", body)
  } else if (
    current.address !== address ||
    current.agentId !== monitoredBy ||
    !isSame(current.methods, methods)
  ) {
    await client.change(`/devices/${current.id}`, { address, agentId: monitoredBy, methods })
    loading.changed += 1
  }
}

/** Recordings that are not available this time keep their history, and no agent polls them. */
const releaseReplays = async (loading: Loading, loaded: ReadonlySet<string>): Promise<void> => {
  const absent = loading.existing.devices.filter(
    ({ name, agentId }) => isReplay(name) && !loaded.has(name) && agentId !== null,
  )
  for (const { id } of absent) {
    await loading.client.change(`/devices/${id}`, { agentId: null })
    loading.changed += 1
  }
}

const loadLinks = async (loading: Loading, devices: ReadonlyMap<string, string>): Promise<void> => {
  const links = idsByName(loading.existing.links)
  await inParallel(loading.lab.topology.links, async ({ name, a, b, capacityBps, medium }) => {
    const end = (side: typeof a) => ({ deviceId: devices.get(side.router), interface: side.port })
    const body = { name, a: end(a), b: end(b), capacityBps, medium }
    await ensure(loading, links, name, "/links", body)
  })
}

const loadProbes = async (
  loading: Loading,
  devices: ReadonlyMap<string, string>,
): Promise<void> => {
  const probes = idsByName(await loading.client.listNamed("/probes"))
  await inParallel(desiredProbes(loading.lab), ({ router, ...probe }) => {
    const rest = { deviceId: devices.get(router), timeoutMs: 1_000, agents: [], isEnabled: true }
    return ensure(loading, probes, probe.name, "/probes", { ...probe, ...rest })
  })
}

export const loadInventory = async (
  client: ApplianceClient,
  lab: Lab,
  dataDir: string,
): Promise<Loaded> => {
  const { topology } = lab
  const loading: Loading = { client, lab, existing: await client.topology(), added: 0, changed: 0 }
  const siteId = await loadSites(loading)
  const credentialId = await loadCredential(loading)
  const diagnosticsCredentialId = await loadDiagnosticsCredential(loading)
  const agents = await client.agents()
  const agentId = await ensure(loading, idsByName(agents), topology.agent.name, "/agents", {
    name: topology.agent.name,
    siteId: siteId(topology.routers.find(({ name }) => name === topology.agent.at)?.site ?? ""),
  })
  const devices = idsByName(loading.existing.devices)
  const desired = desiredDevices(lab, dataDir)
  await inParallel(desired, (device) =>
    loadDevice(
      loading,
      { agentId, credentialId, diagnosticsCredentialId, siteId, devices },
      device,
    ),
  )
  await releaseReplays(loading, new Set(desired.map(({ name }) => name)))
  await loadLinks(loading, devices)
  await loadProbes(loading, devices)
  const agent = agents.find(({ id }) => id === agentId)
  const agentDeviceId = devices.get(topology.agent.at) ?? null
  if (agent?.deviceId !== agentDeviceId)
    await client.change(`/agents/${agentId}`, { deviceId: agentDeviceId })
  const { added, changed } = loading
  return { agentId, isEnrolled: agent?.enrolment === "enrolled", added, changed }
}
