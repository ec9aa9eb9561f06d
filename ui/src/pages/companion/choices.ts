/** What a router may be wished to do, as fields. The page holds the form. */
import type { Companion, CompanionScript } from "@ispvm/appliance/api/companion"
import { html, nothing, type TemplateResult } from "lit"
import { t } from "../../strings/strings.ts"
import { isLoopback } from "../agents/agent-look.ts"
import { type HardenForm, NEW_HARDEN, SERVICES, type WatchForm, type WishForm } from "./wish-form.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-chip.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-select.ts"
import "./ispvm-watches.ts"

const words = t.companion.choices
type Typed = CustomEvent<string>

export type ChoicesDeps = {
  readonly form: WishForm
  readonly set: (changes: Partial<WishForm>) => void
  readonly companion: Companion
  readonly hasAgent: boolean
  /** What is wrong with a field, in words, by its path. */
  readonly wrong: (path: string) => string
}

const isDuty = (value: string): value is WishForm["duty"] => value in t.companion.duty

const dutyChoices = ({ form, set }: ChoicesDeps) => html`<fieldset>
  <legend>${words.duty}</legend>
  <div class="duties">
    ${Object.entries(t.companion.duty).map(
      ([value, { name, text }]) => html`<label class="duty ${value === form.duty ? "chosen" : ""}">
        <input type="radio" name="duty" value=${value} .checked=${value === form.duty} @change=${() => isDuty(value) && set({ duty: value })} />
        <span><strong>${name}</strong> ${text}</span>
      </label>`,
    )}
  </div>
</fieldset>`

const releaseChoices = ({ form, set, companion, hasAgent, wrong }: ChoicesDeps) => {
  const kept = form.heartbeat
  const periods = ["15", "30", "60", "300"]
  const choices = [
    { value: "auto", label: words.heartbeatAuto(hasAgent) },
    { value: "0", label: words.heartbeatOff },
    ...[...new Set([...periods, ...(kept === "auto" || kept === "0" ? [] : [kept])])].map((value) => ({
      value,
      label: words.heartbeatEvery(Number(value)),
    })),
  ]
  return html`<div class="two">
    <ispvm-field mono label=${words.release} hint=${words.releaseHint[companion.releaseFrom]} .value=${form.release} error=${form.release.trim() === "" ? "" : wrong("release")} @change-value=${(event: Typed) => set({ release: event.detail })}></ispvm-field>
    <ispvm-select label=${words.heartbeat} ?disabled=${!form.push} .value=${kept} error=${wrong("heartbeatS")} .choices=${choices} @change-value=${(event: Typed) => set({ heartbeat: event.detail })}></ispvm-select>
  </div>`
}

const reportChoices = ({ form, set }: ChoicesDeps) => html`<fieldset>
  <legend>${words.reports}</legend>
  ${toggle(words.push, words.pushText, form.push, (push) => set({ push }))}
  ${toggle(words.syslog, words.syslogText, form.syslog, (syslog) => set({ syslog }))}
  ${toggle(words.api, words.apiText, form.api, (api) => set({ api }))}
  <div class="snmp" role="radiogroup" aria-label=${words.snmp}>
    <strong aria-hidden="true">${words.snmp}</strong>
    ${SNMP.map(
      (value) => html`<label class=${form.snmp === value ? "chosen" : ""}
        ><input type="radio" name="snmp" .checked=${form.snmp === value} @change=${() => set({ snmp: value })} />${words.snmpChoices[value]}</label
      >`,
    )}
  </div>
  ${form.snmp === "v2c" ? html`<p class="warn">${words.snmpWarning}</p>` : nothing}
</fieldset>`
const SNMP = ["v3", "v2c", "off"] as const

const toggle = (label: string, text: string, checked: boolean, set: (on: boolean) => void): TemplateResult =>
  html`<label class="toggle">
    <input type="checkbox" .checked=${checked} @change=${(event: Event) => set(event.target instanceof HTMLInputElement && event.target.checked)} />
    <span><strong>${label}</strong> ${text}</span>
  </label>`

const watchChoices = ({ form, set, wrong }: ChoicesDeps) => html`<fieldset>
  <legend>${t.companion.watches.title}</legend>
  <ispvm-watches .watches=${form.watches} .wrong=${wrong} @change-watches=${(event: CustomEvent<readonly WatchForm[]>) => set({ watches: event.detail })}></ispvm-watches>
</fieldset>`

