/** Code pages that a device's or a site's texts may be set to, as a list to choose from. */
import type { TextEncoding } from "@ispvm/appliance/api/inventory"
import type { Choice } from "../components/ispvm-select.ts"
import { t } from "../i18n/strings/strings.ts"

const entries = Object.entries(t.encoding.names) as [TextEncoding, string][]

/** `inherited`: what an empty choice means; null: nothing stands above, and empty is "recognise". */
export const encodingChoices = (inherited: string | null): readonly Choice[] => [
  { value: "", label: inherited ?? t.encoding.names.auto },
  ...entries
    .filter(([value]) => inherited !== null || value !== "auto")
    .map(([value, label]) => ({ value, label })),
]
export const encodingOf = (value: string): TextEncoding | null =>
  entries.find(([each]) => each === value)?.[0] ?? null
