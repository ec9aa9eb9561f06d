import type { Device, Link } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { LabCommand, LabState } from "../../state/lab.ts"
import { StoreController } from "../../state/store-controller.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"

const strings = t.network.lab
const routing = pageTexts.deviceFaults
const FLAP_TIMES = 5
/** Takes a module below the lowest power that it allows. */
const FADE_DB = 13

/**
 * Fault injection for one link or device of the simulated network: cut, repair, power, flap,
 * upstream, site power. Renders nothing on a real network.
 */
@customElement("ispvm-fault-injection")
export class IspvmFaultInjection extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) link: Link | null = null
  @property({ attribute: false }) device: Device | null = null

  static override styles = [
    shared,
    css`
      :host(:empty) {
        display: contents;
      }
      .faults {
        display: var(--controls, flex);
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2);
        border: var(--line-width) dashed var(--status-maintenance);
        border-radius: var(--radius);
      }
      .badge {
        font-size: var(--type-tiny);
        font-weight: var(--weight-strong);
        color: var(--status-maintenance-text);
        text-transform: uppercase;
        letter-spacing: var(--tracking-wide);
        padding-inline: var(--space-1);
      }
      .problem {
        color: var(--status-down-text);
        inline-size: 100%;
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.deps === null ? [] : [this.deps.lab]))
  }

  override firstUpdated(): void {
    if (hasLab(this.deps) && this.deps?.lab.value.state === null) void this.deps.lab.load()
  }

  override render() {
    const { deps, link, device } = this
    if (deps === null || !hasLab(deps) || (link === null && device === null)) return nothing
    const { problem } = deps.lab.value
    return html`<div class="faults" role="group" aria-label=${strings.title} title=${strings.note}>
      <span class="badge">${strings.badge}</span>
      ${link === null ? nothing : this.#ofLink(link)} ${device === null ? nothing : this.#ofDevice(device, deps)}
      ${problem === "" ? nothing : html`<p class="problem" role="alert">${strings.failed(problem)}</p>`}
    </div>`
  }

  #ofLink({ name }: Link) {
    const state = this.deps?.lab.value.state ?? null
    return html`${
      state?.cutLinks.includes(name)
        ? this.#faultButton(strings.repair, "link", { do: "repair", link: name })
        : this.#faultButton(strings.cut, "unplug", { do: "cut", link: name })
    }
    ${this.#ofRouting(name, state)}`
  }

  /** Protocols that can go down while the ports of the link stay up. */
  #ofRouting(link: string, state: LabState | null) {
    if (state === null) return nothing
    const ospf = state.ospfDown.includes(link)
      ? this.#faultButton(routing.ospfUp, "link", { do: "ospf-up", link })
      : this.#faultButton(routing.ospfDown, "unplug", { do: "ospf-down", link })
    const isis = state.isisDown.includes(link)
      ? this.#faultButton(routing.isisUp, "link", { do: "isis-up", link })
      : this.#faultButton(routing.isisDown, "unplug", { do: "isis-down", link })
    return html`${state.ospfLinks.includes(link) ? ospf : nothing} ${state.isisLinks.includes(link) ? isis : nothing}`
  }

  #ofDevice(device: Device, deps: Deps) {
    const isDead = deps.lab.value.state?.deadRouters.includes(device.name) ?? false
    const port = portOf(device, deps)
    if (isDead)
      return html`${this.#faultButton(strings.revive, "play", { do: "revive", router: device.name })} ${this.#ofSite(device, deps)}`
    return html`${this.#faultButton(strings.kill, "power", { do: "kill", router: device.name })}
    ${port === null ? nothing : this.#faultButton(strings.flap, "zap", { do: "flap", router: device.name, port, times: FLAP_TIMES })}
    ${this.#ofServices(device, deps)}
    ${device.roles.includes("upstream") ? this.#ofUpstream(device.name, deps) : nothing} ${this.#ofSite(device, deps)}`
  }

  /** What breaks without a link: each leads to its alert, as the button's hint says. */
  #ofServices({ id, name: router, roles }: Device, deps: Deps) {
    const state = deps.lab.value.state
    const optic = opticOf(id, deps)
    const isBgpDown = state?.bgpDown.includes(router) ?? false
    const hasNoSessions = state?.withoutSessions.includes(router) ?? false
    const isFaded = optic !== null && (state?.fadedOptics.includes(`${router} ${optic}`) ?? false)
    const bgp = roles.some((role) => ["upstream", "border", "route-reflector"].includes(role))
    return html`${!bgp ? nothing : isBgpDown ? this.#faultButton(strings.bgpUp, "link", { do: "bgp-up", router }) : this.#faultButton(strings.bgpDown, "unplug", { do: "bgp-down", router }, strings.leadsTo.bgp)}
      ${!roles.includes("pppoe-server") ? nothing : hasNoSessions ? this.#faultButton(strings.restoreSessions, "link", { do: "restore-sessions", router }) : this.#faultButton(strings.dropSessions, "unplug", { do: "drop-sessions", router }, strings.leadsTo.sessions)}
      ${optic === null ? nothing : isFaded ? this.#faultButton(strings.restoreOptic(optic), "link", { do: "fade-optic", router, port: optic, db: 0 }) : this.#faultButton(strings.fadeOptic(optic), "zap", { do: "fade-optic", router, port: optic, db: FADE_DB }, strings.leadsTo.optic)}`
  }

  #ofUpstream(router: string, deps: Deps) {
    return deps.lab.value.state?.lostUpstreams.includes(router)
      ? this.#faultButton(strings.restoreUpstream, "link", { do: "restore-upstream", router })
      : this.#faultButton(strings.loseUpstream, "unplug", { do: "lose-upstream", router })
  }

  /** Power belongs to the whole site, so the button names it. */
  #ofSite(device: Device, deps: Deps) {
    const site = deps.fleet.value.sites.get(device.siteId ?? "")?.name
    if (site === undefined) return nothing
    return deps.lab.value.state?.poweredOffSites.includes(site)
      ? this.#faultButton(strings.powerOn(site), "power", { do: "power-on", site })
      : this.#faultButton(strings.powerOff(site), "power", { do: "power-off", site })
  }

  #faultButton(
    word: string,
    icon: "link" | "unplug" | "play" | "power" | "zap",
    command: LabCommand,
    hint = "",
  ) {
    const isBusy = this.deps?.lab.value.pending === command.do
    return html`<ispvm-button title=${hint || nothing} icon=${icon} ?busy=${isBusy} @click=${() => void this.deps?.lab.run(command)}>${word}</ispvm-button>`
  }
}

/** Whether the demo has announced its fault injection to this account. */
export const hasLab = (deps: Deps | null): boolean =>
  (deps?.session.current()?.demo ?? null) !== null

/** The interface to flap: the first that a link names. */
const portOf = (device: Device, deps: Deps): string | null => {
  for (const link of deps.fleet.value.links.values())
    for (const end of [link.a, link.b])
      if (end.deviceId === device.id && end.interface !== null) return end.interface
  return null
}

/** The first optical port that a link names. */
const opticOf = (id: string, deps: Deps): string | null => {
  for (const link of deps.fleet.value.links.values())
    for (const end of [link.a, link.b])
      if (end.deviceId === id && end.interface?.startsWith("sfp") === true) return end.interface
  return null
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-fault-injection": IspvmFaultInjection
  }
}
