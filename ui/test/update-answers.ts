/** The API's answers about updates; it stores pieces and what was asked. */
import type { UpdatePhase, Updates } from "@ispvm/appliance/api/updates"
import type { Answer } from "./server.ts"

const HOUR_MS = 3_600_000
export const OLD = "0.2.0~20261130.5eefd9d"
export const NEW = "0.2.0"

export const makeUpdates = (more: Partial<Updates> = {}): Updates => ({
  ...{ version: OLD, isSupported: true, previous: null, phase: "idle", to: null },
  kind: "release",
  ...{ phaseAtMs: null, isRequested: false, bundle: null, last: null },
  ...more,
})
export const running = (phase: UpdatePhase): Partial<Updates> => ({
  phase,
  to: NEW,
  phaseAtMs: Date.now() - 4_000,
  isRequested: false,
})
export const rolledBack = (): Partial<Updates> => ({
  previous: "0.1.0",
  last: {
    ...{ kind: "release", outcome: "rolled-back", from: OLD, to: NEW },
    message: {
      code: "update.self-test",
      params: { detail: "incident: no incident of the synthetic device within 15 s" },
    },
    startedAtMs: Date.now() - HOUR_MS - 90_000,
    endedAtMs: Date.now() - HOUR_MS,
  },
})

const BUNDLE = "trixie-20261201.0938"
export const installingDebian = (): Partial<Updates> => ({
  ...running("installing"),
  ...{ kind: "debian", to: BUNDLE },
})
export const incompleteDebian = (): Partial<Updates> => ({
  last: {
    ...{ kind: "debian", outcome: "incomplete", from: OLD, to: BUNDLE },
    message: {
      code: "update.debian-incomplete",
      params: { detail: "chrony.service does not start again" },
    },
    startedAtMs: Date.now() - HOUR_MS - 30_000,
    endedAtMs: Date.now() - HOUR_MS,
  },
})

export const answerUpdates = (updates: Updates, method: string, url: URL): Answer | null => {
  switch (`${method} ${url.pathname}`) {
    case "GET /updates":
      return { status: 200, body: updates }
    case "PUT /updates/bundle": {
      const [offset, bytes] = ["offset", "bytes"].map((name) => Number(url.searchParams.get(name)))
      const received = Math.min((offset ?? 0) + 1024 * 1024, bytes ?? 0)
      const isComplete = received === bytes
      if (isComplete) updates.bundle = { bytes: received, uploadedAtMs: Date.now() }
      return { status: 200, body: { received, isComplete } }
    }
    case "POST /updates/runs":
      updates.isRequested = true
      return { status: 204, body: undefined }
    default:
      return null
  }
}
