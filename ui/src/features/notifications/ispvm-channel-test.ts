import type { DeliveryDetail } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { duration, shortSpan } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { hasEnded, statusOfDelivery } from "./channel-state.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-status.ts"

const strings = t.notifications.test
const FOLLOW_MS = 1_000

const outcomeOf = (delivery: DeliveryDetail): string => {
  switch (delivery.state) {
    case "waiting":
      return strings.waiting
    case "sending":
      return strings.sending
    case "retrying": {
      const leftMs = delivery.dueAtMs - nowMs()
      return leftMs < FOLLOW_MS ? strings.retryingNow : strings.retrying(duration(leftMs))
    }
    case "delivered":
      return strings.delivered(
        shortSpan((delivery.deliveredAtMs ?? delivery.createdAtMs) - delivery.createdAtMs),
      )
    case "dead":
      return strings.dead
    case "cancelled":
      return strings.cancelled
    case "other":
      return t.notifications.delivery.states.other
  }
}

/** A test message on its way. Emits `changed` with each new attempt, `again` and `dismiss`. */
@customElement("ispvm-channel-test")
export class IspvmChannelTest extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** The delivery that is followed. */
  @property() delivery = ""
  @property() name = ""
  #shown = ""
  readonly #followed = new RequestController(this, {
    key: () =>
      this.deps === null || this.delivery === "" ? null : ([this.deps, this.delivery] as const),
    load: ([{ api }, id]) => api.delivery(id),
    retryMs: FOLLOW_MS,
    onReady: (delivery) => {
      if (!hasEnded(delivery)) this.#followed.reloadIn(FOLLOW_MS)
      const now = `${delivery.id} ${delivery.state} ${delivery.attempts}`
      if (now !== this.#shown) emit(this, "changed", delivery.state)
      this.#shown = now
    },
  })

  static override styles = [
    shared,
    css`
      .test {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-3);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--surface-2);
      }
      .acts {
        display: flex;
        margin-inline-start: auto;
      }
    `,
  ]

  override render() {
    return html`<div class="test" role="group" aria-label=${strings.title(this.name)}>
      ${this.#followed.render({
        loading: () =>
          html`<ispvm-status status="unknown" word=${strings.starting}></ispvm-status>`,
        failed: (error) => html`<span class="text-fault wrap" role="alert">${error.message}</span>`,
        ready: (delivery) => this.#outcome(delivery),
      })}
      <span class="acts">
        ${this.#followed.value !== undefined && hasEnded(this.#followed.value) ? html`<ispvm-button kind="quiet" icon="rotate-cw" @click=${() => emit(this, "again", null)}>${strings.again}</ispvm-button>` : nothing}
        ${this.delivery === "" ? nothing : html`<ispvm-button kind="quiet" href=${paths.notificationsBy({ tab: "log", delivery: this.delivery })}>${strings.details}</ispvm-button>`}
        <ispvm-button kind="quiet" icon="x" label=${strings.close} @click=${() => emit(this, "dismiss", null)}></ispvm-button>
      </span>
    </div>`
  }

  #outcome(delivery: DeliveryDetail) {
    const { lastAnswer } = delivery
    return html`<span role="status"><ispvm-status status=${statusOfDelivery(delivery)} word=${outcomeOf(delivery)}></ispvm-status></span>
      ${lastAnswer === null || lastAnswer === "" ? nothing : html`<span class="soft wrap">${strings.answer}: <bdi class="mono">${lastAnswer}</bdi></span>`}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-channel-test": IspvmChannelTest
  }
}
