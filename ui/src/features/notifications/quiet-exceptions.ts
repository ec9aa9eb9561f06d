import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = pageTexts.policyForm

/** What is notified in spite of quiet hours: nothing, or what is as severe as this. */
export const exceptions = (): readonly { readonly value: string; readonly label: string }[] => [
  { value: "", label: strings.exceptNone },
  ...Object.entries(t.workflow.severity).map(([value, label], index) => ({
    value,
    label: index === 0 ? strings.onlyCritical(label.toLowerCase()) : strings.fromUp(label),
  })),
]
