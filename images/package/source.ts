/** What is packaged: the files of the checkout that git knows, their version and their time. */
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

export type Source = {
  /** Absolute path of the checkout. */
  readonly dir: string
  readonly commit: string
  /** Of the commit, in seconds since 1970, unless SOURCE_DATE_EPOCH says otherwise. */
  readonly epochS: number
  /** `0.1.0~20261130.5eefd9d`: sorts before the release 0.1.0. */
  readonly version: string
  /** Whether files differ from the commit. */
  readonly isDirty: boolean
}

const git = (dir: string, ...args: string[]): string =>
  execFileSync("git", ["-C", dir, ...args], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })

const PER_DAY = { start: 0, end: 10 } as const
const MS_PER_S = 1_000

const day = (epochS: number): string =>
  new Date(epochS * MS_PER_S).toISOString().slice(PER_DAY.start, PER_DAY.end).replaceAll("-", "")

export const readSource = (dir: string, sourceDateEpoch: string | undefined): Source => {
  const commit = git(dir, "rev-parse", "HEAD").trim()
  const committedS = Number(git(dir, "log", "-1", "--format=%ct"))
  const isDirty = git(dir, "status", "--porcelain").trim() !== ""
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(dir, "package.json"), "utf8"),
  )
  const isTagged = git(dir, "tag", "--points-at", "HEAD").split("\n").includes(`v${version}`)
  const suffix = `~${day(committedS)}.${commit.slice(0, 7)}${isDirty ? ".dirty" : ""}`
  return {
    dir,
    commit,
    epochS: Number(sourceDateEpoch ?? committedS),
    version: isTagged && !isDirty ? version : `${version}${suffix}`,
    isDirty,
  }
}

/** Copies the files of the checkout that git knows to `to`, with the modes 0644 and 0755 alone. */
export const copySource = ({ dir }: Source, to: string): void => {
  for (const name of git(dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split(
    "\0",
  )) {
    const from = join(dir, name)
    if (name === "" || lstatSync(from, { throwIfNoEntry: false })?.isFile() !== true) continue
    const target = join(to, name)
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(from, target)
    chmodSync(target, (lstatSync(from).mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}
