import { t } from "../../i18n/strings/strings.ts"
import type { RangeProblem } from "./absolute-range.ts"

const strings = t.ranges

/** What is wrong with a range, where no field stands beside it. */
export const problemText = (problems: readonly RangeProblem[]): string =>
  problems
    .map(({ end, reason }) => strings.inAddressOf(strings[end], strings.problem[reason]))
    .join(" ")
