/** The router form in three sections: address, access, inventory. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type { Credential, DeviceRole, Site } from "@ispvm/appliance/api/inventory"
import { html, nothing } from "lit"
import { paths } from "../../app/paths.ts"
import type { FormController } from "../../components/form-controller.ts"
import { byName } from "../../i18n/format/names.ts"
import { t } from "../../i18n/strings/strings.ts"
import { retypedFields, type SecretField } from "../credentials/retyped.ts"
import { snmpFields } from "../credentials/snmp-fields.ts"
import {
  byLiveness,
  chooseApi,
  type Draft,
  NEW,
  type RouterBody,
  type RouterForm,
  snmpTyped,
} from "./draft.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.access

export type FieldsDeps = {
  readonly form: FormController<RouterForm, RouterBody>
  readonly canMakeAgents: boolean
  readonly canSaveCredentials: boolean
  /** Secrets that must be entered again. */
  readonly requestedSecrets: readonly SecretField[]
}

export const reachFields = ({ form, canMakeAgents }: FieldsDeps, agents: readonly Agent[]) => {
  const choices = byLiveness(agents).map((agent) => ({
    value: agent.id,
    label: agent.status !== "unknown" ? agent.name : strings.agentNotLive(agent.name),
  }))
  return html`${form.field("address", { label: strings.address, hint: strings.addressHint, mono: true, class: "address" })}
    ${
      agents.length === 0
        ? html`<div class="noagent">
            <p>${strings.noAgentsText}</p>
            ${form.error("agentId") === "" ? nothing : html`<p class="form-error" role="alert">${form.error("agentId")}</p>`}
            ${canMakeAgents ? html`<ispvm-button icon="bot" href=${paths.agentNew}>${strings.makeAgent}</ispvm-button>` : nothing}
          </div>`
        : form.select("agentId", {
            label: strings.agent,
            choices: [...choices, { value: "", label: strings.noAgent }],
          })
    }`
}

export const methodFields = ({ form }: FieldsDeps) => {
  const { api, snmp, icmp } = form.filled
  const choose = (kind: Draft["api"]): void =>
    form.set(chooseApi(form.filled, api === kind ? "off" : kind))
  return html`<div class="wide">
      <div class="label" id="methods">${strings.methods}</div>
      <div class="chips" role="group" aria-labelledby="methods">
        <ispvm-chip ?active=${api === "tls"} @click=${() => choose("tls")}>${strings.apiTls}</ispvm-chip>
        <ispvm-chip ?active=${api === "plain"} @click=${() => choose("plain")}>${strings.apiPlain}</ispvm-chip>
        <ispvm-chip ?active=${snmp} @click=${() => form.set({ snmp: !snmp })}>${strings.snmp}</ispvm-chip>
        <ispvm-chip ?active=${icmp} @click=${() => form.set({ icmp: !icmp })}>${strings.ping}</ispvm-chip>
      </div>
      ${api === "off" && !snmp && !icmp && form.errorAt("methods") !== "" ? html`<p class="form-error" role="alert">${form.errorAt("methods")}</p>` : nothing}
      ${api === "plain" ? html`<p class="warn">${strings.plainWarning}</p>` : nothing}
    </div>
    ${api === "off" ? nothing : form.field("apiPort", { label: strings.apiPort, mono: true })}
    ${snmp ? form.field("snmpPort", { label: strings.snmpPort, mono: true }) : nothing}`
}

export const credentialFields = (
  deps: FieldsDeps,
  credentials: readonly Credential[],
  onManage: () => void,
) => {
  const { form, canSaveCredentials, requestedSecrets } = deps
  const { api, snmp, credentialId, retyped } = form.filled
  if (api === "off" && !snmp) return nothing
  const choices = [
    ...credentials.map((each) => ({ value: each.id, label: each.name })),
    ...(canSaveCredentials ? [{ value: NEW, label: strings.credentialNew }] : []),
    { value: "", label: strings.credentialNone },
  ]
  return html`<div class="credential wide">
      ${form.select("credentialId", { label: strings.credential, hint: canSaveCredentials ? "" : strings.credentialAdmin, choices })}
      ${canSaveCredentials ? html`<ispvm-button kind="quiet" icon="key-round" @click=${onManage}>${strings.manage}</ispvm-button>` : nothing}
    </div>
    ${credentialId === NEW ? newCredential(form) : retypedFields({ requestedSecrets, typed: retyped, error: form.rejection, set: (typed) => form.set({ retyped: typed }) })}`
}

const newCredential = (form: FieldsDeps["form"]) => html`${
  form.filled.api === "off"
    ? nothing
    : html`${form.field("username", { label: strings.username })}
        ${form.field("password", { label: strings.password, type: "password", autocomplete: "new-password" })}`
}
  ${
    form.filled.snmp
      ? snmpFields({
          typed: snmpTyped(form.filled),
          versions: ["v3", "v2c", "v1"],
          set: ({ snmpVersion, ...typed }) =>
            form.set(
              snmpVersion === undefined || snmpVersion === "none"
                ? typed
                : { ...typed, snmpVersion },
            ),
          fieldError: (path) => form.errorAt(`credential.${path}`),
        })
      : nothing
  }
  ${form.field("credentialName", { label: strings.credentialName, optional: true, hint: strings.credentialNameHint })}`

export const placeFields = ({ form }: FieldsDeps, sites: readonly Site[]) => {
  const known = [...sites].sort(byName).map((site) => ({ value: site.id, label: site.name }))
  return html`${form.field("name", { label: strings.name, optional: true, hint: strings.nameHint })}
    ${form.select("siteId", { label: strings.site, choices: [{ value: "", label: strings.siteNone }, ...known, { value: NEW, label: strings.siteNew }] })}
    ${
      form.filled.siteId === NEW
        ? html`${form.field("siteName", { label: strings.siteName, class: "wide" })}
            ${form.field("latitude", { label: strings.latitude, optional: true })}
            ${form.field("longitude", { label: strings.longitude, optional: true })}`
        : nothing
    }
    <div class="wide">
      <div class="label" id="roles">${strings.roles}</div>
      <div class="chips" role="group" aria-labelledby="roles">${roleNames.map((role) => roleChip(role, form))}</div>
    </div>`
}

const isRole = (name: string): name is DeviceRole => name in t.terms.role
const roleNames = Object.keys(t.terms.role).filter(isRole)
const roleChip = (role: DeviceRole, form: FieldsDeps["form"]) => {
  const { roles } = form.filled
  const active = roles.includes(role)
  const next = active ? roles.filter((each) => each !== role) : [...roles, role]
  return html`<ispvm-chip ?active=${active} @click=${() => form.set({ roles: next })}>${t.terms.role[role]}</ispvm-chip>`
}
