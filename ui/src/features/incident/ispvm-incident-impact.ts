import type { AffectedSession, DeviceImpact, IncidentImpact } from "@ispvm/appliance/api/impact"
import type { Incident } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { ApiError } from "../../api/problem.ts"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { clock } from "../../i18n/format/time.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-status.ts"

const strings = pageTexts.impact
/** Sessions are read each minute; a device that is lost shows at once. */
const EVERY_MS = 10_000
const MAX_DEVICES = 12

/** Whose sessions an incident has cut off; nothing where there were none. */
@customElement("ispvm-incident-impact")
export class IspvmIncidentImpact extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) incident: Pick<Incident, "id" | "updatedAtMs"> | null = null
  readonly #impact = new RequestController<IncidentImpact, readonly [Deps, string, number]>(this, {
    key: () => {
      const { deps, incident } = this
      return deps === null || incident === null ? null : [deps, incident.id, incident.updatedAtMs]
    },
    load: ([{ api }, id]) => api.impactOf(id),
    isSame: ([, was], [, is]) => was === is,
    everyMs: EVERY_MS,
  })

  static override styles = [
    shared,
    panel,
    stackHost,
    css`
      .body {
        display: grid;
        gap: var(--space-3);
        padding: var(--space-4);
      }
      .figure {
        font-size: var(--type-large);
        font-weight: var(--weight-strong);
      }
      .device {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-3);
        padding-block: var(--space-2);
      }
      .bar {
        grid-column: 1 / -1;
        block-size: var(--space-1);
        border-radius: var(--radius);
        background: var(--surface-3);
        overflow: hidden;
      }
      .bar span {
        display: block;
        block-size: 100%;
        background: var(--status-down);
      }
      .sessions {
        max-block-size: 40vh;
        overflow: auto;
      }
      .sessions li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
        gap: var(--space-3);
        padding-block: var(--space-1);
      }
    `,
  ]

  override render() {
    return this.#impact.render({
      loading: () => nothing,
      failed: (error) =>
        error instanceof ApiError && error.status === 404
          ? nothing
          : html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#impact.reload}></ispvm-failed>`,
      ready: (impact) => (impact.before === 0 ? nothing : this.#panel(impact)),
    })
  }

  #panel(impact: IncidentImpact) {
    const { before, cutOff, sinceMs, devices, sessions, more } = impact
    return html`<section class="panel" aria-labelledby="impact">
      <header><h2 id="impact">${strings.title}</h2></header>
      <div class="body">
        <p>
          <span class="figure">${cutOff === 0 ? strings.allBack : strings.cutOff(cutOff)}</span>
          <span class="muted">${strings.before(before, clock(sinceMs))}</span>
        </p>
        <ul class="lined-rows">${devices.slice(0, MAX_DEVICES).map(device)}</ul>
        ${sessions === null ? html`<p class="muted">${strings.hidden}</p>` : list(sessions, more)}
      </div>
    </section>`
  }
}

const device = ({
  deviceId,
  deviceName,
  why,
  before,
  cutOff,
}: DeviceImpact) => html`<li class="device">
  <span class="wrap"><a href=${paths.device(deviceId)}>${deviceName}</a> <span class="muted">${why === "unreachable" ? strings.unreachable : strings.lost}</span></span>
  <span>${strings.ofDevice(cutOff, before)}</span>
  <div class="bar" aria-hidden="true"><span style="inline-size: ${Math.round((100 * cutOff) / before)}%"></span></div>
</li>`

const list = (sessions: readonly AffectedSession[], more: number) => html`<details>
  <summary>${strings.who}</summary>
  <ul class="sessions" tabindex="0" aria-label=${strings.who}>${sessions.map(session)}</ul>
  ${more === 0 ? nothing : html`<p class="muted">${strings.more(more)}</p>`}
</details>`

const session = ({ user, address, deviceName, isCutOff }: AffectedSession) => html`<li>
  <span class="wrap">${user ?? strings.unnamed} <span class="muted">${address ?? ""}</span></span>
  <span class="wrap muted">${deviceName}</span>
  <ispvm-status status=${isCutOff ? "down" : "ok"} word=${isCutOff ? strings.isOut : strings.isBack}></ispvm-status>
</li>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-impact": IspvmIncidentImpact
  }
}
