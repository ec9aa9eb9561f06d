/**
 * Which test files run, in which process, in which order. Pure: paths and recorded times in, a plan out.
 * A process costs a start, and a browser or a database connection; a long file must not begin last.
 */

import type { FileTimes } from "./test-times.ts"

/** In the order of the data's path; `e2e` needs all of them. Globs from the root of the repository. */
export const GROUPS = {
  pki: { files: "pki/**/*.test.ts" },
  agent: { files: "agent/**/*.test.ts" },
  scripts: { files: "routeros-scripts/**/*.test.ts" },
  lab: { files: "lab/**/*.test.ts", except: "lab/e2e/" },
  appliance: { files: "appliance/**/*.test.ts" },
  ui: { files: "ui/**/*.test.ts" },
  images: { files: "images/**/*.test.ts" },
  e2e: { files: "lab/e2e/*.test.ts" },
} as const satisfies Readonly<Record<string, { readonly files: string; readonly except?: string }>>
export type Group = keyof typeof GROUPS
/** Groups that run simulated networks: on one network, two would take each other's addresses and ports. */
export const NETWORKED: readonly Group[] = ["lab", "e2e"]

/**
 * The first job that may run beside those that run; undefined: wait until one of them ends.
 * `isIsolated`: each job has a network of its own.
 */
export const nextJob = (
  queue: readonly Job[],
  running: readonly Job[],
  isIsolated: boolean,
): Job | undefined => {
  const isTaken = !isIsolated && running.some(({ group }) => NETWORKED.includes(group))
  return queue.find(({ group }) => !(isTaken && NETWORKED.includes(group)))
}

/** Files of one process. `seconds`: how long its files took when times were last recorded. */
export type Job = {
  readonly group: Group
  readonly files: readonly string[]
  readonly seconds: number
}

/** A process is worth its start from this on; of `ui`, it starts a browser and compiles its scripts. */
const jobSeconds = (group: Group): number => (group === "ui" ? 100 : 45)
/** For a file whose time is not recorded; an end-to-end test starts whole programs. */
const unknownSeconds = (group: Group): number => (group === "e2e" ? 60 : 2)

/** Splits one group's files into processes of about `jobSeconds` by `share`; the longest file decides. */
export const jobsOf = (
  group: Group,
  files: readonly string[],
  times: FileTimes,
  share = 1,
): readonly Job[] => {
  const timeOf = (file: string): number => times[file]?.wall ?? unknownSeconds(group)
  const usual = jobSeconds(group) * share
  // A longer file is a process by itself; its time makes no further processes for the short ones.
  const [long = [], short = []] = [true, false].map((isLong) =>
    files.filter((file) => timeOf(file) >= usual === isLong),
  )
  const ofShort = short.reduce((sum, file) => sum + timeOf(file), 0)
  const bins = Array.from(
    { length: long.length + (short.length > 0 ? Math.max(1, Math.round(ofShort / usual)) : 0) },
    () => ({ files: [] as string[], seconds: 0 }),
  )
  for (const file of files.toSorted((a, b) => timeOf(b) - timeOf(a) || a.localeCompare(b))) {
    const bin = bins.reduce((least, each) => (each.seconds < least.seconds ? each : least))
    bin.files.push(file)
    bin.seconds += timeOf(file)
  }
  return bins
    .filter((bin) => bin.files.length > 0)
    .map((bin) => ({ group, files: bin.files.sort(), seconds: bin.seconds }))
}

/** All jobs, the longest first. `share`: of the usual length of a process, for a run that is short as a whole. */
export const planJobs = (
  files: ReadonlyMap<Group, readonly string[]>,
  times: FileTimes,
  share = 1,
): readonly Job[] =>
  [...files]
    .flatMap(([group, each]) => jobsOf(group, each, times, share))
    .sort((a, b) => b.seconds - a.seconds)

export type Selection =
  | { readonly ok: true; readonly files: ReadonlyMap<Group, readonly string[]> }
  | { readonly ok: false; readonly error: string }

/**
 * `wanted`: names of groups, files, folders, or any part of a path; none selects all files. Each has to match
 * at least one file: a typing error must not look like a run that passed.
 */
export const selectFiles = (
  all: ReadonlyMap<Group, readonly string[]>,
  wanted: readonly string[],
): Selection => {
  const groupOf = (word: string): Group | undefined =>
    [...all.keys()].find((group) => group === word)
  const matches = (word: string, group: Group, file: string): boolean =>
    groupOf(word) === undefined ? file.includes(word.replace(/^\.\//, "")) : groupOf(word) === group
  const unmatched = wanted.filter(
    (word) => ![...all].some(([group, files]) => files.some((file) => matches(word, group, file))),
  )
  if (unmatched.length > 0)
    return {
      ok: false,
      error: `no test file matches ${unmatched.map((word) => `"${word}"`).join(", ")}. Groups: ${[...all.keys()].join(", ")}; or a path, or a part of one.`,
    }
  const chosen = [...all].map(
    ([group, files]) =>
      [
        group,
        wanted.length === 0
          ? files
          : files.filter((file) => wanted.some((word) => matches(word, group, file))),
      ] as const,
  )
  return { ok: true, files: new Map(chosen.filter(([, files]) => files.length > 0)) }
}

/** Files from which an import leads, by any number of steps, to one that `isHeavy`. */
export const filesThatReach = (
  imports: readonly { readonly from: string; readonly to: string }[],
  isHeavy: (path: string) => boolean,
): ReadonlySet<string> => {
  const importers = Map.groupBy(imports, ({ to }) => to)
  const reached = new Set([...importers.keys()].filter(isHeavy))
  for (const target of reached)
    for (const { from } of importers.get(target) ?? []) reached.add(from)
  return reached
}
