/** Probes of services that people configure, and what of them each agent runs. */
import { AssignedProbe, checkDestination, literalAddress, ProbeCheck } from "@ispvm/wire"
import type { FieldError } from "../../api/field-messages.ts"
import {
  MAX_PROBES,
  type ProbeInput,
  type ProbePatch,
  type ProbesFromTemplate,
} from "../../api/probes.ts"
import type { Actor } from "../../platform/http/http.ts"
import { invalid, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import type { OwnMachine } from "../inventory/inventory.ts"
import * as store from "./store.ts"
import { probesFromTemplate } from "./templates.ts"

export { locateFaults, type Target } from "./locator.ts"

export type ConfiguredProbe = Omit<store.ProbeRow, "check"> & { readonly check: ProbeCheck }
export type ProbeRecords = {
  readonly create: (actor: Actor, input: ProbeInput) => Promise<{ id: string }>
  readonly createFrom: (actor: Actor, request: ProbesFromTemplate) => Promise<{ ids: string[] }>
  readonly change: (actor: Actor, id: string, patch: ProbePatch) => Promise<{ id: string }>
  readonly remove: (actor: Actor, id: string) => Promise<void>
}
type Deps = {
  readonly db: Db
  readonly now: () => number
  readonly machine: OwnMachine
  /** After commit: assignments of this organisation have changed. */
  readonly onChange: (org: OrgId, id: string) => void
}

/** A check that a later release stored, and this one cannot read, is left out. */
export const readProbes = async (tx: Tx, org: OrgId): Promise<readonly ConfiguredProbe[]> =>
  (await store.readProbes(tx, org)).flatMap((row): ConfiguredProbe[] => {
    const check = ProbeCheck.safeParse(row.check)
    return check.success ? [{ ...row, check: check.data }] : []
  })

/** The name of the series of a probe by an agent, on the probe's device. */
export const seriesName = (probe: string, agent: string): string =>
  `${probe} · ${agent}`.slice(0, 256)

export type AssignedProbes = ReadonlyMap<string, readonly AssignedProbe[]>
/** By agent. `agent` null: of all agents. */
export const assignedProbes = async (
  tx: Tx,
  org: OrgId,
  agent: string | null,
): Promise<AssignedProbes> => {
  const rows = await store.readAssigned(tx, org, agent)
  const parsed = rows.flatMap(({ agent: agentId, agentName, everyS, name, ...row }) => {
    const probe = { ...row, name: seriesName(name, agentName), everyMs: everyS * 1_000 }
    const result = AssignedProbe.safeParse(probe)
    return result.success ? [{ agentId, probe: result.data }] : []
  })
  const groups = Map.groupBy(parsed, ({ agentId }) => agentId)
  return new Map([...groups].map(([id, list]) => [id, list.map(({ probe }) => probe)]))
}

const hostOf = (check: ProbeCheck): string => {
  if (check.kind === "http") return new URL(check.url).hostname.replace(/^\[(.*)\]$/, "$1")
  return check.kind === "dns" ? check.server : check.host
}
const NEVER: ReadonlySet<string> = new Set(["multicast", "broadcast", "unspecified"])
/**
 * Whether an agent may contact the target, as far as that is known without DNS; the agent checks it
 * again. Only an echo request may go to the agent's own machine.
 */
const destinationFault = (check: ProbeCheck, machine: OwnMachine): FieldError | null => {
  const ip = literalAddress(hostOf(check))
  if (ip === null) return null
  const isEcho = check.kind === "icmp" || check.kind === "trace"
  const result = checkDestination(ip, isEcho ? "probe" : "access", {
    allowedNetworks: [],
    allowLoopback: machine.allowLoopback,
    own: machine.ownAddresses(),
  })
  if (result.ok) return null
  const path = { http: "check.url", dns: "check.server", icmp: "", tcp: "", trace: "" }[check.kind]
  const params = { ip, kind: result.reason, mayBeAllowed: !NEVER.has(result.reason) }
  return { path: path === "" ? "check.host" : path, code: "field.destination", params }
}

const checkInput = async (
  { machine }: Deps,
  tx: Tx,
  org: OrgId,
  { check, deviceId, agents }: ProbePatch,
): Promise<void> => {
  const faults: FieldError[] = []
  const destination = destinationFault(check, machine)
  if (destination !== null) faults.push(destination)
  if (!(await store.deviceIsKnown(tx, org, deviceId)))
    faults.push({ path: "deviceId", code: "field.not-found", params: { what: "device" } })
  if ((await store.unknownAgents(tx, org, agents)).length > 0)
    faults.push({ path: "agents", code: "field.not-found", params: { what: "agent" } })
  if (faults.length > 0) throw invalid(faults)
}

const TOO_MANY = { bound: "at-most", limit: MAX_PROBES, unit: "item" } as const

const addProbe = async (deps: Deps, tx: Tx, actor: Actor, input: ProbeInput): Promise<string> => {
  const { org } = actor
  await checkInput(deps, tx, org, input)
  if ((await store.countProbes(tx, org)) >= MAX_PROBES)
    throw invalid([{ path: "name", code: "field.bound", params: TOO_MANY }])
  if (await store.isNameTaken(tx, org, input.name))
    throw invalid([{ path: "name", code: "field.taken", params: {} }])
  const id = await store.insertProbe(tx, org, input, actor.name, deps.now())
  const { name, check, everyS, segment } = input
  await write(tx, actor, "probe.created", "probe", id, { name, check, everyS, segment })
  return id
}

const findProbe = async (tx: Tx, org: OrgId, id: string): Promise<store.ProbeRow> => {
  const found = (await store.readProbes(tx, org)).find((row) => row.id === id)
  if (found === undefined) throw notFound("probe", id)
  return found
}

export const createProbeRecords = (deps: Deps): ProbeRecords => {
  const { db, onChange } = deps
  return {
    create: async (actor, input) => {
      const id = await db.asOrg(actor.org, (tx) => addProbe(deps, tx, actor, input))
      onChange(actor.org, id)
      return { id }
    },
    createFrom: async (actor, request) => {
      const ids = await db.asOrg(actor.org, async (tx) => {
        const made: string[] = []
        for (const input of probesFromTemplate(request))
          made.push(await addProbe(deps, tx, actor, input))
        return made
      })
      onChange(actor.org, ids[0] ?? "")
      return { ids }
    },
    change: async (actor, id, patch) => {
      await db.asOrg(actor.org, async (tx) => {
        const { name } = await findProbe(tx, actor.org, id)
        await checkInput(deps, tx, actor.org, patch)
        await store.updateProbe(tx, actor.org, id, patch)
        await write(tx, actor, "probe.changed", "probe", id, { name, ...patch })
      })
      onChange(actor.org, id)
      return { id }
    },
    remove: async (actor, id) => {
      await db.asOrg(actor.org, async (tx) => {
        const { name } = await findProbe(tx, actor.org, id)
        await store.deleteProbe(tx, actor.org, id)
        await write(tx, actor, "probe.removed", "probe", id, { name })
      })
      onChange(actor.org, id)
    },
  }
}
