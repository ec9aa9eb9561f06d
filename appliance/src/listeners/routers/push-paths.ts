/** The three paths of the routers' door: who may ask, how often, and what is answered. The server around them is push-door.ts. */
import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { Authority } from "@ispvm/pki"
import {
  CA_PATH,
  PUSH_LIMITS,
  PUSH_PATH,
  Push,
  type PushAnswer,
  SCRIPT_PATH,
} from "@ispvm/wire/push"
import type { Clock } from "../../platform/clock.ts"
import { createConcurrencyLimit } from "../../platform/concurrency-limit.ts"
import { HttpError, tooManyRequests } from "../../platform/http/http-error.ts"
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import type { Signal } from "../../platform/signal.ts"
import { readPush } from "./push-body.ts"
import {
  bearerTokenOf,
  createKeyCache,
  type Identified,
  type KeyInvalidation,
  type KnownRouter,
} from "./push-key-cache.ts"

/** What the door asks about keys: the companion's answers. */
export type PushKeys = {
  readonly identify: (token: string) => Promise<Identified>
  /** Told of every push that was taken. */
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
/** `outcome`: taken, or the code of the refusal; `why` a connection was closed; `suite`: what a handshake has agreed on. */
export type PushCounters = {
  readonly request: (outcome: string) => void
  readonly droppedConnection: (why: string) => void
  readonly handshake?: (suite: string) => void
}
export type Log = {
  readonly [level in "info" | "warn" | "error"]: (fields: object, message: string) => void
}
export type PushPathsDeps = {
  readonly keys: PushKeys
  readonly authority: Pick<Authority, "rootPem">
  readonly clock: Clock
  readonly accept: PushAccept
  /** A request of a known router that could not be used at all. */
  readonly onRejected: (
    router: { readonly org: OrgId; readonly device: DeviceId },
    reason: string,
    message: string,
  ) => Promise<void>
  readonly counters: PushCounters
  readonly log: Log
  /** Called for each request that shows a good key, with its connection. */
  readonly identified: (socket: Socket, router: KnownRouter) => void
}

/** Of one router at work at the same time: it has two queues. */
const KEY_AT_ONCE = 4
const ALL_AT_ONCE = 256

export type Reply = { readonly type: string; readonly body: string }
export const json = (value: unknown): Reply => ({
  type: "application/json; charset=utf-8",
  body: JSON.stringify(value),
})
/** `isOnce`: the connection ends with it; whoever wants more asks the gate again, which alone holds back who shows no key. */
export type Path = {
  readonly method: string
  readonly isOnce: boolean
  readonly answer: (request: IncomingMessage, source: string) => Promise<Reply>
}

/** By path, and what ends its listening. */
export type PushPaths = { readonly byPath: ReadonlyMap<string, Path>; readonly stop: () => void }

export const pushPaths = ({
  keys,
  clock,
  authority,
  accept,
  onRejected,
  counters,
  log,
  identified,
}: PushPathsDeps): PushPaths => {
  const reportRejection = (
    router: Parameters<typeof onRejected>[0],
    reason: string,
    message: string,
  ): void => {
    void onRejected(router, reason, message).catch((err: unknown) =>
      log.error({ err }, "push: a refusal was not noted"),
    )
  }
  const keyCache = createKeyCache({ clock, findKey: keys.identify, onEndedKey: reportRejection })
  const stop = keys.keysInvalidated.on(keyCache.invalidate)
  const byKey = createRateLimit(clock, {
    burst: PUSH_LIMITS.keyBurst,
    perSecond: PUSH_LIMITS.keyPerSecond,
  })
  const byItem = createRateLimit(clock, {
    burst: PUSH_LIMITS.itemBurst,
    perSecond: PUSH_LIMITS.itemsPerSecond,
  })
  const concurrency = createConcurrencyLimit({
    perKey: KEY_AT_ONCE,
    total: ALL_AT_ONCE,
    reject: () => tooManyRequests(1_000),
  })

  const receivePush = async (
    request: IncomingMessage,
    router: KnownRouter,
  ): Promise<PushAnswer> => {
    const parsed = Push.safeParse(await readPush(request))
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new HttpError(
        400,
        "malformed",
        `${issue?.path.join(".") || "body"}: ${issue?.message ?? "not as agreed"}`.slice(0, 300),
      )
    }
    byItem.require(router.key, parsed.data.items.length)
    const outcome = await accept(router, parsed.data, request.socket.remoteAddress ?? "")
    if (outcome.ok) return outcome.answer
    if (outcome.reason === "unreadable") throw new HttpError(400, "malformed", outcome.message)
    keyCache.invalidate({ device: router.device, key: null })
    throw new HttpError(401, "key-unknown", outcome.message)
  }
  const push = async (request: IncomingMessage, source: string): Promise<Reply> => {
    const router = await keyCache.identify(request.headers.authorization, source)
    identified(request.socket, router)
    byKey.require(router.key)
    return await concurrency.run(router.key, () => answerPush(request, router))
  }
  const answerPush = async (request: IncomingMessage, router: KnownRouter): Promise<Reply> => {
    try {
      const answer = await receivePush(request, router)
      counters.request("taken")
      // Written down beside: that it cannot be is no reason to have the push sent again.
      void keys
        .used(router, clock.now())
        .catch((err: unknown) => log.error({ err }, "push: the use of a key was not noted"))
      return json(answer)
    } catch (error) {
      if (error instanceof HttpError && (error.status === 400 || error.status === 413))
        reportRejection(router, error.code, error.message)
      throw error
    }
  }
  const script = async ({ headers, socket }: IncomingMessage, source: string): Promise<Reply> => {
    const token = bearerTokenOf(headers.authorization)
    if (token === null)
      throw new HttpError(
        401,
        "link-missing",
        "Send the secret of the link as Authorization: Bearer.",
      )
    const body = await keyCache.guarded(source, async () => {
      const redeemed = await keys.redeemLink(token, socket.remoteAddress ?? "")
      if (redeemed.ok) return redeemed.text
      throw new HttpError(401, redeemed.reason, redeemed.message)
    })
    counters.request("script")
    return { type: "text/plain; charset=utf-8", body }
  }
  const byPath = new Map<string, Path>([
    [PUSH_PATH, { method: "POST", isOnce: false, answer: push }],
    [SCRIPT_PATH, { method: "GET", isOnce: true, answer: script }],
    [
      CA_PATH,
      {
        method: "GET",
        isOnce: true,
        answer: async () => ({ type: "application/x-pem-file", body: authority.rootPem }),
      },
    ],
  ])
  return { byPath, stop }
}
