import type { Channel } from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { inState } from "../../state/incidents.ts"
import { RequestController } from "../../state/request.ts"
import { contentsHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import type { Draft } from "./channel-form.ts"
import "../../components/ispvm-dialog.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-select.ts"
import "../../components/ispvm-skeleton.ts"

const strings = t.notifications.preview
const MAX_OFFERED = 50

/** What a channel gets about a real incident, as stored or as in a draft. Emits `dismiss`. */
@customElement("ispvm-channel-preview")
export class IspvmChannelPreview extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) channel: Channel | null = null
  /** Not saved yet; it is shown in place of the channel. */
  @property({ attribute: false }) draft: Draft | null = null
  @state() private chosen = ""
  readonly #preview = new RequestController(this, {
    key: () => {
      const { deps, channel, draft } = this
      const incident = this.chosen || (this.#incidents()[0]?.id ?? "")
      const isNothing = channel === null && draft === null
      return deps === null || isNothing || incident === ""
        ? null
        : ([deps, channel?.id ?? "", incident, draft] as const)
    },
    load: async ([{ api }, channel, incident, draft]) => {
      if (draft === null) return (await api.previewChannel(channel, incident)).text
      const { language, template } = draft
      return (await api.previewTemplate({ incident, language, template })).text
    },
    keepsValue: () => true,
  })

  static override styles = [
    shared,
    contentsHost,
    css`
      pre {
        margin: 0;
        padding: var(--space-3) var(--space-4);
        border: var(--line);
        border-radius: var(--radius);
        background: var(--surface-page);
        font: inherit;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render() {
    const name = this.draft?.name ?? this.channel?.name
    if (name === undefined) return nothing
    return html`<ispvm-dialog open wide heading=${strings.heading(name)} @dismiss=${() => emit(this, "dismiss", null)}>
      ${this.#incidents().length === 0 ? html`<p>${strings.none}</p>` : this.#message()}
    </ispvm-dialog>`
  }

  #message() {
    const incidents = this.#incidents()
    return html`<ispvm-select
        label=${strings.incident}
        .value=${this.chosen || (incidents[0]?.id ?? "")}
        .choices=${incidents.map(({ id, number, title }) => ({ value: id, label: `#${number} ${messageText(title)}` }))}
        @change-value=${(event: CustomEvent<string>) => {
          this.chosen = event.detail
        }}
      ></ispvm-select>
      ${this.#preview.render({
        loading: () => html`<ispvm-skeleton lines="6"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#preview.reload}></ispvm-failed>`,
        ready: (text) => html`<pre>${text}</pre>`,
      })}`
  }

  /** What is not over first. */
  #incidents() {
    const all = this.deps?.incidents.value
    if (all === undefined) return []
    const states = ["open", "acknowledged", "closed"] as const
    return states.flatMap((each) => inState(all, each)).slice(0, MAX_OFFERED)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-channel-preview": IspvmChannelPreview
  }
}
