import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, nothing, type TemplateResult } from "lit"
import { customElement, property } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { clock, exact } from "../i18n/format/time.ts"
import { shared } from "../theme/shared.ts"
import type { IconName } from "./icons.ts"
import "./ispvm-icon.ts"
import "./ispvm-status.ts"
import "./ispvm-time.ts"

/**
 * `status` sets the shape of the mark, else `icon`; without both it is a dot. `isLoss`: something
 * was lost.
 */
export type TimelineItem = {
  readonly id: string
  readonly atMs: number
  readonly text: string | TemplateResult
  readonly who?: string | TemplateResult
  readonly status?: Status
  readonly icon?: IconName
  readonly isLoss?: boolean
}

/** A timeline, newest first. */
@customElement("ispvm-timeline")
export class IspvmTimeline extends LitElement {
  @property({ attribute: false }) items: readonly TimelineItem[] = []
  /** Shows the time of day instead of "4 min ago". */
  @property({ type: Boolean }) exactly = false

  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: var(--space-3-5) 1fr auto;
        gap: 0 var(--space-3);
        padding-block: var(--space-1-5);
        position: relative;
      }
      li::before {
        content: "";
        position: absolute;
        inset-inline-start: var(--space-1-5);
        inset-block: 0;
        border-inline-start: var(--line);
      }
      li:first-child::before {
        inset-block-start: var(--space-3-5);
      }
      li:last-child::before {
        inset-block-end: calc(100% - var(--space-3-5));
      }
      .mark {
        position: relative;
        display: grid;
        place-items: center;
        block-size: 1.45em;
        background: var(--surface-1);
        align-self: start;
      }
      .dot {
        inline-size: var(--space-1-5);
        block-size: var(--space-1-5);
        border-radius: 50%;
        background: var(--text-3);
      }
      mark {
        padding-inline: var(--space-1);
        border: var(--line-strong);
        border-radius: var(--radius);
        background: var(--ok-tint);
        color: var(--text-strong);
        font-weight: var(--weight-strong);
      }
      .at {
        color: var(--text-3);
        font-size: var(--type-small);
        padding-block-start: var(--line-width);
      }
    `,
  ]

  override render() {
    return html`<ol>
      ${repeat(
        this.items,
        (item) => item.id,
        (item) => html`<li>
          <span class="mark">${markOf(item)}</span>
          <span class="prose wrap">${item.text}${item.who === undefined ? nothing : html` <span class="caption">${item.who}</span>`}</span>
          <span class="at">${this.exactly ? html`<span title=${exact(item.atMs)}>${clock(item.atMs)}</span>` : html`<ispvm-time at=${item.atMs}></ispvm-time>`}</span>
        </li>`,
      )}
    </ol>`
  }
}

const markOf = ({ status, icon, isLoss = false }: TimelineItem) => {
  if (status !== undefined) return html`<ispvm-status compact status=${status}></ispvm-status>`
  return icon === undefined
    ? html`<span class="dot"></span>`
    : html`<ispvm-icon class=${isLoss ? "status-degraded" : "muted"} name=${icon} size="14"></ispvm-icon>`
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-timeline": IspvmTimeline
  }
}
