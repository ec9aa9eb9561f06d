/** The fields of the desired configuration. The page has the form. */
import type { Companion, CompanionScript } from "@ispvm/appliance/api/companion"
import { html, nothing, type TemplateResult } from "lit"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { isLoopback } from "../agents/agent-status.ts"
import {
  type DesiredConfigForm,
  type HardenForm,
  NEW_HARDEN,
  type NetwatchForm,
  SERVICES,
} from "./desired-config-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"
import "./ispvm-netwatch.ts"

const strings = pageTexts.companion.choices
type Typed = CustomEvent<string>

export type ChoicesDeps = {
  readonly form: DesiredConfigForm
  readonly set: (changes: Partial<DesiredConfigForm>) => void
  readonly companion: Companion
  readonly hasAgent: boolean
  /** The error of a field, by its path. */
  readonly fieldError: (path: string) => string
}

const isProfile = (value: string): value is DesiredConfigForm["profile"] =>
  value in pageTexts.companion.profile

const profileChoices = ({ form, set }: ChoicesDeps) => html`<fieldset>
  <legend>${strings.profile}</legend>
  <div class="profiles lined-rows">
    ${Object.entries(pageTexts.companion.profile).map(
      ([
        value,
        { name, text },
      ]) => html`<label class="profile hover-soft ${value === form.profile ? "chosen" : ""}">
        <input type="radio" name="profile" value=${value} .checked=${value === form.profile} @change=${() => isProfile(value) && set({ profile: value })} />
        <span><strong>${name}</strong> ${text}</span>
      </label>`,
    )}
  </div>
</fieldset>`

const releaseChoices = ({ form, set, companion, hasAgent, fieldError }: ChoicesDeps) => {
  const current = form.heartbeat
  const periods = ["15", "30", "60", "300"]
  const choices = [
    { value: "auto", label: strings.heartbeatAuto(hasAgent) },
    { value: "0", label: strings.heartbeatOff },
    ...[...new Set([...periods, ...(current === "auto" || current === "0" ? [] : [current])])].map(
      (value) => ({
        value,
        label: strings.heartbeatEvery(Number(value)),
      }),
    ),
  ]
  return html`<div class="two">
    <ispvm-field mono label=${strings.release} hint=${strings.releaseHint[companion.releaseFrom]} .value=${form.release} error=${form.release.trim() === "" ? "" : fieldError("release")} @change-value=${(event: Typed) => set({ release: event.detail })}></ispvm-field>
    <ispvm-select label=${strings.heartbeat} ?disabled=${!form.push} .value=${current} error=${fieldError("heartbeatS")} .choices=${choices} @change-value=${(event: Typed) => set({ heartbeat: event.detail })}></ispvm-select>
  </div>`
}

const reportChoices = ({ form, set }: ChoicesDeps) => html`<fieldset>
  <legend>${strings.reports}</legend>
  ${toggle(strings.push, strings.pushText, form.push, (push) => set({ push }))}
  ${toggle(strings.syslog, strings.syslogText, form.syslog, (syslog) => set({ syslog }))}
  ${toggle(strings.api, strings.apiText, form.api, (api) => set({ api }))}
  <div class="snmp" role="radiogroup" aria-label=${strings.snmp}>
    <strong aria-hidden="true">${strings.snmp}</strong>
    ${SNMP.map(
      (value) => html`<label class=${form.snmp === value ? "vivid" : "soft"}
        ><input type="radio" name="snmp" .checked=${form.snmp === value} @change=${() => set({ snmp: value })} />${strings.snmpChoices[value]}</label
      >`,
    )}
  </div>
  ${form.snmp === "v2c" ? html`<p class="warn">${strings.snmpWarning}</p>` : nothing}
</fieldset>`
const SNMP = ["v3", "v2c", "off"] as const

const toggle = (
  label: string,
  text: string,
  checked: boolean,
  set: (on: boolean) => void,
): TemplateResult =>
  html`<label class="toggle">
    <input type="checkbox" .checked=${checked} @change=${(event: Event) => set(event.target instanceof HTMLInputElement && event.target.checked)} />
    <span><strong>${label}</strong> ${text}</span>
  </label>`

const netwatchChoices = ({ form, set, fieldError }: ChoicesDeps) => html`<fieldset>
  <legend>${pageTexts.companion.netwatch.title}</legend>
  <ispvm-netwatch .entries=${form.netwatch} .fieldError=${fieldError} @change-netwatch=${(event: CustomEvent<readonly NetwatchForm[]>) => set({ netwatch: event.detail })}></ispvm-netwatch>
</fieldset>`

