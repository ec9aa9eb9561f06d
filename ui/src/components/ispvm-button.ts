import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { shared } from "../theme/shared.ts"
import type { IconName } from "./icons.ts"
import "./ispvm-icon.ts"

/** A button, or a link that looks like one. `busy` keeps the width and ignores clicks. */
@customElement("ispvm-button")
export class IspvmButton extends LitElement {
  static formAssociated = true
  static override shadowRootOptions: ShadowRootInit = { mode: "open", delegatesFocus: true }

  @property({ reflect: true }) kind: "plain" | "primary" | "quiet" | "danger" = "plain"
  @property() type: "button" | "submit" = "button"
  @property() icon: IconName | "" = ""
  @property() href = ""
  /** Label and tooltip of a button without visible text. */
  @property() label = ""
  @property({ type: Boolean, reflect: true }) busy = false
  @property({ type: Boolean, reflect: true }) disabled = false
  @property({ type: Boolean, reflect: true }) pressed = false
  readonly #internals = this.attachInternals()

  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
        vertical-align: middle;
      }
      .button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-1-5);
        min-block-size: var(--control-height);
        min-inline-size: var(--control-height);
        inline-size: 100%;
        padding: 0 var(--space-3);
        border: var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface-2);
        color: var(--text);
        font: inherit;
        font-weight: var(--weight-medium);
        white-space: nowrap;
        cursor: pointer;
        text-decoration: none;
        transition:
          background var(--time-quick),
          border-color var(--time-quick);
      }
      .button:hover {
        background: var(--surface-3);
        text-decoration: none;
      }
      .icon-only {
        padding: 0;
      }
      :host([kind="primary"]) .button {
        background: var(--action);
        border-color: var(--action);
        color: var(--action-text);
        font-weight: var(--weight-strong);
      }
      :host([kind="primary"]) .button:hover {
        background: var(--action-hover);
      }
      :host([kind="quiet"]) .button {
        background: none;
        border-color: transparent;
        color: var(--text-2);
      }
      :host([kind="quiet"]) .button:hover {
        background: var(--surface-3);
        color: var(--text);
      }
      :host([kind="danger"]) .button {
        color: var(--status-down-text);
        border-color: var(--fault-line);
        background: var(--fault-tint);
      }
      :host([pressed]) .button {
        background: var(--surface-3);
        color: var(--text-strong);
      }
      :host([disabled]) .button {
        cursor: default;
        opacity: 0.55;
      }
      :host([busy]) .button {
        cursor: progress;
      }
    `,
  ]

  override render() {
    const icon = this.busy ? "rotate-cw" : this.icon
    const inner = html`${icon === "" ? nothing : html`<ispvm-icon class=${this.busy ? "spin" : ""} name=${icon}></ispvm-icon>`}<slot></slot>`
    const ariaLabel = this.label === "" ? nothing : this.label
    const classes = this.textContent?.trim() === "" ? "button icon-only" : "button"
    return this.href === ""
      ? html`<button
          class=${classes}
          type="button"
          ?disabled=${this.disabled}
          aria-label=${ariaLabel}
          title=${ariaLabel}
          aria-busy=${this.busy ? "true" : nothing}
          aria-pressed=${this.pressed ? "true" : nothing}
          @click=${this.#onClick}
        >
          ${inner}
        </button>`
      : html`<a class=${classes} href=${this.href} aria-label=${ariaLabel} title=${ariaLabel}>${inner}</a>`
  }

  readonly #onClick = (event: Event): void => {
    if (this.busy) event.stopImmediatePropagation()
    else if (this.type === "submit") this.#internals.form?.requestSubmit()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-button": IspvmButton
  }
}
