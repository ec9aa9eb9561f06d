/**
 * Time of three queries: 24 h of one port as the API answers them, the 95th percentile of one port,
 * and the latest values of 100,000 interfaces (read by the server, not sent). Beside the same of a
 * plain table (series, time, value) with its primary key in the same server; that one has one value
 * a row, ours has all of the port.
 *   npm run bench -- queries [--ports 50] [--targets 5] [--days 2] [--growth]
 * With `--growth` again with ten times as many ports. Medians of 15 runs with warm caches, by wall
 * clock, with the way to the server and back. The percentile of a month is extrapolated from the
 * days that are there, by their number.
 */
import { percentile, ratio, table } from "./figures.ts"
import { LATEST, type Measured, measure, type Sizes, sizesOf } from "./storage-run.ts"

const MONTH_DAYS = 30
const figure = (value: number): string => `${value.toFixed(1)} ms`

const report = ({ ports, targets, days }: Sizes, { queries, stored }: Measured): void => {
  const median = (name: keyof Measured["queries"]): number => percentile(queries[name], 50)
  const row = (name: string, ours: number, theirs: number, goal: string) => [
    name,
    figure(ours),
    figure(theirs),
    ratio(ours, theirs),
    goal,
  ]
  const month = MONTH_DAYS / days
  console.log(
    `${ports} ports, ${targets} targets, ${days} days: ${stored.interface.rows + stored.ping.rows} rows`,
  )
  console.log(
    table([
      ["", "ours", "plain", "ratio", "goal"],
      row("24 h of a port", median("day"), median("dayReference"), "10 ms"),
      row(`95th percentile of ${days} days`, median("p95"), median("p95Reference"), "–"),
      row(
        "the same of a month, extrapolated",
        median("p95") * month,
        median("p95Reference") * month,
        "10 ms",
      ),
      row(`latest of ${LATEST} interfaces`, median("last"), median("lastReference"), "20 ms"),
    ]),
  )
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { isGrowth, ...sizes } = sizesOf(args)
  report(sizes, measure(sizes))
  if (!isGrowth) return true
  const tenfold = { ...sizes, ports: sizes.ports * 10 }
  report(tenfold, measure(tenfold))
  return true
}
