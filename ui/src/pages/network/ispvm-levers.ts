import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { LabCommand } from "@ispvm/appliance/api/lab"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../deps.ts"
import { Watch } from "../../state/watch.ts"
import { t } from "../../strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../parts/ispvm-button.ts"

const words = t.network.lab
const TIMES = 5

/** Levers of the simulation, and only there: cut or mend a link, kill, revive or flap a router, lose an upstream, darken a site. Draws nothing on a real network. */
@customElement("ispvm-levers")
export class IspvmLevers extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) link: Link | null = null
  @property({ attribute: false }) device: Device | null = null

  static override styles = [
    shared,
    css`
      :host(:empty) {
        display: contents;
      }
      .levers {
        display: var(--controls, flex);
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2);
        border: 1px dashed var(--status-maintenance);
        border-radius: var(--radius);
      }
      .badge {
        font-size: var(--type-tiny);
        font-weight: 600;
        color: var(--status-maintenance-text);
        text-transform: uppercase;
        letter-spacing: 0.06em;
        padding-inline: var(--space-1);
      }
      .trouble {
        color: var(--status-down-text);
        inline-size: 100%;
      }
    `,
  ]

  constructor() {
    super()
    new Watch(this, () => (this.deps === null ? [] : [this.deps.lab]))
  }

  override firstUpdated(): void {
    if (hasLab(this.deps) && this.deps?.lab.value.state === null) void this.deps.lab.load()
  }

  override render() {
    const { deps, link, device } = this
    if (deps === null || !hasLab(deps) || (link === null && device === null)) return nothing
    const { trouble } = deps.lab.value
    return html`<div class="levers" role="group" aria-label=${words.title} title=${words.note}>
      <span class="badge">${words.badge}</span>
      ${link === null ? nothing : this.#ofLink(link)} ${device === null ? nothing : this.#ofDevice(device, deps)}
      ${trouble === "" ? nothing : html`<p class="trouble" role="alert">${words.failed(trouble)}</p>`}
    </div>`
  }

  #ofLink(link: Link) {
    const isCut = this.deps?.lab.value.state?.cutLinks.includes(link.name) ?? false
    return isCut
      ? this.#lever(words.mend, "link", { do: "mend", link: link.name })
      : this.#lever(words.cut, "unplug", { do: "cut", link: link.name })
  }

  #ofDevice(device: Device, deps: Deps) {
    const isDead = deps.lab.value.state?.deadRouters.includes(device.name) ?? false
    const port = portOf(device, deps)
    if (isDead)
      return html`${this.#lever(words.revive, "play", { do: "revive", router: device.name })} ${this.#ofSite(device, deps)}`
    return html`${this.#lever(words.kill, "power", { do: "kill", router: device.name })}
    ${port === null ? nothing : this.#lever(words.flap, "zap", { do: "flap", router: device.name, port, times: TIMES })}
    ${device.roles.includes("upstream") ? this.#ofUpstream(device.name, deps) : nothing} ${this.#ofSite(device, deps)}`
  }

  #ofUpstream(router: string, deps: Deps) {
    return deps.lab.value.state?.lostUpstreams.includes(router)
      ? this.#lever(words.restoreUpstream, "link", { do: "restore-upstream", router })
      : this.#lever(words.loseUpstream, "unplug", { do: "lose-upstream", router })
  }

  /** Power is the whole site's: the lever says whose. */
  #ofSite(device: Device, deps: Deps) {
    const site = deps.fleet.value.sites.get(device.siteId ?? "")?.name
    if (site === undefined) return nothing
    return deps.lab.value.state?.darkSites.includes(site)
      ? this.#lever(words.powerOn(site), "power", { do: "power-on", site })
      : this.#lever(words.powerOff(site), "power", { do: "power-off", site })
  }

  #lever(word: string, icon: "link" | "unplug" | "play" | "power" | "zap", command: LabCommand) {
    const isBusy = this.deps?.lab.value.pulling === command.do
    return html`<ispvm-button icon=${icon} ?busy=${isBusy} @click=${() => void this.deps?.lab.pull(command)}>${word}</ispvm-button>`
  }
}

export const hasLab = (deps: Deps | null): boolean =>
  (deps?.session.now()?.lab ?? false) && deps?.session.can("lab:operate") === true

/** A port that is known to matter: the first that a link names. */
const portOf = (device: Device, deps: Deps): string | null => {
  for (const link of deps.fleet.value.links.values())
    for (const end of [link.a, link.b]) if (end.deviceId === device.id && end.interface !== null) return end.interface
  return null
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-levers": IspvmLevers
  }
}
