/** The routes of the push API. The listener that serves them is push-listener.ts. */
import type { Authority } from "@ispvm/pki"
import {
  CA_PATH,
  PUSH_LIMITS,
  PUSH_PATH,
  type Push,
  type PushAnswer,
  SCRIPT_PATH,
} from "@ispvm/wire/push"
import type { Clock } from "../../platform/clock.ts"
import { createConcurrencyLimit } from "../../platform/concurrency-limit.ts"
import { HttpError, tooManyRequests } from "../../platform/http/http-error.ts"
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import type { Signal } from "../../platform/signal.ts"
import {
  type ApiRoute,
  type Call,
  identifiedRoute,
  json,
  openRoute,
  type Reply,
  text,
} from "../api-route.ts"
import { PUSH_BODY } from "./push-body.ts"
import {
  bearerTokenOf,
  createKeyCache,
  type Identified,
  type KeyCache,
  type KeyInvalidation,
  type KnownRouter,
} from "./push-key-cache.ts"

/** Looks up router keys and one-time links; implemented by the companion module. */
export type PushKeys = {
  readonly identify: (token: string) => Promise<Identified>
  /** Called for every accepted push. */
  readonly used: (router: KnownRouter, atMs: number) => Promise<void>
  /** The script of a link, once. */
  readonly redeemLink: (secret: string, address: string) => Promise<RedeemedLink>
  readonly keysInvalidated: Pick<Signal<KeyInvalidation>, "on">
}
export type RedeemedLink =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly message: string }
export type PushAccept = (
  router: KnownRouter,
  push: Push,
  address: string,
) => Promise<
  | { readonly ok: true; readonly answer: PushAnswer }
  | { readonly ok: false; readonly reason: "unreadable" | "gone"; readonly message: string }
>
/** `outcome`: "taken", "script" or the code of the error; `suite`: the TLS suite of a handshake. */
export type PushCounters = {
  readonly request: (outcome: string) => void
  readonly droppedConnection: (why: string) => void
  readonly handshake?: (suite: string) => void
}
export type Log = {
  readonly [level in "info" | "warn" | "error"]: (fields: object, message: string) => void
}
export type PushRoutesDeps = {
  readonly keys: PushKeys
  readonly authority: Pick<Authority, "rootPem">
  readonly clock: Clock
  readonly accept: PushAccept
  /** Called for a request of a known router that could not be used at all. */
  readonly onRejected: (
    router: { readonly org: OrgId; readonly device: DeviceId },
    reason: string,
    message: string,
  ) => Promise<void>
  readonly counters: PushCounters
  readonly log: Log
}

/** Pushes of one router, and of all, handled at once; a router has two queues. */
const KEY_AT_ONCE = 4
const ALL_AT_ONCE = 256

export type PushRoutes = {
  readonly routes: readonly ApiRoute<KnownRouter>[]
  /** The router of the key in the request's header. Throws 401. */
  readonly identify: KeyCache["identify"]
  readonly stop: () => void
}
type Rejected = (
  router: { readonly org: OrgId; readonly device: DeviceId },
  reason: string,
  message: string,
) => void

/** Accepts one push: item limit, ingest, and what becomes of the key. */
const createReceive = (
  { keys, clock, accept, counters, log }: PushRoutesDeps,
  keyCache: KeyCache,
  reportRejection: Rejected,
) => {
  const byItem = createRateLimit(clock, {
    burst: PUSH_LIMITS.itemBurst,
    perSecond: PUSH_LIMITS.itemsPerSecond,
  })
  const receive = async (push: Push, address: string, router: KnownRouter): Promise<PushAnswer> => {
    byItem.require(router.key, push.items.length)
    const outcome = await accept(router, push, address)
    if (outcome.ok) return outcome.answer
    if (outcome.reason === "unreadable") throw new HttpError(400, "malformed", outcome.message)
    keyCache.invalidate({ device: router.device, key: null })
    throw new HttpError(401, "key-unknown", outcome.message)
  }
  return async (
    { address, body }: Call & { readonly body: () => Promise<Push> },
    router: KnownRouter,
  ): Promise<Reply> => {
    try {
      const answer = await receive(await body(), address, router)
      counters.request("taken")
      // Not awaited: a push is not sent again because the use of its key could not be recorded.
      void keys
        .used(router, clock.now())
        .catch((err: unknown) => log.error({ err }, "push: use of a key not recorded"))
      return json(answer)
    } catch (error) {
      if (error instanceof HttpError && (error.status === 400 || error.status === 413))
        reportRejection(router, error.code, error.message)
      throw error
    }
  }
}

/** Hands out the script of a one-time link. */
const scriptRoute = (
  { keys, counters }: PushRoutesDeps,
  keyCache: KeyCache,
): ApiRoute<KnownRouter> =>
  openRoute({
    method: "GET",
    path: SCRIPT_PATH,
    isLast: true,
    handle: async ({ request, address, source }) => {
      const token = bearerTokenOf(request.headers.authorization)
      if (token === null)
        throw new HttpError(
          401,
          "link-missing",
          "The secret of the link is missing. Send it as Authorization: Bearer.",
        )
      const script = await keyCache.guarded(source, async () => {
        const redeemed = await keys.redeemLink(token, address)
        if (redeemed.ok) return redeemed.text
        throw new HttpError(401, redeemed.reason, redeemed.message)
      })
      counters.request("script")
      return text("text/plain; charset=utf-8", script)
    },
  })

export const pushRoutes = (deps: PushRoutesDeps): PushRoutes => {
  const { keys, clock, authority, onRejected, log } = deps
  const reportRejection: Rejected = (router, reason, message) => {
    void onRejected(router, reason, message).catch((err: unknown) =>
      log.error({ err }, "push: rejection not recorded"),
    )
  }
  const keyCache = createKeyCache({ clock, findKey: keys.identify, onEndedKey: reportRejection })
  const receive = createReceive(deps, keyCache, reportRejection)
  const concurrency = createConcurrencyLimit({
    perKey: KEY_AT_ONCE,
    total: ALL_AT_ONCE,
    reject: () => tooManyRequests(1_000),
  })
  const routes: readonly ApiRoute<KnownRouter>[] = [
    identifiedRoute<KnownRouter, typeof Push>({
      method: "POST",
      path: PUSH_PATH,
      rateLimit: createRateLimit(clock, {
        burst: PUSH_LIMITS.keyBurst,
        perSecond: PUSH_LIMITS.keyPerSecond,
      }),
      body: PUSH_BODY,
      handle: (input, router) => concurrency.run(router.key, () => receive(input, router)),
    }),
    scriptRoute(deps, keyCache),
    openRoute({
      method: "GET",
      path: CA_PATH,
      isLast: true,
      handle: async () => text("application/x-pem-file", authority.rootPem),
    }),
  ]
  return { routes, identify: keyCache.identify, stop: keys.keysInvalidated.on(keyCache.invalidate) }
}
