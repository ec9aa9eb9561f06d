/** Tasks that the appliance gives to an agent, and their results. */
import { z } from "zod"
import { Access } from "./access.ts"
import { DiagnosisEnd, DiagnosisLine, Diagnostic, MAX_DIAGNOSIS_LINES } from "./diagnostics.ts"
import { amount, count, DeviceId, LIMITS, Protocol, Text, textsByName } from "./values.ts"

const TaskId = z.uuid()
/** One menu of the RouterOS API such as `/ip/service`, printed with these properties. Read-only. */
export const MenuRead = z.strictObject({
  menu: z
    .string()
    .regex(/^(\/[a-z0-9][a-z0-9-]*)+$/)
    .max(128),
  properties: z
    .array(
      z
        .string()
        .regex(/^[a-z.][a-z0-9.-]*$/)
        .max(64),
    )
    .min(1)
    .max(40),
})
export type MenuRead = z.infer<typeof MenuRead>
/**
 * `confirm`: probe these devices at once. `reload`: fetch the assignment. `test-access`: try this
 * access and report each step. `read`: print these menus. `probe`: run these probes of services now;
 * sent only to agents that have accepted probes. `diagnose`: run this, for a person who watches, and
 * `cancel` it: only for agents that name the feature `diagnostics`.
 */
export const Task = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("confirm"),
    id: TaskId,
    devices: z.array(DeviceId).min(1).max(1_000),
    because: Text,
  }),
  z.strictObject({ kind: z.literal("reload"), id: TaskId }),
  z.strictObject({ kind: z.literal("test-access"), id: TaskId, access: Access, deadlineMs: count }),
  z.strictObject({
    kind: z.literal("read"),
    id: TaskId,
    access: Access,
    menus: z.array(MenuRead).max(60),
    deadlineMs: count,
  }),
  z.strictObject({
    kind: z.literal("probe"),
    id: TaskId,
    probes: z.array(z.uuid()).min(1).max(64),
  }),
  z.strictObject({
    kind: z.literal("diagnose"),
    id: TaskId,
    device: DeviceId,
    access: Access,
    diagnostic: Diagnostic,
  }),
  z.strictObject({ kind: z.literal("cancel"), id: TaskId, run: TaskId }),
])
export type Task = z.infer<typeof Task>
/**
 * Answer of the long poll `GET /tasks/v1?wait=MS`. A task is sent once and may be lost: it is a
 * hint or a probe request, never the only copy of a fact.
 */
export const Tasks = z.strictObject({
  protocol: Protocol,
  tasks: z.array(Task).max(LIMITS.tasksAtOnce),
})
export type Tasks = z.infer<typeof Tasks>

/** Outcome of one step of an access test. The UI has a remedy for each. */
export const TestReason = z.enum([
  "ok",
  "not-tried",
  "name-not-found",
  "no-route",
  "no-answer", // wrong address, a firewall, or the router is off
  "refused", // the host is up, but nothing listens on that port
  "not-routeros", // the answer is not of this protocol
  "tls-failed", // no TLS there, or no common cipher (api-ssl without a certificate)
  "wrong-certificate", // TLS works, but the certificate is not the pinned one
  "unconfirmed-certificate", // TLS works, but none is pinned; only when polling, see `not-tried`
  "wrong-credentials",
  "not-permitted", // logged in, but the account may not read what is needed
  "timed-out",
  "icmp-unavailable", // this agent cannot ping
  "failed",
])
export type TestReason = z.infer<typeof TestReason>
export const TestStep = z.strictObject({
  step: z.enum(["resolve", "ping", "tcp", "tls", "login", "read", "snmp"]),
  reason: TestReason,
  message: Text,
  tookMs: amount,
})
export type TestStep = z.infer<typeof TestStep>
export const TestResult = z.strictObject({
  kind: z.literal("test-access"),
  id: TaskId,
  ok: z.boolean(),
  steps: z.array(TestStep).max(16),
  /** The router's certificate, in the form of `Access.routerosApi.fingerprint`. */
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  facts: z
    .strictObject({
      identity: Text.nullable(),
      board: Text.nullable(),
      version: Text.nullable(),
      uptimeS: amount.nullable(),
    })
    .nullable(),
})
export type TestResult = z.infer<typeof TestResult>
/**
 * Answer of `read`: the menus in the requested order. `rows` is null if the router has no such menu
 * (`missing`) or the account may not print it (`not-permitted`). `trouble` is the reason if nothing
 * could be read.
 */
export const ReadResult = z.strictObject({
  kind: z.literal("read"),
  id: TaskId,
  trouble: z.strictObject({ reason: TestReason, message: Text }).nullable(),
  menus: z
    .array(
      z.strictObject({
        menu: z.string().max(128),
        rows: z
          .array(textsByName(64, LIMITS.valueChars, LIMITS.names))
          .max(2_000)
          .nullable(),
        reason: z.enum(["ok", "missing", "not-permitted", "failed"]),
      }),
    )
    .max(60),
})
export type ReadResult = z.infer<typeof ReadResult>
/**
 * Output of a run, posted as it arrives: `lines` from number `first` on. The last one has `end`.
 */
export const DiagnosisResult = z.strictObject({
  kind: z.literal("diagnosis"),
  id: TaskId,
  first: count.max(MAX_DIAGNOSIS_LINES),
  lines: z.array(DiagnosisLine).max(MAX_DIAGNOSIS_LINES),
  end: DiagnosisEnd.nullable(),
})
export type DiagnosisResult = z.infer<typeof DiagnosisResult>
/** Posted to `/tasks/v1/results`. */
export const TaskResult = z.discriminatedUnion("kind", [TestResult, ReadResult, DiagnosisResult])
export type TaskResult = z.infer<typeof TaskResult>
