import { plural } from "../format/plural.ts"
import { count } from "../format/units.ts"

/** Customers of an incident. */
export const impact = {
  title: "Customers",
  failed: "Customers could not be counted",
  cutOff: (n: number) => plural(n, { one: "# session cut off", other: "# sessions cut off" }),
  before: (n: number, at: string) => `of ${count(n)} that were up at ${at}`,
  allBack: "All sessions are back.",
  unreachable: "not reachable",
  lost: "reports them as ended",
  ofDevice: (cutOff: number, before: number) => `${count(cutOff)} of ${count(before)}`,
  who: "Who",
  isBack: "back",
  isOut: "cut off",
  more: (n: number) => `${count(n)} more are not listed.`,
  hidden: "Your role does not show who they are.",
  unnamed: "without a name",
} as const
