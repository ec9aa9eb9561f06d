import type { Diagnostic } from "@ispvm/appliance/api/diagnostics"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { ActionController } from "../../state/action.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"

const strings = pageTexts.diagnostics
/** A link has two ends. */
const MAX_DEVICES = 2
const RUNS = {
  ping: { action: "ping", from: "agent", address: null, count: 5, bytes: 56 },
  traceroute: { action: "traceroute", from: "agent", address: null },
} as const satisfies Readonly<Record<string, Diagnostic>>

/** Ping and traceroute to the devices of a cause with one tap, from their agents. */
@customElement("ispvm-run-on-cause")
export class IspvmRunOnCause extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** Ids of devices. */
  @property({ attribute: false }) devices: readonly string[] = []
  readonly #action = new ActionController<string>(this)

  static override styles = [shared]

  override render() {
    const { deps } = this
    if (deps === null || !deps.session.can("diagnostics:run")) return nothing
    const known = this.devices
      .flatMap((id) => deps.fleet.value.devices.get(id) ?? [])
      .filter(({ agentId }) => agentId !== null)
      .slice(0, MAX_DEVICES)
    if (known.length === 0) return nothing
    return html`<div class="cluster">
        ${known.map(
          ({ id, name }) =>
            html`${this.#button(id, "ping", strings.runPing(name))}${this.#button(id, "traceroute", strings.runTraceroute(name))}`,
        )}
      </div>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}`
  }

  #button(device: string, what: keyof typeof RUNS, label: string) {
    return html`<ispvm-button icon=${what === "ping" ? "activity" : "workflow"} ?busy=${this.#action.running === `${what} ${device}`} @click=${() => void this.#run(device, what)}>${label}</ispvm-button>`
  }

  async #run(device: string, what: keyof typeof RUNS): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const started = await this.#action.run(`${what} ${device}`, () =>
      deps.api.startDiagnostic(device, RUNS[what]),
    )
    if (started !== null) deps.go(paths.deviceDiagnostics(device, started.value.id))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-run-on-cause": IspvmRunOnCause
  }
}
