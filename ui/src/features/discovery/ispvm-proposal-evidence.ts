import type { ProposalEnd, ProposalEvidence } from "@ispvm/appliance/api/discovery"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { exact } from "../../i18n/format/time.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { shared } from "../../theme/shared.ts"
import { sourceBadge } from "./columns.ts"
import type { ProposalRow } from "./filter.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.discovery.evidence

/** Why a proposal is made: who reports it, by which protocol, when; and what is known of it. */
@customElement("ispvm-proposal-evidence")
export class IspvmProposalEvidence extends LitElement {
  @property({ attribute: false }) proposal: ProposalRow | null = null

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        align-items: start;
        grid-template-columns: repeat(auto-fit, minmax(min(var(--size-80), 100%), 1fr));
        gap: var(--space-4) var(--space-8);
        padding-block: var(--space-1) var(--space-2);
      }
      li {
        display: grid;
        grid-template-columns: minmax(var(--size-24), max-content) minmax(0, 1fr) auto;
        align-items: baseline;
        gap: var(--space-3);
        padding-block: var(--space-1);
      }
      li.end > :first-child {
        grid-column: span 2;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--space-1) var(--space-4);
      }
    `,
  ]

  override render() {
    const { proposal } = this
    if (proposal === null) return nothing
    const { kind, evidence, ends } = proposal
    return html`<section class="stack-1">
        <h3 class="label">${strings.heading}</h3>
        <ul class="lined-rows">${evidence.map((each) => this.#report(each))}</ul>
      </section>
      ${
        kind === "link" || ends.length === 0
          ? nothing
          : html`<section class="stack-1">
              <h3 class="label">${strings.seenFrom}</h3>
              <ul class="lined-rows">${ends.map((end) => this.#end(end))}</ul>
            </section>`
      }
      <section class="stack-1">
        <h3 class="label">${strings.facts}</h3>
        <dl>${this.#facts(proposal).map(([label, value]) => html`<dt class="minor">${label}</dt><dd class="wrap">${value}</dd>`)}</dl>
        ${kind === "segment" || kind === "peer" ? html`<p class="caption space-before">${strings.shownOnly[kind]}</p>` : nothing}
      </section>`
  }

  #report({ source, deviceId, deviceName, seenAtMs, isGone }: ProposalEvidence) {
    return html`<li class=${isGone ? "muted" : ""}>
      <span>${sourceBadge(source)}</span>
      <span class="wrap">${this.#device(deviceId, deviceName)}</span>
      <span class="caption">${isGone ? html`${strings.gone} · ` : nothing}<ispvm-time .atMs=${seenAtMs}></ispvm-time></span>
    </li>`
  }
  #end({ deviceId, name, interface: port, farInterface }: ProposalEnd) {
    return html`<li class="end">
      <span class="wrap">${this.#device(deviceId, name)} <span class="mono soft">${port ?? ""}</span></span>
      ${farInterface === null ? nothing : html`<span class="caption">${strings.port} <span class="mono">${farInterface}</span></span>`}
    </li>`
  }
  #device(id: string | null, name: string) {
    return id === null ? name : html`<a class="emphasis" href=${paths.device(id)}>${name}</a>`
  }

  #facts(proposal: ProposalRow): readonly (readonly [label: string, value: unknown])[] {
    const { addresses, macs, board, linkKind, reason, firstSeenAtMs, seenAtMs } = proposal
    const mono = (list: readonly string[]) => html`<span class="mono">${list.join(", ")}</span>`
    const known = (label: string, value: unknown, isKnown: boolean) =>
      isKnown ? [[label, value] as const] : []
    return [
      ...known(
        strings.linkKind,
        linkKind === null ? "" : pageTexts.discovery.linkKinds[linkKind],
        linkKind !== null,
      ),
      ...known(strings.board, board, board !== null),
      ...known(strings.addresses, mono(addresses), addresses.length > 0),
      ...known(strings.macs, mono(macs), macs.length > 0),
      ...known(strings.joinedBy, reason === null ? "" : strings.reason(reason), reason !== null),
      [strings.firstSeen, exact(firstSeenAtMs)],
      [strings.lastSeen, exact(seenAtMs)],
    ]
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-proposal-evidence": IspvmProposalEvidence
  }
}
