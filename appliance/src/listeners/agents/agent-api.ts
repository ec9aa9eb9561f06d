/** The routes of the agent API. The listener that serves them is agent-listener.ts. */
import type { IncomingMessage } from "node:http"
import type { Authority } from "@ispvm/pki"
import {
  ACCEPTS_HEADER,
  ACCEPTS_PREFERRED,
  ACCEPTS_PROBES,
  type Ack,
  BATCH_VERSION,
  type Batch,
  Batch as BatchSchema,
  BOOT_HEADER,
  BUFFER_CONFLICT,
  EnrolRequest,
  FEATURES_HEADER,
  Heartbeat,
  LIMITS,
  MAX_BATCHES_AT_ONCE,
  MAX_PACKAGE_BYTES,
  Nonce,
  PACKAGE_HEADER,
  PATHS,
  PackageFile,
  PROTOCOL,
  parseFeatures,
  parsePackageHeader,
  parseRedactionHeader,
  REDACTION_HEADER,
  RenewRequest,
  TaskResult,
} from "@ispvm/wire"
import { z } from "zod"
import type { Clock } from "../../platform/clock.ts"
import { createConcurrencyLimit } from "../../platform/concurrency-limit.ts"
import { createFairQueue } from "../../platform/fair-queue.ts"
import type { BodyBounds } from "../../platform/http/body.ts"
import { HttpError, tooManyRequests } from "../../platform/http/http-error.ts"
import { createRateLimit, type RateLimit } from "../../platform/rate-limit.ts"
import type { Agents, Enrolled, KnownAgent } from "../../registry/agents/agents.ts"
import {
  type ApiRoute,
  type BodySpec,
  empty,
  identifiedRoute,
  json,
  openRoute,
  parseBody,
  type Reply,
  text,
} from "../api-route.ts"
import { isCompactRequest, readCompactBatch } from "./compact-body.ts"

/**
 * `boot` identifies the sending process; null if its release does not send it. `isSecond`: an
 * earlier process with the same identity is alive.
 */
export type BatchSender = { readonly boot: string | null; readonly isSecond: boolean }
export type OnBatch = (agent: KnownAgent, batch: Batch, sender: BatchSender) => Promise<Ack>
type AgentRoute = ApiRoute<KnownAgent>

type Deps = {
  readonly agents: Agents
  readonly authority: Authority
  readonly clock: Clock
  readonly onBatch: OnBatch
  /** Largest batch as sent; never more than the contract's own bound. */
  readonly batchBytes?: number
}

/** The deepest message of the contract, a batch with facts, has five levels. */
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
/**
 * Batches handled at once, of all agents; more would need too much memory. Others wait in turns by
 * agent, and their bodies are not read before: an agent that has to try again loses more time.
 */
const BATCH_QUEUE = {
  atOnce: 16,
  perSource: MAX_BATCHES_AT_ONCE,
  waiting: 500,
  maxWaitMs: 5_000,
} as const

/** The version comes before the schema: a message of another version is not malformed. */
const checkVersion = (body: unknown): void => {
  const protocol =
    typeof body === "object" && body !== null && "protocol" in body ? body.protocol : undefined
  if (typeof protocol === "number" && protocol !== PROTOCOL && protocol !== PROTOCOL - 1)
    throw new HttpError(
      426,
      "protocol-unsupported",
      `This appliance uses protocol ${PROTOCOL}, not ${protocol}. Install the same release on both.`,
    )
}
const versioned = <S extends z.ZodType>(schema: S, bounds: BodyBounds): BodySpec<S> => ({
  schema,
  bounds,
  check: checkVersion,
})

const replyTo = (outcome: Enrolled): Reply => {
  if (!outcome.ok) throw new HttpError(outcome.status, outcome.code, outcome.message)
  return json(outcome.answer)
}

const Boot = z.uuid()
const bootOf = (request: IncomingMessage): string | null =>
  Boot.safeParse(request.headers[BOOT_HEADER]).data ?? null

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return typeof value === "string" ? value : undefined
}

const waitOf = (text: string | null): number => {
  const ms = text === null || !/^\d{1,9}$/.test(text) ? 0 : Number(text)
  return Math.min(ms, LIMITS.taskWaitMs)
}

/** Work for unidentified clients runs in turns by source, so that many of them delay nobody. */
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

