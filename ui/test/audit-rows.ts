/**
 * Audit entries for the browser tests: a change, a rejected request, a login, and router text with
 * direction characters.
 */
import type { AuditEntry } from "@ispvm/appliance/api/session"
import { uuid } from "./make.ts"

const MINUTE = 60_000
const row = (
  n: number,
  actor: string,
  action: string,
  over: Partial<AuditEntry> = {},
): AuditEntry => ({
  id: String(1_000 - n),
  atMs: Date.now() - n * 7 * MINUTE,
  actor,
  action,
  subject: action.split(".")[0] ?? "",
  subjectId: null,
  address: "192.0.2.7",
  detail: {},
  ...over,
})

export const auditRows = (actor: string): readonly AuditEntry[] =>
  [
    row(1, "mehmet@example.net", "permission.denied", {
      subject: "route",
      subjectId: "PATCH /devices/{id}",
      detail: {
        permission: "inventory:write",
        role: "operator",
        reason: "secret-needed",
        suppressed: 41,
      },
    }),
    row(2, "ayse@example.net", "device.changed", {
      subjectId: uuid(1),
      detail: { address: { before: "10.0.0.1", after: "10.0.0.9" }, secretUse: "may-write" },
    }),
    row(3, "agent ankara", "credential.sent-to-agent", {
      subject: "agent",
      address: null,
      detail: { devices: 40 },
    }),
    row(4, "mehmet@example.net", "session.refused", {
      subject: "account",
      detail: { reason: "wrong-password" },
    }),
    row(5, "ayse@example.net", "site.created", { detail: { name: "Hill\u202Edne", note: "" } }),
    row(6, "ayse@example.net", "session.opened", { subject: "account" }),
  ].filter((each) => each.actor.includes(actor))

/** Those that a filter of the audit log lets through. */
export const auditRowsOf = (rows: readonly AuditEntry[], query: URLSearchParams) =>
  rows.filter(
    ({ actor, subject, atMs }) =>
      actor.includes(query.get("actor") ?? "") &&
      subject.includes(query.get("subject") ?? "") &&
      atMs >= Number(query.get("from") ?? 0) &&
      atMs < Number(query.get("to") ?? Number.POSITIVE_INFINITY),
  )
