/** The paths of the agents' door, one table: who may ask, how often, and what is answered. The server around it is door.ts. */
import type { IncomingMessage } from "node:http"
import type { Authority } from "@ispvm/pki"
import {
  type Ack,
  type Batch,
  Batch as BatchSchema,
  BOOT_HEADER,
  BUFFER_CONFLICT,
  EnrolRequest,
  Heartbeat,
  LIMITS,
  Nonce,
  PATHS,
  PROTOCOL,
  RenewRequest,
  TaskResult,
} from "@ispvm/wire"
import { z } from "zod"
import type { Clock } from "../../platform/clock.ts"
import { createConcurrencyLimit } from "../../platform/concurrency-limit.ts"
import { createFairQueue } from "../../platform/fair-queue.ts"
import { type BodyBounds, readJson } from "../../platform/http/body.ts"
import { HttpError, tooManyRequests } from "../../platform/http/http-error.ts"
import { sourceOf } from "../../platform/http/source-address.ts"
import { createRateLimit, type RateLimit } from "../../platform/rate-limit.ts"
import type { Agents, Enrolled, KnownAgent } from "../../registry/agents/agents.ts"

export type Reply = { readonly status: number; readonly json?: unknown; readonly text?: string }
export type RequestContext = {
  readonly request: IncomingMessage
  readonly query: URLSearchParams
  readonly address: string
  readonly signal: AbortSignal
}
/** `boot` names the sending process; null where its release does not. `isSecond`: another one with this identity was there first. */
export type BatchSender = { readonly boot: string | null; readonly isSecond: boolean }
export type OnBatch = (agent: KnownAgent, batch: Batch, sender: BatchSender) => Promise<Ack>
export type AgentApiPath =
  | { readonly open: true; readonly answer: (context: RequestContext) => Promise<Reply> }
  | {
      readonly open: false
      readonly rateLimit: RateLimit
      readonly answer: (context: RequestContext, agent: KnownAgent) => Promise<Reply>
    }

type Deps = {
  readonly agents: Agents
  readonly authority: Authority
  readonly clock: Clock
  readonly onBatch: OnBatch
  /** A batch as sent may be at most this large; never more than the contract's own bound. */
  readonly batchBytes?: number
}

/** No message of the contract is nested deeper than a batch's facts, which lie five levels deep. */
const SHAPE = { depth: 16, members: LIMITS.names } as const
/** Of a body over its bound four times as much is read, so that the agent sees the answer. */
const boundsOf = (sentBytes: number, inflatedBytes: number, marks: number): BodyBounds => ({
  sentBytes,
  inflatedBytes,
  marks,
  ...SHAPE,
  drain: { bytes: 4 * sentBytes, ms: 5_000 },
})
const SMALL = boundsOf(64 * 1024, 256 * 1024, 5_000)
/** A result may hold whole menus of a router. */
const RESULT = boundsOf(2 * 1024 * 1024, 8 * 1024 * 1024, 500_000)
/** Batches of one agent that are looked at together: enough to keep the line busy, few enough to bound memory. */
const AT_ONCE = 2
const AT_ONCE_ALL = 16

/** The version is looked at before the shape: a shape of another version is not malformed. */
const parse = <S extends z.ZodType>(schema: S, body: unknown): z.output<S> => {
  const protocol =
    typeof body === "object" && body !== null && "protocol" in body ? body.protocol : undefined
  if (typeof protocol === "number" && protocol !== PROTOCOL && protocol !== PROTOCOL - 1)
    throw new HttpError(
      426,
      "protocol-unsupported",
      `This appliance speaks protocol ${PROTOCOL}, not ${protocol}; bring both to one release.`,
    )
  return parsePlain(schema, body)
}
const parsePlain = <S extends z.ZodType>(schema: S, body: unknown): z.output<S> => {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new HttpError(
    400,
    "malformed",
    `${issue?.path.join(".") || "body"}: ${issue?.message ?? "not as agreed"}`.slice(0, 500),
  )
}

