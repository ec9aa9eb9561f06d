/**
 * Gives the device the account that its router's script created: when the router has reported, or
 * when the account has worked.
 */
import type { MethodsInput } from "../../api/inventory.ts"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Changer, Inventory } from "../../registry/inventory/inventory.ts"
import type { Opened, Secrets } from "../../registry/secrets/secrets.ts"
import { carryOver, evaluateAdoption, isOurs, type Reported } from "./account.ts"
import { type DeviceRow, endLinks, findDevice, lockDesiredConfig, saveAdopted } from "./store.ts"
import type { Read } from "./verify.ts"

type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly secrets: Secrets
  readonly inventory: Pick<Inventory, "changeDevice" | "changes">
}

/**
 * The script's report of the certificate it created. It arrived over TLS, authenticated with the
 * router's own key.
 */
export const fingerprintIn = (done: readonly string[]): string | null => {
  for (const text of done) {
    const found = /\b(?:[0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2})\b/i.exec(text)?.[0]
    if (found !== undefined && /certificate/i.test(text))
      return found.replaceAll(":", "").toLowerCase()
  }
  return null
}

type Choice = {
  readonly device: DeviceRow
  readonly methods: MethodsInput
  readonly credentialId: string
  readonly own: Opened
  readonly keeps: { readonly api: boolean; readonly snmp: boolean }
}
/** What would be changed; changes nothing. Null: nothing. */
const choose = async (
  { secrets }: Deps,
  tx: Tx,
  org: OrgId,
  id: string,
  reported: Reported,
): Promise<Choice | null> => {
  const device = await findDevice(tx, org, id)
  const row = await lockDesiredConfig(tx, org, id)
  if (device === null || row === null || row.credentialId === null) return null
  const own = await secrets.open(tx, org, row.credentialId)
  // If the API was left unchanged, the account belongs to a person: it is used only where that
  // person has configured it.
  const made = row.made === null ? null : { ...row.made, api: row.made.api && isOurs(own.username) }
  const adoption = evaluateAdoption(device, { ...row, made }, reported)
  return adoption.adopt
    ? {
        device,
        methods: adoption.methods,
        credentialId: row.credentialId,
        own,
        keeps: adoption.keeps,
      }
    : null
}

/**
 * A working access is not replaced by an untested one: the agent logs in with the new account
 * first. The agent's address is only assumed when the script is generated, and a wrong one would
 * end the polling.
 */
const isProven = async (
  read: Read,
  org: OrgId,
  { device, methods, credentialId, own, keeps }: Choice,
): Promise<boolean> => {
  const { agentId, address } = device
  const hasOtherAccess = device.credentialId !== null && device.credentialId !== credentialId
  if (agentId === null || !hasOtherAccess || methods.routerosApi === null || keeps.api) return true
  const menus = [{ menu: "/system/identity", properties: ["name"] }]
  return (await read(org, { agentId, address, methods, secret: own, menus })).ok
}

/**
 * Running it again changes nothing more: the next report or verification completes an interrupted
 * run. `read` null: it was tried just now.
 */
export const adopt = async (
  deps: Deps,
  by: Changer,
  id: string,
  reported: Reported,
  read: Read | null,
): Promise<void> => {
  const { db, inventory, clock } = deps
  const { org } = by
  const candidate = await db.asOrg(org, (tx) => choose(deps, tx, org, id, reported))
  if (candidate === null || (read !== null && !(await isProven(read, org, candidate)))) return
  const choice = await db.asOrg(org, async (tx) => {
    // From now on the account is in use, and may contain the secrets that were in use before: no
    // pending link may show them.
    await endLinks(tx, org, id)
    const found = await choose(deps, tx, org, id, reported)
    if (found === null) return null
    await carryOver(deps, tx, by, org, found.device, found.credentialId, found.keeps)
    await saveAdopted(tx, org, id, clock.now())
    return { methods: found.methods, credentialId: found.credentialId }
  })
  if (choice === null) return
  await inventory.changeDevice(by, id, choice)
  inventory.changes.emit({ org, what: "credential", id: choice.credentialId })
}
