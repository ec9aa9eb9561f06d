/** The device is given the account that its router's script made: when the router has reported in, or when the account has worked. */
import type { Clock } from "../../platform/clock.ts"
import type { Db } from "../../platform/db.ts"
import type { Changer, Inventory } from "../../registry/inventory/inventory.ts"
import type { Secrets } from "../../registry/secrets/secrets.ts"
import { carryOver, isOurs, judgeAdoption, type Reported } from "./account.ts"
import { findDevice, lockWish, saveAdopted } from "./store.ts"

type Deps = {
  readonly db: Db
  readonly clock: Clock
  readonly secrets: Secrets
  readonly inventory: Pick<Inventory, "changeDevice" | "changes">
}

/** What the script says of the certificate it made, among what it did: came over TLS, proven by the router's own key. */
export const fingerprintIn = (done: readonly string[]): string | null => {
  for (const text of done) {
    const found = /\b(?:[0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2})\b/i.exec(text)?.[0]
    if (found !== undefined && /certificate/i.test(text)) return found.replaceAll(":", "").toLowerCase()
  }
  return null
}

/** Run again it changes nothing more: a stop halfway is made good by the next hello or verification. */
export const adopt = async (
  { db, secrets, inventory, clock }: Deps,
  by: Changer,
  id: string,
  reported: Reported,
): Promise<void> => {
  const { org } = by
  const choice = await db.asOrg(org, async (tx) => {
    const device = await findDevice(tx, org, id)
    const row = await lockWish(tx, org, id)
    if (device === null || row === null || row.credentialId === null) return null
    // Where the API was left as it was, the account carried over is a person's: it goes on only where that person has put it.
    const { username } = await secrets.open(tx, org, row.credentialId)
    const made = row.made === null ? null : { ...row.made, api: row.made.api && isOurs(username) }
    const verdict = judgeAdoption(device, { ...row, made }, reported)
    if (!verdict.adopt) return null
    await carryOver({ secrets }, tx, by, org, device, row.credentialId, verdict.keeps)
    await saveAdopted(tx, org, id, clock.now())
    return { methods: verdict.methods, credentialId: row.credentialId }
  })
  if (choice === null) return
  await inventory.changeDevice(by, id, choice)
  inventory.changes.emit({ org, what: "credential", id: choice.credentialId })
}
