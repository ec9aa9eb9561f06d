import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { html, LitElement, nothing, type PropertyValues, type SVGTemplateResult, svg } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { statusShape } from "../../components/status-shape.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet.ts"
import { shared } from "../../theme/shared.ts"
import {
  type BlastEdge,
  type BlastNode,
  type BlastPicture,
  type BlastSite,
  blastPicture,
} from "./blast-model.ts"
import type { BlastPart } from "./blast-parts.ts"
import { blastStyles } from "./blast-styles.ts"
import { HoverController } from "./hover-controller.ts"

const strings = t.incidents
const LEGEND: readonly BlastPart[] = [
  "cause",
  "maybe",
  "down",
  "unreachable",
  "unknown",
  "neighbour",
]

/**
 * The blast radius diagram of an incident: cause, possible causes, impact, and neighbours that
 * answer. Emits `go` with an address.
 */
@customElement("ispvm-blast")
export class IspvmBlast extends LitElement {
  @property({ attribute: false }) fleet: Fleet | null = null
  @property({ attribute: false }) incident: IncidentDetail | null = null
  /** Index of the selected hypothesis. */
  @property({ type: Number }) drawn = 0
  @property() hot = ""
  @state() private width = 0
  #made: BlastPicture | null = null
  readonly #size = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry?.contentRect.width ?? 0)
  })

  static override styles = [shared, blastStyles]

  constructor() {
    super()
    new HoverController(this)
  }
  override connectedCallback(): void {
    super.connectedCallback()
    this.#size.observe(this)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#size.disconnect()
  }

  /**
   * Hovering redraws but does not lay out again: in a large network that takes as long as a frame.
   */
  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.size === 1 && changed.has("hot")) return
    this.#made =
      this.fleet === null || this.incident === null || this.width === 0
        ? null
        : blastPicture(this.fleet, this.incident, this.width, this.drawn)
  }

  override render() {
    const picture = this.#made
    if (picture === null || this.incident === null) return nothing
    if (picture.nodes.length === 0) return html`<p>${strings.blastNone}</p>`
    return html`${this.#picture(picture, this.incident.state === "closed")} ${this.#legend(picture, this.incident)}`
  }

  #picture({ nodes, edges, sites, height }: BlastPicture, closed: boolean) {
    return html`<svg @click=${this.#onClick} class="fluid ${closed ? "closed" : ""}" height=${height} viewBox="0 0 ${this.width} ${height}" role="group" aria-label=${strings.blast}>
      ${sites.map((each) => this.#site(each))} ${edges.map((each) => this.#edge(each))} ${nodes.map((each) => this.#node(each))} ${edges.map(drawMarker)}
    </svg>`
  }

  #hotIf(id: string | null): string {
    return id !== null && id === this.hot ? "hot" : ""
  }

  #site({ id, name, part, x, y, width, height }: BlastSite) {
    return svg`<g class="site ${part} ${this.#hotIf(id)}" data-of=${id}>
      <title>${t.causes.diagram.site(name)}, ${strings.legend[part]}</title>
      <rect x=${x} y=${y} width=${width} height=${height} rx="10"></rect>
      <text x=${x + 14} y=${y + 4}>${t.causes.diagram.site(name)}${part === "maybe" ? " ?" : ""}</text>
    </g>`
  }

  /** Causes can be focused by keyboard; other lines only have a label. */
  #edge(edge: BlastEdge) {
    const { id, name, part, path } = edge
    const isNamed = id !== null && (part === "cause" || part === "maybe")
    const description = isNamed ? `${name}, ${strings.legend[part]}` : name
    const drawing = svg`<title>${description}</title><path class="line" d=${path}></path><path class="hit" d=${path}></path>`
    const group = svg`<g class="edge ${part} ${this.#hotIf(id)}" data-of=${id ?? nothing}>${drawing}</g>`
    return isNamed
      ? svg`<a class="own-focus" href=${paths.link(id)} aria-label=${description}>${group}</a>`
      : group
  }

  #node({ id, kind, name, label, part, status, hiddenCount, x, y, named }: BlastNode) {
    const description = part === "cause" || part === "maybe" ? `, ${strings.legend[part]}` : ""
    const more = hiddenCount === 0 ? "" : `, ${t.causes.diagram.moreDownstream(hiddenCount)}`
    const full = `${kind === "agent" ? t.causes.diagram.agent(name) : name}: ${t.terms.status[status]}${description}${more}`
    return svg`<a class="own-focus" href=${kind === "agent" ? paths.agent(id) : paths.device(id)} data-of=${id}><title>${full}</title><g class="${part} ${this.#hotIf(id)}" transform="translate(${x} ${y})">
      ${kind === "agent" ? svg`<rect class="disc" x="-15" y="-15" width="30" height="30" rx="7"></rect>` : svg`<circle class="disc" r="15"></circle>`}
      ${shape(status)}
      ${part === "maybe" ? svg`<g class="badge" transform="translate(12 -12)"><circle r="7.5"></circle><text y="4">?</text></g>` : nothing}
      <text aria-hidden="true" class=${named} x=${named === "beside" ? 24 : 0} y=${named === "beside" ? 4 : 31}>${label}${hiddenCount === 0 ? nothing : svg`<tspan class="hidden-count" dx="5">+${hiddenCount}</tspan>`}</text>
    </g></a>`
  }

  /** The router package handles only HTML links, so those in SVG are passed to it. */
  readonly #onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
      return
    const link = event.composedPath().find((each) => each instanceof SVGAElement)
    if (link === undefined) return
    event.preventDefault()
    emit(this, "go", link.href.baseVal)
  }

  #legend({ nodes, edges, sites, more }: BlastPicture, incident: IncidentDetail) {
    const there = new Set(
      [...nodes.filter((each) => each.part !== "neighbour" || each.status === "ok"), ...sites].map(
        (each) => each.part,
      ),
    )
    const lines = new Set(edges.filter((each) => each.id !== null).map((each) => each.part))
    const agents = [...(this.fleet?.agents.values() ?? [])].filter(
      (agent) => agent.deviceId !== null,
    )
    // A closed incident is shown with the current status: nothing is down or unreachable.
    const closed = incident.state === "closed"
    return html`<ul class="legend ${closed ? "closed" : ""}">
      ${LEGEND.filter(
        (part) => !closed || part === "cause" || part === "maybe" || part === "neighbour",
      )
        .filter(
          (part) => there.has(part) || (lines.has(part) && (part === "cause" || part === "maybe")),
        )
        .map(
          (part) =>
            html`<li><svg class="fluid" viewBox="-10 -8 20 16" aria-hidden="true">${sample(
              part,
              nodes.every((each) => each.part !== part),
              sites.some((each) => each.part === part),
            )}</svg>${word(part)}</li>`,
        )}
      ${agents.length === 1 && agents[0] !== undefined ? html`<li>${t.causes.diagram.from(agents[0].name)}</li>` : nothing}
      ${more === 0 ? nothing : html`<li><a href=${paths.graphBy({ incident: incident.id })}>+ ${t.causes.diagram.moreOnGraph(more)}</a></li>`}
    </ul>`
  }
}

