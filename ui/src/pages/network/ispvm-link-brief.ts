import type { Link } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../deps.ts"
import { bitRate, share } from "../../format/units.ts"
import { aged, agedQuietly } from "../../parts/aged.ts"
import { nowMs } from "../../parts/now.ts"
import { paths } from "../../paths.ts"
import { isPage } from "../../routes.ts"
import { INTERVAL_MS } from "../../state/freshness.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { isFromBefore, loadShare } from "./line-look.ts"
import "../../parts/ispvm-spark.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"
import "../incident/ispvm-incident-brief.ts"
import "./ispvm-levers.ts"

const words = t.network
const HOUR_MS = 3_600_000
const POINTS = 60

type Hour = { readonly out: readonly (number | null)[]; readonly back: readonly (number | null)[] }

/** A link on a hand's breadth: state with its reason, both ends, load each way now and over the last hour. */
@customElement("ispvm-link-brief")
export class IspvmLinkBrief extends LitElement {
  @property({ attribute: false }) link: Link | null = null
  @property({ attribute: false }) deps: Deps | null = null
  @state() private hour: Hour | null = null
  #asked = ""

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
      .why {
        color: var(--text-2);
        margin-block-start: var(--space-1);
      }
      .incident {
        display: block;
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--fault-tint);
        color: var(--status-down-text);
        font-weight: 500;
      }
      .way {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 1px var(--space-2);
        padding: var(--space-2) 0;
        border-block-start: 1px solid var(--border);
        align-items: center;
      }
      .way ispvm-spark {
        grid-row: 1 / 3;
        grid-column: 2;
      }
      .way strong {
        color: var(--text-strong);
        font-weight: 600;
      }
      .way .ends,
      .way .share {
        color: var(--text-3);
        font-size: var(--type-small);
        overflow-wrap: anywhere;
      }
      .old strong {
        color: var(--text-3);
        font-weight: 400;
      }
      .old ispvm-spark {
        opacity: 0.5;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--space-1) var(--space-3);
      }
      dt {
        color: var(--text-3);
      }
      dd {
        overflow-wrap: anywhere;
      }
      dd a {
        display: inline-block;
        min-block-size: 24px;
        line-height: 24px;
        color: var(--text-strong);
        font-weight: 500;
      }
      dd a.port {
        color: var(--text-2);
        font-weight: 400;
      }
    `,
  ]

  constructor() {
    super()
    new Watch(this, () => (this.deps === null ? [] : [this.deps.fleet, this.deps.incidents]))
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("link") || this.link === null || this.link.id === this.#asked) return
    this.#asked = this.link.id
    this.hour = null
    void this.#load(this.link)
  }

  override render() {
    const link = this.link
    if (link === null) return nothing
    const incident = this.deps?.incidents.value.all.get(link.incidentId ?? "")
    const { status, sentence, sinceMs } = link.status
    return html`<div>
        <ispvm-status status=${status}></ispvm-status>
        ${sinceMs === null ? nothing : html`<span class="muted"> ${words.since} <ispvm-time since at=${sinceMs}></ispvm-time></span>`}
        ${incident === undefined ? html`<p class="why">${sentence}</p>` : nothing}
      </div>
      ${incident === undefined || !isPage(`${paths.incidents}/:id`) ? nothing : html`<a class="incident" href=${paths.incident(incident.id)}>${incident.title}</a><ispvm-incident-brief .deps=${this.deps} .incident=${incident}></ispvm-incident-brief>`}
      <div class=${isFromBefore(link) ? "old" : ""}>
        ${this.#way(link, link.a, link.b, link.aToBBps, this.hour?.out)} ${this.#way(link, link.b, link.a, link.bToABps, this.hour?.back)}
      </div>
      <dl>
        <dt>${words.load.ends}</dt>
        <dd>${end(link.a)}<br />${end(link.b)}</dd>
        <dt>${words.load.capacity}</dt>
        <dd>${link.capacityBps === null ? words.load.noCapacity : bitRate(link.capacityBps)}${link.medium === null ? nothing : html` · ${words.medium[link.medium]}`}</dd>
        ${
          link.atMs === null
            ? nothing
            : html`<dt>${words.load.asOf}</dt>
              <dd>${agedQuietly(html`<ispvm-time at=${link.atMs}></ispvm-time>`, link.atMs, INTERVAL_MS.interface)}</dd>`
        }
      </dl>
      ${link.a.interfaceId === null && link.b.interfaceId === null ? html`<p class="muted">${words.load.none}</p>` : nothing}
      <ispvm-levers .deps=${this.deps} .link=${link}></ispvm-levers>`
  }

  #way(link: Link, from: Link["a"], to: Link["a"], bps: number | null, hour: readonly (number | null)[] | undefined) {
    const used = loadShare(bps, link.capacityBps)
    return html`<div class="way">
      <span class="ends">${from.deviceName} → ${to.deviceName}</span>
      <span>${aged(html`<strong>${bitRate(bps)}</strong> <span class="share">${used === null ? "" : words.load.of(share(used))}</span>`, link.atMs, INTERVAL_MS.interface)}</span>
      <ispvm-spark filled width="88" height="28" title=${words.load.hour} .values=${hour ?? []}></ispvm-spark>
    </div>`
  }

  /** The last hour as the port of end A saw it, or of end B, the other way round. */
  async #load(link: Link): Promise<void> {
    const isA = link.a.interfaceId !== null
    const { deviceId, interfaceId } = isA ? link.a : link.b
    if (this.deps === null || interfaceId === null) return
    const to = Math.round(nowMs())
    try {
      const ask = { kind: "interface" as const, interface: interfaceId, from: to - HOUR_MS, to, points: POINTS }
      const { columns } = await this.deps.api.series(deviceId, ask)
      if (this.#asked !== link.id) return
      const [sent, received] = [columns.txBps ?? [], columns.rxBps ?? []]
      this.hour = isA ? { out: sent, back: received } : { out: received, back: sent }
    } catch (error) {
      // Without its history the link still says how it is now.
      if (!(error instanceof ApiError)) throw error
    }
  }
}

const end = ({ deviceId, deviceName, interface: port }: Link["a"]) =>
  html`<a href=${paths.device(deviceId)}>${deviceName}</a> ${port === null ? html`<span class="muted">${words.load.port}</span>` : html`<a class="port" href=${paths.interface(deviceId, port)}>${port}</a>`}`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-link-brief": IspvmLinkBrief
  }
}
