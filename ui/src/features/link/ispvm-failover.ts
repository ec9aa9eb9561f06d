import type { Link } from "@ispvm/appliance/api/inventory"
import type { Failover, FailoverCase, FailoverDirection, LinkRef } from "@ispvm/appliance/api/links"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { bitRate } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { figureStyles } from "../../theme/figures.ts"
import { shared } from "../../theme/shared.ts"
import { split } from "../../theme/split.ts"
import { failoverStyles } from "./failover-styles.ts"
import { leftText, roomOf } from "./failover-text.ts"
import "../../components/ispvm-icon.ts"

const strings = t.links.failover

/**
 * What carries a link's traffic when it or its partner fails, how much capacity is left then, and
 * how that is calculated.
 */
@customElement("ispvm-failover")
export class IspvmFailover extends LitElement {
  @property({ attribute: false }) failover: Failover | null = null
  @property({ attribute: false }) link: Link | null = null

  static override styles = [shared, figureStyles, split, failoverStyles]

  override render() {
    const { failover, link } = this
    if (failover === null || link === null) return nothing
    const { ifThisFails, ifPartnerFails, hasFailed } = failover
    if (ifThisFails === null) return this.#none(failover)
    return html`<div class="split lined-columns prose">
        ${this.#case(hasFailed ? strings.hasFailed : strings.ifThis, strings.takes[failover.kind], ifThisFails, link)}
        ${
          hasFailed
            ? nothing
            : ifPartnerFails === null
              ? html`<section><p class="muted">${strings.nothing}</p></section>`
              : this.#case(
                  strings.ifPartner(ifPartnerFails.failed.map(({ name }) => name).join(", ")),
                  strings.falls,
                  ifPartnerFails,
                  link,
                )
        }
      </div>
      ${how}`
  }

  #none({ unavailable }: Failover) {
    return html`<div class="none">
        <ispvm-icon name="triangle-alert"></ispvm-icon>
        <div>
          <h3>${strings.noneTitle}</h3>
          <p>${strings.noneText}</p>
          ${unavailable.length === 0 ? nothing : html`<p>${strings.unavailable} ${linksOf(unavailable)}</p>`}
        </div>
      </div>
      ${how}`
  }

  #case(heading: string, lead: string, found: FailoverCase, link: Link) {
    const isOwn = found.carriedBy.length === 1 && found.carriedBy[0]?.id === link.id
    return html`<section>
      <h3>${heading}</h3>
      <p class="lead">${lead}${isOwn ? nothing : html` <span class="path">${linksOf(found.carriedBy)}</span>`}</p>
      ${
        found.unknown.length > 0
          ? html`<div class="unknown">
              <p>${strings.unknown}</p>
              <ul>${found.unknown.map(({ link: of, what }) => html`<li><a href=${paths.link(of.id)}>${of.name}</a>: ${strings.missing[what]}</li>`)}</ul>
            </div>`
          : html`${this.#direction(link.a.deviceName, link.b.deviceName, found.aToB, found)}
            ${this.#direction(link.b.deviceName, link.a.deviceName, found.bToA, found)}`
      }
    </section>`
  }

  #direction(
    from: string,
    to: string,
    { narrowest, capacityBps, loadBps, leftBps }: FailoverDirection,
    found: FailoverCase,
  ) {
    if (capacityBps === null || loadBps === null || leftBps === null) return nothing
    const room = roomOf({ narrowest, capacityBps, loadBps, leftBps })
    const isNarrow = narrowest.length > 0 && narrowest.length < found.carriedBy.length
    return html`<div class="direction ${room}">
      <span class="soft wrap">${t.links.direction(from, to)}</span>
      <strong>${room === "enough" ? nothing : html`<ispvm-icon name="triangle-alert" size="14"></ispvm-icon>`}${leftText(leftBps)}</strong>
      <i class="track wide"><b style="inline-size:${Math.min(100, (loadBps / capacityBps) * 100)}%"></b></i>
      <span class="muted">${strings.load(bitRate(loadBps), bitRate(capacityBps))}${isNarrow ? html`, ${strings.narrowest} ${linksOf(narrowest)}` : nothing}</span>
    </div>`
  }
}

const linksOf = (refs: readonly LinkRef[]) =>
  refs.map(
    ({ id, name }, index) =>
      html`${index === 0 ? nothing : ", "}<a href=${paths.link(id)}>${name}</a>`,
  )

const how = html`<details>
  <summary>${strings.how}</summary>
  ${strings.howText.map((text) => html`<p>${text}</p>`)}
</details>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-failover": IspvmFailover
  }
}