/** A cross on a cut link, a question mark on a possible one: visible without colour. */
const drawMarker = ({ part, middle, name }: BlastEdge) => {
  if (part !== "cause" && part !== "maybe") return nothing
  return svg`<g class="marker ${part}" transform="translate(${middle.x} ${middle.y})"><title>${name}, ${strings.legend[part]}</title>
    <circle r="8"></circle>${part === "cause" ? svg`<path d="M-3-3 3 3M3-3-3 3"></path>` : svg`<text y="4">?</text>`}</g>`
}

const shape = (status: Status): SVGTemplateResult =>
  svg`<svg class="fluid status-${status}" x="-8" y="-8" width="16" height="16" viewBox="0 0 12 12" aria-hidden="true">${statusShape(status)}</svg>`

const word = (part: BlastPart): string => {
  switch (part) {
    case "cause":
    case "maybe":
      return strings.legend[part]
    case "unknown":
      return t.causes.diagram.unknown
    case "neighbour":
      return t.causes.diagram.answers
    case "down":
    case "unreachable":
      return t.terms.status[part].toLowerCase()
  }
}

const sample = (part: BlastPart, isNoNode: boolean, isSite: boolean): SVGTemplateResult => {
  if (part === "cause" || part === "maybe")
    return isSite
      ? svg`<g class="site ${part}"><rect x="-9" y="-6" width="18" height="12" rx="3"></rect></g>`
      : isNoNode
        ? svg`<g class=${part}><path class="line" d="M-10 0H10"></path></g>`
        : svg`<g class=${part}><circle class="disc" r="6.5"></circle></g>`
  const status: Status = part === "neighbour" ? "ok" : part === "unknown" ? "unknown" : part
  return svg`<svg class="fluid status-${status}" x="-6" y="-6" width="12" height="12" viewBox="0 0 12 12">${statusShape(status)}</svg>`
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-blast": IspvmBlast
  }
}
