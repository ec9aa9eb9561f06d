import type { DeliveryDetail } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { exact, shortSpan } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { hasEnded, kindName, statusOfDelivery } from "./channel-state.ts"
import { dueText } from "./delivery-columns.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-status.ts"

const strings = t.notifications.delivery
const FOLLOW_MS = 2_000
const OUTCOME_STATUS = {
  delivered: "ok",
  failed: "degraded",
  rejected: "down",
  interrupted: "unknown",
} as const

/** One delivery with all of its attempts; one that was given up can be sent again. Emits `changed`. */
@customElement("ispvm-delivery")
export class IspvmDelivery extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() delivery = ""
  @property({ type: Boolean, attribute: "read-only" }) isReadOnly = false
  readonly #action = new ActionController(this)
  readonly #detail = new RequestController<DeliveryDetail, readonly [Deps, string]>(this, {
    key: () => (this.deps === null || this.delivery === "" ? null : [this.deps, this.delivery]),
    load: ([{ api }, id]) => api.delivery(id),
    onReady: (delivery) => {
      if (!hasEnded(delivery)) this.#detail.reloadIn(FOLLOW_MS)
    },
  })

  static override styles = [
    shared,
    css`
      .detail {
        display: grid;
        gap: var(--space-4);
        padding: var(--space-4);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--space-1-5) var(--space-4);
      }
      .attempt {
        display: grid;
        gap: var(--space-0-5);
        padding-block: var(--space-2);
      }
      .attempt > div {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-3);
        align-items: baseline;
      }
    `,
  ]

  override render() {
    return html`<div class="detail">${this.#detail.render({
      loading: () => html`<ispvm-skeleton lines="8"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#detail.reload}></ispvm-failed>`,
      ready: (delivery) => this.#all(delivery),
    })}</div>`
  }

  #all(delivery: DeliveryDetail) {
    const isReplayable = delivery.state === "dead" && delivery.channelId !== null
    return html`<div class="headline">
        <ispvm-status status=${statusOfDelivery(delivery)} word=${strings.states[delivery.state]}></ispvm-status>
        ${isReplayable && !this.isReadOnly ? html`<ispvm-button class="push-end" kind="primary" icon="rotate-cw" ?busy=${this.#action.isBusy} @click=${this.#onReplay}>${strings.again}</ispvm-button>` : nothing}
      </div>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
      ${this.#facts(delivery)} ${this.#attempts(delivery)}`
  }

  #facts(delivery: DeliveryDetail) {
    const { incident, channelId, channelName, channelKind, policyName, reason } = delivery
    const due = dueText(delivery)
    return html`<dl>
      ${reason === null ? nothing : html`<dt>${strings.why}</dt><dd class="wrap">${messageText(reason)}</dd>`}
      ${incident === null ? nothing : html`<dt>${strings.incident}</dt><dd class="wrap prose"><a href=${paths.incident(incident.id)}>#${incident.number} ${messageText(incident.title)}</a></dd>`}
      <dt>${strings.channel}</dt>
      <dd class="wrap">${channelName} <span class="caption">${kindName(channelKind)}${channelId === null ? ` · ${strings.removedChannel}` : ""}</span></dd>
      ${policyName === null ? nothing : html`<dt>${strings.policy}</dt><dd class="wrap">${policyName}</dd>`}
      <dt>${strings.created}</dt><dd>${exact(delivery.createdAtMs)}</dd>
      ${due === "" ? nothing : html`<dt>${delivery.attempts === 0 ? strings.dueFirst : strings.due}</dt><dd>${exact(delivery.dueAtMs)} <span class="caption">${due}</span></dd>`}
      ${delivery.deliveredAtMs === null ? nothing : html`<dt>${strings.delivered}</dt><dd>${exact(delivery.deliveredAtMs)} <span class="caption">${strings.afterSpan(shortSpan(delivery.deliveredAtMs - delivery.createdAtMs))}</span></dd>`}
    </dl>`
  }

  #attempts(delivery: DeliveryDetail) {
    const { attemptList } = delivery
    return html`<section aria-labelledby="attempts">
      <h3 id="attempts">${strings.attempts}</h3>
      ${
        attemptList.length === 0
          ? html`<p class="muted">${hasEnded(delivery) ? strings.noAttempt : strings.noAttempts}</p>`
          : html`<ol class="lined-rows" reversed>${attemptList.toReversed().map(
              ({ number, startedAtMs, tookMs, outcome, answer }) => html`<li class="attempt">
                <div>
                  <ispvm-status status=${OUTCOME_STATUS[outcome]} word=${strings.outcomes[outcome]}></ispvm-status>
                  <span class="caption">${strings.attempt(number)} · ${exact(startedAtMs)}${tookMs === null ? nothing : html` · ${strings.took(shortSpan(tookMs))}`}</span>
                </div>
                ${answer === "" ? nothing : html`<bdi class="mono wrap soft">${answer}</bdi>`}
              </li>`,
            )}</ol>`
      }
    </section>`
  }

  readonly #onReplay = async (): Promise<void> => {
    const { deps, delivery } = this
    if (deps === null) return
    const done = await this.#action.run("replay", () => deps.api.replayDelivery(delivery))
    if (done !== null) deps.toast({ tone: "done", text: strings.queued })
    await this.#detail.reload()
    emit(this, "changed", delivery)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-delivery": IspvmDelivery
  }
}
