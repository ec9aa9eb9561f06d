/** Stores a device list: one transaction; what cannot be stored is told line by line, the rest stands. A dry run does all of it and rolls back. */
import type { DeviceInput, ImportAnswer } from "../../api/inventory.ts"
import type { Db, Tx } from "../../platform/db.ts"
import type { Actor } from "../../platform/http.ts"
import { differences, write } from "../audit/audit.ts"
import { type ImportRow, type Rejection, readImport } from "./import-csv.ts"
import { deviceColumns, siteColumns } from "./rows.ts"
import { agentIds, credentialIds, deviceIds, insertRow, insertTarget, lockDevice, siteIds, updateRow } from "./store.ts"

type Touched = { readonly what: "site" | "device"; readonly id: string }
type Outcome = { readonly answer: ImportAnswer; readonly touched: readonly Touched[] }

class RolledBack extends Error {
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super("dry run")
    this.outcome = outcome
  }
}

export const importDevices = async (order: {
  readonly db: Db
  readonly actor: Actor
  readonly csv: string
  readonly dryRun: boolean
}): Promise<Outcome> => {
  const { rows, rejected } = readImport(order.csv)
  try {
    return await order.db.asOrg(order.actor.org, async (tx) => {
      const outcome = await store(tx, order.actor, rows, rejected)
      if (order.dryRun) throw new RolledBack(outcome)
      return outcome
    })
  } catch (error) {
    if (error instanceof RolledBack) return { answer: error.outcome.answer, touched: [] }
    throw error
  }
}

const store = async (tx: Tx, actor: Actor, rows: readonly ImportRow[], rejected: readonly Rejection[]): Promise<Outcome> => {
  const { org } = actor
  const names = {
    device: await deviceIds(tx, org),
    site: new Map(await siteIds(tx, org)),
    agent: await agentIds(tx, org),
    credential: await credentialIds(tx, org),
  }
  const refused = [...rejected]
  const touched: Touched[] = []
  const answer = { created: 0, updated: 0, sitesCreated: 0 }
  for (const row of rows) {
    const unknown = (["agent", "credential"] as const).filter((column) => row[column] !== null && !names[column].has(row[column]))
    if (unknown.length > 0) {
      for (const column of unknown) refused.push({ line: row.line, column, message: `there is no ${column} "${row[column]}"` })
      continue
    }
    if (row.site !== null && !names.site.has(row.site)) {
      const site = { name: row.site, regionId: null, latitude: row.latitude, longitude: row.longitude, note: "" }
      const id = await insertRow(tx, org, "site", siteColumns(site))
      await write(tx, actor, "site.created", "site", id, { ...site, import: true })
      names.site.set(row.site, id)
      touched.push({ what: "site", id })
      answer.sitesCreated += 1
    }
    const ids = {
      siteId: row.site === null ? null : (names.site.get(row.site) ?? null),
      agentId: row.agent === null ? null : (names.agent.get(row.agent) ?? null),
      credentialId: row.credential === null ? null : (names.credential.get(row.credential) ?? null),
    }
    const existing = names.device.get(row.name)
    const { id, done } = existing === undefined ? await create(tx, actor, row, ids) : await update(tx, actor, existing, row, ids)
    if (done !== "same") {
      touched.push({ what: "device", id })
      answer[done] += 1
    }
  }
  return { answer: { ...answer, rejected: refused.sort((a, b) => a.line - b.line) }, touched }
}

type Ids = Pick<DeviceInput, "siteId" | "agentId" | "credentialId">
const EMPTY: Omit<DeviceInput, "name" | "address"> = {
  siteId: null,
  agentId: null,
  credentialId: null,
  roles: [],
  note: "",
  methods: { routerosApi: null, snmp: null, icmp: true, tcpPort: null },
}

const create = async (tx: Tx, actor: Actor, row: ImportRow, ids: Ids) => {
  const device = merged({ ...EMPTY, name: row.name, address: row.address }, row, ids)
  const id = await insertRow(tx, actor.org, "device", deviceColumns(device))
  await insertTarget(tx, actor.org, id)
  await write(tx, actor, "device.created", "device", id, { ...device, import: true })
  return { id, done: "created" as const }
}

const update = async (tx: Tx, actor: Actor, id: string, row: ImportRow, ids: Ids) => {
  const was = await lockDevice(tx, actor.org, id)
  if (was === undefined) return { id, done: "same" as const } // removed by somebody since this began
  const now = merged(was, row, ids)
  const changed = differences(was, { ...was, ...now })
  if (Object.keys(changed).length === 0) return { id, done: "same" as const }
  await updateRow(tx, actor.org, "device", id, deviceColumns(now))
  await write(tx, actor, "device.changed", "device", id, { ...changed, import: true })
  return { id, done: "updated" as const }
}

/** An empty cell leaves the field as it was. */
const merged = (was: DeviceInput, row: ImportRow, ids: Ids): DeviceInput => {
  const api = was.methods.routerosApi
  // Only TLS has a certificate; 8728 is the port without.
  const tls = row.api_tls ?? (row.fingerprint === null ? (api?.tls ?? row.api_port !== 8728) : true)
  const port = row.api_port ?? (api?.tls === tls ? api.port : tls ? 8729 : 8728)
  const wantsApi = row.api_port !== null || row.api_tls !== null || row.fingerprint !== null
  return {
    ...was,
    address: row.address,
    siteId: ids.siteId ?? was.siteId,
    agentId: ids.agentId ?? was.agentId,
    credentialId: ids.credentialId ?? was.credentialId,
    roles: row.roles ?? was.roles,
    methods: {
      ...was.methods,
      routerosApi: wantsApi ? { port, tls, fingerprint: row.fingerprint ?? api?.fingerprint ?? null } : api,
      snmp: row.snmp_port === null ? was.methods.snmp : { port: row.snmp_port },
    },
  }
}
