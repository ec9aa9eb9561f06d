/** The form of a router in three parts: where it is, how to read it, where it belongs. */
import type { Agent } from "@ispvm/appliance/api/agents"
import type { Credential, DeviceRole, Site } from "@ispvm/appliance/api/inventory"
import { html, nothing } from "lit"
import type { ApiError } from "../../api/problem.ts"
import { paths } from "../../app/paths.ts"
import { byName } from "../../i18n/format/names.ts"
import { t } from "../../i18n/strings/strings.ts"
import { retypedFields, type SecretField } from "../credentials/retyped.ts"
import { snmpFields } from "../credentials/snmp-fields.ts"
import { byLiveness, chooseApi, type Draft, type DraftProblem, NEW, snmpTyped } from "./draft.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-chip.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.access

export type FieldsDeps = {
  readonly draft: Draft
  readonly set: (changes: Partial<Draft>) => void
  readonly error: ApiError | null
  /** What a button pressed too early has shown to be wrong. */
  readonly problems: ReadonlySet<DraftProblem>
  readonly canMakeAgents: boolean
  readonly canSaveCredentials: boolean
  /** Secrets that have to be typed again. */
  readonly requestedSecrets: readonly SecretField[]
}
type Typed = CustomEvent<string>

export const reachFields = (deps: FieldsDeps, agents: readonly Agent[]) => {
  const { draft, set, problems } = deps
  const choices = byLiveness(agents).map((agent) => ({
    value: agent.id,
    label: agent.status !== "unknown" ? agent.name : strings.agentNotLive(agent.name),
  }))
  return html`<ispvm-field
      mono
      class="address"
      label=${strings.address}
      hint=${strings.addressHint}
      .value=${draft.address}
      error=${problems.has("address") ? strings.needsAddress : (deps.error?.field("address") ?? "")}
      @change-value=${(event: Typed) => set({ address: event.detail })}
    ></ispvm-field>
    ${
      agents.length === 0
        ? html`<div class="noagent">
            <p>${strings.noAgentsText}</p>
            ${deps.canMakeAgents ? html`<ispvm-button icon="bot" href=${paths.agentNew}>${strings.makeAgent}</ispvm-button>` : nothing}
          </div>`
        : html`<ispvm-select
            label=${strings.agent}
            .value=${draft.agentId}
            error=${problems.has("agent") ? strings.needsAgent : (deps.error?.field("agentId") ?? "")}
            .choices=${[...choices, { value: "", label: strings.noAgent }]}
            @change-value=${(event: Typed) => set({ agentId: event.detail })}
          ></ispvm-select>`
    }`
}

export const methodFields = ({ draft, set, problems, error }: FieldsDeps) => html`<div class="wide">
    <div class="label" id="methods">${strings.methods}</div>
    <div class="chips" role="group" aria-labelledby="methods">
      <ispvm-chip ?active=${draft.api === "tls"} @click=${() => set(chooseApi(draft, draft.api === "tls" ? "off" : "tls"))}>${strings.apiTls}</ispvm-chip>
      <ispvm-chip ?active=${draft.api === "plain"} @click=${() => set(chooseApi(draft, draft.api === "plain" ? "off" : "plain"))}>${strings.apiPlain}</ispvm-chip>
      <ispvm-chip ?active=${draft.snmp} @click=${() => set({ snmp: !draft.snmp })}>${strings.snmp}</ispvm-chip>
      <ispvm-chip ?active=${draft.icmp} @click=${() => set({ icmp: !draft.icmp })}>${strings.ping}</ispvm-chip>
    </div>
    ${problems.has("method") ? html`<p class="form-error" role="alert">${strings.noMethod}</p>` : nothing}
    ${draft.api === "plain" ? html`<p class="warn">${strings.plainWarning}</p>` : nothing}
  </div>
  ${
    draft.api === "off"
      ? nothing
      : html`<ispvm-field
          label=${strings.apiPort}
          type="text"
          mono
          .value=${draft.apiPort}
          error=${problems.has("apiPort") ? strings.badPort : (error?.field("methods.routerosApi.port") ?? "")}
          @change-value=${(event: Typed) => set({ apiPort: event.detail })}
        ></ispvm-field>`
  }
  ${
    draft.snmp
      ? html`<ispvm-field
          label=${strings.snmpPort}
          mono
          .value=${draft.snmpPort}
          error=${problems.has("snmpPort") ? strings.badPort : (error?.field("methods.snmp.port") ?? "")}
          @change-value=${(event: Typed) => set({ snmpPort: event.detail })}
        ></ispvm-field>`
      : nothing
  }`