/** Failures count against the source, successes do not: only guessing is slowed down. */
const enrolRoute = ({ agents, clock }: Deps): AgentRoute => {
  const bySource = createRateLimit(clock, { burst: 20, perSecond: 0.2 })
  const runQueued = createSourceQueue()
  return openRoute({
    method: "POST",
    path: PATHS.enrol,
    body: versioned(EnrolRequest, SMALL),
    handle: async ({ body, address, source }) => {
      bySource.require(source)
      const enrolRequest = await body()
      const outcome = await runQueued(source, () => agents.enrol(enrolRequest, address))
      if (outcome.ok) bySource.refund(source)
      return replyTo(outcome)
    },
  })
}

/** An agent may send a few unusable bodies, then one every five seconds. */
const UNUSABLE = { burst: 20, perSecond: 0.2 } as const
const isOwnFault = (error: unknown): boolean =>
  error instanceof HttpError && [400, 413, 415].includes(error.status)
/** A batch with more malformed items counts as unusable, though the rest of it is stored. */
const MAX_MALFORMED = 500
const isMostlyMalformed = ({ rejected }: Ack): boolean =>
  rejected.filter(({ reason }) => reason === "malformed").length > MAX_MALFORMED

/** Runs `work` within the agent's budget of unusable bodies; without budget no body is read. */
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

const batchRoute = (
  { agents, clock, onBatch, batchBytes = LIMITS.batchBytesGzip }: Deps,
  within: UnusableBudget,
): AgentRoute => {
  const sentBytes = Math.min(batchBytes, LIMITS.batchBytesGzip)
  const bounds = boundsOf(sentBytes, LIMITS.batchBytes, LIMITS.batchMarks)
  const tooMany = () => tooManyRequests(500)
  const concurrency = createConcurrencyLimit({
    perKey: MAX_BATCHES_AT_ONCE,
    total: BATCH_QUEUE.atOnce + BATCH_QUEUE.waiting,
    reject: tooMany,
  })
  const queue = createFairQueue(BATCH_QUEUE)
  const inTurn = async <T>(agent: KnownAgent, work: () => Promise<T>): Promise<T> => {
    const turn = { source: agent.id, isKnown: true }
    const result = await concurrency.run(agent.id, () => queue.run(turn, work))
    if (!result.ok) throw tooMany()
    return result.value
  }
  return identifiedRoute<KnownAgent, typeof BatchSchema>({
    method: "POST",
    path: PATHS.batches,
    // A backlog of a day takes minutes at this rate; an agent in a loop does not crowd out others.
    rateLimit: createRateLimit(clock, { burst: 100, perSecond: 25 }),
    body: versioned(BatchSchema, bounds),
    handle: ({ request, body }, agent) =>
      inTurn(agent, async () => {
        const receiveBatch = async (): Promise<Ack> => {
          const batch = isCompactRequest(request)
            ? await readCompactBatch(request, bounds)
            : await body()
          agents.receive(agent, null)
          const boot = bootOf(request)
          const ack = await onBatch(agent, batch, { boot, isSecond: agents.isSecond(agent, boot) })
          agents.noteAck(agent, ack)
          return ack
        }
        try {
          return json(await within(agent, receiveBatch, isMostlyMalformed))
        } catch (error) {
          if (error instanceof HttpError && error.code === BUFFER_CONFLICT)
            agents.noteConflict(agent)
          throw error
        }
      }),
  })
}

/** Limited, because each answer is signed; a host asks once or twice when it starts. */
const timeRoute = ({ authority, clock }: Deps): AgentRoute => {
  const bySource = createRateLimit(clock, { burst: 20, perSecond: 0.5 })
  const runQueued = createSourceQueue()
  return openRoute({
    method: "GET",
    path: PATHS.time,
    handle: async ({ query, source }) => {
      bySource.require(source)
      const nonce = parseBody(Nonce, query.get("nonce"))
      const atMs = clock.now()
      const signature = await runQueued(source, () =>
        authority.signStatement(`time ${nonce} ${atMs}`),
      )
      return json({
        protocol: PROTOCOL,
        nonce,
        atMs,
        issuingPem: authority.issuingPem,
        signature,
      })
    },
  })
}

