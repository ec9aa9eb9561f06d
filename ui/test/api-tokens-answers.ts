/** The API's answers about API tokens; it stores changes. */
import { type ApiToken, ApiTokenCreate } from "@ispvm/appliance/api/tokens"
import { uuid } from "./make.ts"
import type { Answer } from "./server.ts"

const DAY_MS = 86_400_000
export const SHOWN_ONCE = `ispvm_api_${"x".repeat(43)}AAAAbb`

const makeToken = (n: number, more: Partial<ApiToken>): ApiToken => ({
  id: uuid(4_000 + n),
  name: "inventory",
  ending: "Qk3_",
  permissions: ["inventory:read"],
  state: "active",
  createdBy: "ayse@example.net",
  createdAtMs: Date.now() - 10 * DAY_MS,
  expiresAtMs: Date.now() + 80 * DAY_MS,
  revokedAtMs: null,
  lastUsedAtMs: Date.now() - 300_000,
  lastUsedFrom: "192.0.2.10",
  ...more,
})
export const makeTokens = (): ApiToken[] => [
  makeToken(0, {}),
  makeToken(1, {
    name: "old play",
    state: "expired",
    expiresAtMs: Date.now() - DAY_MS,
    lastUsedAtMs: null,
    lastUsedFrom: null,
  }),
]

export const answerTokens = (
  tokens: ApiToken[],
  what: string,
  id: string | undefined,
  body: unknown,
): Answer | null => {
  switch (what) {
    case "GET tokens":
      return { status: 200, body: { items: tokens, next: null } }
    case "POST tokens": {
      const { name, permissions, expiresInDays } = ApiTokenCreate.parse(body)
      const made = makeToken(tokens.length, {
        ...{ name, permissions, ending: SHOWN_ONCE.slice(-4) },
        ...{ lastUsedAtMs: null, lastUsedFrom: null },
        expiresAtMs: Date.now() + expiresInDays * DAY_MS,
      })
      tokens.unshift(made)
      const { id: madeId, expiresAtMs } = made
      return { status: 201, body: { id: madeId, token: SHOWN_ONCE, expiresAtMs } }
    }
    case "POST tokens/:id/revoke":
      for (const each of tokens) if (each.id === id) each.state = "revoked"
      return { status: 204, body: undefined }
    default:
      return null
  }
}
