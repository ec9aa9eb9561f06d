import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Live } from "../api/live.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { shared } from "../theme/shared.ts"

/** Whether the page is live, as a mark with text. */
@customElement("ispvm-stream")
export class IspvmStream extends LitElement {
  @property({ attribute: false }) live: Live | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        place-items: center;
        min-block-size: var(--space-9);
        padding-inline: var(--space-1);
      }
      span {
        display: grid;
        justify-items: center;
        gap: var(--space-1);
        font-size: var(--type-micro);
        white-space: nowrap;
      }
      i {
        inline-size: var(--space-2);
        block-size: var(--space-2);
        border-radius: 50%;
        background: var(--text-3);
      }
      .connecting i {
        background: none;
        border: var(--line-thick) dashed var(--text-3);
      }
      .lost i {
        border-radius: var(--radius-tiny);
        background: var(--status-degraded);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.live === null ? [] : [this.live.state]))
  }

  override render() {
    const phase = this.live?.state.value.phase ?? "connecting"
    return html`<span class="${phase} ${phase === "lost" ? "text-warn" : "muted"}" title=${t.shell.liveHint[phase]}><i></i>${t.shell.live[phase]}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-stream": IspvmStream
  }
}
