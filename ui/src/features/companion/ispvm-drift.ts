import type { DriftRow, Verification } from "@ispvm/appliance/api/companion"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { IconName } from "../../components/icons.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import { byPart } from "./companion-status.ts"
import "../../components/ispvm-icon.ts"

const strings = pageTexts.companion.tab
const ICONS: Record<DriftRow["kind"], IconName> = {
  missing: "circle-x",
  changed: "git-compare",
  extra: "plus",
  unreadable: "eye-off",
}

/** Drift: the configuration of the router beside that of its script. */
@customElement("ispvm-drift")
export class IspvmDrift extends LitElement {
  @property({ attribute: false }) verification: Verification | null = null

  static override styles = [
    shared,
    css`
      .problem {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--warn-tint);
        color: var(--text);
        overflow-wrap: anywhere;
      }
      .part ~ .part {
        padding-block-start: var(--space-3);
      }
      h3 {
        margin: 0 0 var(--space-1);
        font-size: var(--type-small);
        font-weight: var(--weight-medium);
        color: var(--text-3);
      }
      li {
        display: grid;
        grid-template-columns: var(--space-4) var(--size-28) minmax(0, 1fr);
        gap: var(--space-0-5) var(--space-2);
        padding-block: var(--space-1-5);
        align-items: baseline;
      }
      li ispvm-icon {
        align-self: center;
      }
      dl {
        grid-column: 3;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--space-2);
        font-size: var(--type-small);
      }
      .hidden {
        grid-column: 3;
        color: var(--text-3);
        font-size: var(--type-small);
      }
      @media (max-width: 640px) {
        li {
          grid-template-columns: var(--space-4) minmax(0, 1fr);
        }
        .what,
        dl,
        .hidden {
          grid-column: 2;
        }
      }
    `,
  ]

  override render() {
    const { verification } = this
    if (verification === null)
      return html`<p class="muted">${strings.neverChecked} ${strings.checkHint}</p>`
    const { problem, drift } = verification
    const problemText =
      problem === null
        ? nothing
        : html`<p class="with-icon problem"><ispvm-icon class="status-degraded" name="triangle-alert"></ispvm-icon><span>${problem.charAt(0).toUpperCase()}${problem.slice(1)}</span></p>`
    if (drift.length === 0)
      return problem === null
        ? html`<p class="with-icon soft"><ispvm-icon class="status-recovering" name="circle-check"></ispvm-icon>${strings.noDrift}</p>`
        : problemText
    return html`${problemText}${byPart(drift).map(
      ([part, rows]) => html`<section class="part">
        <h3>${pageTexts.companion.part(part)}</h3>
        <ul class="lined-rows">
          ${rows.map(drawRow)}
        </ul>
      </section>`,
    )}`
  }
}

const drawRow = ({ kind, what, wanted, found }: DriftRow) => html`<li>
  <ispvm-icon class=${kind === "unreadable" ? "muted" : "status-degraded"} name=${ICONS[kind]} size="14"></ispvm-icon>
  <span class="small ${kind === "unreadable" ? "soft" : "text-warn"}">${strings.driftKind[kind]}</span>
  <span class="what mono wrap">${what}</span>
  ${
    wanted === null && found === null
      ? kind === "changed"
        ? html`<span class="hidden">${strings.hidden}</span>`
        : nothing
      : html`<dl>
          ${wanted === null ? nothing : html`<dt>${strings.expected}</dt><dd class="mono soft wrap">${wanted}</dd>`}
          ${kind === "missing" ? nothing : html`<dt>${strings.found}</dt><dd class="mono vivid wrap">${found ?? strings.nothing}</dd>`}
        </dl>`
  }
</li>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-drift": IspvmDrift
  }
}
