import type { ScriptLink } from "@ispvm/appliance/api/companion"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import { nowMs } from "../../components/now.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { countdown } from "../agents/agent-status.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-icon.ts"

const strings = pageTexts.companion.delivery

/**
 * The two ways to deliver a script: copied as a whole, or downloaded by a one-line command. Emits
 * `copy-script` and `make-link`.
 */
@customElement("ispvm-script-delivery")
export class IspvmScriptDelivery extends LitElement {
  @property({ attribute: false }) link: ScriptLink | null = null
  /** The router has run the script of the command. */
  @property({ type: Boolean }) used = false
  @property() busy: "" | "copy" | "link" = ""
  @property() copied: "" | "copied" | "failed" = ""
  @property({ type: Boolean }) disabled = false
  @property() error = ""
  /** The user may not see the secrets in the script, so only the one-line command is offered. */
  @property({ type: Boolean }) restricted = false
  /**
   * RouterOS 6 redraws a pasted line at each character: a long script takes minutes, and some
   * terminals lose parts of it.
   */
  @property({ type: Boolean }) legacy = false
  #timer: ReturnType<typeof setInterval> | undefined

  static override styles = [
    shared,
    stackHost,
    css`
      .options {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
      }
      .status-text {
        display: inline-flex;
        gap: var(--space-1-5);
        align-items: center;
        color: var(--status-recovering-text);
      }
      .left {
        margin-inline-start: auto;
        order: 1;
        white-space: nowrap;
        font-size: var(--type-small);
        font-weight: var(--weight-medium);
      }
      .over {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--surface-2);
        color: var(--text-2);
      }
      ispvm-copy {
        /* Longer than its box, it is read from its beginning. */
        align-items: flex-start;
        max-block-size: 7.4em;
        overflow: auto;
      }
      summary {
        cursor: pointer;
        inline-size: fit-content;
      }
      @media (max-width: 640px) {
        .options ispvm-button {
          flex: 1 1 100%;
          --control-height: var(--space-11);
        }
        ispvm-copy {
          max-block-size: none;
        }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      if (this.link !== null) this.requestUpdate()
    }, 1_000)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    return html`<div class="options">
        ${this.restricted ? nothing : html`<ispvm-button kind="primary" icon=${this.copied === "copied" ? "check" : "copy"} ?busy=${this.busy === "copy"} ?disabled=${this.disabled} @click=${() => this.#emit("copy-script")}>${strings.copy}</ispvm-button>`}
        ${this.link === null ? html`<ispvm-button icon="terminal" ?busy=${this.busy === "link"} ?disabled=${this.disabled} @click=${() => this.#emit("make-link")}>${strings.link}</ispvm-button>` : nothing}
        ${this.#isLinkValid() ? html`<span class="left ${this.#leftMs() < 60_000 ? "text-warn" : "soft"}">${strings.left(countdown(this.#leftMs()))}</span>` : nothing}
        <span class="status-text" role="status">${this.copied === "copied" ? html`<ispvm-icon name="circle-check"></ispvm-icon>${strings.copied}` : nothing}</span>
        ${this.link === null && this.copied === "" ? html`<span class="caption">${this.restricted ? strings.needsReveal : this.legacy ? strings.terminalOld : strings.terminal}</span>` : nothing}
      </div>
      ${this.copied === "failed" ? html`<p class="form-error" role="alert">${strings.copyFailed}</p>` : nothing}
      ${this.error === "" ? nothing : html`<p class="form-error" role="alert">${this.error}</p>`}
      ${this.link === null ? nothing : this.#line(this.link)}`
  }

  #line(link: ScriptLink) {
    if (!this.#isLinkValid())
      return html`<div class="over" role="status">
        <ispvm-icon name=${this.used ? "circle-check" : "clock"}></ispvm-icon>${this.used ? strings.used : strings.expired}
        <ispvm-button class="push-end" icon="terminal" ?busy=${this.busy === "link"} ?disabled=${this.disabled} @click=${() => this.#emit("make-link")}>${strings.linkAnew}</ispvm-button>
      </div>`
    return html`<div class="stack-2">
      <ispvm-copy tabindex="0" text=${link.command}></ispvm-copy>
      <p class="small soft">${strings.linkText} ${strings.secret}</p>
      <details class="small soft">
        <summary>${strings.curl}</summary>
        <ispvm-copy class="space-before" text=${link.curl}></ispvm-copy>
        <p>${strings.curlHint}</p>
      </details>
    </div>`
  }

  #leftMs(): number {
    return (this.link?.expiresAtMs ?? 0) - nowMs()
  }
  #isLinkValid(): boolean {
    return this.link !== null && !this.used && this.#leftMs() > 0
  }

  #emit(what: "copy-script" | "make-link"): void {
    if (!this.disabled) emit(this, what, null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-script-delivery": IspvmScriptDelivery
  }
}
