/** The other systems' programs, as Debian packages them: where they are, as whom they run, and what to type where they are missing. */
import { spawnSync } from "node:child_process"
import { chownSync, existsSync, mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { delimiter, join } from "node:path"

export const findProgram = (program: string): string | undefined =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))

const PROGRAMS = [
  { program: "nagios4", from: "nagios4-core" },
  { program: "prometheus-alertmanager", from: "prometheus-alertmanager" },
]

export type Programs = { readonly nagios: string; readonly alertmanager: string }
/** Their paths, or the one line to type. */
export const findPrograms = (): Programs | { readonly missing: string } => {
  const [nagios, alertmanager] = PROGRAMS.map(({ program }) => findProgram(program))
  if (nagios !== undefined && alertmanager !== undefined) return { nagios, alertmanager }
  const packages = PROGRAMS.filter(({ program }) => findProgram(program) === undefined).map(
    ({ from }) => from,
  )
  const sudo = process.getuid?.() === 0 ? "" : "sudo "
  const them = packages.length === 1 ? "it" : "them"
  return {
    missing: `${packages.join(" and ")} ${packages.length === 1 ? "is" : "are"} missing\nto have ${them}:  ${sudo}apt-get install --no-install-recommends ${packages.join(" ")}`,
  }
}

/** Who a peer runs as: nobody where we are root, else ourselves. */
export type Account = {
  readonly user: string
  readonly group: string
  readonly uid: number
  readonly gid: number
}
const idOf = (...args: readonly string[]): string => {
  const { stdout, status } = spawnSync("id", [...args], { encoding: "utf8" })
  if (status !== 0)
    throw new Error(`id ${args.join(" ")} failed: there is no such user on this system`)
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
/** A folder of its own, with folders in it, that the account may write to; whoever asks for it removes it. */
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
