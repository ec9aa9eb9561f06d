import type { Symptom } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { repeat } from "lit/directives/repeat.js"
import { paths } from "../../app/paths.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = t.incidents
const PARTS: readonly Symptom["part"][] = ["cause", "evidence", "downstream"]
/** A thousand routers downstream of one cut are one sentence, not a thousand rows. */
const MAX_ROWS = 40

const shapeOf = (symptom: Symptom): Status => {
  const byPhase: Record<Symptom["phase"], Status> = {
    ok: "ok",
    pending: "ok",
    degraded: "degraded",
    down: symptom.part === "downstream" ? "unreachable" : "down",
    recovering: "recovering",
    unknown: "unknown",
  }
  return byPhase[symptom.phase]
}

/** The symptoms of an incident: role, phase, reason and duration of each. */
@customElement("ispvm-symptoms")
export class IspvmSymptoms extends LitElement {
  @property({ attribute: false }) symptoms: readonly Symptom[] = []

  static override styles = [
    shared,
    css`
      h3 {
        display: flex;
        gap: var(--space-2);
        font-size: var(--type-small);
        font-weight: var(--weight-medium);
        color: var(--text-3);
        padding-block: var(--space-3) var(--space-1);
      }
      li {
        display: grid;
        grid-template-columns: var(--space-3) minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-items: baseline;
        padding-block: var(--space-1);
      }
      .over :is(a, .what) {
        color: var(--text-2);
        font-weight: var(--weight-normal);
      }
      .why {
        grid-column: 2 / -1;
        color: var(--text-2);
        font-size: var(--type-small);
      }
    `,
  ]

  override render() {
    if (this.symptoms.length === 0)
      return html`<p class="muted pad-block">${strings.noEvidence}</p>`
    return PARTS.map((part) => {
      const own = this.symptoms.filter((each) => each.part === part)
      if (own.length === 0) return nothing
      const over = own.filter((each) => each.phase === "ok").length
      const first = [...own].sort(
        (a, b) => Number(a.phase === "ok") - Number(b.phase === "ok") || a.sinceMs - b.sinceMs,
      )
      return html`<h3>${strings.symptomRole[part]}<span>${own.length}${over === 0 ? nothing : html` · ${strings.evidenceOver(over)}`}</span></h3>
        <ul class="lined-rows">
          ${repeat(first.slice(0, MAX_ROWS), (each) => each.alertId, row)}
        </ul>
        ${own.length > MAX_ROWS ? html`<p class="muted pad-block">${strings.more(own.length - MAX_ROWS)}</p>` : nothing}`
    })
  }
}

const row = (symptom: Symptom) =>
  html`<li class=${symptom.phase === "ok" ? "over" : ""}>
    <ispvm-status compact status=${shapeOf(symptom)} word=${strings.phase[symptom.phase]}></ispvm-status>
    <span class="what prose wrap">${symptom.found === undefined ? device(symptom) : nothing} ${what(symptom)}</span>
    <span class="caption"><ispvm-time since at=${symptom.sinceMs}></ispvm-time></span>
    <span class="why">${why(symptom)}</span>
  </li>`

/** A symptom that left this incident while it was down is now part of another one. */
const STILL_BAD: ReadonlySet<string> = new Set([
  "probes-unanswered",
  "probe-missed",
  "loss",
  "port-down",
  "offline",
  "reports-missing",
])

const why = (symptom: Symptom): string =>
  symptom.phase === "ok" && STILL_BAD.has(symptom.reason)
    ? strings.elsewhere
    : `${strings.phase[symptom.phase]}: ${strings.reason(symptom.reason)}`

const device = ({ deviceId, deviceName }: Symptom) =>
  deviceId === null || deviceName === null
    ? nothing
    : html`<a href=${paths.device(deviceId)}>${deviceName}</a>`

const what = (symptom: Symptom) => {
  const { deviceId, interface: port, found } = symptom
  if (found !== undefined) return messageText({ code: "symptom.rule", params: found })
  if (symptom.kind === "interface-down") {
    if (deviceId === null || port === null) return strings.portDown(port ?? t.terms.none)
    // The sentence is one text of the catalogue: the name in it becomes a link.
    const [before = "", after = ""] = strings.portDown("\u0000").split("\u0000")
    return html`${before}<a href=${paths.interface(deviceId, port)}>${port}</a>${after}`
  }
  return strings.alertKind(symptom.kind)
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-symptoms": IspvmSymptoms
  }
}
