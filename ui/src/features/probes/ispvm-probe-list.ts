import type { Probe, ProbeState, ProbeView } from "@ispvm/appliance/api/probes"
import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { emit } from "../../components/emit.ts"
import { perCent, roundTrip } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { targetText } from "./probe-form.ts"
import { probeListStyles } from "./probe-list-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-spark.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.probes
const STATUS: Readonly<Record<ProbeState, "ok" | "down" | "unknown">> = {
  ok: "ok",
  failing: "down",
  unknown: "unknown",
}
const PHASES = ["nameMs", "connectMs", "tlsMs", "firstByteMs"] as const
/** Days of a certificate from which on they are shown as a warning. */
const FEW_DAYS = 14

/** Probes with what each agent found. Emits `edit-probe` with the id, and `ran`. */
@customElement("ispvm-probe-list")
export class IspvmProbeList extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) probes: readonly Probe[] = []
  /** On the page of their device, its name is not repeated. */
  @property({ type: Boolean }) bare = false
  readonly #action = new ActionController(this)

  static override styles = [shared, stackHost, probeListStyles]

  override render() {
    return html`<ul class="lined-rows">${this.probes.map((probe) => this.#row(probe))}</ul>`
  }

  #row(probe: Probe) {
    const { name, check, segment, views, isEnabled } = probe
    return html`<li class="pad-row stack-2">
      <div class="head">
        <div class="grow wrap">
          <strong>${name}</strong>
          <div class="caption wrap">${strings.form.kinds[check.kind]} · <span class="mono">${targetText(check)}</span></div>
          <div class="caption">
            ${strings.segments[segment]} · ${isEnabled ? strings.everySeconds(probe.everyS) : strings.off}
            ${this.bare ? nothing : html`· <a href=${paths.device(probe.deviceId)}>${probe.deviceName}</a>`}
          </div>
        </div>
        ${this.#actions(probe)}
      </div>
      ${views.length === 0 ? html`<p class="muted">${strings.noAgents}</p>` : html`<ul class="views">${views.map((view) => this.#view(probe, view))}</ul>`}
    </li>`
  }

  #actions({ id, name, isEnabled }: Probe) {
    if (this.deps?.session.can("probes:write") !== true) return nothing
    return html`<div class="cluster">
      ${isEnabled ? html`<ispvm-button icon="rotate-cw" ?busy=${this.#action.running === id} @click=${() => void this.#run(id, name)}>${strings.run}<span class="hidden-visually"> ${name}</span></ispvm-button>` : nothing}
      <ispvm-button icon="pencil" @click=${() => emit(this, "edit-probe", id)}>${strings.edit}<span class="hidden-visually"> ${name}</span></ispvm-button>
    </div>`
  }

  #view({ check }: Probe, view: ProbeView) {
    const { state, outcome, totalMs, lossPct, certificateDays, hops, atMs } = view
    const word = outcome === null ? strings.waiting : (strings.outcomes[outcome] ?? outcome)
    const phases = PHASES.flatMap((phase) => {
      const value = view[phase]
      return value === null || value === 0 ? [] : [`${strings.phases[phase]} ${roundTrip(value)}`]
    })
    return html`<li class="view">
      <ispvm-status status=${STATUS[state]} word=${view.agentName}></ispvm-status>
      <span class="grow wrap ${state === "failing" ? "text-down" : ""}">
        ${word}${lossPct === null || lossPct === 0 ? "" : html` · ${strings.loss(perCent(lossPct))}`}
        ${certificateDays === null ? nothing : html`<span class=${certificateDays < FEW_DAYS ? "text-warn" : "muted"}>· ${strings.certificate(certificateDays)}</span>`}
        ${phases.length === 0 ? nothing : html`<span class="caption block">${phases.join(" · ")}</span>`}
      </span>
      <ispvm-spark .values=${view.recentMs}></ispvm-spark>
      <span class="figure">${totalMs === null ? (hops === null ? t.terms.none : "") : roundTrip(totalMs)}${hops === null ? nothing : html` <span class="caption">${strings.hops(hops)}</span>`}</span>
      <span class="caption age">${atMs === null ? nothing : html`<ispvm-time at=${atMs}></ispvm-time>`}</span>
      ${check.kind === "trace" ? this.#path(view) : nothing}
    </li>`
  }

  #path({ path }: ProbeView) {
    if (path === null) return nothing
    const text = (hops: readonly (string | null)[]) =>
      hops.map((hop) => hop ?? strings.unansweredHop).join(" → ")
    return html`<div class="path caption">
      <span class="mono wrap">${strings.path}: ${text(path.hops)}${path.isReached ? "" : ` (${strings.notReached})`}</span>
      ${path.was === null ? nothing : html`<span class="mono wrap muted">${strings.pathWas}: ${text(path.was)} · <ispvm-time at=${path.atMs}></ispvm-time></span>`}
    </div>`
  }

  async #run(id: string, name: string): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const done = await this.#action.run(id, () => deps.api.runProbe(id))
    deps.toast(
      done === null
        ? { tone: "failed", text: this.#action.message }
        : { tone: "done", text: strings.ran(name) },
    )
    emit(this, "ran", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-probe-list": IspvmProbeList
  }
}
