import type { MaintenanceTarget } from "@ispvm/appliance/api/maintenance"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { duration } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { contentsHost } from "../../theme/hosts.ts"
import "../../components/ispvm-menu.ts"

const strings = t.maintenance
const MINUTES = [30, 60, 120, 240, 480] as const

/** "I am working on this": begins a maintenance window for one thing. Two taps. */
@customElement("ispvm-working-on")
export class IspvmWorkingOn extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) target: MaintenanceTarget | null = null
  readonly #action = new ActionController(this)

  static override styles = contentsHost

  override render() {
    const { deps, target } = this
    if (deps === null || target === null || !deps.session.can("maintenance:write")) return nothing
    const entries = MINUTES.map((minutes) => ({
      key: String(minutes),
      label: strings.workingFor(duration(minutes * 60_000)),
    }))
    return html`<ispvm-menu label=${strings.workingOn} ?disabled=${this.#action.isBusy} .entries=${entries} @pick-entry=${(event: CustomEvent<string>) => void this.#begin(deps, target, Number(event.detail))}></ispvm-menu>`
  }

  async #begin(deps: Deps, { kind, id }: MaintenanceTarget, minutes: number): Promise<void> {
    const done = await this.#action.run("begin", () =>
      deps.api.startMaintenance({ targets: [{ kind, id }], minutes }),
    )
    if (done !== null)
      deps.toast({
        tone: "done",
        text: strings.begun(duration(minutes * 60_000)),
        href: paths.maintenance,
      })
    else if (this.#action.error !== null) deps.toast({ tone: "failed", text: this.#action.message })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-working-on": IspvmWorkingOn
  }
}
