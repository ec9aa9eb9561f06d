/** Brings the topology into the appliance's inventory: adds what is missing, changes what differs, leaves all else alone. */
import { join } from "node:path"
import type { Lab } from "../simulator/lab.ts"
import { PORTS } from "../simulator/lab.ts"
import { identityOf } from "../simulator/routers/certificate.ts"
import { REPLAYS } from "../simulator/routers/replay.ts"
import type { ApplianceClient, Methods } from "./appliance-client.ts"

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
/** So many requests at once; the appliance would take more. */
const MAX_PARALLEL = 8

const inParallel = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> => {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: MAX_PARALLEL }, worker))
}

const methodsOf = (
  lab: Lab,
  dataDir: string,
  name: string,
  address: string,
  use: readonly ("api" | "api-ssl" | "snmp")[],
): Methods => {
  // Nobody reaches it: what it has to say it pushes.
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
        router.methods.length > 0
          ? ""
          : "Stands behind a translation of addresses: no agent reaches it, it tells of itself.",
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
      note: "Replayed from a recording of a real device; its values do not move.",
      isReachable: true,
    }
  })
  return [...simulated, ...recorded]
}

const isReplay = (name: string): boolean => REPLAYS.some((plan) => plan.name === name)

/** By value: the appliance may answer its fields in another order. */
const isSame = (a: Methods, b: Methods): boolean =>
  a.icmp === b.icmp &&
  a.tcpPort === b.tcpPort &&
  a.snmp?.port === b.snmp?.port &&
  a.routerosApi?.port === b.routerosApi?.port &&
  a.routerosApi?.tls === b.routerosApi?.tls &&
  a.routerosApi?.fingerprint === b.routerosApi?.fingerprint

export const loadInventory = async (
  client: ApplianceClient,
  lab: Lab,
  dataDir: string,
): Promise<Loaded> => {
  const { topology } = lab
  const existing = await client.topology()
  let added = 0
  let changed = 0
  const idsByName = (rows: readonly { id: string; name: string }[]) =>
    new Map(rows.map((row) => [row.name, row.id]))
  const ensure = async (
    known: Map<string, string>,
    name: string,
    path: string,
    body: unknown,
  ): Promise<string> => {
    const id = known.get(name) ?? (await client.add(path, body))
    if (!known.has(name)) added += 1
    known.set(name, id)
    return id
  }

  const regions = idsByName(await client.listNamed("/regions"))
  for (const name of new Set(topology.sites.map((s) => s.region)))
    await ensure(regions, name, "/regions", { name })
  const sites = idsByName(existing.sites)
  await inParallel(topology.sites, ({ name, region, latitude, longitude }) =>
    ensure(sites, name, "/sites", {
      name,
      regionId: regions.get(region) ?? null,
      latitude,
      longitude,
    }),
  )
  const siteId = (key: string) =>
    sites.get(topology.sites.find((s) => s.key === key)?.name ?? "") ?? null
  const { username, password, community } = topology.access
  const credential = `${topology.name} routers`
  const credentialId = await ensure(
    idsByName(await client.listNamed("/credentials")),
    credential,
    "/credentials",
    {
      name: credential,
      username,
      password,
      snmpCommunity: community,
    },
  )
  const agents = await client.agents()
  const agentSite = siteId(topology.routers.find((r) => r.name === topology.agent.at)?.site ?? "")
  const agentId = await ensure(idsByName(agents), topology.agent.name, "/agents", {
    name: topology.agent.name,
    siteId: agentSite,
  })

  const devices = idsByName(existing.devices)
  const seen = new Set<string>()
  await inParallel(
    desiredDevices(lab, dataDir),
    async ({ name, address, site, roles, methods, note, isReachable }) => {
      const monitoredBy = isReachable ? agentId : null
      const current = existing.devices.find((d) => d.name === name)
      seen.add(name)
      if (current === undefined) {
        await ensure(devices, name, "/devices", {
          name,
          address,
          siteId: siteId(site),
          roles,
          agentId: monitoredBy,
          credentialId,
          methods,
          note,
        })
      } else if (
        current.address !== address ||
        current.agentId !== monitoredBy ||
        !isSame(current.methods, methods)
      ) {
        await client.change(`/devices/${current.id}`, { address, agentId: monitoredBy, methods })
        changed += 1
      }
    },
  )
  // Recordings that are not at hand this time: kept with their history, but nobody watches for them.
  for (const absent of existing.devices.filter(
    (d) => isReplay(d.name) && !seen.has(d.name) && d.agentId !== null,
  )) {
    await client.change(`/devices/${absent.id}`, { agentId: null })
    changed += 1
  }
  const links = idsByName(existing.links)
  await inParallel(topology.links, async ({ name, a, b, capacityBps, medium }) => {
    const end = (side: typeof a) => ({ deviceId: devices.get(side.router), interface: side.port })
    await ensure(links, name, "/links", { name, a: end(a), b: end(b), capacityBps, medium })
  })
  const agent = agents.find((a) => a.id === agentId)
  const agentDeviceId = devices.get(topology.agent.at) ?? null
  if (agent?.deviceId !== agentDeviceId)
    await client.change(`/agents/${agentId}`, { deviceId: agentDeviceId })
  return { agentId, isEnrolled: agent?.enrolment === "enrolled", added, changed }
}
