import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing, svg } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { statusShape } from "../../parts/status-shape.ts"
import { paths } from "../../paths.ts"
import type { Fleet } from "../../state/fleet.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { type BlastEdge, type BlastNode, type BlastPicture, blastPicture } from "./blast-model.ts"

const words = t.incidents
const MOST_LETTERS = 15

/** The small picture of an incident: causes, what is down and behind, and whoever still answers next to it. */
@customElement("ispvm-blast")
export class IspvmBlast extends LitElement {
  @property({ attribute: false }) fleet: Fleet | null = null
  @property({ attribute: false }) incident: IncidentDetail | null = null
  @state() private width = 0
  readonly #size = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry?.contentRect.width ?? 0)
  })

  static override styles = [
    shared,
    css`
      svg {
        display: block;
        overflow: visible;
        inline-size: 100%;
      }
      line {
        stroke: var(--border-strong);
        stroke-width: 1.5;
      }
      .edge.behind line {
        stroke: var(--status-behind);
        stroke-dasharray: 3 4;
      }
      .edge.maybe line {
        stroke: var(--status-down);
        stroke-dasharray: 6 4;
      }
      .edge.cause line {
        stroke: var(--status-down);
        stroke-width: 3;
      }
      .closed .edge line {
        stroke: var(--border-strong);
      }
      .closed .edge.cause line {
        stroke: var(--text-3);
      }
      .cut circle {
        fill: var(--surface-1);
        stroke: var(--status-down);
        stroke-width: 1.5;
      }
      .cut path {
        stroke: var(--status-down);
        stroke-width: 2;
        stroke-linecap: round;
      }
      .disc {
        fill: var(--surface-1);
        stroke: var(--border);
      }
      .cause .disc {
        stroke: var(--status-down);
        stroke-width: 2;
        fill: color-mix(in srgb, var(--status-down) 14%, var(--surface-1));
      }
      .maybe .disc {
        stroke: var(--status-down);
        stroke-dasharray: 4 3;
        stroke-width: 1.5;
      }
      .closed :is(.cause, .maybe) .disc {
        stroke: var(--text-3);
        fill: var(--surface-1);
      }
      a:is(:hover, :focus-visible) .disc {
        stroke: var(--focus);
        stroke-width: 2;
      }
      a:focus-visible {
        outline: none;
      }
      text {
        font-size: 11.5px;
        fill: var(--text);
        text-anchor: middle;
        paint-order: stroke;
        stroke: var(--surface-1);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      text.beside {
        text-anchor: start;
        font-size: 12.5px;
      }
      .near text {
        fill: var(--text-2);
      }
      .cause text {
        font-weight: 600;
        fill: var(--text-strong);
      }
      .ok {
        color: var(--status-ok);
      }
      .degraded {
        color: var(--status-degraded);
      }
      .down {
        color: var(--status-down);
      }
      .behind-status {
        color: var(--status-behind);
      }
      .recovering {
        color: var(--status-recovering);
      }
      .unknown {
        color: var(--status-unknown);
      }
      .maintenance {
        color: var(--status-maintenance);
      }
      p {
        color: var(--text-3);
        padding-block: var(--space-4);
      }
      .more {
        padding-block: var(--space-2) 0;
        text-align: center;
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#size.observe(this)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#size.disconnect()
  }

  override render() {
    if (this.fleet === null || this.incident === null || this.width === 0) return nothing
    const picture = blastPicture(this.fleet, this.incident, this.width)
    if (picture.nodes.length === 0) return html`<p>${words.blastNone}</p>`
    return html`${this.#picture(picture, this.incident.state === "closed")}
    ${picture.more === 0 ? nothing : html`<p class="more">${words.more(picture.more)}</p>`}`
  }

  #picture({ nodes, edges, height }: BlastPicture, closed: boolean) {
    return html`<svg class=${closed ? "closed" : ""} height=${height} viewBox="0 0 ${this.width} ${height}" role="group" aria-label=${words.blast}>
      ${edges.map(drawEdge)} ${nodes.map(drawNode)} ${closed ? nothing : edges.filter((edge) => edge.part === "cause").map(drawCut)}
    </svg>`
  }
}

const drawEdge = (edge: BlastEdge) =>
  svg`<g class="edge ${edge.part}"><title>${edge.name}</title><line x1=${edge.from.x} y1=${edge.from.y} x2=${edge.to.x} y2=${edge.to.y}></line></g>`

/** A cross in the middle of the line: a cut is seen without its colour. */
const drawCut = ({ from, to, name }: BlastEdge) =>
  svg`<g class="cut" transform="translate(${(from.x + to.x) / 2} ${(from.y + to.y) / 2})"><title>${name}</title><circle r="8"></circle><path d="M-3-3 3 3M3-3-3 3"></path></g>`

const drawNode = ({ id, name, part, status, x, y, named }: BlastNode) => {
  const says = part === "cause" || part === "maybe" ? `, ${words.legend[part]}` : ""
  return svg`<a href=${paths.device(id)} aria-label="${name}: ${t.terms.status[status]}${says}"><g class=${part} transform="translate(${x} ${y})">
    <title>${name}: ${t.terms.status[status]}${says}</title>
    <circle class="disc" r="15"></circle>
    <svg class=${status === "behind" ? "behind-status" : status} x="-8" y="-8" width="16" height="16" viewBox="0 0 12 12" aria-hidden="true">${statusShape(status)}</svg>
    <text class=${named} x=${named === "beside" ? 24 : 0} y=${named === "beside" ? 4 : 31}>${name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name}</text>
  </g></a>`
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-blast": IspvmBlast
  }
}
