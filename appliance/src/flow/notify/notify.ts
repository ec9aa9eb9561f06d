/**
 * Notifications: planned in the transaction of an incident's change, sent by the dispatcher, and
 * shown with every attempt. `docs/decisions/0026-notifications.md` says why it is built so.
 */
import { randomUUID } from "node:crypto"
import type {
  Delivery,
  DeliveryDetail,
  DeliveryQuery,
  IncidentNotifications,
  Policies,
} from "../../api/notifications.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, invalid, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import type { AfterSave } from "../incidents/incidents.ts"
import { type Acknowledge, createButtons } from "./buttons.ts"
import { plainText } from "./channels/plain.ts"
import { type Channels, createChannels } from "./channels.ts"
import { contentOf } from "./content/content.ts"
import { readForContent } from "./content/store.ts"
import { createDispatcher, type DispatcherDeps } from "./dispatch/dispatcher.ts"
import { pruneDeliveries } from "./dispatch/store.ts"
import { createHeartbeats, type Heartbeats } from "./heartbeat.ts"
import { isDelivery } from "./heartbeat-store.ts"
import {
  listDeliveries,
  readBacklog,
  readDelivery,
  readIncidentNotifications,
  replayDelivery,
} from "./log-store.ts"
import { planIncidents } from "./plan-incidents.ts"
import { createSchedules, type OnCallSchedules } from "./schedules.ts"
import { knownSecrets } from "./secrets.ts"
import { insertDelivery, readChannelFacts, readPolicies, writePolicies } from "./store.ts"

export type NotifyDeps = Pick<
  DispatcherDeps,
  "clock" | "orgs" | "baseUrl" | "onError" | "retry" | "onDispatched" | "onAttempt"
> & {
  readonly jobs: Db
  readonly ui: Db
  readonly masterKey: Buffer
}
export type Notify = {
  /** For the flow: plans in the transaction of an incident. */
  readonly afterSave: AfterSave
  readonly channels: Channels
  readonly schedules: OnCallSchedules
  readonly heartbeat: Pick<Heartbeats, "view" | "change" | "send">
  /** Whether a request comes from a receiver of this delivery: it must not act on it again. */
  readonly isLoop: (org: OrgId, key: string) => Promise<boolean>
  readonly policies: (org: OrgId) => Promise<Policies>
  readonly changePolicies: (actor: Actor, input: Policies) => Promise<Policies>
  readonly test: (actor: Actor, channel: string) => Promise<{ id: string }>
  readonly preview: (org: OrgId, channel: string, incident: string) => Promise<{ text: string }>
  readonly list: (org: OrgId, query: DeliveryQuery) => Promise<Delivery[]>
  readonly delivery: (org: OrgId, id: string) => Promise<DeliveryDetail>
  readonly replay: (actor: Actor, id: string) => Promise<void>
  readonly ofIncident: (org: OrgId, incident: string) => Promise<IncidentNotifications>
  readonly backlog: (org: OrgId) => ReturnType<typeof readBacklog>
  readonly prune: (org: OrgId) => Promise<number>
  /** `acknowledge`: what a button in a chat does. `isAlive`: whether faults are evaluated now. */
  readonly start: (acknowledge: Acknowledge, isAlive?: () => boolean) => Promise<void>
  readonly stop: () => Promise<void>
}
const KEEP_MS = 400 * 86_400_000

/** Each channel that a policy names exists; one that was removed since may stay named. */
const checkPolicies = async (db: Db, org: OrgId, { policies }: Policies): Promise<void> => {
  const known = await db.asOrg(org, async (tx) => {
    const { policies: stored } = await readPolicies(tx, org)
    const named = stored.flatMap(({ steps }) => steps.flatMap(({ channels }) => channels))
    return new Set([...(await readChannelFacts(tx, org)).keys(), ...named])
  })
  const wrong = policies.flatMap(({ steps }, index) =>
    steps.flatMap(({ channels }, step) =>
      channels.some((id) => !known.has(id)) ? [`policies.${index}.steps.${step}.channels`] : [],
    ),
  )
  if (wrong.length > 0)
    throw invalid(
      wrong.map((path) => ({ path, code: "field.not-found", params: { what: "channel" } })),
    )
}

const createLog = ({ ui, clock }: NotifyDeps, wake: () => void) => ({
  list: (org: OrgId, query: DeliveryQuery) => ui.asOrg(org, (tx) => listDeliveries(tx, org, query)),
  delivery: (org: OrgId, id: string) =>
    ui.asOrg(org, async (tx) => {
      const found = await readDelivery(tx, org, id)
      if (found === null) throw notFound("delivery", id)
      return found
    }),
  replay: async (actor: Actor, id: string) => {
    await ui.asOrg(actor.org, async (tx) => {
      if ((await readDelivery(tx, actor.org, id)) === null) throw notFound("delivery", id)
      if (!(await replayDelivery(tx, actor.org, id, actor.name, clock.now())))
        throw conflict("not-dead", { code: "problem.delivery-not-dead", params: {} })
      await write(tx, actor, "delivery.replayed", "delivery", id)
    })
    wake()
  },
  ofIncident: (org: OrgId, incident: string) =>
    ui.asOrg(org, async (tx) => {
      if ((await readForContent(tx, org, [incident])).length === 0)
        throw notFound("incident", incident)
      const { policies } = await readPolicies(tx, org)
      const names = new Map(policies.map(({ id, name }) => [id, name]))
      return await readIncidentNotifications(tx, org, incident, (id) => names.get(id) ?? null)
    }),
  backlog: (org: OrgId) => ui.asOrg(org, (tx) => readBacklog(tx, org, clock.now())),
})

