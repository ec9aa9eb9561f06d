import type { DryRun, DryRunAlert, DryRunResult } from "@ispvm/appliance/api/alert-rule-answers"
import { createMeasure } from "@ispvm/appliance/messages/numbers"
import { html, LitElement, nothing, svg } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { duration } from "../../i18n/format/time.ts"
import { locale } from "../../i18n/locale.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { ActionController } from "../../state/action.ts"
import { stackHost } from "../../theme/hosts.ts"
import { panel, shared } from "../../theme/shared.ts"
import { ruleStyles } from "./rule-styles.ts"
import { textOfSent } from "./rule-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"

const strings = pageTexts.rules
type Range = keyof typeof strings.ranges
const RANGES: readonly Range[] = ["hour", "day", "week"]
const MAX_ROWS = 12
/** The timeline is drawn on this many units. */
const WIDTH = 1_000
const measure = createMeasure(locale)

/** What a text would have raised on what was measured, beside the rule that is in use. */
@customElement("ispvm-dry-run")
export class IspvmDryRun extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() yaml = ""
  @state() private range: Range = "day"
  @state() private result: DryRun | null = null
  readonly #action = new ActionController(this)

  static override styles = [shared, panel, stackHost, ruleStyles]

  override render() {
    if (this.deps?.session.can("rules:write") !== true) return nothing
    return html`<section class="panel" aria-labelledby="dry-run">
      <header><h2 id="dry-run">${strings.dryRun}</h2></header>
      <div class="body">
        <p class="soft">${strings.dryRunText}</p>
        <div class="chips">
          ${RANGES.map((range) => html`<ispvm-chip ?active=${this.range === range} @click=${() => this.#choose(range)}>${strings.ranges[range]}</ispvm-chip>`)}
          <ispvm-button icon="play" ?busy=${this.#action.isBusy} ?disabled=${this.yaml.trim() === ""} @click=${() => void this.#run()}>${strings.run}</ispvm-button>
        </div>
        ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}
        ${this.result === null ? nothing : this.#result(this.result)}
      </div>
    </section>`
  }

  #result(result: DryRun) {
    const { problems, inactive, candidate, current, bucketMs, devices, ofDevices } = result
    if (problems.length > 0)
      return html`<p class="text-fault">${strings.problems(problems.length)}</p>`
    if (candidate === null)
      return html`<p class="muted">${inactive === null ? strings.cannotRun : strings.inactive(textOfSent(inactive))}</p>`
    return html`<div class="two" role="status">
        ${side(strings.candidate, candidate, result)}
        ${current === null ? html`<div><h3>${strings.current}</h3><p class="muted">${strings.noCurrent}</p></div>` : side(strings.current, current, result)}
      </div>
      <p class="caption">${strings.resolution(duration(bucketMs))}${devices < ofDevices ? html` ${strings.notAll(devices, ofDevices)}` : nothing}</p>`
  }

  #choose(range: Range): void {
    this.range = range
    this.result = null
  }

  async #run(): Promise<void> {
    const { deps, yaml, range } = this
    if (deps === null) return
    const done = await this.#action.run("run", () => deps.api.dryRunAlertRule({ yaml, range }))
    if (done !== null) this.result = done.value
  }
}

const side = (heading: string, { raised, entities, alerts }: DryRunResult, run: DryRun) => {
  const byThing = [
    ...Map.groupBy(alerts, ({ deviceId, subject }) => `${deviceId} ${subject}`).values(),
  ]
  return html`<div class="stack-2">
    <h3>${heading}</h3>
    <p class="caption">${raised === 0 ? strings.none : `${strings.times(raised)} · ${strings.places(entities)}`}</p>
    ${byThing.slice(0, MAX_ROWS).map((own) => row(own, run))}
    ${byThing.length > MAX_ROWS ? html`<p class="muted">${strings.more(byThing.length - MAX_ROWS)}</p>` : nothing}
  </div>`
}

const row = (alerts: readonly DryRunAlert[], run: DryRun) => {
  const [first] = alerts
  if (first === undefined) return nothing
  const { deviceId, deviceName, subject } = first
  return html`<div class="run">
    <span class="wrap small"><a href=${paths.device(deviceId)}>${deviceName}</a>${subject === null ? nothing : html` ${subject}`}</span>
    <svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" role="img" aria-label=${alerts.map((alert) => spoken(alert, run.unit)).join("; ")}>
      ${alerts.map((alert) => bar(alert, run))}
    </svg>
  </div>`
}

const spoken = (alert: DryRunAlert, unit: string): string => {
  const { severity, fromMs, untilMs, value, state } = alert
  const shown =
    state !== undefined ? state : value === null || unit === "bool" ? null : measure(value, unit)
  const lasted = untilMs === null ? strings.still : duration(untilMs - fromMs)
  return `${strings.severities[severity]}, ${lasted}${shown === null ? "" : `, ${shown}`}`
}

const bar = (alert: DryRunAlert, { fromMs, toMs, unit }: DryRun) => {
  const at = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * WIDTH
  const start = at(alert.fromMs)
  // What is shorter than a hair is drawn all the same.
  const width = Math.max(3, at(alert.untilMs ?? toMs) - start)
  const isWorst = alert.severity === "critical" || alert.severity === "major"
  return svg`<rect class=${isWorst ? "worst" : ""} x=${start} y="1" width=${width} height="8"><title>${spoken(alert, unit)}</title></rect>`
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-dry-run": IspvmDryRun
  }
}
