/** What a run comes to: by group, and as a whole. Pure: outcomes in, lines out. */
import type { Outcome, Totals } from "./test-run.ts"

export type Summary = Totals & { readonly lines: readonly string[] }

const isFlaky = ({ failedFiles, ok }: Outcome, flaky: readonly string[]): boolean =>
  !ok && failedFiles.length > 0 && failedFiles.every((file) => flaky.includes(file))

const sumOf = (outcomes: readonly Outcome[], figure: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + figure(outcome), 0)

const summariseGroup = (
  group: string,
  own: readonly Outcome[],
  flaky: readonly string[],
): Summary => {
  const bad = own.filter((outcome) => !outcome.ok && !isFlaky(outcome, flaky))
  const [passed, failed, skipped] = (["passed", "failed", "skipped"] as const).map((key) =>
    sumOf(own, ({ totals }) => totals[key]),
  ) as [number, number, number]
  const wall = (sumOf(own, ({ tookMs }) => tookMs) / 1_000).toFixed(0)
  const cpu = sumOf(own, ({ cpuSeconds }) => cpuSeconds).toFixed(0)
  const processes = own.length === 1 ? "one process" : `${own.length} processes`
  return {
    passed: passed + (bad.length === 0 ? failed : 0),
    // A process may end before it reports any failed test.
    failed:
      bad.length === 0
        ? 0
        : Math.max(
            bad.length,
            sumOf(bad, (each) => each.totals.failed),
          ),
    skipped,
    lines: [
      `${bad.length === 0 ? "ok  " : "FAIL"}  ${group}: ${passed} passed, ${failed} failed, ` +
        `${skipped} did not run, ${cpu} s of CPU, ${wall} s of ${processes}`,
      ...bad
        .flatMap(({ failedFiles }) => failedFiles)
        .filter((file) => !flaky.includes(file))
        .map((file) => `FAIL  ${file}`),
    ],
  }
}

/** `flaky`: files that failed and passed when they ran again. */
export const summarise = (outcomes: readonly Outcome[], flaky: readonly string[]): Summary => {
  const groups = [...Map.groupBy(outcomes, ({ group }) => group)].map(([group, own]) =>
    summariseGroup(group, own, flaky),
  )
  const total = (key: keyof Totals) => groups.reduce((sum, each) => sum + each[key], 0)
  return {
    passed: total("passed"),
    failed: total("failed"),
    skipped: total("skipped"),
    lines: [
      ...groups.flatMap(({ lines }) => lines),
      ...flaky.map((file) => `FLAKY ${file}: failed once, and passed alone`),
    ],
  }
}