/** Collapsed, unless the suggestion cannot work or a field has an error. */
const addressChoices = ({ form, set, companion, fieldError }: ChoicesDeps) => {
  const { agentAddresses, applianceHost } = companion.suggested
  const isLoopbackHost = form.applianceHost.trim() === "" && isLoopback(`https://${applianceHost}`)
  const hasError = fieldError("applianceHost") !== "" || fieldError("agentAddresses") !== ""
  const isTyped = form.applianceHost !== "" || form.agentAddresses !== ""
  const agents =
    agentAddresses.length === 0 ? strings.agentsNone : strings.suggested(agentAddresses.join(", "))
  return html`<details ?open=${isLoopbackHost || hasError || isTyped}>
    <summary>${strings.addresses}<span class="muted">${form.applianceHost.trim() || applianceHost}</span></summary>
    <div class="stack">
      <ispvm-field mono label=${strings.host} placeholder=${applianceHost} .value=${form.applianceHost} hint=${strings.suggested(applianceHost)} error=${fieldError("applianceHost") || (isLoopbackHost ? strings.hostLoopback : "")} @change-value=${(event: Typed) => set({ applianceHost: event.detail })}></ispvm-field>
      <ispvm-field mono label=${strings.agents} placeholder=${agentAddresses.join(", ")} .value=${form.agentAddresses} hint="${strings.agentsHint} ${agents}" error=${fieldError("agentAddresses")} @change-value=${(event: Typed) => set({ agentAddresses: event.detail })}></ispvm-field>
    </div>
  </details>`
}

const hardenToggle = ({ form, set, fieldError }: ChoicesDeps) => html`<fieldset>
  <legend class="hidden-visually">${strings.harden}</legend>
  ${toggle(strings.harden, strings.hardenText, form.harden !== null, (on) => set({ harden: on ? NEW_HARDEN : null }))}
  ${form.harden === null ? nothing : hardenFields(form.harden, (harden) => set({ harden }), fieldError)}
</fieldset>`

/** Login services: turning all of them off locks people out. */
const LOGINS: ReadonlySet<string> = new Set(["ssh", "winbox"])

const hardenFields = (
  harden: HardenForm,
  set: (harden: HardenForm) => void,
  fieldError: (path: string) => string,
) => {
  const isOff = (service: HardenForm["servicesOff"][number]): boolean =>
    harden.servicesOff.includes(service)
  return html`<div class="stack">
    <div>
      <div class="label" id="services">${strings.services}</div>
      <div class="chips" role="group" aria-labelledby="services">
        ${SERVICES.map(
          (service) =>
            html`<ispvm-chip ?active=${isOff(service)} @click=${() => set({ ...harden, servicesOff: isOff(service) ? harden.servicesOff.filter((each) => each !== service) : [...harden.servicesOff, service] })}>${service}</ispvm-chip>`,
        )}
      </div>
      ${harden.servicesOff.some((each) => LOGINS.has(each)) ? html`<p class="warn space-before">${strings.servicesWarning}</p>` : nothing}
    </div>
    <div class="two">
      <ispvm-field mono label=${strings.discovery} hint=${strings.discoveryHint} .value=${harden.discoveryList} error=${fieldError("harden.discoveryList")} @change-value=${(event: Typed) => set({ ...harden, discoveryList: event.detail })}></ispvm-field>
      <ispvm-field label=${strings.undo} .value=${harden.undoAfterMinutes} error=${fieldError("harden.undoAfterMinutes")} @change-value=${(event: Typed) => set({ ...harden, undoAfterMinutes: event.detail })}></ispvm-field>
    </div>
  </div>`
}

/** The fields for each kind of script. Removal and confirmation have none. */
export const choicesPanel = (
  deps: ChoicesDeps,
  kind: CompanionScript["kind"],
  isSaving: boolean,
  onSave: () => void,
) => {
  if (kind === "remove" || kind === "confirm-harden") return nothing
  const save = html`<div><ispvm-button kind="primary" icon=${kind === "accounts" ? "key-round" : "shield-check"} ?busy=${isSaving} @click=${onSave}>${pageTexts.companion.script.save}</ispvm-button></div>`
  const { form, set, fieldError } = deps
  return html`<section class="panel" aria-labelledby="choices">
    <header><h2 id="choices">${strings.title}</h2></header>
    <div class="scroll">
      <div class="choices">
        ${
          kind === "accounts"
            ? html`${releaseChoices(deps)} ${addressChoices(deps)} ${save}`
            : kind === "harden"
              ? html`${hardenFields(form.harden ?? NEW_HARDEN, (harden) => set({ harden }), fieldError)}
                ${save}`
              : html`${profileChoices(deps)} ${releaseChoices(deps)} ${reportChoices(deps)} ${form.push ? netwatchChoices(deps) : nothing}
                ${addressChoices(deps)} ${hardenToggle(deps)}`
        }
      </div>
    </div>
  </section>`
}
