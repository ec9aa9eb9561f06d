/** Finds the programs of the other systems, as packaged by Debian, and the account they run as. */
import { spawnSync } from "node:child_process"
import { chownSync, existsSync, mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { searchPath } from "../../config.ts"

export const findProgram = (program: string): string | undefined =>
  [...searchPath(), "/usr/sbin", "/sbin"]
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))

const PROGRAMS = [
  { program: "nagios4", from: "nagios4-core" },
  { program: "prometheus-alertmanager", from: "prometheus-alertmanager" },
]

export type Programs = { readonly nagios: string; readonly alertmanager: string }
/** Their paths, or what is missing and the command to install it. */
export const findPrograms = (): Programs | { readonly missing: string } => {
  const [nagios, alertmanager] = PROGRAMS.map(({ program }) => findProgram(program))
  if (nagios !== undefined && alertmanager !== undefined) return { nagios, alertmanager }
  const packages = PROGRAMS.filter(({ program }) => findProgram(program) === undefined).map(
    ({ from }) => from,
  )
  const sudo = process.getuid?.() === 0 ? "" : "sudo "
  const verb = packages.length === 1 ? "is" : "are"
  const install = `${sudo}apt-get install --no-install-recommends ${packages.join(" ")}`
  return { missing: `${packages.join(" and ")} ${verb} missing. To install:\n  ${install}` }
}

/** The account of the other systems: nobody if we are root, else our own. */
export type Account = {
  readonly user: string
  readonly group: string
  readonly uid: number
  readonly gid: number
}
const idOf = (...args: readonly string[]): string => {
  const { stdout, status } = spawnSync("id", [...args], { encoding: "utf8" })
  if (status !== 0) throw new Error(`id ${args.join(" ")} failed: no such user on this system`)
  return stdout.trim()
}
export const programAccount = (): Account => {
  const user = process.getuid?.() === 0 ? "nobody" : userInfo().username
  return {
    user,
    group: idOf("-gn", user),
    uid: Number(idOf("-u", user)),
    gid: Number(idOf("-g", user)),
  }
}

const giveTo = (folder: string, { uid, gid }: Account): void => {
  if (process.getuid?.() === 0) chownSync(folder, uid, gid)
}
/** Creates a temporary folder that the account may write to. The caller removes it. */
export const programFolder = (
  name: string,
  account: Account,
  inside: readonly string[] = [],
): string => {
  const folder = mkdtempSync(join(tmpdir(), `ispvm-${name}-`))
  for (const path of [folder, ...inside.map((one) => join(folder, one))]) {
    if (path !== folder) mkdirSync(path)
    giveTo(path, account)
  }
  return folder
}
