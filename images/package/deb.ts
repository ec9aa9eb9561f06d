/** One Debian package from a staged tree, by dpkg-deb. The same tree and time give the same bytes. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"

export type Architecture = "amd64" | "arm64"
/** Fields of the control file, in their order. */
export type Control = Readonly<Record<string, string>>
export type MaintainerScript = "preinst" | "postinst" | "prerm" | "postrm"
export type DebOptions = {
  readonly control: Control
  readonly scripts: Readonly<Partial<Record<MaintainerScript, string>>>
  /** Absolute paths of configuration files, which an upgrade leaves as the administrator wrote them. */
  readonly conffiles: readonly string[]
  /** The staged tree; DEBIAN/ is written into it. */
  readonly root: string
  readonly file: string
  /** Seconds since 1970: the time of every file. */
  readonly epochS: number
  /** A level of zstd, 1 to 19. */
  readonly compression: number
}

/** Levels of zstd: small files for a release, an early end for a test. */
export const COMPRESSION = { small: 15, quick: 1 } as const

const controlText = (control: Control): string =>
  `${Object.entries(control)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n")}\n`

const writeMode = (path: string, text: string, mode: number): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

const isExecutable = (file: string): boolean => (statSync(file).mode & 0o100) !== 0

/** Fixed modes and times: those of the build machine depend on its umask and clock. */
const normalise = (path: string, epochS: number): void => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) normalise(child, epochS)
    else {
      if (entry.isFile()) chmodSync(child, isExecutable(child) ? 0o755 : 0o644)
      lutimesSync(child, epochS, epochS)
    }
  }
  chmodSync(path, 0o755)
  lutimesSync(path, epochS, epochS)
}

/** Regular files below `root`, not through links. */
const filesBelow = (root: string, folder = ""): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(root, path) : entry.isFile() ? [path] : []
  })

/** For `dpkg --verify`: every file that is installed, in a fixed order. */
export const md5sums = (root: string): string =>
  filesBelow(root)
    .filter((path) => !path.startsWith("DEBIAN/"))
    .sort()
    .map((path) => {
      const sum = createHash("md5")
        .update(readFileSync(join(root, path)))
        .digest("hex")
      return `${sum}  ${path}\n`
    })
    .join("")

/** Writes the package to `file`; throws with dpkg-deb's own message. */
export const buildDeb = (options: DebOptions): void => {
  const { control, scripts, conffiles, root, file, epochS, compression } = options
  // On one thread: the output of several depends on their number.
  const how = ["-Zzstd", `-z${compression}`, "--threads-max=1"]
  const place = (name: string): string => join(root, "DEBIAN", name)
  writeMode(place("control"), controlText(control), 0o644)
  for (const [name, text] of Object.entries(scripts)) writeMode(place(name), text, 0o755)
  if (conffiles.length > 0) writeMode(place("conffiles"), `${conffiles.join("\n")}\n`, 0o644)
  writeMode(place("md5sums"), md5sums(root), 0o644)
  normalise(root, epochS)
  const { status, stderr, error } = spawnSync(
    "dpkg-deb",
    ["--root-owner-group", ...how, "--build", root, file],
    { encoding: "utf8", env: { ...toolEnvironment(), SOURCE_DATE_EPOCH: String(epochS) } },
  )
  if (error !== undefined)
    throw new Error("dpkg-deb does not run: install the package dpkg", { cause: error })
  if (status !== 0) throw new Error(`dpkg-deb: ${stderr.trim()}`)
}

/** Without what would change a message or an output. */
const toolEnvironment = (): Record<string, string> => ({
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
})
