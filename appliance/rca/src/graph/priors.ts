/** What is believed about failures before anything is observed. */
import type { Node } from "../model.ts"

/** How often things of a kind fail, relative to each other: only ratios matter. */
const FAILURE_RATES: Readonly<Record<string, number>> = { customer: 0.02, service: 0.5 }
const ROUTER = 1
const LINK = 3
const GROUP = 0.5
export const UPLINK_RATE = 0.5

export const nodeRate = ({ kind }: Node): number => FAILURE_RATES[kind] ?? ROUTER
/** A link to something that rarely fails rarely fails itself. */
export const linkRate = (endRate: number, otherEndRate: number): number =>
  LINK * Math.min(1, endRate, otherEndRate)
export const groupRate = (members: number): number => (members === 0 ? 0 : GROUP)

/**
 * By how many times its own rate planned work adds to how often what it is done on fails. Well below
 * what a maintenance window means in practice: one clear observation still decides against it.
 */
const WORK = 9
/** The probability of each of so many works that it is why something under work has failed. */
export const workShare = (works: number): number => WORK / (1 + WORK * works)
/** The share of the total rate, with the odds that works leave it. */
export const underWork = (share: number, works: number): number => {
  const odds = share * (1 + WORK * works)
  return odds / (1 - share + odds)
}

/** Bounds, because in a small network each share of the total failure rate is large. */
const CUSTOMER = { share: 0.05, min: 1e-4, max: 5e-3 }
/** The probability that a customer with one link has failed by itself. */
export const customerProbability = (totalRate: number): number =>
  Math.min(CUSTOMER.max, Math.max(CUSTOMER.min, CUSTOMER.share / Math.max(1, totalRate)))

/**
 * Odds that something has failed, and that one more thing has. The first are above 1 because a
 * network is analysed when something seems wrong; the second grow, because storms and power cuts
 * cause several faults.
 */
const FIRST_FAULT = 3
const FURTHER_FAULT = 0.28
const oddsOfOneMore = (faults: number): number =>
  faults === 1 ? FIRST_FAULT : Math.min(1, FURTHER_FAULT * faults)
/** From here on the odds of one more are 1, so that the prior stays the same. */
const COUNTS = 400
const countPriors = new Float64Array(COUNTS + 1)
for (let faults = 1; faults <= COUNTS; faults += 1)
  countPriors[faults] = (countPriors[faults - 1] ?? 0) + Math.log(oddsOfOneMore(faults))
/** How likely this number of faults is, compared with none; a natural logarithm. */
export const countPrior = (faults: number): number => countPriors[Math.min(faults, COUNTS)] ?? 0
