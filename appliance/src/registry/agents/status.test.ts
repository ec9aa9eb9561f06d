import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type AgentReason,
  type Enrolment,
  enrolmentOf,
  OFFLINE_AFTER_MS,
  statusOf,
} from "./status.ts"

const NOW = 1_000_000
const enrolled = { enrolledAtMs: 1, revokedAtMs: null, lastSeenAtMs: NOW, onlineSinceMs: 5 }
const statuses: [string, Parameters<typeof statusOf>[0], AgentReason, number | null][] = [
  ["one just heard", enrolled, "online", 5],
  [
    "one heard four seconds ago",
    { ...enrolled, lastSeenAtMs: NOW - OFFLINE_AFTER_MS },
    "online",
    5,
  ],
  [
    "one heard longer ago",
    { ...enrolled, lastSeenAtMs: NOW - OFFLINE_AFTER_MS - 1 },
    "offline",
    NOW - OFFLINE_AFTER_MS - 1,
  ],
  [
    "one enrolled and never heard",
    { ...enrolled, lastSeenAtMs: null, onlineSinceMs: null },
    "offline",
    1,
  ],
  [
    "one never enrolled",
    { ...enrolled, enrolledAtMs: null, lastSeenAtMs: null, onlineSinceMs: null },
    "never-enrolled",
    null,
  ],
  ["one revoked, though just heard", { ...enrolled, revokedAtMs: 7 }, "revoked", 7],
]
for (const [name, seen, reason, sinceMs] of statuses)
  test(`${name} is ${reason}`, () => {
    const now = statusOf(seen, NOW)
    assert.deepEqual(
      [now.reason, now.sinceMs, now.status],
      [reason, sinceMs, reason === "online" ? "ok" : "unknown"],
    )
  })

const live = NOW + 1
const enrolments: [string, Parameters<typeof enrolmentOf>[0], Enrolment][] = [
  ["nothing yet", { enrolledAtMs: null, revokedAtMs: null, tokenExpiresAtMs: null }, "none"],
  ["a live token", { enrolledAtMs: null, revokedAtMs: null, tokenExpiresAtMs: live }, "waiting"],
  [
    "a token that has ended",
    { enrolledAtMs: null, revokedAtMs: null, tokenExpiresAtMs: NOW },
    "none",
  ],
  ["enrolled", { enrolledAtMs: 1, revokedAtMs: null, tokenExpiresAtMs: null }, "enrolled"],
  [
    "enrolled, and a token for a new host is out",
    { enrolledAtMs: 1, revokedAtMs: null, tokenExpiresAtMs: live },
    "enrolled",
  ],
  ["revoked", { enrolledAtMs: 1, revokedAtMs: 2, tokenExpiresAtMs: null }, "revoked"],
  [
    "revoked, and asked back",
    { enrolledAtMs: 1, revokedAtMs: 2, tokenExpiresAtMs: live },
    "waiting",
  ],
  [
    "revoked before it ever came",
    { enrolledAtMs: null, revokedAtMs: 2, tokenExpiresAtMs: null },
    "revoked",
  ],
]
for (const [name, papers, enrolment] of enrolments)
  test(`enrolment: ${name} is ${enrolment}`, () =>
    assert.equal(enrolmentOf(papers, NOW), enrolment))