const heartbeatRoute = (
  { agents, clock }: Deps,
  within: UnusableBudget,
  rateLimit: RateLimit,
): AgentRoute =>
  identifiedRoute<KnownAgent, typeof Heartbeat>({
    method: "POST",
    path: PATHS.heartbeat,
    rateLimit,
    body: versioned(Heartbeat, SMALL),
    handle: async ({ request, body, address }, agent) => {
      agents.receive(agent, await within(agent, body), address, bootOf(request))
      const features = parseFeatures(headerOf(request, FEATURES_HEADER))
      agents.noteFeatures(agent, features)
      agents.noteRedaction(agent, parseRedactionHeader(headerOf(request, REDACTION_HEADER)))
      const own = parsePackageHeader(headerOf(request, PACKAGE_HEADER))
      const offer = agents.offerPackage(agent, own)
      return json({
        protocol: PROTOCOL,
        revision: await agents.revision(agent),
        serverAtMs: clock.now(),
        ...(offer === null ? {} : { package: offer }),
        ...(features.includes("compact-batches") ? { batchVersion: BATCH_VERSION.concurrent } : {}),
        ...(features.includes("interface-ids") ? { acceptsInterfaceIds: true } : {}),
      })
    },
  })

/** A release for agents, file by file and piece by piece. */
const packageRoute = ({ agents }: Deps, rateLimit: RateLimit): AgentRoute =>
  identifiedRoute({
    method: "GET",
    path: PATHS.package,
    rateLimit,
    handle: async ({ query }) => {
      const { file, offset } = parseBody(PieceQuery, Object.fromEntries(query))
      const piece = await agents.packagePiece(file, offset)
      if (piece === null)
        throw new HttpError(404, "no-such-file", "This release has no such file at this offset.")
      return json(piece)
    },
  })
const PieceQuery = z.strictObject({
  file: PackageFile,
  offset: z.coerce.number().pipe(z.int().min(0).max(MAX_PACKAGE_BYTES)),
})

/** Older agents reject an assignment with probes, and tasks that run one. */
const acceptsProbes = (request: IncomingMessage): boolean =>
  (headerOf(request, ACCEPTS_HEADER) ?? "").split(/[ ,]+/).includes(ACCEPTS_PROBES)

const taskRoutes = (
  { agents }: Deps,
  within: UnusableBudget,
  rateLimit: RateLimit,
): readonly AgentRoute[] => [
  identifiedRoute({
    method: "GET",
    path: PATHS.tasks,
    rateLimit,
    handle: async ({ request, query, signal }, agent) => {
      const waitMs = waitOf(query.get("wait"))
      const tasks = await agents.takeTasks(agent, waitMs, signal, bootOf(request))
      const known = acceptsProbes(request) ? tasks : tasks.filter(({ kind }) => kind !== "probe")
      return json({ protocol: PROTOCOL, tasks: known })
    },
  }),
  identifiedRoute<KnownAgent, typeof TaskResult>({
    method: "POST",
    path: `${PATHS.tasks}/results`,
    rateLimit,
    body: { schema: TaskResult, bounds: RESULT },
    handle: async ({ body }, agent) => {
      // A late result is no error of the agent, which could not correct it.
      agents.complete(agent, await within(agent, body))
      return empty(204)
    },
  }),
]

/** The routes of the agent API, by the paths of its contract. */
export const agentRoutes = (deps: Deps): readonly AgentRoute[] => {
  const { agents, authority, clock } = deps
  const common = createRateLimit(clock, { burst: 60, perSecond: 10 })
  const within = createUnusableBudget(clock)
  return [
    openRoute({
      method: "GET",
      path: PATHS.ca,
      handle: async () => text("application/x-pem-file", authority.rootPem),
    }),
    timeRoute(deps),
    enrolRoute(deps),
    identifiedRoute<KnownAgent, typeof RenewRequest>({
      method: "POST",
      path: PATHS.renew,
      rateLimit: createRateLimit(clock, { burst: 5, perSecond: 1 / 600 }),
      body: versioned(RenewRequest, SMALL),
      handle: async ({ body }, agent) => replyTo(await agents.renew(agent, (await body()).csrPem)),
    }),
    batchRoute(deps, within),
    heartbeatRoute(deps, within, common),
    identifiedRoute({
      method: "GET",
      path: PATHS.assignment,
      rateLimit: common,
      handle: async ({ request, query }, agent) => {
        if (query.get("revision") === (await agents.revision(agent))) return empty(304)
        const features = parseFeatures(headerOf(request, FEATURES_HEADER))
        const { probes, ...assignment } = await agents.assignment(agent, {
          acceptsPreferred: query.get("accepts") === ACCEPTS_PREFERRED,
          acceptsRedaction: features.includes("redaction"),
          acceptsConfiguration: features.includes("configuration"),
        })
        return json(
          probes === undefined || !acceptsProbes(request) ? assignment : { ...assignment, probes },
        )
      },
    }),
    packageRoute(deps, common),
    ...taskRoutes(deps, within, common),
  ]
}
