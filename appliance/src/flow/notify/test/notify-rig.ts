/** Notifications on a real database, with incidents that a test opens and closes. */
import assert from "node:assert/strict"
import { randomBytes, randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { type TestDatabase, testDatabase } from "../../../../test/database.ts"
import { makeActor } from "../../../../test/make.ts"
import type { Channel, ChannelInput, Delivery, Policy } from "../../../api/notifications.ts"
import { createHostClock } from "../../../platform/clock.ts"
import type { Actor } from "../../../platform/http/http.ts"
import { IncidentId } from "../../../platform/ids.ts"
import { emptyIncident, type Incident } from "../../incidents/model.ts"
import { saveAll } from "../../incidents/save.ts"
import { createNotify, type Notify, type NotifyDeps } from "../notify.ts"

const NO_IMPACT = { leastUnreachable: 0, leastCustomers: 0 }
export const POLICY = (channels: readonly string[], more: Partial<Policy> = {}): Policy => ({
  id: randomUUID(),
  name: "All",
  isEnabled: true,
  leastSeverity: "warning",
  siteIds: [],
  tags: [],
  about: "all",
  ...NO_IMPACT,
  delayS: 0,
  steps: [{ afterS: 0, channels: [...channels], schedules: [], ...NO_IMPACT }],
  repeat: null,
  hasUpdates: true,
  quietHours: null,
  isLast: false,
  ...more,
})
export const channelInput = (
  name: string,
  settings: ChannelInput["settings"],
  secrets: ChannelInput["secrets"],
  more: Partial<ChannelInput> = {},
): ChannelInput => ({
  name,
  isEnabled: true,
  language: "en",
  fallbackId: null,
  ownerId: null,
  template: null,
  settings,
  secrets,
  isInFirstPolicy: false,
  ...more,
})
export const webhookInput = (name: string, url: string): ChannelInput =>
  channelInput(name, { kind: "webhook" }, { url, signingSecret: "shh, a secret" })

export type NotifyRig = {
  readonly db: TestDatabase
  readonly masterKey: Buffer
  readonly actor: Actor
  readonly notify: Notify
  readonly faults: unknown[]
  /** Makes another account with this id. */
  readonly account: (id: string) => Promise<void>
  /** By buttons in chats. */
  readonly acknowledged: readonly { readonly by: string; readonly id: string }[]
  readonly open: (more?: Partial<Incident>) => Promise<Incident>
  readonly save: (incident: Incident) => Promise<Incident>
  readonly close: (incident: Incident) => Promise<Incident>
  /** One channel, in a policy of its own beside those that exist. */
  readonly channel: (input: ChannelInput, policy?: Partial<Policy> | null) => Promise<string>
  /** Closes every incident of the database. */
  readonly closeAll: () => Promise<void>
  /** Deliveries on their way. */
  readonly pending: () => Promise<number>
  readonly deliveries: () => Promise<Delivery[]>
  readonly channels: () => Promise<Channel[]>
  /** Waits until it holds; 20 s at most, if nothing else is said. */
  readonly until: (
    what: string,
    holds: () => boolean | Promise<boolean>,
    withinMs?: number,
  ) => Promise<void>
  readonly end: () => Promise<void>
}

const closeAll = async ({ dbs, org }: TestDatabase, { afterSave }: Notify): Promise<void> => {
  await dbs.ui.asOrg(org, async (tx) => {
    const rows = await tx<{ id: string }[]>`
      update incidents.incident set state = 'closed', closed_at = now() where state <> 'closed' returning id`
    await afterSave.inTransaction(
      tx,
      org,
      rows.map(({ id }) => id),
    )
  })
  afterSave.committed(org)
}

const makeAccount = async ({ dbs, org }: TestDatabase, id: string): Promise<void> => {
  await dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into auth.account (id, org_id, email, name, role, password_hash)
      values (${id}, ${org}, ${`${id}@example.net`}, 'Ada', 'admin', 'none')`,
  )
}

export const openNotifyRig = async (
  masterKey: Buffer = randomBytes(32),
  known?: TestDatabase,
  more: Pick<NotifyDeps, "pushGuard" | "onUndeliverable"> = {},
): Promise<NotifyRig> => {
  const db = known ?? (await testDatabase())
  const faults: unknown[] = []
  const onError = (error: unknown): void => void faults.push(error)
  const clock = createHostClock(onError)
  const { org } = db
  const notify = createNotify({
    jobs: db.dbs.jobs,
    ui: db.dbs.ui,
    clock,
    orgs: async () => [{ id: org }],
    masterKey,
    retry: { firstMs: 100, longestMs: 400 },
    baseUrl: () => "https://noc.example.net",
    onError,
    ...more,
  })
  const acknowledged: { readonly by: string; readonly id: string }[] = []
  await notify.start(async ({ name }, id) => void acknowledged.push({ by: name, id }))
  const actor = makeActor(org)
  const account = (id: string): Promise<void> => makeAccount(db, id)
  await account(actor.account)
  let number = 0
  const save = async (incident: Incident): Promise<Incident> => {
    const changes = { changed: [incident], lines: [], history: [] }
    await saveAll(db.dbs.jobs, org, changes, notify.afterSave)
    return incident
  }
  return {
    db,
    masterKey,
    actor,
    account,
    notify,
    faults,
    acknowledged,
    open: (more = {}) => {
      number += 1
      const incident = emptyIncident(IncidentId.parse(randomUUID()), number, Date.now())
      const title = { code: "legacy-text", params: { text: `Link ${number} is cut` } } as const
      return save({ ...incident, severity: "major", title, ...more })
    },
    save,
    close: (incident) =>
      save({ ...incident, state: "closed", closedAtMs: Date.now(), updatedAtMs: Date.now() }),
    channel: async (input, policy = {}) => {
      const { id } = await notify.channels.create(actor, input)
      if (policy === null) return id
      const { version, policies } = await notify.policies(org)
      const added = POLICY([id], { name: input.name, ...policy })
      await notify.changePolicies(actor, { version, policies: [...policies, added] })
      return id
    },
    closeAll: () => closeAll(db, notify),
    pending: async () => (await notify.backlog(org)).reduce((sum, { count }) => sum + count, 0),
    deliveries: () => notify.list(org, { limit: 500 }),
    channels: () => notify.channels.list(org),
    until: async (what, holds, withinMs = 20_000) => {
      for (const end = performance.now() + withinMs; performance.now() < end; await delay(20))
        if (await holds()) return
      assert.fail(`${what}: not within ${withinMs / 1_000} s`)
    },
    end: async () => {
      await notify.stop()
      await db.close()
    },
  }
}
