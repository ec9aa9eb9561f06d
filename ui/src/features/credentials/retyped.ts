/**
 * Secrets of a saved credential, entered again because the appliance does not send them to a new
 * address.
 */
import type { TypedSecret } from "@ispvm/appliance/api/inventory"
import { html, nothing } from "lit"
import type { ApiError } from "../../api/problem.ts"
import { t } from "../../i18n/strings/strings.ts"
import "../../components/ispvm-field.ts"

const strings = t.access.retype
export type SecretField = keyof TypedSecret
const FIELDS = [
  "password",
  "snmpCommunity",
  "snmpAuthPassword",
  "snmpPrivPassword",
] as const satisfies readonly SecretField[]
/** The path of each secret in an answer, of a change and of a test. */
const PATHS: Readonly<Record<SecretField, readonly string[]>> = {
  password: ["secret.password", "credential.password"],
  snmpCommunity: ["secret.snmpCommunity", "credential.snmpCommunity"],
  snmpAuthPassword: ["secret.snmpAuthPassword", "credential.snmpV3.authPassword"],
  snmpPrivPassword: ["secret.snmpPrivPassword", "credential.snmpV3.privPassword"],
}

/** The secrets that the answer requires; empty if the error is another one. */
export const requestedSecretsIn = (error: ApiError | null): readonly SecretField[] =>
  error?.code === "secret-needed" || error?.code === "secret-wrong"
    ? FIELDS.filter((field) => PATHS[field].some((path) => error.field(path) !== ""))
    : []

export type RetypedDeps = {
  readonly requestedSecrets: readonly SecretField[]
  readonly typed: TypedSecret
  readonly error: ApiError | null
  readonly set: (typed: TypedSecret) => void
}

export const retypedFields = ({ requestedSecrets, typed, error, set }: RetypedDeps) => {
  if (requestedSecrets.length === 0) return nothing
  const fieldError = (field: SecretField): string =>
    error?.code === "secret-wrong"
      ? (PATHS[field].map((path) => error.field(path)).find((text) => text !== "") ?? "")
      : ""
  return html`<p class="warn wide" role="status">${strings.lead}</p>
    ${requestedSecrets.map(
      (field) => html`<ispvm-field
        class="wide"
        type="password"
        label=${strings.fields[field]}
        .value=${typed[field] ?? ""}
        error=${fieldError(field)}
        @change-value=${(event: CustomEvent<string>) => set({ ...typed, [field]: event.detail })}
      ></ispvm-field>`,
    )}`
}
