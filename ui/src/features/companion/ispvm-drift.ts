import type { DriftRow, Verification } from "@ispvm/appliance/api/companion"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { IconName } from "../../components/icons.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { byPart } from "./companion-status.ts"
import "../../components/ispvm-icon.ts"

const strings = t.companion.tab
const ICONS: Record<DriftRow["kind"], IconName> = {
  missing: "circle-x",
  changed: "git-compare",
  extra: "plus",
  unreadable: "eye-off",
}

/** What a router has, beside what its script made. */
@customElement("ispvm-drift")
export class IspvmDrift extends LitElement {
  @property({ attribute: false }) verification: Verification | null = null

  static override styles = [
    shared,
    css`
      .good,
      .problem {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        color: var(--text-2);
      }
      .good ispvm-icon {
        color: var(--status-recovering);
      }
      .problem {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--warn-tint);
        color: var(--text);
        overflow-wrap: anywhere;
      }
      .problem ispvm-icon {
        color: var(--status-degraded);
      }
      section + section {
        margin-block-start: var(--space-3);
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
      li + li {
        border-block-start: var(--line);
      }
      li ispvm-icon {
        align-self: center;
        color: var(--status-degraded);
      }
      .unreadable ispvm-icon {
        color: var(--text-3);
      }
      .kind {
        color: var(--status-degraded-text);
        font-size: var(--type-small);
      }
      .unreadable .kind {
        color: var(--text-2);
      }
      .what {
        overflow-wrap: anywhere;
      }
      dl {
        grid-column: 3;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--space-2);
        font-size: var(--type-small);
      }
      dt {
        color: var(--text-3);
      }
      dd {
        overflow-wrap: anywhere;
        color: var(--text-2);
      }
      .found {
        color: var(--text-strong);
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
        : html`<p class="problem"><ispvm-icon name="triangle-alert"></ispvm-icon><span>${problem.charAt(0).toUpperCase()}${problem.slice(1)}</span></p>`
    if (drift.length === 0)
      return problem === null
        ? html`<p class="good"><ispvm-icon name="circle-check"></ispvm-icon>${strings.noDrift}</p>`
        : problemText
    return html`${problemText}${byPart(drift).map(
      ([part, rows]) => html`<section>
        <h3>${t.companion.part(part)}</h3>
        <ul>
          ${rows.map(drawRow)}
        </ul>
      </section>`,
    )}`
  }
}

const drawRow = ({ kind, what, wanted, found }: DriftRow) => html`<li class=${kind}>
  <ispvm-icon name=${ICONS[kind]} size="14"></ispvm-icon>
  <span class="kind">${strings.driftKind[kind]}</span>
  <span class="what mono">${what}</span>
  ${
    wanted === null && found === null
      ? kind === "changed"
        ? html`<span class="hidden">${strings.hidden}</span>`
        : nothing
      : html`<dl>
          ${wanted === null ? nothing : html`<dt>${strings.expected}</dt><dd class="mono">${wanted}</dd>`}
          ${kind === "missing" ? nothing : html`<dt>${strings.found}</dt><dd class="mono found">${found ?? strings.nothing}</dd>`}
        </dl>`
  }
</li>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-drift": IspvmDrift
  }
}
