/** The known numbers of a queue, as spans in order: a queue without loss is one span. Pure. */

export type Span = readonly [first: number, last: number]
export type Spans = readonly Span[]

/**
 * More gaps than these are not kept: the lowest one then counts as known. The router has dropped
 * what it has not sent by then, and a sender of deliberate gaps cannot fill the table.
 */
export const MAX_SPANS = 64

export const isKnown = (spans: Spans, number: number): boolean =>
  spans.some(([first, last]) => first <= number && number <= last)

export const withNumber = (spans: Spans, number: number): Spans => {
  if (isKnown(spans, number)) return spans
  const before = spans.filter(([, last]) => last < number)
  const after = spans.filter(([first]) => first > number)
  const [low, high] = [before.at(-1), after[0]]
  const joinsLow = low !== undefined && low[1] === number - 1
  const joinsHigh = high !== undefined && high[0] === number + 1
  const made: Span = [joinsLow ? low[0] : number, joinsHigh ? high[1] : number]
  const next = [
    ...(joinsLow ? before.slice(0, -1) : before),
    made,
    ...(joinsHigh ? after.slice(1) : after),
  ]
  const [one, two] = next
  if (next.length <= MAX_SPANS || one === undefined || two === undefined) return next
  return [[one[0], two[1]], ...next.slice(2)]
}
