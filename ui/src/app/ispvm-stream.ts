import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Live } from "../api/live.ts"
import { t } from "../i18n/strings/strings.ts"
import { StoreController } from "../state/store-controller.ts"
import { shared } from "../theme/shared.ts"

/** Whether the screen is live, as a small mark with its word. */
@customElement("ispvm-stream")
export class IspvmStream extends LitElement {
  @property({ attribute: false }) live: Live | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        place-items: center;
        min-block-size: 34px;
        padding-inline: 4px;
      }
      span {
        display: grid;
        justify-items: center;
        gap: 3px;
        font-size: 10.5px;
        color: var(--text-3);
        white-space: nowrap;
      }
      i {
        inline-size: 7px;
        block-size: 7px;
        border-radius: 50%;
        background: var(--text-3);
      }
      .connecting i {
        background: none;
        border: 1.5px dashed var(--text-3);
      }
      .lost i {
        border-radius: 1px;
        background: var(--status-degraded);
      }
      .lost {
        color: var(--status-degraded-text);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.live === null ? [] : [this.live.state]))
  }

  override render() {
    const phase = this.live?.state.value.phase ?? "connecting"
    return html`<span class=${phase} title=${t.shell.liveHint[phase]}><i></i>${t.shell.live[phase]}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-stream": IspvmStream
  }
}
