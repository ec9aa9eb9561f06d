/** The fields of SNMP, wherever a credential is typed. */
import { html, nothing } from "lit"
import { t } from "../../strings/strings.ts"
import { AUTH_CHOICES, hasAuth, hasPriv, PRIV_CHOICES, type SnmpProblem, type SnmpTyped, type SnmpVersion } from "./snmp-form.ts"
import "../../parts/ispvm-field.ts"
import "../../parts/ispvm-select.ts"

const words = t.access.snmpForm
type Typed = CustomEvent<string>

export type SnmpFieldsDeps = {
  readonly typed: SnmpTyped
  readonly versions: readonly SnmpVersion[]
  readonly set: (changes: Partial<SnmpTyped>) => void
  readonly problems: ReadonlySet<string>
  /** What the appliance says about a field, by its path. */
  readonly wrong: (path: string) => string
  /** Empty passwords stay as they are saved. */
  readonly keeps?: boolean
}

export const snmpFields = ({ typed, versions, set, problems, wrong, keeps = false }: SnmpFieldsDeps) => {
  const isVersion = (value: string): value is SnmpVersion => versions.some((each) => each === value)
  const said = (problem: SnmpProblem, path: string): string =>
    problems.has(problem) ? words.needs[problem] : wrong(`snmpV3.${path}`)
  const secret = (label: string, problem: SnmpProblem & ("authPassword" | "privPassword")) =>
    html`<ispvm-field label=${label} type="password" autocomplete="new-password" hint=${keeps ? words.keeps : ""} .value=${typed[problem]} error=${said(problem, problem)} @change-value=${(event: Typed) => set({ [problem]: event.detail })}></ispvm-field>`
  const protocol = (label: string, name: "authProtocol" | "privProtocol", choices: readonly (keyof typeof words.protocols)[]) =>
    html`<ispvm-select
      label=${label}
      .value=${typed[name]}
      hint=${typed[name] === "none" || typed[name] === "MD5" || typed[name] === "DES" ? words.weak[typed[name]] : ""}
      .choices=${choices.map((value) => ({ value, label: words.protocols[value] }))}
      @change-value=${(event: Typed) => set({ [name]: event.detail })}
    ></ispvm-select>`
  return html`<ispvm-select
      label=${words.version}
      .value=${typed.snmpVersion}
      hint=${words.versionHints[typed.snmpVersion]}
      .choices=${versions.map((value) => ({ value, label: words.versions[value] }))}
      @change-value=${(event: Typed) => isVersion(event.detail) && set({ snmpVersion: event.detail })}
    ></ispvm-select>
    ${
      typed.snmpVersion === "v3"
        ? html`<ispvm-field label=${words.user} .value=${typed.snmpUser} error=${said("snmpUser", "user")} @change-value=${(event: Typed) => set({ snmpUser: event.detail })}></ispvm-field>
            ${protocol(words.authProtocol, "authProtocol", AUTH_CHOICES)}
            ${hasAuth(typed) ? html`${secret(words.authPassword, "authPassword")} ${protocol(words.privProtocol, "privProtocol", PRIV_CHOICES)}` : nothing}
            ${hasPriv(typed) ? secret(words.privPassword, "privPassword") : nothing}`
        : nothing
    }
    ${
      typed.snmpVersion === "v2c" || typed.snmpVersion === "v1"
        ? html`<ispvm-field label=${t.access.community} type="password" autocomplete="new-password" .value=${typed.community} error=${wrong("snmpCommunity")} @change-value=${(event: Typed) => set({ community: event.detail })}></ispvm-field>`
        : nothing
    }`
}
