/** How sure a link is: the sum of its evidence, as logarithm of odds. */
import type { Evidence } from "../model.ts"

const PRIOR = -1
const WEIGHTS: Readonly<Record<Evidence["source"], number>> = {
  lldp: 3.5,
  cdp: 3,
  mndp: 3,
  radio: 3.5,
  bridge: 2,
  ospf: 3,
  isis: 3,
  arp: 1.5,
  subnet: 2,
  bgp: 1.5,
}
/** What both ends say independently of each other. */
const MUTUAL = 3
const GONE = -5
const CONTRADICTED = -5
/** The device does not say at which of its ports; the box may be behind another one. */
const UNPLACED = -3

/** 0 to 1. Several sources of one side say little more than the best one. */
export const confidenceOf = (
  evidence: readonly Evidence[],
  {
    isMutual,
    isContradicted,
    isUnplaced,
  }: {
    readonly isMutual: boolean
    readonly isContradicted: boolean
    readonly isUnplaced: boolean
  },
): number => {
  const current = evidence.filter(({ isGone }) => !isGone)
  const weights = [...new Set(current.map(({ source }) => source))]
    .map((source) => WEIGHTS[source])
    .sort((a, b) => b - a)
  const counted = isUnplaced ? weights.slice(0, 1) : weights
  const sum = counted.reduce((total, weight, at) => total + weight / 2 ** at, PRIOR)
  const odds =
    sum +
    (isMutual ? MUTUAL : 0) +
    (current.length === 0 ? GONE + 3 : 0) +
    (isContradicted ? CONTRADICTED : 0) +
    (isUnplaced ? UNPLACED : 0)
  return 1 / (1 + Math.exp(-odds))
}
