import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import { componentName } from "./component-name.ts"
import { hotStyles, Pointing } from "./pointing.ts"
import { type Claim, claimsOf, firstOf, lookingOf, mannerOf } from "./verdict.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-confidence.ts"
import "../../parts/ispvm-status.ts"

const words = t.causes
/** Whoever stands behind one switch looks alike: a long list waits until it is asked for. */
const FIRST = 4

/** The first glance: how sure we are, what has failed, and what cannot be told apart from it. */
@customElement("ispvm-verdict")
export class IspvmVerdict extends LitElement {
  @property({ attribute: false }) incident: IncidentDetail | null = null
  /** The thing that is pointed at somewhere on the page. */
  @property() hot = ""
  @state() private all = false

  constructor() {
    super()
    new Pointing(this)
  }

  static override styles = [
    shared,
    hotStyles,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
      .manner {
        color: var(--text-2);
      }
      .claim {
        display: grid;
        grid-template-columns: 14px minmax(0, 1fr);
        gap: 0 var(--space-2);
        align-items: baseline;
        padding-block: 1px;
        overflow-wrap: anywhere;
        font-size: var(--type-large);
        line-height: 1.4;
      }
      .several .maybe.claim {
        padding-inline-start: calc(14px + var(--space-2));
      }
      .claim a,
      .claim strong {
        font-weight: 600;
        color: var(--text-strong);
      }
      .claim ispvm-button {
        font-size: var(--type-base);
        margin-inline-start: calc(-1 * var(--space-3));
      }
      .kind,
      .or {
        color: var(--text-3);
        font-size: var(--type-small);
      }
      .mark {
        inline-size: 10px;
        block-size: 10px;
        border-radius: 1px;
        background: var(--status-down);
        align-self: start;
        margin-block-start: calc(0.7em - 5px);
      }
      .mark.maybe {
        background: none;
        border: 1.5px dashed var(--status-down);
      }
      .closed .mark {
        background: var(--text-3);
      }
      .closed .mark.maybe {
        background: none;
        border-color: var(--text-3);
      }
      .looking {
        color: var(--text-2);
      }
    `,
  ]

  override render() {
    const { incident } = this
    if (incident === null) return nothing
    const claims = claimsOf(firstOf(incident))
    const looking = lookingOf(incident)
    return html`${incident.confidence === null ? nothing : html`<ispvm-confidence .value=${incident.confidence}></ispvm-confidence>`}
      ${this.#manner(claims, incident)}
      <ul class="${incident.state} ${claims.length > 1 ? "several" : ""}">
        ${claims.length === 0 ? html`<li class="claim"><span></span><strong>${words.nothing}</strong></li>` : claims.map((claim) => this.#claim(claim))}
      </ul>
      ${looking === null ? nothing : html`<p class="looking" role="status"><ispvm-status status="unknown" word=${words.looking(looking.answered, looking.asked)}></ispvm-status></p>`}`
  }

  /** Of an incident nobody weighed nothing is said of what can be told apart from here. */
  #manner(claims: readonly Claim[], incident: IncidentDetail) {
    const count = 1 + (claims[0]?.standIns.length ?? 0)
    const over = incident.state === "closed"
    const said = {
      nothing: words.nothingWhy,
      one: "",
      "one-of": incident.hypotheses.length === 0 ? "" : words.oneOf(count, over),
      all: words.allOf(claims.length, over),
      "all-of-each": words.allOfEach(claims.length, over),
    }[mannerOf(claims)]
    return said === "" ? nothing : html`<p class="manner">${said}</p>`
  }

  #claim({ component, standIns }: Claim) {
    const shown = this.all || standIns.length <= FIRST + 1 ? standIns : standIns.slice(0, FIRST)
    return html`${this.#row(component, "cause")}${shown.map((each) => this.#row(each, "maybe"))}
      ${
        standIns.length <= FIRST + 1
          ? nothing
          : html`<li class="claim"><span></span><span><ispvm-button kind="quiet" icon=${this.all ? "minus" : "plus"} @click=${this.#onFold}>${this.all ? words.fewerAlike : words.moreAlikeButton(standIns.length - FIRST)}</ispvm-button></span></li>`
      }`
  }

  #row(component: Component, part: "cause" | "maybe") {
    return html`<li class="claim ${part} ${this.hot === component.id ? "hot" : ""}" data-of=${component.id}>
      <span class="mark ${part}"></span>
      <span>${part === "maybe" ? html`<span class="or">${words.or} </span>` : nothing}${componentName(component)}</span>
    </li>`
  }

  readonly #onFold = (): void => {
    this.all = !this.all
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-verdict": IspvmVerdict
  }
}
