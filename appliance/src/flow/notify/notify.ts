/**
 * Notifications: planned in the transaction of an incident's change, sent by the dispatcher, and
 * shown with every attempt. `docs/decisions/0026-notifications.md` says why it is built so.
 */
import { randomUUID } from "node:crypto"
import type {
  Channel,
  Delivery,
  DeliveryDetail,
  DeliveryQuery,
  IncidentNotifications,
  Policies,
  PoliciesInput,
  TemplatePreview,
} from "../../api/notifications.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import type { AfterSave } from "../incidents/incidents.ts"
import { type BrowserPush, createBrowserPush } from "./browser-push.ts"
import { type Acknowledge, createButtons } from "./buttons.ts"
import type { AddressGuard } from "./channels/guarded-request.ts"
import { plainText } from "./channels/plain.ts"
import { type Channels, createChannels } from "./channels.ts"
import { contentOf } from "./content/content.ts"
import { type IncidentForContent, readForContent } from "./content/store.ts"
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
import { notifyMentioned } from "./mentions.ts"
import { planIncidents } from "./plan-incidents.ts"
import { createPolicies } from "./policies.ts"
import { createSchedules, type OnCallSchedules } from "./schedules.ts"
import { knownSecrets } from "./secrets.ts"
import { insertDelivery, readChannelFacts, readPolicies } from "./store.ts"

/** What the reader of a text may see of its incident. */
type Shown = (incident: IncidentForContent) => IncidentForContent
export type NotifyDeps = Pick<
  DispatcherDeps,
  | "clock"
  | "orgs"
  | "baseUrl"
  | "onError"
  | "retry"
  | "onDispatched"
  | "onAttempt"
  | "onUndeliverable"
> & {
  readonly jobs: Db
  readonly ui: Db
  readonly masterKey: Buffer
  /** Where browser push may be sent; tests allow loopback. */
  readonly pushGuard?: AddressGuard
}
export type Notify = {
  /** For the flow: plans in the transaction of an incident. */
  readonly afterSave: AfterSave
  readonly channels: Channels
  readonly schedules: OnCallSchedules
  /** A new browser gets a test message. */
  readonly browserPush: BrowserPush
  readonly heartbeat: Pick<Heartbeats, "view" | "change" | "send">
  /** Whether a request comes from a receiver of this delivery: it must not act on it again. */
  readonly isLoop: (org: OrgId, key: string) => Promise<boolean>
  readonly policies: (org: OrgId) => Promise<Policies>
  readonly changePolicies: (actor: Actor, input: PoliciesInput) => Promise<Policies>
  readonly test: (actor: Actor, channel: string) => Promise<{ id: string }>
  /** `shown`: what its reader may see. */
  readonly preview: (
    org: OrgId,
    channel: string,
    incident: string,
    shown: Shown,
  ) => Promise<{ text: string }>
  readonly previewTemplate: (
    org: OrgId,
    input: TemplatePreview,
    shown: Shown,
  ) => Promise<{ text: string }>
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

/** What would be sent about an incident as it is now. */
const preview = async (
  { ui, baseUrl }: NotifyDeps,
  org: OrgId,
  { incident, language, template }: Omit<TemplatePreview, "template"> & Pick<Channel, "template">,
  shown: Shown,
): Promise<{ text: string }> => {
  const [found] = await ui.asOrg(org, (tx) => readForContent(tx, org, [incident]))
  if (found === undefined) throw notFound("incident", incident)
  const kind = found.state === "closed" ? "resolved" : "opened"
  const options = { language, template, baseUrl: baseUrl(), isRepeat: false }
  return { text: plainText(contentOf(shown(found), kind, options)) }
}

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
        step: null,
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
const withSync = (channels: Channels, sync: (org: OrgId) => void): Channels => {
  const then =
    <A extends readonly [Actor, ...unknown[]], T>(act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const done = await act(...args)
      sync(args[0].org)
      return done
    }
  return {
    ...channels,
    create: then(channels.create),
    change: then(channels.change),
    remove: then(channels.remove),
  }
}

const withReplan = (schedules: OnCallSchedules, replan: (org: OrgId) => void): OnCallSchedules => ({
  ...schedules,
  change: async (actor, input) => {
    const changed = await schedules.change(actor, input)
    replan(actor.org)
    return changed
  },
})

/** A new browser gets a test message. */
const openBrowserPush = (deps: NotifyDeps, wake: () => void): BrowserPush => {
  const { ui, masterKey, pushGuard } = deps
  const guard = pushGuard === undefined ? {} : { guard: pushGuard }
  const browserPush = createBrowserPush({ db: ui, masterKey, ...guard })
  return {
    ...browserPush,
    subscribe: async (actor, input) => {
      const added = await browserPush.subscribe(actor, input)
      await sendTest(deps, actor, added.channel)
      wake()
      return added
    },
  }
}

export const createNotify = (deps: NotifyDeps): Notify => {
  const { jobs, ui, masterKey, clock } = deps
  const { baseUrl, pushGuard } = deps
  const channels = createChannels({ db: ui, masterKey, baseUrl, pushGuard })
  const sending = createChannels({ db: jobs, masterKey, baseUrl, pushGuard })
  const dispatcher = createDispatcher({ ...deps, db: jobs, openChannel: sending.open })
  const { wake, replan } = dispatcher
  const heartbeat = createHeartbeats(deps)
  const policies = createPolicies(ui)
  const buttons = createButtons({
    ...deps,
    db: jobs,
    open: (org, id, sealed) => knownSecrets(masterKey, org, id, sealed),
    ...(deps.retry === undefined ? {} : { failedMs: deps.retry.firstMs }),
  })
  return {
    afterSave: {
      inTransaction: async (tx, org, incidents) => {
        const nowMs = clock.now()
        await dispatcher.shifted()
        await planIncidents(tx, org, incidents, nowMs)
      },
      mentioned: async (tx, org, mention) => {
        await dispatcher.shifted()
        return await notifyMentioned(tx, org, mention, clock.now())
      },
      committed: wake,
      onError: (error) => {
        replan(null)
        deps.onError(error)
      },
    },
    channels: withSync(channels, (org) => {
      buttons.sync()
      replan(org)
    }),
    heartbeat,
    browserPush: openBrowserPush(deps, wake),
    isLoop: (org, key) => ui.asOrg(org, (tx) => isDelivery(tx, org, key)),
    schedules: withReplan(createSchedules({ db: ui, clock }), replan),
    policies: policies.view,
    changePolicies: async (actor, input) => {
      const changed = await policies.change(actor, input)
      replan(actor.org)
      return changed
    },
    test: async (actor, channel) => {
      const sent = await sendTest(deps, actor, channel)
      wake()
      return sent
    },
    preview: async (org, channel, incident, shown) => {
      const [row] = (await channels.list(org)).filter(({ id }) => id === channel)
      if (row === undefined) throw notFound("channel", channel)
      return await preview(deps, org, { ...row, incident }, shown)
    },
    previewTemplate: (org, input, shown) => preview(deps, org, input, shown),
    ...createLog(deps, wake),
    prune: async (org) => {
      // Not at the start: a release before this one, to which an update may go back, cannot read them.
      await sending.sealBodies(org)
      return await jobs.asOrg(org, (tx) => pruneDeliveries(tx, org, clock.now() - KEEP_MS))
    },
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