/** Closed, unless what is suggested cannot work or something is wrong there. */
const addressChoices = ({ form, set, companion, wrong }: ChoicesDeps) => {
  const { agentAddresses, applianceHost } = companion.suggested
  const isNear = form.applianceHost.trim() === "" && isLoopback(`https://${applianceHost}`)
  const isWrong = wrong("applianceHost") !== "" || wrong("agentAddresses") !== ""
  const isTyped = form.applianceHost !== "" || form.agentAddresses !== ""
  const agents = agentAddresses.length === 0 ? words.agentsNone : words.suggested(agentAddresses.join(", "))
  return html`<details ?open=${isNear || isWrong || isTyped}>
    <summary>${words.addresses}<span class="muted">${form.applianceHost.trim() || applianceHost}</span></summary>
    <div class="stack">
      <ispvm-field mono label=${words.host} placeholder=${applianceHost} .value=${form.applianceHost} hint=${words.suggested(applianceHost)} error=${wrong("applianceHost") || (isNear ? words.hostLoopback : "")} @change-value=${(event: Typed) => set({ applianceHost: event.detail })}></ispvm-field>
      <ispvm-field mono label=${words.agents} placeholder=${agentAddresses.join(", ")} .value=${form.agentAddresses} hint="${words.agentsHint} ${agents}" error=${wrong("agentAddresses")} @change-value=${(event: Typed) => set({ agentAddresses: event.detail })}></ispvm-field>
    </div>
  </details>`
}

const hardenToggle = ({ form, set, wrong }: ChoicesDeps) => html`<fieldset>
  <legend class="hidden-visually">${words.harden}</legend>
  ${toggle(words.harden, words.hardenText, form.harden !== null, (on) => set({ harden: on ? NEW_HARDEN : null }))}
  ${form.harden === null ? nothing : hardenFields(form.harden, (harden) => set({ harden }), wrong)}
</fieldset>`

/** Ways by which people log in: switching them all off locks them out. */
const LOGINS: ReadonlySet<string> = new Set(["ssh", "winbox"])

const hardenFields = (harden: HardenForm, set: (harden: HardenForm) => void, wrong: (path: string) => string) => {
  const isOff = (service: HardenForm["servicesOff"][number]): boolean => harden.servicesOff.includes(service)
  return html`<div class="stack">
    <div>
      <div class="label" id="services">${words.services}</div>
      <div class="chips" role="group" aria-labelledby="services">
        ${SERVICES.map(
          (service) =>
            html`<ispvm-chip ?active=${isOff(service)} @click=${() => set({ ...harden, servicesOff: isOff(service) ? harden.servicesOff.filter((each) => each !== service) : [...harden.servicesOff, service] })}>${service}</ispvm-chip>`,
        )}
      </div>
      ${harden.servicesOff.some((each) => LOGINS.has(each)) ? html`<p class="warn">${words.servicesWarning}</p>` : nothing}
    </div>
    <div class="two">
      <ispvm-field mono label=${words.discovery} hint=${words.discoveryHint} .value=${harden.discoveryList} error=${wrong("harden.discoveryList")} @change-value=${(event: Typed) => set({ ...harden, discoveryList: event.detail })}></ispvm-field>
      <ispvm-field label=${words.undo} .value=${harden.undoAfterMinutes} error=${wrong("harden.undoAfterMinutes")} @change-value=${(event: Typed) => set({ ...harden, undoAfterMinutes: event.detail })}></ispvm-field>
    </div>
  </div>`
}

/** What the script of this kind is made from. Taking it out, and keeping the hardening, leave nothing to choose. */
export const choicesPanel = (deps: ChoicesDeps, kind: CompanionScript["kind"], isSaving: boolean, onSave: () => void) => {
  if (kind === "remove" || kind === "confirm-harden") return nothing
  const { form, set, wrong } = deps
  return html`<section class="panel" aria-labelledby="choices">
    <header><h2 id="choices">${words.title}</h2></header>
    <div class="scroll">
      <div class="choices">
        ${
          kind === "harden"
            ? html`${hardenFields(form.harden ?? NEW_HARDEN, (harden) => set({ harden }), wrong)}
                <div><ispvm-button kind="primary" icon="shield-check" ?busy=${isSaving} @click=${onSave}>${t.companion.script.save}</ispvm-button></div>`
            : html`${dutyChoices(deps)} ${releaseChoices(deps)} ${reportChoices(deps)} ${form.push ? watchChoices(deps) : nothing}
                ${addressChoices(deps)} ${hardenToggle(deps)}`
        }
      </div>
    </div>
  </section>`
}
