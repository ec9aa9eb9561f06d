/** Texts of alert rules in the language of the UI. */
import type { AlertRule } from "@ispvm/appliance/api/alert-rule-answers"
import type { Severity } from "@ispvm/appliance/api/incidents"
import type { Message } from "@ispvm/appliance/api/messages"
import type { Status } from "@ispvm/appliance/api/shared"
import { locale } from "../../i18n/locale.ts"
import { sentText } from "../../i18n/strings/message-text.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"

export const nameOf = ({ name }: Pick<AlertRule, "name">): string =>
  locale.id === "tr" ? name.tr : name.en

type Sent = { readonly code: string; readonly params: Readonly<Record<string, unknown>> }
/** A code that only a newer appliance knows is shown as it is. */
export const textOfSent = (message: Sent, otherwise: string = message.code): string =>
  sentText({ ...(message as Message), message: otherwise })

/** How a severity is drawn: as the status of what it is about. */
export const SEVERITY_STATUS: Readonly<Record<Severity, Status>> = {
  critical: "down",
  major: "down",
  minor: "degraded",
  warning: "recovering",
}

/** "Active · 24 devices · 2 raised". */
export const stateText = ({
  inactive,
  evaluator,
  entity,
  entities,
  raised,
  pending,
}: AlertRule): string => {
  const strings = pageTexts.rules
  if (inactive !== null) return strings.inactive(textOfSent(inactive))
  if (evaluator !== null) return `${strings.active} · ${strings.evaluator}`
  return [
    strings.active,
    strings.of(entity, entities),
    ...(raised === 0 ? [] : [strings.raised(raised)]),
    ...(pending === 0 ? [] : [strings.pending(pending)]),
  ].join(" · ")
}
