import type { TestAnswer } from "@ispvm/appliance/api/access-test"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import type { IconName } from "../../components/icons.ts"
import { duration } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import {
  grouped,
  needsConfirmation,
  pinStateOf,
  type ShownStep,
  type StepState,
  shownSteps,
  waitingSteps,
} from "./access-test.ts"
import "../../components/ispvm-icon.ts"

const strings = t.access
/** Classes of the icon, the step and its message. */
const TONES: Readonly<
  Record<StepState, { readonly icon: string; readonly step: string; readonly message: string }>
> = {
  ok: { icon: "status-recovering", step: "emphasis", message: "soft" },
  failed: { icon: "status-down", step: "emphasis", message: "text-fault medium" },
  unconfirmed: { icon: "status-degraded", step: "emphasis", message: "calm" },
  skipped: { icon: "muted", step: "muted", message: "muted" },
  waiting: { icon: "muted spin", step: "muted", message: "muted" },
}

const ICONS: Readonly<Record<StepState, IconName>> = {
  ok: "circle-check",
  failed: "circle-x",
  unconfirmed: "triangle-alert",
  skipped: "circle-dashed",
  waiting: "circle-dashed",
}

/**
 * Shows an access test: steps, certificate, and facts found. Emits `pin-certificate` with the
 * fingerprint or null.
 */
@customElement("ispvm-access-test")
export class IspvmAccessTest extends LitElement {
  @property({ attribute: false }) answer: TestAnswer | null = null
  @property({ attribute: false }) expected: readonly string[] = []
  @property({ type: Boolean }) running = false
  /** The form has changed since the test. */
  @property({ type: Boolean, reflect: true }) stale = false
  @property({ attribute: false }) pin: string | null = null

  static override styles = [
    shared,
    stackHost,
    css`
      :host([stale]) :is(ol, .certificate, .facts) {
        opacity: 0.5;
      }
      li {
        display: grid;
        grid-template-columns: var(--space-5) var(--size-20) minmax(0, 1fr) auto;
        gap: 0 var(--space-2);
        padding-block: var(--space-1-5);
        align-items: start;
      }
      li > ispvm-icon {
        margin-block-start: var(--space-0-5);
      }
      .remedy {
        grid-column: 3 / -1;
        padding-block-start: var(--space-0-5);
        color: var(--text);
      }
      .certificate {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-3);
        border: var(--line-strong);
        border-radius: var(--radius);
      }
      .certificate.changed {
        border-color: var(--status-down-text);
      }
      .certificate.unconfirmed {
        border-color: var(--status-degraded);
      }
      code {
        display: grid;
        grid-template-columns: repeat(4, max-content);
        gap: 0 1.5ch;
        font-family: var(--font-mono);
        color: var(--text-strong);
      }
      label {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        min-block-size: var(--space-7);
        font-weight: var(--weight-medium);
        cursor: pointer;
        color: var(--text-strong);
      }
      input {
        inline-size: var(--space-4);
        block-size: var(--space-4);
        accent-color: var(--focus);
        flex: none;
      }
      .facts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-1) var(--space-4);
      }
      .facts div {
        display: flex;
        gap: var(--space-2);
        min-inline-size: 0;
      }
      dd {
        color: var(--text-strong);
        overflow-wrap: anywhere;
      }
      @media (max-width: 640px) {
        code {
          grid-template-columns: repeat(2, max-content);
        }
        li {
          grid-template-columns: var(--space-5) minmax(0, 1fr) auto;
        }
        .message,
        .remedy {
          grid-column: 2 / -1;
        }
        .took {
          grid-row: 1;
          grid-column: 3;
        }
      }
    `,
  ]

  override render() {
    if (this.answer === null && !this.running) return html`<p class="muted">${strings.testIdle}</p>`
    // The certificate stays in place while the login is tested.
    return html`${this.running || this.answer === null ? nothing : this.#result(this.answer)}
      ${
        this.running || this.answer === null
          ? html`<ol class="lined-rows" aria-busy="true" aria-label=${strings.testing}>${waitingSteps(this.expected).map(row)}</ol>`
          : html`<ol class="lined-rows">${shownSteps(this.answer).map(row)}</ol>`
      }
      ${this.answer === null || (this.running && this.stale) ? nothing : this.#certificate(this.answer)}
      ${this.running ? nothing : this.#facts(this.answer?.facts ?? null)}`
  }

  #result(answer: TestAnswer) {
    const message = answer.ok
      ? strings.testOk
      : needsConfirmation(answer) && this.pin === null
        ? strings.testUnconfirmed
        : strings.testPartly
    return html`<div class="with-icon bold" role="status">
      <ispvm-icon class=${answer.ok ? "status-recovering" : "status-degraded"} name=${answer.ok ? "circle-check" : "triangle-alert"}></ispvm-icon>${this.stale ? strings.testStale : message}
    </div>`
  }

  #certificate(answer: TestAnswer) {
    const state = pinStateOf(answer, this.pin)
    const { fingerprint } = answer
    if (state === "none" || fingerprint === null) return nothing
    return html`<div class="certificate ${state}">
      <h3 class="label">${strings.certificate}</h3>
      <code>${grouped(fingerprint).map((each) => html`<span>${each}</span>`)}</code>
      <small class="caption">${strings.compare}</small>
      ${state === "changed" ? html`<strong class="text-fault" role="alert">${strings.pinChanged}</strong>` : nothing}
      <label>
        <input type="checkbox" .checked=${state === "pinned"} ?disabled=${this.stale || this.running} @change=${(event: Event) => this.#onPin(event, fingerprint)} />
        ${state === "changed" ? strings.pinAccept : strings.pin}
      </label>
      ${state === "pinned" ? html`<small class="caption">${strings.pinned}</small>` : nothing}
    </div>`
  }

  #facts(facts: TestAnswer["facts"]) {
    if (facts === null) return nothing
    const { identity, board, version, uptimeS } = facts
    const rows: readonly (readonly [string, string | null])[] = [
      [strings.facts.identity, identity],
      [strings.facts.board, board],
      [strings.facts.version, version],
      [strings.facts.uptime, uptimeS === null ? null : duration(uptimeS * 1_000)],
    ]
    return html`<dl class="facts">
      ${rows.map(([label, value]) => (value === null ? nothing : html`<div><dt>${label}</dt><dd>${value}</dd></div>`))}
    </dl>`
  }

  #onPin(event: Event, fingerprint: string): void {
    const checked = event.target instanceof HTMLInputElement && event.target.checked
    emit<string | null>(this, "pin-certificate", checked ? fingerprint : null)
  }
}

const row = ({ step, state, message, remedy, tookMs }: ShownStep) =>
  html`<li class=${state}>
    <ispvm-icon class=${TONES[state].icon} name=${ICONS[state]}></ispvm-icon>
    <span class=${TONES[state].step}>${strings.step(step)}</span>
    <span class="message wrap ${TONES[state].message}">${state === "waiting" ? strings.waiting : state === "skipped" ? strings.notTried : message}</span>
    <span class="took caption nowrap">${tookMs === null ? nothing : strings.ms(tookMs)}</span>
    ${remedy === null ? nothing : html`<span class="remedy">${remedy}</span>`}
  </li>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-access-test": IspvmAccessTest
  }
}
