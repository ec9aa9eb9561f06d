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
const many = (n: number, one: string, more = `${one}s`): string =>
  plural(n, { one: `# ${one}`, other: `# ${more}` })

export const causes = {
  confidenceLevel,
  /** `over`: the incident is, and is told as it was. */
  oneOf: (n: number, over: boolean) =>
    `One of these ${numberWord(n)}: from here they ${over ? "could not" : "cannot"} be told apart.`,
  allOf: (n: number, over: boolean) =>
    `${n === 2 ? "Both" : `All ${numberWord(n)}`} ${over ? "had" : "have"} failed at once.`,
  allOfEach: (n: number, over: boolean) =>
    `${n === 2 ? "Both" : `All ${numberWord(n)}`} ${over ? "had" : "have"} failed at once, or what cannot be told apart from them.`,
  or: "or",
  and: "and",
  nothing: "Nothing has failed",
  nothingWhy: "What was seen would be misread.",
  stale: (at: string) => `As of ${at}. What has changed since is not known.`,
  moreEquivalentsButton: (n: number) => `or one of ${n} more`,
  fewerEquivalents: "Show fewer",
  rechecksPending: (answered: number, requested: number) =>
    `Looking again: ${answered} of ${requested} answered`,
  explanations: "Explanations",
  draw: (n: number) => `Draw explanation ${n}`,
  drawn: (n: number) => `Drawn: as if explanation ${n} were true`,
  drawnBack: "Back to the first",
  equivalents: (n: number) =>
    n === 1 ? "or, looking the same from here," : "or, looking the same from here, one of",
  moreEquivalents: (n: number) => `and ${n} more`,
  distinguish: "To tell it from 1:",
  else: "Anything else",
  onlyOne: "No other explanation was found.",
  evidence: "Evidence",
  for: "For",
  against: "Against",
  noneFor: "Nothing speaks for it any more.",
  noneAgainst: "Nothing speaks against it.",
  showAll: (n: number) => `Show all ${n}`,
  showFewer: "Show fewer",
  rechecks: "Looked again",
  answeredOf: (answered: number, requested: number) => `${answered} of ${requested} answered`,
  recheckRequested: (span: string) => `asked ${span} ago …`,
  recheckPending: "asked, not answered yet",
  recheckUnanswered: "never answered",
  recheckTook: (span: string) => `after ${span}`,
  result,
  answered: "answered",
  history: "How we came to it",
  historyMore: (n: number) => `${many(n, "earlier step")}`,
  historyFewer: "Fewer steps",
  causeChanged: "changed our mind",
  after: (span: string) => `+ ${span}`,
  step: {
    power: (device: string, site: string) =>
      `Ask ${site} for power at ${device}: if it is on, it is the line.`,
    powerEach: (one: string, other: string) =>
      `Ask for power at ${one} and at ${other}: the dark one is it.`,
    carrier: (device: string) =>
      `Ask the carrier of ${device} whether it is alive: if it is, it is the line.`,
    light: (one: string, other: string) =>
      `Look for light at the ends of ${one} and of ${other}: the dark one is it.`,
    sitePower: (site: string, device: string) =>
      `Ask ${site} for power: if more than ${device} is dark, it is the site.`,
    siteOrLine: (site: string) => `Ask ${site} for power: if it is on, it is the line.`,
    sites: (one: string, other: string) => `Ask ${one} and ${other} for power: the dark one is it.`,
    elsewhere: (agent: string) =>
      `Reach the routers from anywhere but the host of ${agent}: if they answer there, the agent alone is cut off.`,
    checkAlsoFailed: (name: string) => `Look whether ${name} has failed as well.`,
    reallyDown: (name: string) => `Look at ${name}: if it works, nothing has failed.`,
  },
  diagram: {
    from: (agent: string) => `The further down, the further from agent ${agent}`,
    answers: "answers",
    unknown: "not known: its agent is cut off",
    site: (name: string) => `Site ${name}`,
    agent: (name: string) => `Agent ${name}`,
    moreDownstream: (n: number) => `${n} more behind it`,
    moreOnGraph: (n: number) => `${n} more on the graph`,
  },
} as const
