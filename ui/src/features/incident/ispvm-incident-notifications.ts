import type { Incident } from "@ispvm/appliance/api/incidents"
import type { Delivery, IncidentNotifications } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { nowMs } from "../../components/now.ts"
import { clock, exact, planned } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { hasEnded, kindIcon, kindName, statusOfDelivery } from "../notifications/channel-state.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-status.ts"

const { ofIncident: strings, delivery: words } = t.notifications
/** While something is still to be sent. */
const FOLLOW_MS = 3_000
/** Most of an incident's messages are planned with its change; those of later steps follow. */
const EVERY_MS = 15_000

/** Who was notified of an incident, when and on which channel, and why others were not. */
@customElement("ispvm-incident-notifications")
export class IspvmIncidentNotifications extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) incident: Pick<Incident, "id" | "updatedAtMs"> | null = null
  readonly #notifications = new RequestController<
    IncidentNotifications,
    readonly [Deps, string, number]
  >(this, {
    key: () => {
      const { deps, incident } = this
      return deps === null || incident === null ? null : [deps, incident.id, incident.updatedAtMs]
    },
    load: ([{ api }, id]) => api.notificationsOf(id),
    isSame: ([, was], [, is]) => was === is,
    everyMs: EVERY_MS,
    onReady: ({ deliveries }) => {
      if (deliveries.some((each) => !hasEnded(each))) this.#notifications.reloadIn(FOLLOW_MS)
    },
  })

  static override styles = [
    shared,
    stackHost,
    css`
      .delivery {
        display: grid;
        grid-template-columns: var(--space-5) minmax(0, 1fr) auto;
        gap: 0 var(--space-2);
        align-items: baseline;
        padding-block: var(--space-2);
      }
      .delivery ispvm-icon {
        align-self: start;
        margin-block-start: var(--space-0-5);
      }
      .at {
        text-align: end;
        white-space: nowrap;
      }
      .decisions li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-3);
        padding-block: var(--space-1);
      }
    `,
  ]

  override render() {
    return this.#notifications.render({
      loading: () => html`<ispvm-skeleton lines="2"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#notifications.reload}></ispvm-failed>`,
      ready: (found) => this.#all(found),
    })
  }

  #all({ deliveries, decisions }: IncidentNotifications) {
    const isWithoutPolicy = decisions.some(({ message }) => message.code === "notify.no-policy")
    const isEmpty = deliveries.length === 0
    return html`${isEmpty ? html`<p class="muted">${strings.none}</p>` : nothing}
      ${
        isEmpty
          ? nothing
          : html`<ul class="lined-rows">${repeat(
              deliveries,
              ({ id }) => id,
              (each) => this.#delivery(each),
            )}</ul>`
      }
      ${
        decisions.length === 0
          ? nothing
          : html`<div class="stack-1">
              <h3 class="minor">${strings.decisions}</h3>
              <ul class="decisions">${decisions.map(({ message, atMs }) => html`<li><span class="wrap">${messageText(message)}</span><time class="caption" title=${exact(atMs)}>${clock(atMs)}</time></li>`)}</ul>
            </div>`
      }
      ${
        (isWithoutPolicy || (isEmpty && decisions.length === 0)) && this.#may("notifications:write")
          ? html`<div><ispvm-button icon="plus" href=${paths.channelNew}>${strings.addChannel}</ispvm-button></div>`
          : nothing
      }`
  }

  #delivery(delivery: Delivery) {
    const { channelName, channelKind, kind, reason, lastAnswer, deliveredAtMs, createdAtMs } =
      delivery
    const atMs = deliveredAtMs ?? createdAtMs
    const name = html`<strong>${channelName}</strong>`
    const more = [reason === null ? "" : messageText(reason), lastAnswer ?? ""].filter(Boolean)
    return html`<li class="delivery">
      <ispvm-icon class="muted" name=${kindIcon(channelKind)} size="14" title=${kindName(channelKind)}></ispvm-icon>
      <div class="wrap">
        ${this.#may("notifications:read") ? html`<a href=${paths.notificationsBy({ tab: "log", delivery: delivery.id })}>${name}</a>` : name}
        <span class="soft">${strings[kind]}</span>
        ${more.length === 0 ? nothing : html`<div class="caption"><bdi>${more.join(" · ")}</bdi></div>`}
      </div>
      <div class="at">
        <ispvm-status status=${statusOfDelivery(delivery)} word=${words.states[delivery.state]}></ispvm-status>
        <div class="caption">${waitsText(delivery) || html`<time title=${exact(atMs)}>${clock(atMs)}</time>`}</div>
      </div>
    </li>`
  }

  #may(permission: "notifications:read" | "notifications:write"): boolean {
    return this.deps?.session.can(permission) ?? false
  }
}

/** Until when it waits; empty: it does not. */
const waitsText = ({ state, dueAtMs }: Delivery): string => {
  if (state === "waiting") return strings.waitsUntil(whenText(dueAtMs))
  return state === "retrying" ? strings.triedAt(whenText(dueAtMs)) : ""
}
const TODAY_MS = 3_600_000
/** With seconds where it is near. */
const whenText = (atMs: number): string =>
  Math.abs(atMs - nowMs()) < TODAY_MS ? clock(atMs) : planned(atMs, nowMs())

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-incident-notifications": IspvmIncidentNotifications
  }
}
