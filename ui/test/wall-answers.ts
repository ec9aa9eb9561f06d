/** The API's answers about wall displays; it stores changes. */
import { type WallDisplay, WallDisplayCreate } from "@ispvm/appliance/api/wall-displays"
import { uuid } from "./make.ts"
import type { Answer } from "./server.ts"

const DAY_MS = 86_400_000
export const WALL_TOKEN = `ispvm_wall_${"w".repeat(43)}`
export const WALL_BEARER = `ispvm_wallsession_${"s".repeat(43)}`

const makeDisplay = (n: number, more: Partial<WallDisplay>): WallDisplay => ({
  id: uuid(4_500 + n),
  name: "Reception",
  pages: ["overview"],
  secondsPerPage: 60,
  state: "expired",
  createdBy: "ayse@example.net",
  createdAtMs: Date.now() - 40 * DAY_MS,
  expiresAtMs: Date.now() - DAY_MS,
  lastUsedAtMs: Date.now() - DAY_MS,
  lastUsedFrom: "192.0.2.11",
  ...more,
})
export const makeDisplays = (): WallDisplay[] => [makeDisplay(0, {})]

export const answerWalls = (
  displays: WallDisplay[],
  what: string,
  id: string | undefined,
  body: unknown,
): Answer | null => {
  switch (what) {
    case "GET wall-displays":
      return { status: 200, body: { items: displays, next: null } }
    case "POST wall-displays": {
      const { expiresInDays, ...settings } = WallDisplayCreate.parse(body)
      const made = makeDisplay(displays.length, {
        ...settings,
        ...{ state: "active", lastUsedAtMs: null, lastUsedFrom: null },
        expiresAtMs: Date.now() + expiresInDays * DAY_MS,
      })
      displays.unshift(made)
      const { id: madeId, expiresAtMs } = made
      return { status: 201, body: { id: madeId, token: WALL_TOKEN, expiresAtMs } }
    }
    case "POST wall-displays/:id/revoke":
      for (const each of displays) if (each.id === id) each.state = "revoked"
      return { status: 204, body: undefined }
    default:
      return null
  }
}
