import type { TestAnswer } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { emit } from "../../components/emit.ts"
import type { IconName } from "../../components/icons.ts"
import { duration } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"
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
const ICONS: Readonly<Record<StepState, IconName>> = {
  ok: "circle-check",
  failed: "circle-x",
  unconfirmed: "triangle-alert",
  skipped: "circle-dashed",
  waiting: "circle-dashed",
}

/** A test step by step, the certificate it met, and what it learnt. Emits `pin-certificate` with the fingerprint, or with null. */
@customElement("ispvm-access-test")
export class IspvmAccessTest extends LitElement {
  @property({ attribute: false }) answer: TestAnswer | null = null
  @property({ attribute: false }) expected: readonly string[] = []
  @property({ type: Boolean }) running = false
  /** What was typed has changed since. */
  @property({ type: Boolean, reflect: true }) stale = false
  @property({ attribute: false }) pin: string | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
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
      li + li {
        border-block-start: var(--line);
      }
      li > ispvm-icon {
        margin-block-start: var(--line-width);
      }
      .step {
        font-weight: var(--weight-medium);
        color: var(--text-strong);
      }
      .message {
        overflow-wrap: anywhere;
        color: var(--text-2);
      }
      .took {
        color: var(--text-3);
        font-size: var(--type-small);
        white-space: nowrap;
      }
      .ok > ispvm-icon {
        color: var(--status-recovering);
      }
      .failed > ispvm-icon {
        color: var(--status-down);
      }
      .failed .message {
        color: var(--status-down-text);
        font-weight: var(--weight-medium);
      }
      .unconfirmed > ispvm-icon {
        color: var(--status-degraded);
      }
      .unconfirmed .message {
        color: var(--text);
        font-weight: var(--weight-medium);
      }
      .skipped,
      .waiting {
        color: var(--text-3);
      }
      :is(.skipped, .waiting) :is(.step, .message) {
        color: var(--text-3);
        font-weight: var(--weight-normal);
      }
      .waiting > ispvm-icon {
        animation: turn var(--time-turn) linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
      .remedy {
        grid-column: 3 / -1;
        padding-block-start: var(--space-0-5);
        color: var(--text);
      }
      .result {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        font-weight: var(--weight-strong);
        color: var(--text-strong);
      }
      .result.good ispvm-icon {
        color: var(--status-recovering);
      }
      .result.bad ispvm-icon {
        color: var(--status-degraded);
      }
      .certificate {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-3);
        border: var(--line-strong);
        border-radius: var(--radius);
      }
      .certificate.unconfirmed {
        border-color: var(--status-degraded);
      }
      .certificate.changed {
        border-color: var(--status-down);
      }
      .certificate h3 {
        font-size: var(--type-small);
        font-weight: var(--weight-medium);
        color: var(--text-2);
      }
      code {
        display: grid;
        grid-template-columns: repeat(4, max-content);
        gap: 0 1.5ch;
        font-family: var(--font-mono);
        color: var(--text-strong);
      }
      .changed strong {
        color: var(--status-down-text);
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
      small {
        font-size: var(--type-small);
        color: var(--text-3);
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
      dt {
        color: var(--text-3);
      }
      dd {
        color: var(--text-strong);
        overflow-wrap: anywhere;
      }
      @media (prefers-reduced-motion: reduce) {
        .waiting > ispvm-icon {
          animation: none;
        }
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
    // While what was confirmed is tried, the certificate stays where the eye has just been.
    return html`${this.running || this.answer === null ? nothing : this.#result(this.answer)}
      ${
        this.running || this.answer === null
          ? html`<ol aria-busy="true" aria-label=${strings.testing}>${waitingSteps(this.expected).map(row)}</ol>`
          : html`<ol>${shownSteps(this.answer).map(row)}</ol>`
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
    return html`<div class="result ${answer.ok ? "good" : "bad"}" role="status">
      <ispvm-icon name=${answer.ok ? "circle-check" : "triangle-alert"}></ispvm-icon>${this.stale ? strings.testStale : message}
    </div>`
  }

  #certificate(answer: TestAnswer) {
    const state = pinStateOf(answer, this.pin)
    const { fingerprint } = answer
    if (state === "none" || fingerprint === null) return nothing
    return html`<div class="certificate ${state}">
      <h3>${strings.certificate}</h3>
      <code>${grouped(fingerprint).map((each) => html`<span>${each}</span>`)}</code>
      <small>${strings.compare}</small>
      ${state === "changed" ? html`<strong role="alert">${strings.pinChanged}</strong>` : nothing}
      <label>
        <input type="checkbox" .checked=${state === "pinned"} ?disabled=${this.stale || this.running} @change=${(event: Event) => this.#onPin(event, fingerprint)} />
        ${state === "changed" ? strings.pinAccept : strings.pin}
      </label>
      ${state === "pinned" ? html`<small>${strings.pinned}</small>` : nothing}
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
    <ispvm-icon name=${ICONS[state]}></ispvm-icon>
    <span class="step">${strings.step(step)}</span>
    <span class="message">${state === "waiting" ? strings.waiting : state === "skipped" ? strings.notTried : message}</span>
    <span class="took">${tookMs === null ? nothing : strings.ms(tookMs)}</span>
    ${remedy === null ? nothing : html`<span class="remedy">${remedy}</span>`}
  </li>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-access-test": IspvmAccessTest
  }
}
