/** The colours and letters of the map, from the theme: a canvas knows no CSS variables. */
import type { Status } from "@ispvm/appliance/api/shared"
import type { BaseTones } from "./base-map.ts"
import type { NameTones } from "./place-names.ts"

export type NetworkTones = {
  readonly status: Readonly<Record<Status, string>>
  readonly link: string
  readonly load: string
  readonly full: string
  readonly site: string
  readonly land: string
  readonly text: string
  readonly strong: string
  readonly soft: string
  readonly fault: string
  readonly focus: string
  readonly fontFamily: string
  readonly fontPx: number
  readonly weight: { readonly medium: string; readonly strong: string }
  readonly haloPx: number
}

/** `letters`: an element with the size of names. */
export const networkTones = (host: Element, letters: Element): NetworkTones => {
  const style = getComputedStyle(host)
  const { fontSize, fontFamily } = getComputedStyle(letters)
  const tone = (name: string): string => style.getPropertyValue(name).trim()
  return {
    status: {
      ok: tone("--map-site"),
      degraded: tone("--status-degraded"),
      down: tone("--status-down"),
      recovering: tone("--status-recovering"),
      unknown: tone("--status-unknown"),
      maintenance: tone("--status-maintenance"),
      unreachable: tone("--status-unreachable"),
    },
    link: tone("--map-link"),
    load: tone("--map-load"),
    full: tone("--status-degraded"),
    site: tone("--map-site"),
    land: tone("--map-land"),
    text: tone("--text"),
    strong: tone("--text-strong"),
    soft: tone("--text-2"),
    fault: tone("--status-down-text"),
    focus: tone("--focus"),
    fontFamily,
    fontPx: Number.parseFloat(fontSize) || 12,
    weight: { medium: tone("--weight-medium"), strong: tone("--weight-strong") },
    haloPx: Number.parseFloat(tone("--line-halo")) || 4,
  }
}

/** `letters`: an element with the size of place names. */
export const baseTones = (host: Element, letters: Element): BaseTones & NameTones => {
  const style = getComputedStyle(host)
  const { fontSize, fontFamily } = getComputedStyle(letters)
  const tone = (name: string): string => style.getPropertyValue(name).trim()
  return {
    water: tone("--map-water"),
    land: tone("--map-land"),
    line: tone("--map-line"),
    text: tone("--map-text"),
    fontFamily,
    fontPx: Number.parseFloat(fontSize) || 11,
  }
}
