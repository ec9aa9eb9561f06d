/**
 * What keyboards and screen readers reach: a button over each of the most important marks and lines
 * in view. Pointers are answered from the plan, so that the number of buttons has a limit.
 */
import L from "leaflet"
import { t } from "../../i18n/strings/strings.ts"
import type { Point } from "./geometry.ts"
import type { DrawnLink, DrawnMark } from "./plan.ts"
import type { Placed } from "./target-places.ts"

const strings = t.network

export type Target =
  | { readonly kind: "mark"; readonly mark: DrawnMark }
  | { readonly kind: "link"; readonly link: DrawnLink }
export type TargetEvents = {
  readonly onPick: (target: Target) => void
  readonly onFocus: (target: Target | null) => void
}

export const targetKey = (target: Target): string =>
  target.kind === "link"
    ? `link ${target.link.mark.id}`
    : `${target.mark.sites.length === 1 ? "site" : "cluster"} ${target.mark.id}`

const labelOf = (target: Target): string => {
  if (target.kind === "link") return target.link.mark.name
  const { sites, status } = target.mark
  const [site] = sites
  if (site === undefined || sites.length > 1)
    return `${strings.sites(sites.length)}, ${t.terms.status[status]}`
  const fraction = site.inFault === 0 ? [] : [`${site.inFault}/${site.devices}`]
  return `${[site.name, ...fraction].join(" ")}, ${t.terms.status[status]}, ${strings.devicesOf(site.devices, site.inFault)}`
}

const stateOf = (target: Target): string => {
  const { status, dimmed, isCause } = target.kind === "mark" ? target.mark : target.link.mark
  const full = target.kind === "link" && (target.link.mark.outFull || target.link.mark.backFull)
  return [status, dimmed ? "dimmed" : "", isCause ? "cause" : "", full ? "full" : ""]
    .filter(Boolean)
    .join(" ")
}

export class Targets {
  readonly #events: TargetEvents
  readonly #pane: HTMLElement
  readonly #shown = new Map<string, { element: HTMLElement; target: Target }>()

  constructor(map: L.Map, events: TargetEvents) {
    this.#events = events
    this.#pane = map.createPane("targets")
    this.#pane.style.zIndex = "620"
  }

  show(map: L.Map, marks: readonly Placed<DrawnMark>[], links: readonly Placed<DrawnLink>[]): void {
    const all: { readonly target: Target; readonly at: Point }[] = [
      ...links.map(({ item, at }) => ({ target: { kind: "link", link: item } as const, at })),
      ...marks.map(({ item, at }) => ({ target: { kind: "mark", mark: item } as const, at })),
    ]
    const origin = map.getPixelOrigin()
    const gone = new Set(this.#shown.keys())
    for (const { target, at } of all) {
      const key = targetKey(target)
      gone.delete(key)
      const shown = this.#shown.get(key) ?? this.#add(key, target)
      shown.target = target
      const { element } = shown
      L.DomUtil.setPosition(element, L.point(at.x, at.y).subtract(origin))
      setIfOther(element, "aria-label", labelOf(target))
      setIfOther(element, "data-state", stateOf(target))
    }
    for (const key of gone) {
      this.#shown.get(key)?.element.remove()
      this.#shown.delete(key)
    }
  }

  #add(key: string, target: Target): { element: HTMLElement; target: Target } {
    const element = document.createElement("div")
    element.className = `target ${target.kind}`
    element.tabIndex = 0
    element.setAttribute("role", "button")
    const shown = { element, target }
    element.addEventListener("focus", () => {
      if (element.matches(":focus-visible")) this.#events.onFocus(shown.target)
    })
    element.addEventListener("blur", () => this.#events.onFocus(null))
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      event.preventDefault()
      event.stopPropagation()
      this.#events.onPick(shown.target)
    })
    this.#pane.append(element)
    this.#shown.set(key, shown)
    return shown
  }
}

const setIfOther = (element: HTMLElement, name: string, value: string): void => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}
