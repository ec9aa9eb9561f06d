import type { Collector } from "@ispvm/appliance/api/collectors"
import type { Choice } from "../../components/ispvm-select.ts"
import { duration } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"

const S = 1_000
const MIN = 60 * S
const HOUR = 60 * MIN
const OFFERED = [S, 5 * S, 10 * S, 30 * S, MIN, 5 * MIN, 15 * MIN, HOUR, 6 * HOUR, 24 * HOUR]

/** The default, the usual intervals, and the one that is set, whatever it is. */
export const intervalChoices = ({
  defaultMs,
  overrideMs,
}: Pick<Collector, "defaultMs" | "overrideMs">): readonly Choice[] => {
  const offered = overrideMs === null ? OFFERED : [...OFFERED, overrideMs]
  const inOrder = [...new Set(offered)].toSorted((a, b) => a - b)
  const byDefault = defaultMs === null ? t.collectors.none : duration(defaultMs)
  return [
    { value: "", label: t.collectors.byDefault(byDefault) },
    ...inOrder.map((ms) => ({ value: String(ms), label: duration(ms) })),
  ]
}

/** The interval of a choice in ms; null: the default. */
export const intervalOf = (value: string): number | null => (value === "" ? null : Number(value))
