import type { Channel } from "@ispvm/appliance/api/notifications"
import { html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { stateOf } from "./channel-state.ts"

const strings = t.notifications.summary

/** How the channels stand, in a line. */
export const summaryText = (channels: readonly Channel[]): string => {
  if (channels.length === 0) return strings.none
  const failing = channels.filter((each) => stateOf(each) === "failing").map(({ name }) => name)
  const off = channels.filter((each) => stateOf(each) === "off").length
  return [
    strings.channels(channels.length),
    ...(failing.length > 0 ? [strings.failing(failing.join(", "))] : [strings.fine]),
    ...(off > 0 ? [strings.off(off)] : []),
  ].join(" ")
}

/** The channels on the Settings page. */
@customElement("ispvm-notifications-summary")
export class IspvmNotificationsSummary extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #channels = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.channels()).items,
  })

  static override styles = shared

  override render() {
    return this.#channels.render({
      loading: () => html`<p class="muted">${t.components.loading}</p>`,
      failed: (error) => html`<p class="text-warn wrap">${strings.failed} ${error.message}</p>`,
      ready: (channels) =>
        html`<p class="wrap ${channels.some((each) => stateOf(each) === "failing") ? "text-fault" : "soft"}">${summaryText(channels)}</p>`,
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-notifications-summary": IspvmNotificationsSummary
  }
}
