/** The SNMP fields of a credential form. */
import { html, nothing } from "lit"
import { t } from "../../i18n/strings/strings.ts"
import {
  AUTH_CHOICES,
  hasAuth,
  hasPriv,
  PRIV_CHOICES,
  type SnmpTyped,
  type SnmpVersion,
} from "./snmp-form.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"

const strings = t.access.snmpForm
type Typed = CustomEvent<string>

export type SnmpFieldsDeps = {
  readonly typed: SnmpTyped
  readonly versions: readonly SnmpVersion[]
  readonly set: (changes: Partial<SnmpTyped>) => void
  /** What is wrong with a field, by its path in the credential. */
  readonly fieldError: (path: string) => string
  /** Empty passwords are not changed. */
  readonly keepsSaved?: boolean
}

export const snmpFields = ({
  typed,
  versions,
  set,
  fieldError,
  keepsSaved = false,
}: SnmpFieldsDeps) => {
  const isVersion = (value: string): value is SnmpVersion => versions.some((each) => each === value)
  const secret = (label: string, name: "authPassword" | "privPassword") =>
    html`<ispvm-field label=${label} type="password" autocomplete="new-password" hint=${keepsSaved ? strings.keeps : ""} .value=${typed[name]} error=${fieldError(`snmpV3.${name}`)} @change-value=${(event: Typed) => set({ [name]: event.detail })}></ispvm-field>`
  const protocol = (
    label: string,
    name: "authProtocol" | "privProtocol",
    choices: readonly (keyof typeof strings.protocols)[],
  ) =>
    html`<ispvm-select
      label=${label}
      .value=${typed[name]}
      hint=${typed[name] === "none" || typed[name] === "MD5" || typed[name] === "DES" ? strings.weak[typed[name]] : ""}
      .choices=${choices.map((value) => ({ value, label: strings.protocols[value] }))}
      @change-value=${(event: Typed) => set({ [name]: event.detail })}
    ></ispvm-select>`
  return html`<ispvm-select
      label=${strings.version}
      .value=${typed.snmpVersion}
      hint=${strings.versionHints[typed.snmpVersion]}
      .choices=${versions.map((value) => ({ value, label: strings.versions[value] }))}
      @change-value=${(event: Typed) => isVersion(event.detail) && set({ snmpVersion: event.detail })}
    ></ispvm-select>
    ${
      typed.snmpVersion === "v3"
        ? html`<ispvm-field label=${strings.user} .value=${typed.snmpUser} error=${fieldError("snmpV3.user")} @change-value=${(event: Typed) => set({ snmpUser: event.detail })}></ispvm-field>
            ${protocol(strings.authProtocol, "authProtocol", AUTH_CHOICES)}
            ${hasAuth(typed) ? html`${secret(strings.authPassword, "authPassword")} ${protocol(strings.privProtocol, "privProtocol", PRIV_CHOICES)}` : nothing}
            ${hasPriv(typed) ? secret(strings.privPassword, "privPassword") : nothing}`
        : nothing
    }
    ${
      typed.snmpVersion === "v2c" || typed.snmpVersion === "v1"
        ? html`<ispvm-field label=${t.access.community} type="password" autocomplete="new-password" .value=${typed.community} error=${fieldError("snmpCommunity")} @change-value=${(event: Typed) => set({ community: event.detail })}></ispvm-field>`
        : nothing
    }`
}
