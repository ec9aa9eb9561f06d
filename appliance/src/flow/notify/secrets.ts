/** The secrets of channels: encrypted in the database, kept only for the destination they were given for. */
import {
  CHANNEL_SECRETS,
  type ChannelInput,
  ChannelSecrets,
  type ChannelSettings,
  type SecretName,
} from "../../api/notifications.ts"
import { invalid } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import { PLACES, seal, unseal } from "../../registry/secrets/secrets.ts"

export const sealSecrets = (key: Buffer, org: OrgId, id: string, secrets: ChannelSecrets): Buffer =>
  seal(key, PLACES.channel(org, id), JSON.stringify(secrets))

export const openSecrets = (
  key: Buffer,
  org: OrgId,
  id: string,
  sealed: Buffer | null,
): ChannelSecrets => {
  if (sealed === null) return {}
  const opened = unseal(key, PLACES.channel(org, id), sealed)
  if (!opened.ok) throw new Error("The secrets of a channel cannot be decrypted.")
  return ChannelSecrets.parse(JSON.parse(opened.text))
}

/** Those of a channel that is shown or changed: with another master key, none is set. */
export const knownSecrets = (...args: Parameters<typeof openSecrets>): ChannelSecrets => {
  try {
    return openSecrets(...args)
  } catch {
    return {}
  }
}

/** Where the secrets of these settings are sent; addresses that are secrets are part of themselves. */
const destinationOf = (settings: ChannelSettings): string => {
  switch (settings.kind) {
    case "email":
      return `email ${settings.host}:${settings.port} ${settings.security} ${settings.username ?? ""}`
    case "telegram":
    case "slack":
    case "pagerduty":
    case "opsgenie":
      return `${settings.kind} ${settings.baseUrl}`
    case "teams":
    case "webhook":
    case "sms":
    case "push":
      return settings.kind
  }
}

const namesOf = (kind: ChannelSettings["kind"]): readonly SecretName[] =>
  Object.keys(CHANNEL_SECRETS[kind]) as SecretName[]

const requireAll = (kind: ChannelSettings["kind"], secrets: ChannelSecrets): void => {
  const needed: Readonly<Record<string, string>> = CHANNEL_SECRETS[kind]
  const missing = namesOf(kind).filter(
    (name) => needed[name] === "required" && secrets[name] === undefined,
  )
  const hasNeither =
    kind === "slack" && secrets.token === undefined && secrets.webhookUrl === undefined
  const paths = [...missing, ...(hasNeither ? ["webhookUrl"] : [])]
  if (paths.length > 0)
    throw invalid(
      paths.map((name) => ({ path: `secrets.${name}`, code: "field.required", params: {} })),
    )
}

/**
 * Those given, and of those stored what stays; null removes one. Throws 422 where one is missing or
 * foreign.
 */
export const mergeSecrets = (
  was: { readonly settings: ChannelSettings; readonly secrets: ChannelSecrets } | null,
  settings: ChannelSettings,
  given: ChannelInput["secrets"],
): ChannelSecrets => {
  const names = namesOf(settings.kind)
  const foreign = Object.keys(given).filter((name) => !names.some((known) => known === name))
  if (foreign.length > 0)
    throw invalid(
      foreign.map((name) => ({ path: `secrets.${name}`, code: "field.unknown", params: {} })),
    )
  const isSame = was !== null && destinationOf(was.settings) === destinationOf(settings)
  const kept = isSame ? was.secrets : {}
  // An address is the destination of the other secrets beside it.
  const isMoved = (given.url ?? null) !== null && given.url !== was?.secrets.url
  // A bot token and a webhook exclude each other: the newer one counts.
  const isSwitched =
    settings.kind === "slack" && Object.values(given).some((value) => value !== null)
  const replaced = isMoved || isSwitched ? {} : kept
  const merged = Object.fromEntries(
    Object.entries({ ...replaced, ...given }).filter(([, value]) => value !== null),
  ) as ChannelSecrets
  requireAll(settings.kind, merged)
  return merged
}

export const secretsSet = (secrets: ChannelSecrets): string[] =>
  Object.entries(secrets).flatMap(([name, value]) => (value === undefined ? [] : [name]))
