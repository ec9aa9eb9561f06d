/** Tries an access step by step and reports each step, for the access test. Nothing stays open. */
import { isIP, type Socket } from "node:net"
import { type Access, storable, type TestReason, type TestResult, type TestStep } from "@ispvm/wire"
import { CollectError } from "../../collector.ts"
import { Connection } from "../client/connection.ts"
import {
  checkPin,
  connectTcp,
  type Dial,
  resolveAddress,
  startTls,
  systemDial,
  UNCONFIRMED,
} from "../client/dial.ts"
import { login } from "../client/login.ts"
import type { RouterOsAccess } from "../client/open.ts"
import type { Row } from "../client/reply.ts"
import { nullIfMissing, readFailure } from "../client/trap.ts"
import { parseDurationS } from "../client/values.ts"

export type AccessReport = Pick<TestResult, "steps" | "fingerprint" | "facts">
export type AccessCheckDeps = {
  readonly dial?: Dial
  readonly stepDeadlineMs?: number
}

type StepName = TestStep["step"]
const STEP_DEADLINE_MS = 5_000

const failureOf = (error: unknown): { readonly reason: TestReason; readonly message: string } => {
  if (error instanceof CollectError) return { reason: error.reason, message: error.message }
  return { reason: "failed", message: error instanceof Error ? error.message : String(error) }
}

/** For people: a capital letter and a full stop. */
const asSentence = (message: string): string => {
  const text = storable(message, 4_000)
  const start = text.slice(0, 1)
  return `${start.toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`
}

/** Runs steps in order; after a failure, the following ones are reported as not tried. */
class Steps {
  readonly results: TestStep[] = []
  /** Why the rest is not tried; null while everything works. */
  #skipped: string | null = null

  get hasFailed(): boolean {
    return this.#skipped !== null
  }

  async attempt<T>(
    step: StepName,
    run: () => Promise<{ readonly value: T; readonly message: string }>,
  ): Promise<T | null> {
    if (this.#skipped !== null) {
      this.#note(step, "not-tried", this.#skipped, 0)
      return null
    }
    const startMs = performance.now()
    try {
      const { value, message } = await run()
      this.#note(step, "ok", message, performance.now() - startMs)
      return value
    } catch (error) {
      const { reason, message } = failureOf(error)
      this.skipRest("an earlier step failed")
      this.#note(step, reason, message, performance.now() - startMs)
      return null
    }
  }

  skipRest(why: string): void {
    this.#skipped = why
  }

  #note(step: StepName, reason: TestReason, message: string, tookMs: number): void {
    this.results.push({ step, reason, message: asSentence(message), tookMs })
  }
}

const propertyText = (row: Row | undefined, property: string): string | null => {
  const text = row?.get(property)
  return text === undefined ? null : storable(text)
}

const readFacts = async (
  connection: Connection,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<NonNullable<TestResult["facts"]>> => {
  try {
    const options = { deadlineMs, signal }
    const identity = await nullIfMissing(
      connection.print("/system/identity", { ...options, proplist: ["name"] }),
    )
    const [resource] = await connection.print("/system/resource", {
      ...options,
      proplist: ["uptime", "version", "board-name"],
    })
    // Polling needs to read interfaces, so the test does it too.
    await nullIfMissing(connection.print("/interface", { ...options, proplist: ["name"] }))
    return {
      identity: propertyText(identity?.[0], "name"),
      board: propertyText(resource, "board-name"),
      version: propertyText(resource, "version"),
      uptimeS: parseDurationS(resource?.get("uptime")),
    }
  } catch (error) {
    throw readFailure(error)
  }
}

const checkSteps = async (
  access: RouterOsAccess,
  address: string,
  signal: AbortSignal,
  deps: Required<AccessCheckDeps>,
  open: (opened: { destroy(): unknown }) => void,
): Promise<AccessReport> => {
  const { dial, stepDeadlineMs } = deps
  const limit = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(stepDeadlineMs)])
  const steps = new Steps()
  let fingerprint: string | null = null
  const addresses = await steps.attempt("resolve", async () => {
    const value = await resolveAddress(address, dial, limit())
    return {
      value,
      message:
        isIP(address) === 0 ? `${address} is ${value.join(", ")}` : `${address} is an address`,
    }
  })
  let socket: Socket | null = await steps.attempt("tcp", async () => {
    const value = await connectTcp(addresses ?? [], access.port, dial, limit())
    open(value)
    return { value, message: `port ${access.port} is open` }
  })
  if (access.tls) {
    const plain = socket
    socket = await steps.attempt("tls", async () => {
      if (plain === null) throw new CollectError("failed", "there is no connection")
      const value = await startTls(plain, limit())
      open(value.socket)
      fingerprint = value.fingerprint
      if (access.fingerprint !== null) checkPin(value.fingerprint, access.fingerprint)
      return { value: value.socket, message: `certificate ${value.fingerprint}` }
    })
    if (!steps.hasFailed && access.fingerprint === null) steps.skipRest(UNCONFIRMED)
  }
  const connection = await steps.attempt("login", async () => {
    if (socket === null) throw new CollectError("failed", "there is no connection")
    const value = new Connection(socket)
    await login(value, access, { deadlineMs: stepDeadlineMs, signal })
    return { value, message: `logged in as ${access.username}` }
  })
  const facts = await steps.attempt("read", async () => {
    if (connection === null) throw new CollectError("failed", "there is no connection")
    const value = await readFacts(connection, stepDeadlineMs, signal)
    const names = [value.identity, value.board, value.version].filter((each) => each !== null)
    return {
      value,
      message: `this is ${names.join(", ") || "a router that reports no name or release"}`,
    }
  })
  return { steps: steps.results, fingerprint, facts }
}

/**
 * Never throws: each failure is a step with its reason. Only the outermost socket is destroyed:
 * destroying one below TLS crashes the runtime (24.21).
 */
export const testAccess = async (
  access: Access,
  signal: AbortSignal,
  deps: AccessCheckDeps = {},
): Promise<AccessReport> => {
  if (access.routerosApi === null) return { steps: [], fingerprint: null, facts: null }
  const opened: { destroy(): unknown }[] = []
  const all = { dial: systemDial, stepDeadlineMs: STEP_DEADLINE_MS, ...deps } as const
  try {
    return await checkSteps(access.routerosApi, access.address, signal, all, (each) =>
      opened.push(each),
    )
  } finally {
    opened.at(-1)?.destroy()
  }
}
