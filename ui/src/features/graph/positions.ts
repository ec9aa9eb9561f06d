/** Dragged positions, stored in this browser. Unreadable data counts as none. */
import type { Spot } from "./model.ts"

const KEY = "ispvm.graph.positions"

export const parsePositions = (text: string | null): ReadonlyMap<string, Spot> => {
  try {
    const stored: unknown = JSON.parse(text ?? "{}")
    if (typeof stored !== "object" || stored === null) return new Map()
    return new Map(
      Object.entries(stored).flatMap(([id, spot]): [string, Spot][] => {
        const [x, y]: readonly unknown[] = Array.isArray(spot) ? spot : []
        return typeof x === "number" && typeof y === "number" ? [[id, { x, y }]] : []
      }),
    )
  } catch {
    return new Map()
  }
}

export const positionsText = (positions: ReadonlyMap<string, Spot>): string =>
  JSON.stringify(
    Object.fromEntries(
      [...positions].map(([id, { x, y }]) => [id, [Math.round(x), Math.round(y)]]),
    ),
  )

export const loadPositions = (): ReadonlyMap<string, Spot> => {
  try {
    return parsePositions(localStorage.getItem(KEY))
  } catch {
    return new Map()
  }
}

export const savePositions = (positions: ReadonlyMap<string, Spot>): void => {
  try {
    if (positions.size === 0) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, positionsText(positions))
  } catch {
    // Storage may be blocked or full; positions then last until the page is closed.
  }
}
