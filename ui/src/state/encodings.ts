/** Code pages for the texts of a device or a site, as choices. */
import type { TextEncoding } from "@ispvm/appliance/api/inventory"
import type { Choice } from "../components/ispvm-select.ts"
import { t } from "../i18n/strings/strings.ts"

const entries = Object.entries(t.encoding.names) as [TextEncoding, string][]

/**
 * `inherited`: the meaning of an empty choice; null: there is no parent, and empty means "detect".
 */
export const encodingChoices = (inherited: string | null): readonly Choice[] => [
  { value: "", label: inherited ?? t.encoding.names.auto },
  ...entries
    .filter(([value]) => inherited !== null || value !== "auto")
    .map(([value, label]) => ({ value, label })),
]
export const encodingOf = (value: string): TextEncoding | null =>
  entries.find(([each]) => each === value)?.[0] ?? null
