import type { Link } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Api } from "../../api/client.ts"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { aged, agedQuietly } from "../../components/aged.ts"
import { nowMs } from "../../components/now.ts"
import { bitRate, share } from "../../i18n/format/units.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { INTERVAL_MS } from "../../state/freshness.ts"
import { RequestController } from "../../state/request.ts"
import { StoreController } from "../../state/store-controller.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { isLoadOutdated, loadShare } from "./link-style.ts"
import "../../components/ispvm-spark.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"
import { columnsOf } from "../device/time-columns.ts"
import "../incident/ispvm-incident-summary.ts"
import "./ispvm-fault-injection.ts"

const strings = t.network
const HOUR_MS = 3_600_000
const POINTS = 60
const RELOAD_MS = 60_000

type Hour = { readonly out: readonly (number | null)[]; readonly back: readonly (number | null)[] }

/**
 * Summary of a link: status with reason, both ends, current load and last hour in each direction.
 */
@customElement("ispvm-link-summary")
export class IspvmLinkSummary extends LitElement {
  @property({ attribute: false }) link: Link | null = null
  @property({ attribute: false }) deps: Deps | null = null
  /** Without the history the current values are still shown. */
  readonly #hour = new RequestController(this, {
    key: () => this.#measured(),
    load: ([{ api }, isA, deviceId, interfaceId]) => loadHour(api, isA, deviceId, interfaceId),
    everyMs: RELOAD_MS,
  })

  static override styles = [
    shared,
    stackHost,
    css`
      .direction {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: var(--line-width) var(--space-2);
        padding: var(--space-2) 0;
        border-block-start: var(--line);
        align-items: center;
      }
      .direction ispvm-spark {
        grid-row: 1 / 3;
        grid-column: 2;
      }
      .old strong {
        color: var(--text-3);
        font-weight: var(--weight-normal);
      }
      .old ispvm-spark {
        opacity: 0.45;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--space-1) var(--space-3);
      }
      dd a {
        display: inline-block;
        min-block-size: var(--space-6);
        line-height: var(--space-6);
        color: var(--text-strong);
        font-weight: var(--weight-medium);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () =>
      this.deps === null ? [] : [this.deps.fleet, this.deps.incidents],
    )
  }

  /** Traffic is measured at end A, or else at end B. */
  #measured(): readonly [deps: Deps, isA: boolean, deviceId: string, interfaceId: number] | null {
    const { deps, link } = this
    if (deps === null || link === null) return null
    const isA = link.a.interfaceId !== null
    const { deviceId, interfaceId } = isA ? link.a : link.b
    return interfaceId === null ? null : [deps, isA, deviceId, interfaceId]
  }

  override render() {
    const link = this.link
    if (link === null) return nothing
    const incident = this.deps?.incidents.value.all.get(link.incidentId ?? "")
    const { status, message, sinceMs } = link.status
    return html`<div>
        <ispvm-status status=${status}></ispvm-status>
        ${sinceMs === null ? nothing : html`<span class="muted"> ${strings.since} <ispvm-time since at=${sinceMs}></ispvm-time></span>`}
        ${incident === undefined ? html`<p class="soft tight-before">${messageText(message)}</p>` : nothing}
      </div>
      ${incident === undefined ? nothing : html`<a class="form-error block medium" href=${paths.incident(incident.id)}>${messageText(incident.title)}</a><ispvm-incident-summary .deps=${this.deps} .incident=${incident}></ispvm-incident-summary>`}
      <div class=${isLoadOutdated(link) ? "old" : ""}>
        ${this.#direction(link, link.a, link.b, link.aToBBps, this.#hour.value?.out)} ${this.#direction(link, link.b, link.a, link.bToABps, this.#hour.value?.back)}
      </div>
      <dl class="wrap">
        <dt>${strings.load.ends}</dt>
        <dd>${end(link.a)}<br />${end(link.b)}</dd>
        <dt>${strings.load.capacity}</dt>
        <dd>${link.capacityBps === null ? strings.load.noCapacity : bitRate(link.capacityBps)}${link.medium === null ? nothing : html` · ${strings.medium[link.medium]}`}</dd>
        ${
          link.atMs === null
            ? nothing
            : html`<dt>${strings.load.asOf}</dt>
              <dd>${agedQuietly(html`<ispvm-time at=${link.atMs}></ispvm-time>`, link.atMs, INTERVAL_MS.interface)}</dd>`
        }
      </dl>
      ${link.a.interfaceId === null && link.b.interfaceId === null ? html`<p class="muted">${strings.load.none}</p>` : nothing}
      <ispvm-fault-injection .deps=${this.deps} .link=${link}></ispvm-fault-injection>`
  }

  #direction(
    link: Link,
    from: Link["a"],
    to: Link["a"],
    bps: number | null,
    hour: readonly (number | null)[] | undefined,
  ) {
    const used = loadShare(bps, link.capacityBps)
    return html`<div class="direction">
      <span class="caption wrap">${from.deviceName} → ${to.deviceName}</span>
      <span>${aged(html`<strong>${bitRate(bps)}</strong> <span class="caption wrap">${used === null ? "" : strings.load.of(share(used))}</span>`, link.atMs, INTERVAL_MS.interface)}</span>
      <ispvm-spark filled width="88" height="28" title=${strings.load.hour} .values=${hour ?? []}></ispvm-spark>
    </div>`
  }
}

/** The last hour as measured at end A, or at end B with directions swapped. */
const loadHour = async (
  api: Pick<Api, "series">,
  isA: boolean,
  deviceId: string,
  interfaceId: number,
): Promise<Hour> => {
  const to = Math.round(nowMs())
  const { columns } = columnsOf(
    await api.series(deviceId, {
      family: "interface",
      metrics: "interface.rx_bps,interface.tx_bps",
      interface: interfaceId,
      from: to - HOUR_MS,
      to,
      points: POINTS,
    }),
  )
  const [sent, received] = [columns["interface.tx_bps"] ?? [], columns["interface.rx_bps"] ?? []]
  return isA ? { out: sent, back: received } : { out: received, back: sent }
}

const end = ({ deviceId, deviceName, interface: port }: Link["a"]) =>
  html`<a href=${paths.device(deviceId)}>${deviceName}</a> ${port === null ? html`<span class="muted">${strings.load.port}</span>` : html`<a class="soft normal" href=${paths.interface(deviceId, port)}>${port}</a>`}`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-link-summary": IspvmLinkSummary
  }
}
