import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { emit } from "../components/emit.ts"
import { chooseLocale, LOCALES, locale } from "../i18n/locale.ts"
import { t } from "../i18n/strings/strings.ts"
import { shared } from "../theme/shared.ts"
import type { Deps } from "./deps.ts"
import { logout } from "./logout.ts"
import "../components/ispvm-icon.ts"

/** The account menu. Emits `help`, and `wall` for the wall display. */
@customElement("ispvm-account")
export class IspvmAccount extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @state() private open = false

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
      }
      .me {
        inline-size: var(--space-9);
        block-size: var(--space-9);
        display: grid;
        place-items: center;
        border: 0;
        background: none;
        cursor: pointer;
        border-radius: var(--radius);
      }
      .me span {
        inline-size: var(--space-7);
        block-size: var(--space-7);
        border-radius: 50%;
        display: grid;
        place-items: center;
        background: var(--surface-3);
        color: var(--text);
        font-size: var(--type-tiny);
        font-weight: var(--weight-strong);
      }
      .menu {
        position: absolute;
        inset-block-end: 0;
        inset-inline-start: calc(100% + var(--space-2-5));
        inline-size: var(--size-58);
        background: var(--surface-2);
        border-radius: var(--radius);
        box-shadow: var(--shadow);
        z-index: var(--layer-menu);
        padding: var(--space-1);
      }
      .who {
        padding: var(--space-2) var(--space-3);
        border-block-end: var(--line);
        margin-block-end: var(--space-1);
        overflow-wrap: anywhere;
      }
      .who strong {
        display: block;
        color: var(--text-strong);
      }
      .menu button {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        inline-size: 100%;
        min-block-size: var(--space-8);
        padding-inline: var(--space-3);
        border: 0;
        background: none;
        border-radius: var(--radius-small);
        cursor: pointer;
        text-align: start;
      }
      @media (max-width: 640px) {
        .menu {
          inset-block: calc(100% + var(--space-1-5)) auto;
          inset-inline: auto 0;
        }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    globalThis.addEventListener("click", this.#onAway)
    globalThis.addEventListener("keydown", this.#onEsc)
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    globalThis.removeEventListener("click", this.#onAway)
    globalThis.removeEventListener("keydown", this.#onEsc)
  }

  override render() {
    const account = this.deps?.session.current()?.account
    if (!account) return nothing
    const label = `${initials(account.name)}, ${account.name}`
    return html`<button class="me" type="button" aria-label=${label} title=${label} aria-expanded=${this.open ? "true" : "false"} @click=${this.#onToggle}>
        <span aria-hidden="true">${initials(account.name)}</span>
      </button>
      ${
        this.open
          ? html`<div class="menu">
              <div class="who"><strong>${account.name}</strong><span class="muted">${account.email} · ${t.terms.account[account.role]}</span></div>
              <button class="hover-fill" type="button" @click=${() => emit(this, "help", null)}><ispvm-icon name="keyboard"></ispvm-icon>${t.shell.keys}</button>
              <button class="hover-fill" type="button" @click=${() => emit(this, "wall", null)}><ispvm-icon name="monitor"></ispvm-icon>${t.shell.wall}</button>
              ${this.#languages()}
              <button class="hover-fill" type="button" @click=${this.#onLogout}><ispvm-icon name="log-out"></ispvm-icon>${t.shell.logout}</button>
            </div>`
          : nothing
      }`
  }

  #languages() {
    const offered = Object.values(LOCALES).filter(({ id }) => id !== locale.id && id !== "ar-XB")
    return offered.map(
      ({ id, name }) =>
        html`<button class="hover-fill" type="button" lang=${id} @click=${() => chooseLocale(id)}><ispvm-icon name="languages"></ispvm-icon>${name}</button>`,
    )
  }

  readonly #onToggle = (): void => {
    this.open = !this.open
  }
  readonly #onAway = (event: Event): void => {
    if (
      this.open &&
      !event
        .composedPath()
        .some((each) => each instanceof HTMLElement && each.classList.contains("me"))
    )
      this.open = false
  }
  readonly #onEsc = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.open = false
  }
  readonly #onLogout = async (): Promise<void> => {
    if (this.deps !== null) await logout(this.deps)
  }
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("")

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-account": IspvmAccount
  }
}
