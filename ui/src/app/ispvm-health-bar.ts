import type { CheckId } from "@ispvm/appliance/api/check-messages"
import type { Health } from "@ispvm/appliance/api/health"
import { html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Api } from "../api/client.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { RequestController } from "../state/request.ts"
import { shared } from "../theme/shared.ts"
import { paths } from "./paths.ts"
import "../components/ispvm-icon.ts"

type Problem = Health["problems"][number]

const POLL_INTERVAL_MS = 10_000
/** What a problem says already is not said again by its check. */
const SAID_BY: Readonly<Partial<Record<CheckId, Problem["reason"]>>> = {
  database: "storage-failing",
  clock: "clock-unsynchronised",
  certificates: "certificate",
}

/** Bar with problems of the appliance itself: it cannot store data, or its clock was set. */
@customElement("ispvm-health-bar")
export class IspvmHealthBar extends LitElement {
  @property({ attribute: false }) api: Pick<Api, "health"> | null = null
  /** The stream bar reports an appliance that does not answer. */
  readonly #health = new RequestController(this, {
    key: () => (this.api === null ? null : ([this.api] as const)),
    load: ([api]) => api.health(),
    everyMs: POLL_INTERVAL_MS,
  })

  static override styles = shared

  override render() {
    const { problems = [], checks = [] } = this.#health.value ?? {}
    const reasons = new Set(problems.map(({ reason }) => reason))
    const critical = checks.filter(({ id, state }) => {
      const reason = SAID_BY[id]
      return state === "critical" && (reason === undefined || !reasons.has(reason))
    })
    return html`<section role="status" aria-live="polite" aria-label=${t.shell.health}>
      ${problems.map(({ message }) => html`<div class="warn-bar">${alertIcon}${messageText(message)}</div>`)}
      ${critical.map(({ id, message }) => html`<a class="warn-bar" href=${paths.health}>${alertIcon}${t.health.bar(t.health.checks[id], messageText(message))}</a>`)}
    </section>`
  }
}

const alertIcon = html`<ispvm-icon name="triangle-alert"></ispvm-icon>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-health-bar": IspvmHealthBar
  }
}
