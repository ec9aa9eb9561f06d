/**
 * The health gate: what systemd and the self-test of the new release say, and what follows. Pure.
 * The limit counts from the restart, without the time of the migrations: those of a large database
 * may take longer, and have the 15 minutes of the unit's start.
 */
import { z } from "zod"

export const GATE_MS = 60_000
/** So long systemd may still show how the release before ended. */
const GRACE_MS = 1_000

/** Of `systemctl show ispvm`. */
export type UnitFacts = {
  readonly active: string
  readonly sub: string
  readonly result: string
  readonly restarts: number
  readonly status: string
}
export type Seen = UnitFacts & {
  /** Whether the process is one of the release that was switched to. */
  readonly isOfRelease: boolean
  /** Since the restart, without migrations. */
  readonly countedMs: number
}
export type Step =
  | { readonly kind: "wait" }
  | { readonly kind: "test" }
  | { readonly kind: "failed"; readonly reason: "not-ready" | "self-test"; readonly detail: string }

/** `testFault`: what the last self-test said, of a release that is ready but not well yet. */
export const decide = (seen: Seen, testFault: string | null): Step => {
  const { active, sub, result, restarts, status, isOfRelease, countedMs } = seen
  const hasEnded = active === "failed" || sub === "auto-restart" || restarts > 0
  // It would end again.
  if (hasEnded && countedMs >= GRACE_MS)
    return { kind: "failed", reason: "not-ready", detail: `the release ended: ${result}` }
  if (countedMs >= GATE_MS) {
    const within = `within ${GATE_MS / 1_000} s`
    return testFault === null
      ? { kind: "failed", reason: "not-ready", detail: `not ready ${within}: ${status || sub}` }
      : { kind: "failed", reason: "self-test", detail: `not well ${within}: ${testFault}` }
  }
  return { kind: active === "active" && isOfRelease ? "test" : "wait" }
}

/** Text of `systemctl show`, a property a line. */
export const parseUnit = (text: string): UnitFacts => {
  const value = (name: string): string =>
    new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1]?.trim() ?? ""
  return {
    active: value("ActiveState"),
    sub: value("SubState"),
    result: value("Result"),
    restarts: Number(value("NRestarts")) || 0,
    status: value("StatusText"),
  }
}
export const UNIT_PROPERTIES = "ActiveState,SubState,Result,NRestarts,StatusText"

const SelfTest = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
})
/** Null: it passed. A later release may have further checks. */
export const selfTestFault = (answer: unknown): string | null => {
  const parsed = SelfTest.safeParse(answer)
  if (!parsed.success) return "the self-test's answer is of another format"
  if (parsed.data.ok) return null
  const failed = parsed.data.checks.filter((check) => !check.ok)
  return failed.map(({ name, detail }) => `${name}: ${detail}`).join("; ") || "the self-test failed"
}
