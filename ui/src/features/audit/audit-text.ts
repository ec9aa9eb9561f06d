/**
 * Texts of audit entries. An action without a text is shown by its name, so that none is hidden.
 */
import type { AuditEntry } from "@ispvm/appliance/api/session"
import { paths } from "../../app/paths.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet.ts"

const strings = pageTexts.audit

export const SUBJECTS = Object.entries(strings.subjects).map(([value, label]) => ({
  value: value === "all" ? "" : value,
  label,
}))
const ACTIONS: Readonly<Record<string, string>> = strings.actions

/** An action of an earlier release is shown by its name. */
export const actionText = ({ action }: Pick<AuditEntry, "action">): string =>
  ACTIONS[action] ?? action

/** The source address. A failed login has no account; its address is in the detail. */
export const originText = ({ address, detail }: Pick<AuditEntry, "address" | "detail">): string => {
  const from = address ?? detail.address
  return typeof from === "string" && from !== "" ? strings.from(from) : strings.noAddress
}

/** Names of what is not in the fleet: users, credentials and regions, by id. */
export type MoreNames = ReadonlyMap<string, string>
type Subject = { readonly name: string; readonly href: string | null }

/**
 * The current name of the subject, or the one of that time; null if neither is known. Without
 * `href` it is deleted, or has no page.
 */
export const subjectOf = (
  entry: Pick<AuditEntry, "subject" | "subjectId" | "detail">,
  fleet: Pick<Fleet, "devices" | "links" | "sites" | "agents">,
  more: MoreNames,
): Subject | null => {
  const inFleet = fleetSubject(entry, fleet)
  if (inFleet !== null) return inFleet
  const { subject, subjectId, detail } = entry
  if (subject === "incident" && subjectId !== null && typeof detail.number === "number")
    return { name: strings.incident(detail.number), href: paths.incident(subjectId) }
  const name = more.get(subjectId ?? "") ?? detail.name ?? detail.email
  if (typeof name === "string" && name !== "") return { name, href: null }
  const collector = subject === "collector" ? t.collectors.names[subjectId ?? ""] : undefined
  return collector === undefined ? null : { name: collector, href: paths.settings }
}

const fleetSubject = (
  { subject, subjectId }: Pick<AuditEntry, "subject" | "subjectId">,
  { devices, links, sites, agents }: Pick<Fleet, "devices" | "links" | "sites" | "agents">,
): Subject | null => {
  const id = subjectId ?? ""
  const named = (
    known: ReadonlyMap<string, { readonly name: string }>,
    hrefOf: (id: string) => string,
  ) => {
    const name = known.get(id)?.name
    return name === undefined ? null : { name, href: hrefOf(id) }
  }
  switch (subject) {
    case "device":
      return named(devices, paths.device)
    case "link":
      return named(links, paths.link)
    case "site":
      return named(sites, paths.mapAt)
    case "agent":
      return named(agents, paths.agent)
    default:
      return null
  }
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value)
const isChange = (value: unknown): value is { readonly before: unknown; readonly after: unknown } =>
  typeof value === "object" && value !== null && "before" in value && "after" in value

/** The fields of the detail, a change as "before → after"; empty values are left out. */
export const detailLines = (detail: AuditEntry["detail"]): readonly (readonly [string, string])[] =>
  Object.entries(detail)
    .filter(
      ([, value]) =>
        value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
    )
    .map(
      ([name, value]) =>
        [
          name,
          isChange(value) ? `${asText(value.before)} → ${asText(value.after)}` : asText(value),
        ] as const,
    )