export const credentialFields = (
  deps: FieldsDeps,
  credentials: readonly Credential[],
  onManage: () => void,
) => {
  const { draft, set, error } = deps
  if (draft.api === "off" && !draft.snmp) return nothing
  const choices = [
    ...credentials.map((each) => ({ value: each.id, label: each.name })),
    ...(deps.canSaveCredentials ? [{ value: NEW, label: strings.credentialNew }] : []),
    { value: "", label: strings.credentialNone },
  ]
  return html`<div class="credential wide">
      <ispvm-select
        label=${strings.credential}
        .value=${draft.credentialId}
        hint=${deps.canSaveCredentials ? "" : strings.credentialAdmin}
        error=${error?.field("credentialId") ?? ""}
        .choices=${choices}
        @change-value=${(event: Typed) => set({ credentialId: event.detail })}
      ></ispvm-select>
      ${deps.canSaveCredentials ? html`<ispvm-button kind="quiet" icon="key-round" @click=${onManage}>${strings.manage}</ispvm-button>` : nothing}
    </div>
    ${draft.credentialId === NEW ? newCredential(deps) : retypedFields({ requestedSecrets: deps.requestedSecrets, typed: draft.retyped, error, set: (retyped) => set({ retyped }) })}`
}

const newCredential = ({ draft, set, error, problems }: FieldsDeps) => html`${
  draft.api === "off"
    ? nothing
    : html`<ispvm-field label=${strings.username} .value=${draft.username} error=${error?.field("username") ?? ""} @change-value=${(event: Typed) => set({ username: event.detail })}></ispvm-field>
        <ispvm-field label=${strings.password} type="password" autocomplete="new-password" .value=${draft.password} error=${error?.field("password") ?? ""} @change-value=${(event: Typed) => set({ password: event.detail })}></ispvm-field>`
}
  ${
    draft.snmp
      ? snmpFields({
          typed: snmpTyped(draft),
          versions: ["v3", "v2c", "v1"],
          set: ({ snmpVersion, ...typed }) =>
            set(
              snmpVersion === undefined || snmpVersion === "none"
                ? typed
                : { ...typed, snmpVersion },
            ),
          problems,
          fieldError: (path) => error?.field(path) || error?.field(`credential.${path}`) || "",
        })
      : nothing
  }
  <ispvm-field label=${strings.credentialName} optional hint=${strings.credentialNameHint} .value=${draft.credentialName} @change-value=${(event: Typed) => set({ credentialName: event.detail })}></ispvm-field>`

export const placeFields = (
  { draft, set, problems, error }: FieldsDeps,
  sites: readonly Site[],
) => {
  const known = [...sites].sort(byName).map((site) => ({ value: site.id, label: site.name }))
  return html`<ispvm-field label=${strings.name} optional hint=${strings.nameHint} .value=${draft.name} error=${error?.field("name") ?? ""} @change-value=${(event: Typed) => set({ name: event.detail })}></ispvm-field>
    <ispvm-select
      label=${strings.site}
      .value=${draft.siteId}
      error=${error?.field("siteId") ?? ""}
      .choices=${[{ value: "", label: strings.siteNone }, ...known, { value: NEW, label: strings.siteNew }]}
      @change-value=${(event: Typed) => set({ siteId: event.detail })}
    ></ispvm-select>
    ${
      draft.siteId === NEW
        ? html`<ispvm-field class="wide" label=${strings.siteName} .value=${draft.siteName} @change-value=${(event: Typed) => set({ siteName: event.detail })}></ispvm-field>
            <ispvm-field label=${strings.latitude} optional .value=${draft.latitude} error=${problems.has("latitude") ? strings.badNumber : (error?.field("latitude") ?? "")} @change-value=${(event: Typed) => set({ latitude: event.detail })}></ispvm-field>
            <ispvm-field label=${strings.longitude} optional .value=${draft.longitude} error=${problems.has("longitude") ? strings.badNumber : (error?.field("longitude") ?? "")} @change-value=${(event: Typed) => set({ longitude: event.detail })}></ispvm-field>`
        : nothing
    }
    <div class="wide">
      <div class="label" id="roles">${strings.roles}</div>
      <div class="chips" role="group" aria-labelledby="roles">${roleNames.map((role) => roleChip(role, draft, set))}</div>
    </div>`
}

const isRole = (name: string): name is DeviceRole => name in t.terms.role
const roleNames = Object.keys(t.terms.role).filter(isRole)
const roleChip = (role: DeviceRole, draft: Draft, set: FieldsDeps["set"]) => {
  const active = draft.roles.includes(role)
  const roles = active ? draft.roles.filter((each) => each !== role) : [...draft.roles, role]
  return html`<ispvm-chip ?active=${active} @click=${() => set({ roles })}>${t.terms.role[role]}</ispvm-chip>`
}
