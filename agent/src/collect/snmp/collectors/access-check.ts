/**
 * The SNMP step of a test: does it answer, in which version, and what is it? The reasons for a
 * missing answer are distinguished as far as possible.
 */
import { type Access, storable, type TestResult } from "@ispvm/wire"
import { CollectError } from "../../collector.ts"
import type { Resolve } from "../../reachability/resolve.ts"
import { showsNothing } from "../client/failures.ts"
import { SnmpSession } from "../client/session.ts"
import { createSharedSocket } from "../client/socket.ts"
import { describeTarget, type SnmpTarget } from "../client/target.ts"
import { readSystem } from "./facts.ts"
import { nothingLearned } from "./learned.ts"

/** A device may report any text about itself. */
const storableOrNull = (text: string | null): string | null =>
  text === null ? null : storable(text)

type Found = Pick<TestResult, "steps" | "facts" | "fingerprint">

const describeVersion = (session: SnmpSession, target: SnmpTarget): string => {
  if ("v3" in target) return describeTarget(target)
  const isFallback = session.version === "v1" && target.version === undefined
  return isFallback ? "v1 only (nothing in v2c)" : (session.version ?? "v2c")
}

/**
 * In v1 and v2c, a wrong community gets no answer either; SNMPv3's discovery is always answered.
 */
const refineFailure = async (
  session: SnmpSession,
  target: SnmpTarget,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> => {
  if (
    !(error instanceof CollectError) ||
    error.reason !== "no-answer" ||
    "v3" in target ||
    signal.aborted
  )
    return error
  if (!(await session.isEngineThere(signal))) return error
  return new CollectError(
    "wrong-credentials",
    `an SNMP agent answers at ${target.ip} port ${target.port} (SNMPv3 discovery), but rejects this community in ${describeTarget(target)}`,
    error,
  )
}

export const createSnmpCheck =
  (resolve: Resolve, now: () => number) =>
  async (access: Access, signal: AbortSignal): Promise<Found> => {
    if (access.snmp === null) return { steps: [], facts: null, fingerprint: null }
    const beganMs = now()
    const socket = createSharedSocket()
    const step = (
      reason: TestResult["steps"][number]["reason"],
      message: string,
    ): TestResult["steps"] => [
      { step: "snmp", reason, message: storable(message), tookMs: Math.max(0, now() - beganMs) },
    ]
    try {
      const ip = await resolve(access.address)
      if (ip === null)
        throw new CollectError("name-not-found", `The name ${access.address} cannot be resolved.`)
      const target = { ip, ...access.snmp }
      const learned = nothingLearned()
      const session = new SnmpSession(target, socket, learned)
      try {
        const system = await readSystem({ session, learned, options: { signal } }).catch(
          async (error: unknown) => {
            throw await refineFailure(session, target, error, signal)
          },
        )
        if (system.name === null && system.descr === null && system.vendor === null)
          throw showsNothing(target)
        const answer = `${system.name ?? "no name"}, ${system.descr ?? "no description"}`
        return {
          steps: step("ok", `SNMP answers in ${describeVersion(session, target)}: ${answer}.`),
          facts: {
            identity: storableOrNull(system.name),
            board: storableOrNull(system.model),
            version: storableOrNull(system.version),
            uptimeS: system.uptimeS,
          },
          fingerprint: null,
        }
      } finally {
        session.close()
      }
    } catch (error) {
      const reason = error instanceof CollectError ? error.reason : "failed"
      const message = error instanceof Error ? error.message : String(error)
      return { steps: step(reason, message), facts: null, fingerprint: null }
    } finally {
      await socket.close()
    }
  }