const sendTest = async (
  { ui, clock }: NotifyDeps,
  actor: Actor,
  channelId: string,
): Promise<{ id: string }> =>
  await ui.asOrg(actor.org, async (tx) => {
    const channel = (await readChannelFacts(tx, actor.org)).get(channelId)
    if (channel === undefined) throw notFound("channel", channelId)
    const nowMs = clock.now()
    const id = await insertDelivery(
      tx,
      actor.org,
      null,
      {
        key: `test ${randomUUID()}`,
        round: 1,
        kind: "test",
        channel,
        policyId: null,
        policyName: null,
        severity: null,
        causeKey: null,
        dueAtMs: nowMs,
      },
      nowMs,
    )
    await write(tx, actor, "channel.tested", "channel", channelId, { name: channel.name })
    return { id: id ?? "" }
  })

/** After a change of channels their buttons are followed, or not any more. */
const withSync = (channels: Channels, sync: () => void): Channels => {
  const then =
    <A extends readonly unknown[], T>(act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const done = await act(...args)
      sync()
      return done
    }
  return {
    ...channels,
    create: then(channels.create),
    change: then(channels.change),
    remove: then(channels.remove),
  }
}

const withWake = (schedules: OnCallSchedules, wake: () => void): OnCallSchedules => ({
  ...schedules,
  change: async (actor, input) => {
    const changed = await schedules.change(actor, input)
    wake()
    return changed
  },
})

export const createNotify = (deps: NotifyDeps): Notify => {
  const { jobs, ui, masterKey, clock } = deps
  const channels = createChannels({ db: ui, masterKey })
  const sending = createChannels({ db: jobs, masterKey })
  const dispatcher = createDispatcher({ ...deps, db: jobs, openChannel: sending.open })
  const { wake } = dispatcher
  const heartbeat = createHeartbeats(deps)
  const buttons = createButtons({
    ...deps,
    db: jobs,
    open: (org, id, sealed) => knownSecrets(masterKey, org, id, sealed),
    ...(deps.retry === undefined ? {} : { failedMs: deps.retry.firstMs }),
  })
  return {
    afterSave: {
      inTransaction: async (tx, org, incidents) => {
        await planIncidents(tx, org, incidents, clock.now())
      },
      committed: wake,
      onError: deps.onError,
    },
    channels: withSync(channels, buttons.sync),
    heartbeat,
    isLoop: (org, key) => ui.asOrg(org, (tx) => isDelivery(tx, org, key)),
    schedules: withWake(createSchedules({ db: ui, clock }), wake),
    policies: (org) => ui.asOrg(org, (tx) => readPolicies(tx, org)),
    changePolicies: async (actor, input) => {
      await checkPolicies(ui, actor.org, input)
      const { version, policies } = input
      const changed = await ui.asOrg(actor.org, async (tx) => {
        if (!(await writePolicies(tx, actor.org, version, policies)))
          throw conflict("changed-meanwhile", { code: "problem.changed-meanwhile", params: {} })
        await write(tx, actor, "notification-policies.changed", "notification-policies", null, {
          policies: policies.map(({ name }) => name),
        })
        return await readPolicies(tx, actor.org)
      })
      wake()
      return changed
    },
    test: async (actor, channel) => {
      const sent = await sendTest(deps, actor, channel)
      wake()
      return sent
    },
    preview: async (org, channel, incident) => {
      const [row] = (await channels.list(org)).filter(({ id }) => id === channel)
      if (row === undefined) throw notFound("channel", channel)
      const [found] = await ui.asOrg(org, (tx) => readForContent(tx, org, [incident]))
      if (found === undefined) throw notFound("incident", incident)
      const { language } = row
      const kind = found.state === "closed" ? "resolved" : "opened"
      const options = { language, baseUrl: deps.baseUrl(), isRepeat: false }
      return { text: plainText(contentOf(found, kind, options)) }
    },
    ...createLog(deps, wake),
    prune: (org) => jobs.asOrg(org, (tx) => pruneDeliveries(tx, org, clock.now() - KEEP_MS)),
    start: async (acknowledge, isAlive = () => true) => {
      await dispatcher.start()
      buttons.start(acknowledge)
      heartbeat.start(isAlive)
    },
    stop: async () => {
      heartbeat.stop()
      await Promise.all([dispatcher.stop(), buttons.stop()])
    },
  }
}