const replyTo = (outcome: Enrolled): Reply => {
  if (!outcome.ok) throw new HttpError(outcome.status, outcome.code, outcome.message)
  return { status: 200, json: outcome.answer }
}

const Boot = z.uuid()
const bootOf = (request: IncomingMessage): string | null =>
  Boot.safeParse(request.headers[BOOT_HEADER]).data ?? null

const waitOf = (text: string | null): number => {
  const ms = text === null || !/^\d{1,9}$/.test(text) ? 0 : Number(text)
  return Math.min(ms, LIMITS.taskWaitMs)
}

/** What strangers may ask for is done in turns by source (IPv4 address or IPv6 /64): many of them hold nobody up for long. */
const QUEUE_LIMITS = { atOnce: 2, perSource: 20, waiting: 200, maxWaitMs: 5_000 } as const
const QUEUE_FULL_RETRY_MS = 2_000
type RunQueued = <T>(source: string, work: () => Promise<T>) => Promise<T>
const createSourceQueue = (): RunQueued => {
  const queue = createFairQueue(QUEUE_LIMITS)
  return async (source, work) => {
    const result = await queue.run({ source, isKnown: false }, work)
    if (!result.ok) throw tooManyRequests(QUEUE_FULL_RETRY_MS)
    return result.value
  }
}

/** Answers are counted against the source, successes given back: only guessing is slowed down. */
const enrolPath = ({ agents, clock }: Deps): AgentApiPath => {
  const bySource = createRateLimit(clock, { burst: 20, perSecond: 0.2 })
  const runQueued = createSourceQueue()
  return {
    open: true,
    answer: async ({ request, address }) => {
      const source = sourceOf(address)
      bySource.require(source)
      const enrolRequest = parse(EnrolRequest, await readJson(request, SMALL))
      const outcome = await runQueued(source, () => agents.enrol(enrolRequest, address))
      if (outcome.ok) bySource.refund(source)
      return replyTo(outcome)
    },
  }
}

/** A body that cannot be used costs us work and helps nobody: an agent may send a few, then one each five seconds. */
const UNUSABLE = { burst: 20, perSecond: 0.2 } as const
const isOwnFault = (error: unknown): boolean =>
  error instanceof HttpError && [400, 413, 415].includes(error.status)
/** A batch in which so many items are malformed counts as one that cannot be used, though the rest of it is stored. */
const MAX_MALFORMED = 500
const isMostlyMalformed = ({ rejected }: Ack): boolean =>
  rejected.filter(({ reason }) => reason === "malformed").length > MAX_MALFORMED

/** Runs `work` within the agent's budget of unusable bodies: without budget the body is not even read. */
type UnusableBudget = <T>(
  agent: KnownAgent,
  work: () => Promise<T>,
  isUnusable?: (done: T) => boolean,
) => Promise<T>
const createUnusableBudget = (clock: Clock): UnusableBudget => {
  const budget = createRateLimit(clock, UNUSABLE)
  return async (agent, work, isUnusable = () => false) => {
    budget.require(agent.id)
    let isUsable = true
    try {
      const done = await work()
      isUsable = !isUnusable(done)
      return done
    } catch (error) {
      isUsable = !isOwnFault(error)
      throw error
    } finally {
      if (isUsable) budget.refund(agent.id)
    }
  }
}

const batchPath = (
  { agents, clock, onBatch, batchBytes = LIMITS.batchBytesGzip }: Deps,
  within: UnusableBudget,
): AgentApiPath => {
  const sentBytes = Math.min(batchBytes, LIMITS.batchBytesGzip)
  const bounds = boundsOf(sentBytes, LIMITS.batchBytes, LIMITS.batchMarks)
  const concurrency = createConcurrencyLimit({
    perKey: AT_ONCE,
    total: AT_ONCE_ALL,
    reject: () => tooManyRequests(500),
  })
  return {
    open: false,
    // a backlog of a day comes in at this pace in minutes; a loop gone wild does not drown the others
    rateLimit: createRateLimit(clock, { burst: 100, perSecond: 25 }),
    answer: ({ request }, agent) =>
      concurrency.run(agent.id, async () => {
        const receiveBatch = async (): Promise<Ack> => {
          const batch = parse(BatchSchema, await readJson(request, bounds))
          agents.receive(agent, null)
          const boot = bootOf(request)
          const ack = await onBatch(agent, batch, { boot, isSecond: agents.isSecond(agent, boot) })
          agents.noteAck(agent, ack)
          return ack
        }
        try {
          return { status: 200, json: await within(agent, receiveBatch, isMostlyMalformed) }
        } catch (error) {
          if (error instanceof HttpError && error.code === BUFFER_CONFLICT)
            agents.noteConflict(agent)
          throw error
        }
      }),
  }
}

