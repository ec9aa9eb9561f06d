/** The SNMP step of a test: does it answer, and who is it? Silence is all that a wrong community ever looks like, and the message says so. */
import { type Access, storable, type TestResult } from "../../wire/wire.ts"
import { CollectError } from "../collector.ts"
import type { Resolve } from "../resolve.ts"
import { readSystem } from "./collectors.ts"
import { SnmpSession } from "./session.ts"
import { createSharedSocket } from "./socket.ts"
import { parseDescr } from "./values.ts"

/** What a device says of itself may be anything. */
const told = (text: string | null): string | null => (text === null ? null : storable(text))

type Found = Pick<TestResult, "steps" | "facts" | "fingerprint">

export const createSnmpCheck =
  (resolve: Resolve, now: () => number) =>
  async (access: Access, signal: AbortSignal): Promise<Found> => {
    if (access.snmp === null) return { steps: [], facts: null, fingerprint: null }
    const beganMs = now()
    const socket = createSharedSocket()
    try {
      const ip = await resolve(access.address)
      if (ip === null) throw new CollectError("name-not-found", `The name ${access.address} was not found.`)
      const session = new SnmpSession({ ip, ...access.snmp }, socket)
      const system = await readSystem({ session, ask: { signal } }).finally(() => session.close())
      const { board } = parseDescr(system.descr, system.objectId)
      const message = `SNMP answers: ${system.name ?? "no name"}, ${system.descr ?? "no description"}.`
      return {
        steps: [{ step: "snmp", reason: "ok", message: storable(message), tookMs: Math.max(0, now() - beganMs) }],
        facts: {
          identity: told(system.name),
          board: told(system.board ?? board ?? system.descr),
          version: told(system.version),
          uptimeS: system.uptimeS,
        },
        fingerprint: null,
      }
    } catch (error) {
      const reason = error instanceof CollectError ? error.reason : "failed"
      const message = error instanceof Error ? error.message : String(error)
      return {
        steps: [{ step: "snmp", reason, message: storable(message), tookMs: Math.max(0, now() - beganMs) }],
        facts: null,
        fingerprint: null,
      }
    } finally {
      await socket.close()
    }
  }
