import type { CompanionScript, ScriptPart } from "@ispvm/appliance/api/companion"
import { css, html, LitElement, nothing, type PropertyValues } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import { linesOf, type Token } from "./script-highlight.ts"
import "../../components/ispvm-icon.ts"

const strings = pageTexts.companion.script
const MASKED = "••••••••"

/** A script with the reason of each part beside its numbered lines. */
@customElement("ispvm-script")
export class IspvmScript extends LitElement {
  @property({ attribute: false }) script: CompanionScript | null = null
  /** The script does not match the form any more. */
  @property({ type: Boolean, reflect: true }) stale = false
  /** All parts are collapsed, except those opened since. */
  @property({ type: Boolean }) collapsed = false
  /** The parts whose state differs from `folded`. */
  @state() private toggled: ReadonlySet<string> = new Set()

  static override styles = [
    shared,
    css`
      :host([stale]) {
        border-inline-start: var(--line-thick) solid var(--status-degraded);
      }
      summary {
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-4);
        cursor: pointer;
        list-style: none;
        user-select: none;
        /* While a long part is read, what it is stays in sight. */
        position: sticky;
        inset-block-start: 0;
        z-index: var(--layer-raised);
        background: var(--surface-1);
      }
      summary ispvm-icon {
        align-self: center;
        color: var(--text-3);
        transition: rotate var(--time-quick);
      }
      details[open] summary ispvm-icon {
        rotate: 90deg;
      }
      .summary {
        display: block;
        font-weight: var(--weight-normal);
        font-size: var(--type-small);
        color: var(--text-2);
      }
      .range {
        margin-inline-start: auto;
        color: var(--text-3);
        font-size: var(--type-small);
        white-space: nowrap;
      }
      .both {
        display: grid;
        grid-template-columns: minmax(var(--size-38), 24%) minmax(0, 1fr);
        gap: var(--space-4);
        padding: 0 var(--space-4) var(--space-4) calc(var(--space-4) + var(--space-6));
        align-items: start;
      }
      .why {
        color: var(--text-2);
        font-size: var(--type-small);
        line-height: var(--leading-loose);
      }
      .code {
        counter-reset: line var(--before);
        font-family: var(--font-mono);
        font-size: var(--type-tiny);
        font-feature-settings: "calt" 0;
        line-height: var(--leading-loose);
        padding-block: var(--space-2);
        background: var(--surface-page);
        border: var(--line);
        border-radius: var(--radius);
        color: var(--text);
      }
      .head {
        margin: var(--space-2) var(--space-4) 0;
      }
      .code > div {
        display: grid;
        grid-template-columns: var(--gutter) minmax(0, 1fr);
        padding-inline-end: var(--space-3);
      }
      .code > div::before {
        counter-increment: line;
        content: counter(line);
        text-align: end;
        padding-inline-end: var(--space-3);
        color: var(--text-3);
        user-select: none;
      }
      .code > div > span {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        /* A long line goes on a little further in, so that the next command is seen to begin. */
        padding-inline-start: 2ch;
        text-indent: -2ch;
      }
      i {
        font-style: normal;
      }
      .comment {
        color: var(--code-comment);
      }
      .text {
        color: var(--code-text);
      }
      .name {
        color: var(--code-name);
      }
      .word {
        color: var(--code-word);
      }
      .menu {
        color: var(--code-menu);
        font-weight: var(--weight-strong);
      }
      .secret {
        padding-inline: var(--space-1);
        border-radius: var(--radius-tiny);
        background: var(--surface-3);
        color: var(--text-2);
      }
      @media (min-width: 901px) {
        .why {
          position: sticky;
          inset-block-start: var(--space-10);
        }
      }
      @media (max-width: 900px) {
        summary {
          min-block-size: var(--space-11);
          align-items: center;
          padding-inline: var(--space-3);
        }
        .both {
          grid-template-columns: minmax(0, 1fr);
          gap: var(--space-2);
          padding-inline: var(--space-3);
        }
      }
    `,
  ]

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("collapsed")) this.toggled = new Set()
  }

  override render() {
    if (this.script === null) return ""
    return html`${this.#head(this.script)}${repeat(
      this.script.parts,
      (part) => part.id,
      (part) => this.#part(part),
    )}`
  }

  /** The text before the first part: router and release. */
  #head({ text, parts }: CompanionScript) {
    const before = (parts[0]?.firstLine ?? 1) - 1
    const lines = linesOf(text.split("\n", before).join("\n").trimEnd())
    return before === 0
      ? nothing
      : html`<div class="code head" dir="ltr" style="--before:0;--gutter:${String(before).length + 3}ch">${lines.map(drawLine)}</div>`
  }

  #part(part: ScriptPart) {
    const lines = linesOf(part.text)
    const last = part.firstLine + lines.length - 1
    const isOpen = this.#isOpen(part.id)
    return html`<details class="lined" ?open=${isOpen}>
      <summary class="hover-soft inset-focus" @click=${(event: Event) => this.#onToggle(event, part.id)}>
        <ispvm-icon name="chevron-right" size="14"></ispvm-icon>
        <span class="bold">${pageTexts.companion.partTitle(part.id, part.title)}${isOpen ? "" : html`<span class="summary" lang="en">${part.why}</span>`}</span>
        <span class="range">${strings.range(part.firstLine, last)}</span>
      </summary>
      ${isOpen ? drawBody(part, lines, last) : nothing}
    </details>`
  }

  #isOpen(id: string): boolean {
    return this.collapsed === this.toggled.has(id)
  }

  #onToggle(event: Event, id: string): void {
    event.preventDefault()
    const next = new Set(this.toggled)
    if (!next.delete(id)) next.add(id)
    this.toggled = next
  }
}

const drawBody = (
  part: ScriptPart,
  lines: readonly (readonly Token[])[],
  last: number,
) => html`<div class="both">
  <p class="why" lang="en">${part.why}</p>
  <div class="code" dir="ltr" style="--before:${part.firstLine - 1};--gutter:${String(last).length + 3}ch">
    ${lines.map(drawLine)}
  </div>
</div>`

const drawLine = (tokens: readonly Token[]) =>
  html`<div><span>${tokens.map(drawToken)}${tokens.length === 0 ? "\u200b" : ""}</span></div>`

const drawToken = ({ kind, text }: Token) =>
  kind === "plain" ? text : html`<i class=${kind}>${kind === "secret" ? MASKED : text}</i>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-script": IspvmScript
  }
}
