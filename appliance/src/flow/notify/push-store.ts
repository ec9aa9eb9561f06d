/** SQL of browser push. Secrets come and go encrypted. */
import { z } from "zod"
import { Role } from "../../api/shared.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const Key = z.object({ publicKey: z.string(), secrets: z.instanceof(Buffer) })
export const readPushKey = async (tx: Tx, org: OrgId): Promise<z.infer<typeof Key> | null> => {
  const [row] = await tx`
    select public_key as "publicKey", secrets from notify.push_key where org_id = ${org}`
  return row === undefined ? null : Key.parse(row)
}
/** Where two store one at once, the first stays. */
export const insertPushKey = async (
  tx: Tx,
  org: OrgId,
  { publicKey, secrets }: z.infer<typeof Key>,
): Promise<void> => {
  await tx`
    insert into notify.push_key (org_id, public_key, secrets) values (${org}, ${publicKey}, ${secrets})
    on conflict (org_id) do nothing`
}

const ms = z.number().transform(Math.round)
const Browser = z.object({
  id: z.uuid(),
  label: z.string(),
  createdAtMs: ms,
  digest: z.string(),
})
export const readBrowsers = async (
  tx: Tx,
  org: OrgId,
  account: string,
): Promise<z.infer<typeof Browser>[]> =>
  Browser.array().parse(
    await tx`
      select id, label, encode(endpoint_hash, 'hex') as digest, (extract(epoch from created_at) * 1000)::float8 as "createdAtMs" from notify.push_subscription
      where org_id = ${org} and account_id = ${account} order by created_at desc, id`,
  )

const Subscription = z.object({ id: z.uuid(), secrets: z.instanceof(Buffer), role: Role })
/** Of an account that can log in. */
export const readSubscriptions = async (
  tx: Tx,
  org: OrgId,
  account: string,
): Promise<z.infer<typeof Subscription>[]> =>
  Subscription.array().parse(
    await tx`
      select s.id, s.secrets, a.role from notify.push_subscription s join auth.account a on a.id = s.account_id
      where s.org_id = ${org} and s.account_id = ${account} and not a.disabled order by s.created_at, s.id`,
  )

type NewSubscription = {
  readonly id: string
  readonly account: string
  readonly endpointHash: Buffer
  readonly secrets: Buffer
  readonly label: string
}
/** A browser belongs to the person who subscribed with it last. */
export const replaceSubscription = async (
  tx: Tx,
  org: OrgId,
  { id, account, endpointHash, secrets, label }: NewSubscription,
): Promise<void> => {
  await tx`delete from notify.push_subscription where org_id = ${org} and endpoint_hash = ${endpointHash}`
  await tx`
    insert into notify.push_subscription (id, org_id, account_id, endpoint_hash, secrets, label)
    values (${id}, ${org}, ${account}, ${endpointHash}, ${secrets}, ${label})`
}
/** `account` null: of any account. False: there is none. */
export const deleteSubscription = async (
  tx: Tx,
  org: OrgId,
  id: string,
  account: string | null,
): Promise<boolean> => {
  const gone = await tx`
    delete from notify.push_subscription where org_id = ${org} and id = ${id}
      and (${account}::uuid is null or account_id = ${account})`
  return gone.count === 1
}

export const hasPushChannel = async (tx: Tx, org: OrgId, owner: string): Promise<string | null> => {
  const [row] = await tx`
    select id from notify.channel where org_id = ${org} and kind = 'push' and owner_id = ${owner} order by id limit 1`
  return row === undefined ? null : z.uuid().parse(row.id)
}
