import type { Recheck } from "@ispvm/appliance/api/incidents"
import type { ConfidenceLevel } from "../../state/confidence-level.ts"
import { plural } from "../format/plural.ts"

const confidenceLevel: Record<ConfidenceLevel, string> = {
  certain: "Almost certain",
  "very-likely": "Very likely",
  likely: "Likely",
  guess: "Best guess",
  unclear: "Unclear",
}
const result: Record<NonNullable<Recheck["result"]>, string> = {
  up: "up",
  down: "down",
  "no-answer": "no answer",
}
const NUMBERS = ["", "", "two", "three", "four", "five"]
const numberWord = (n: number): string => NUMBERS[n] ?? String(n)

export const causes = {
  confidenceLevel,
  /** `over`: the incident is closed, so the text is in the past tense. */
  oneOf: (n: number, over: boolean) =>
    `One of these ${numberWord(n)}. From here they ${over ? "could not" : "cannot"} be distinguished.`,
  allOf: (n: number, over: boolean) =>
    `${n === 2 ? "Both" : `All ${numberWord(n)}`} ${over ? "had" : "have"} failed at once.`,
  allOfEach: (n: number, over: boolean) =>
    `${n === 2 ? "Both" : `All ${numberWord(n)}`} ${over ? "had" : "have"} failed at once, or causes indistinguishable from them.`,
  or: "or",
  and: "and",
  nothing: "Nothing has failed",
  nothingWhy: "The observations would be misleading.",
  stale: (at: string) => `As of ${at}. Later changes are not shown.`,
  moreEquivalentsButton: (n: number) => `or one of ${n} more`,
  fewerEquivalents: "Show fewer",
  rechecksPending: (answered: number, requested: number) =>
    `Re-checking: ${answered} of ${requested} answered`,
  explanations: "Possible causes",
  draw: (n: number) => `Show possible cause ${n}`,
  drawn: (n: number) => `Shown as if possible cause ${n} were true`,
  drawnBack: "Back to cause 1",
  equivalents: (n: number) =>
    n === 1 ? "or, indistinguishable from here," : "or, indistinguishable from here, one of",
  moreEquivalents: (n: number) => `and ${n} more`,
  distinguish: "To distinguish it from 1:",
  planned: (name: string, share: string) => `Explained by planned work ${name} (${share})`,
  else: "Other causes",
  onlyOne: "No other possible cause was found.",
  evidence: "Evidence",
  for: "For",
  against: "Against",
  noneFor: "No evidence for it any more.",
  noneAgainst: "No evidence against it.",
  showAll: (n: number) => `Show all ${n}`,
  showFewer: "Show fewer",
  rechecks: "Re-checks",
  answeredOf: (answered: number, requested: number) => `${answered} of ${requested} answered`,
  recheckRequested: (span: string) => `requested ${span} ago …`,
  recheckPending: "requested, no result yet",
  recheckUnanswered: "no result",
  recheckTook: (span: string) => `after ${span}`,
  result,
  answered: "answered",
  history: "Diagnosis history",
  historyMore: (n: number) => plural(n, { one: "# earlier step", other: "# earlier steps" }),
  historyFewer: "Fewer steps",
  causeChanged: "cause changed",
  after: (span: string) => `+ ${span}`,
  step: {
    power: (device: string, site: string) =>
      `Ask ${site} whether ${device} has power: if it has, the line has failed.`,
    powerEach: (one: string, other: string) =>
      `Ask whether ${one} and ${other} have power: the one without power is the cause.`,
    carrier: (device: string) =>
      `Ask the carrier of ${device} whether it is up: if it is, the line has failed.`,
    light: (one: string, other: string) =>
      `Check the light at the ends of ${one} and of ${other}: the one without light is the cause.`,
    sitePower: (site: string, device: string) =>
      `Ask ${site} about power: if more than ${device} has no power, the site is the cause.`,
    siteOrLine: (site: string) =>
      `Ask ${site} whether it has power: if it has, the line has failed.`,
    sites: (one: string, other: string) =>
      `Ask whether ${one} and ${other} have power: the one without power is the cause.`,
    elsewhere: (agent: string) =>
      `Try to reach the routers from another host than that of ${agent}: if they answer, only the agent is cut off.`,
    checkAlsoFailed: (name: string) => `Check whether ${name} has failed as well.`,
    worksBadly: (one: string, other: string) =>
      `Compare ${one} and ${other}: errors, drops, load and light of ports, CPU load of routers.`,
    reallyDown: (name: string) => `Check ${name}: if it works, nothing has failed.`,
  },
  diagram: {
    from: (agent: string) => `Top to bottom: increasing distance from agent ${agent}`,
    answers: "answers",
    unknown: "unknown: its agent is cut off",
    site: (name: string) => `Site ${name}`,
    agent: (name: string) => `Agent ${name}`,
    moreDownstream: (n: number) => `${n} more downstream`,
    moreOnGraph: (n: number) => `${n} more on the graph`,
  },
} as const
