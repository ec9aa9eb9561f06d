/**
 * The uplink over HTTPS with a client certificate: keep-alive connections, gzipped batches, parsed
 * answers.
 */
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import {
  ACCEPTS_HEADER,
  ACCEPTS_PREFERRED,
  ACCEPTS_PROBES,
  Ack,
  Assignment,
  type Batch,
  BOOT_HEADER,
  BUFFER_CONFLICT,
  EnrolAnswer,
  FEATURES,
  FEATURES_HEADER,
  formatPackageHeader,
  formatRedactionHeader,
  HeartbeatAnswer,
  LIMITS,
  type OwnPackage,
  PACKAGE_HEADER,
  PATHS,
  PackagePiece,
  PROTOCOL,
  REDACTION_HEADER,
  type RedactionReport,
  Tasks,
} from "@ispvm/wire"
import { COMPACT_TYPE, encodeBatch } from "@ispvm/wire/compact"
import type { z } from "zod"
import type { Identity } from "../enrol/keys.ts"
import { parseApiError, type Reply, type RequestOptions, request, Unreachable } from "./request.ts"
import { trustOnly } from "./trust.ts"
import { RejectedError, type SectionBatch, type SendResult, type Uplink } from "./uplink.ts"

const compress = promisify(gzip)
const REQUEST_MS = 15_000

const json = (value: unknown): RequestOptions["body"] => ({
  bytes: Buffer.from(JSON.stringify(value)),
  gzip: false,
})

const bodyOf = async (batch: Batch | SectionBatch): Promise<RequestOptions["body"]> =>
  "sections" in batch
    ? { bytes: encodeBatch(batch, batch.sections), type: COMPACT_TYPE, gzip: false }
    : { bytes: await compress(JSON.stringify(batch)), gzip: true }

const rejectedError = (reply: Reply): RejectedError => {
  const { code, message } = parseApiError(reply)
  return new RejectedError(reply.status, code, message, reply.retryAfterMs)
}

const parseAnswer = <S extends z.ZodType>(schema: S, reply: Reply): z.output<S> => {
  if (reply.status !== 200 && reply.status !== 201) throw rejectedError(reply)
  let answer: unknown
  try {
    answer = JSON.parse(reply.body)
  } catch (cause) {
    throw new RejectedError(
      reply.status,
      "not-json",
      "The answer is not JSON. Is this the address of the appliance's agent API?",
      null,
      { cause },
    )
  }
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]
  throw new RejectedError(
    reply.status,
    "malformed-answer",
    `The answer is not valid (${where?.path.join(".")}: ${where?.message}).`,
    null,
  )
}

const ACCEPTS = { [ACCEPTS_HEADER]: ACCEPTS_PROBES }

/** Status codes that are about this batch, not about the agent, the moment or the version. */
const UNUSABLE: ReadonlySet<number> = new Set([400, 409, 413, 415, 422])

const outcomeOf = (reply: Reply, number: number, buffer: string): SendResult => {
  if (UNUSABLE.has(reply.status)) {
    const apiError = parseApiError(reply)
    return { kind: apiError.code === BUFFER_CONFLICT ? "rename" : "unusable", ...apiError }
  }
  try {
    const ack = parseAnswer(Ack, reply)
    if (ack.number === number && ack.buffer === buffer) return { kind: "acked", ack }
    const message = `Batch ${number} was answered with the ack of batch ${ack.number}.`
    return { kind: "retry", retryAfterMs: null, code: "ack-mismatch", message }
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error
    return {
      kind: "retry",
      retryAfterMs: error.retryAfterMs,
      code: error.code,
      message: error.message,
    }
  }
}

const packageHeader = (own: OwnPackage | null): Readonly<Record<string, string>> =>
  own === null ? {} : { [PACKAGE_HEADER]: formatPackageHeader(own) }

const redactionHeader = (report: RedactionReport | null): Readonly<Record<string, string>> =>
  report === null ? {} : { [REDACTION_HEADER]: formatRedactionHeader(report) }

/** With every request: which process this is, and what it can do. */
const ownHeaders = (boot: string | null): Readonly<Record<string, string>> => ({
  [FEATURES_HEADER]: FEATURES.join(","),
  ...(boot === null ? {} : { [BOOT_HEADER]: boot }),
})

/**
 * `boot` identifies this process; null sends no header. `timeMs` is the measured time in epoch ms;
 * null means the host's clock is used.
 */
export const createHttpsUplink = (
  identity: Identity,
  boot: string | null = null,
  timeMs: () => number | null = () => null,
): Uplink => {
  const headers = ownHeaders(boot)
  const chainPem = `${identity.certificatePem.trimEnd()}\n${identity.chainPem}`
  const agent = trustOnly(identity.rootPem, { keyPem: identity.keyPem, chainPem }, timeMs)
  const call = (
    method: RequestOptions["method"],
    path: string,
    body: RequestOptions["body"],
    signal: AbortSignal,
    timeoutMs = REQUEST_MS,
    more: Readonly<Record<string, string>> = {},
  ) =>
    request({
      ...{ method, url: new URL(path, identity.url), agent, body, timeoutMs, signal },
      headers: { ...headers, ...more },
    })
  return {
    async send(batch, signal) {
      try {
        return outcomeOf(
          await call("POST", PATHS.batches, await bodyOf(batch), signal, 30_000),
          batch.number,
          batch.buffer,
        )
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error
        return { kind: "retry", retryAfterMs: null, code: "unreachable", message: error.message }
      }
    },
    // A late heartbeat is useless: the next one is due.
    heartbeat: async (heartbeat, signal, own = null, redaction = null) => {
      const more = { ...packageHeader(own), ...redactionHeader(redaction) }
      return parseAnswer(
        HeartbeatAnswer,
        await call("POST", PATHS.heartbeat, json(heartbeat), signal, 5_000, more),
      )
    },
    async packagePiece(file, offset, signal) {
      const query = new URLSearchParams({ file, offset: String(offset) })
      return parseAnswer(
        PackagePiece,
        await call("GET", `${PATHS.package}?${query}`, null, signal, 60_000),
      )
    },
    async assignment(revision, signal) {
      const reply = await call(
        "GET",
        `${PATHS.assignment}?revision=${encodeURIComponent(revision)}&accepts=${ACCEPTS_PREFERRED}`,
        null,
        signal,
        REQUEST_MS,
        ACCEPTS,
      )
      return reply.status === 304 ? null : parseAnswer(Assignment, reply)
    },
    async tasks(signal) {
      const path = `${PATHS.tasks}?wait=${LIMITS.taskWaitMs}`
      const reply = await call("GET", path, null, signal, LIMITS.taskWaitMs + 10_000, ACCEPTS)
      return reply.status === 204 ? [] : parseAnswer(Tasks, reply).tasks
    },
    async result(result, signal) {
      const reply = await call("POST", `${PATHS.tasks}/results`, json(result), signal)
      if (reply.status >= 300) throw rejectedError(reply)
    },
    renew: async (csrPem, signal) =>
      parseAnswer(
        EnrolAnswer,
        await call("POST", PATHS.renew, json({ protocol: PROTOCOL, csrPem }), signal),
      ),
    close: () => agent.destroy(),
  }
}
