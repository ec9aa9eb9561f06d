import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { conflict } from "../../platform/http/http-error.ts"
import { subscribersFor } from "../../platform/http/subscriber-access.ts"
import type { Notify } from "./notify.ts"

type Deps = { readonly notify: Notify }

const channelRoutes = ({ notify }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /notifications/channels"),
    permission: "notifications:read",
    summary: "Channels that notifications are sent to; secrets only as set or not",
    handle: async (_, { org }) => ({ items: await notify.channels.list(org), next: null }),
  }),
  route({
    ...endpoint("POST /notifications/channels"),
    permission: "notifications:write",
    summary: "Add a channel",
    handle: ({ body }, actor) => notify.channels.create(actor, body),
  }),
  route({
    ...endpoint("PUT /notifications/channels/{id}"),
    permission: "notifications:write",
    summary: "Change a channel; a secret that is left out stays if the destination does",
    handle: ({ params, body }, actor) => notify.channels.change(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /notifications/channels/{id}"),
    permission: "notifications:write",
    summary: "Remove a channel; what was still to be sent there is cancelled",
    handle: ({ params }, actor) => notify.channels.remove(actor, params.id),
  }),
  route({
    ...endpoint("POST /notifications/channels/{id}/test"),
    permission: "notifications:write",
    summary: "Send a test message; its delivery shows how that ended",
    handle: ({ params }, actor) => notify.test(actor, params.id),
  }),
  route({
    ...endpoint("POST /notifications/preview"),
    permission: "notifications:write",
    summary: "What a template gives about an incident, before it is saved",
    handle: ({ body }, actor) => notify.previewTemplate(actor.org, body, subscribersFor(actor)),
  }),
  route({
    ...endpoint("GET /notifications/channels/{id}/preview"),
    permission: "notifications:read",
    summary: "What the channel would get about an incident",
    handle: ({ params, query }, actor) =>
      notify.preview(actor.org, params.id, query.incident, subscribersFor(actor)),
  }),
]

const policyRoutes = ({ notify }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /notifications/policies"),
    permission: "notifications:read",
    summary: "Who is notified of which incidents, and when, in order",
    handle: (_, { org }) => notify.policies(org),
  }),
  route({
    ...endpoint("PUT /notifications/policies"),
    permission: "notifications:write",
    summary: "Replace all policies; 409 if somebody else has changed them since `version`",
    handle: ({ body }, actor) => notify.changePolicies(actor, body),
  }),
]

const scheduleRoutes = ({ notify }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /notifications/schedules"),
    permission: "notifications:read",
    summary: "On-call schedules, and who is on call during the next 14 days",
    handle: (_, { org }) => notify.schedules.view(org),
  }),
  route({
    ...endpoint("PUT /notifications/schedules"),
    permission: "notifications:write",
    summary: "Replace all schedules; 409 if somebody else has changed them since `version`",
    handle: ({ body }, actor) => notify.schedules.change(actor, body),
  }),
  route({
    ...endpoint("POST /notifications/schedules/preview"),
    permission: "notifications:write",
    summary: "Who would be on call by a schedule that is not saved; changes nothing",
    handle: async ({ body }) => notify.schedules.preview(body.schedule),
  }),
]

const pushRoutes = ({ notify: { browserPush } }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /push"),
    permission: "session:own",
    summary: "The own browsers that are notified, and the key to subscribe with",
    handle: (_, actor) => browserPush.own(actor),
  }),
  route({
    ...endpoint("POST /push/subscriptions"),
    permission: "session:own",
    summary: "Notify this browser; it gets a test message",
    handle: ({ body }, actor) => browserPush.subscribe(actor, body),
  }),
  route({
    ...endpoint("DELETE /push/subscriptions/{id}"),
    permission: "session:own",
    summary: "Notify an own browser no longer",
    handle: ({ params }, actor) => browserPush.unsubscribe(actor, params.id),
  }),
]

const heartbeatRoutes = ({ notify }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /notifications/heartbeat"),
    permission: "notifications:read",
    summary: "The heartbeat for a monitor outside; of its address the host alone",
    handle: (_, { org }) => notify.heartbeat.view(org),
  }),
  route({
    ...endpoint("PUT /notifications/heartbeat"),
    permission: "notifications:write",
    summary: "Set the address that gets a request every minute, or remove it",
    handle: ({ body }, actor) => notify.heartbeat.change(actor, body.url),
  }),
]

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/**
 * A receiver that acts on the appliance because of a message, with the key of that message, could
 * do so for ever: such a request is rejected. For every route that changes something.
 */
export const withoutLoops = (
  routes: readonly Route[],
  { isLoop }: Pick<Notify, "isLoop">,
): readonly Route[] =>
  routes.map((one) =>
    one.method === "GET"
      ? one
      : {
          ...one,
          handle: async (input, actor) => {
            const key = input.ctx.get("idempotency-key").toLowerCase()
            if (actor !== null && UUID.test(key) && (await isLoop(actor.org, key)))
              throw conflict("notification-loop", {
                code: "problem.notification-loop",
                params: {},
              })
            return await one.handle(input, actor)
          },
        },
  )

const deliveryRoutes = ({ notify }: Deps): readonly Route[] => [
  route({
    ...endpoint("GET /notifications/deliveries"),
    permission: "notifications:read",
    summary: "Every delivery, newest first",
    handle: async ({ query }, { org }) => {
      const items = await notify.list(org, query)
      const last = items.length === query.limit ? items.at(-1) : undefined
      return { items, next: last === undefined ? null : String(last.seq) }
    },
  }),
  route({
    ...endpoint("GET /notifications/deliveries/{id}"),
    permission: "notifications:read",
    summary: "One delivery with all of its attempts",
    handle: ({ params }, { org }) => notify.delivery(org, params.id),
  }),
  route({
    ...endpoint("POST /notifications/deliveries/{id}/replay"),
    permission: "notifications:write",
    summary: "Send a delivery that was given up once more",
    handle: ({ params }, actor) => notify.replay(actor, params.id),
  }),
  route({
    ...endpoint("GET /incidents/{id}/notifications"),
    permission: "incidents:read",
    summary: "Who was notified of an incident, and why others were not",
    handle: ({ params }, { org }) => notify.ofIncident(org, params.id),
  }),
]

export const routes = (deps: Deps): readonly Route[] => [
  ...channelRoutes(deps),
  ...policyRoutes(deps),
  ...scheduleRoutes(deps),
  ...pushRoutes(deps),
  ...heartbeatRoutes(deps),
  ...deliveryRoutes(deps),
]