/** Signing is work: a host asks once or twice at its start. */
const timePath = ({ authority, clock }: Deps): AgentApiPath => {
  const bySource = createRateLimit(clock, { burst: 20, perSecond: 0.5 })
  const runQueued = createSourceQueue()
  return {
    open: true,
    answer: async ({ query, address }) => {
      const source = sourceOf(address)
      bySource.require(source)
      const nonce = parsePlain(Nonce, query.get("nonce"))
      const atMs = clock.now()
      const signature = await runQueued(source, () =>
        authority.signStatement(`time ${nonce} ${atMs}`),
      )
      return {
        status: 200,
        json: { protocol: PROTOCOL, nonce, atMs, issuingPem: authority.issuingPem, signature },
      }
    },
  }
}

/** Keyed by method and path, as in the contract's `PATHS`. */
export const agentApiPaths = (deps: Deps): ReadonlyMap<string, AgentApiPath> => {
  const { agents, authority, clock } = deps
  const common = createRateLimit(clock, { burst: 60, perSecond: 10 })
  const within = createUnusableBudget(clock)
  const rare = createRateLimit(clock, { burst: 5, perSecond: 1 / 600 })
  return new Map<string, AgentApiPath>([
    [
      `GET ${PATHS.ca}`,
      { open: true, answer: async () => ({ status: 200, text: authority.rootPem }) },
    ],
    [`GET ${PATHS.time}`, timePath(deps)],
    [`POST ${PATHS.enrol}`, enrolPath(deps)],
    [
      `POST ${PATHS.renew}`,
      {
        open: false,
        rateLimit: rare,
        answer: async ({ request }, agent) =>
          replyTo(
            await agents.renew(agent, parse(RenewRequest, await readJson(request, SMALL)).csrPem),
          ),
      },
    ],
    [`POST ${PATHS.batches}`, batchPath(deps, within)],
    [
      `POST ${PATHS.heartbeat}`,
      {
        open: false,
        rateLimit: common,
        answer: async ({ request, address }, agent) => {
          const body = await within(agent, async () =>
            parse(Heartbeat, await readJson(request, SMALL)),
          )
          agents.receive(agent, body, address, bootOf(request))
          return {
            status: 200,
            json: {
              protocol: PROTOCOL,
              revision: await agents.revision(agent),
              serverAtMs: clock.now(),
            },
          }
        },
      },
    ],
    [
      `GET ${PATHS.assignment}`,
      {
        open: false,
        rateLimit: common,
        answer: async ({ query }, agent) => {
          if (query.get("revision") === (await agents.revision(agent))) return { status: 304 }
          return { status: 200, json: await agents.assignment(agent) }
        },
      },
    ],
    [
      `GET ${PATHS.tasks}`,
      {
        open: false,
        rateLimit: common,
        answer: async ({ request, query, signal }, agent) => {
          const tasks = await agents.takeTasks(
            agent,
            waitOf(query.get("wait")),
            signal,
            bootOf(request),
          )
          return { status: 200, json: { protocol: PROTOCOL, tasks } }
        },
      },
    ],
    [
      `POST ${PATHS.tasks}/results`,
      {
        open: false,
        rateLimit: common,
        answer: async ({ request }, agent) => {
          const result = await within(agent, async () =>
            parsePlain(TaskResult, await readJson(request, RESULT)),
          )
          // late is no fault of the agent's, and nothing it could mend
          agents.complete(agent, result)
          return { status: 204 }
        },
      },
    ],
  ])
}
