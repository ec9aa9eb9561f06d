/**
 * Delivers an agent's assignment: reads the rows, decrypts the secrets, and writes an audit row that
 * names the credentials without their values.
 */
import type { Assignment, CollectorIntervals } from "@ispvm/wire"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import { assignedProbes } from "../probes/probes.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { assignmentOf, type Secret } from "./assignment.ts"
import { assignedIntervals } from "./collectors.ts"
import type { KnownAgent } from "./enrol.ts"
import { assignedRedaction, configurationKeyOf } from "./redaction.ts"
import { agentNetworks, monitoredDevices } from "./store.ts"

type Deps = {
  readonly db: Db
  readonly secrets: Pick<Secrets, "open">
  readonly masterKey: Buffer
  readonly collectorSetting: CollectorIntervals
  readonly onError: (error: unknown) => void
}

/** Fields that agents of earlier releases reject. */
export type Accepts = {
  readonly acceptsPreferred: boolean
  readonly acceptsRedaction: boolean
  readonly acceptsConfiguration: boolean
}

/** Devices whose credential cannot be decrypted are still assigned: they are pinged at least. */
const openAll = async (
  { secrets, onError }: Deps,
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<Map<string, Secret>> => {
  const opened = new Map<string, Secret>()
  for (const id of ids) {
    try {
      opened.set(id, await secrets.open(tx, org, id))
    } catch (error) {
      onError(error)
    }
  }
  return opened
}

export const deliverAssignment = (
  deps: Deps,
  { id, org, name }: KnownAgent,
  { acceptsPreferred, acceptsRedaction, acceptsConfiguration }: Accepts,
): Promise<Assignment> =>
  deps.db.asOrg(org, async (tx) => {
    const devices = await monitoredDevices(tx, org, id)
    const ids = [
      ...new Set(
        devices.flatMap(({ credentialId, reads }) =>
          credentialId === null || !reads ? [] : [credentialId],
        ),
      ),
    ]
    const opened = await openAll(deps, tx, org, ids)
    const networks = (await agentNetworks(tx, org)).get(id) ?? []
    const assignment = assignmentOf(
      devices,
      (credential) => opened.get(credential) ?? null,
      networks,
      await assignedIntervals(tx, org, deps.collectorSetting),
      (await assignedProbes(tx, org, id)).get(id),
      acceptsPreferred,
      await assignedRedaction(tx, org, deps.masterKey),
      acceptsRedaction,
    )
    const detail = {
      credentials: [...opened.keys()],
      devices: devices.length,
      revision: assignment.revision,
    }
    if (opened.size > 0)
      await write(tx, { system: `agent ${name}` }, "credential.sent-to-agent", "agent", id, detail)
    return acceptsConfiguration
      ? { ...assignment, configurationKey: configurationKeyOf(deps.masterKey, org) }
      : assignment
  })
