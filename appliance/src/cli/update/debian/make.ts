/**
 * `ispvm debian-bundle`: a signed bundle of Debian packages for machines without a mirror, from
 * files, or from what apt would upgrade on such a machine.
 */
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { digestFile, readSigningKey, signContent } from "@ispvm/wire/signed-manifest"
import { EXIT, fail, print, reasonOf } from "../../exit.ts"
import { packBundle } from "../pack.ts"
import { architecture, run } from "../system.ts"
import { codeName } from "./machine.ts"
import { DEBIAN, type DebianFile, DebianManifest, labelOf, MAX_PACKAGES } from "./manifest.ts"

const USAGE =
  "usage: ispvm debian-bundle --key FILE --out FOLDER (--from FOLDER | --apt [--status FILE])"
const APT_MS = 30 * 60_000
const OWN_STATUS = "/var/lib/dpkg/status"

const fieldsOf = (file: string): Pick<DebianFile, "package" | "version" | "architecture"> => {
  const { ok, stdout, stderr } = run("dpkg-deb", ["--field", file])
  if (!ok) throw new Error(`${file}: ${stderr.trim()}`)
  const field = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, "m").exec(stdout)?.[1]?.trim() ?? ""
  return {
    package: field("Package"),
    version: field("Version"),
    architecture: field("Architecture"),
  }
}

/** `NAME_VERSION_ARCHITECTURE.deb`, without the epoch, as in Debian's archive. */
const poolName = ({ package: name, version, architecture: built }: ReturnType<typeof fieldsOf>) =>
  `${name}_${version.replace(/^\d+:/, "")}_${built}.deb`

/** What an upgrade of the machine with this list of packages would install, into `folder`. */
const download = (folder: string, status: string): void => {
  const cache = join(folder, "cache")
  mkdirSync(join(cache, "partial"), { recursive: true })
  const { ok, stderr } = run(
    "apt-get",
    [
      ...["--option", `Dir::State::status=${resolve(status)}`],
      ...["--option", `Dir::Cache::archives=${cache}`, "--option", "Debug::NoLocking=true"],
      // It may not read a folder of root.
      ...["--option", "APT::Sandbox::User=root", "--option", "Dir::Cache::pkgcache="],
      ...["--yes", "--quiet", "--download-only", "--with-new-pkgs", "--no-install-recommends"],
      ...["--ignore-hold", "upgrade"],
    ],
    { limitMs: APT_MS },
  )
  if (!ok) throw new Error(`apt-get: ${stderr.trim().slice(-1_000)}`)
}

export type DebianSource = {
  /** Files of packages. */
  readonly files: readonly string[]
  readonly suite: string
  readonly architecture: string
  readonly epochS: number
  readonly key: ReturnType<typeof readSigningKey>
}

/** Writes the bundle to `outDir` and returns its path. */
export const makeDebianBundle = async (
  { files, suite, architecture: built, epochS, key }: DebianSource,
  outDir: string,
): Promise<string> => {
  const work = mkdtempSync(join(outDir, ".debian-"))
  try {
    const listed: DebianFile[] = []
    for (const file of files) {
      const fields = fieldsOf(file)
      const name = poolName(fields)
      copyFileSync(file, join(work, name))
      listed.push({ name, ...(await digestFile(file)), ...fields })
    }
    listed.sort((one, other) => (one.name < other.name ? -1 : 1))
    const manifest = DebianManifest.parse({
      ...{ format: 1, product: DEBIAN, suite, architecture: built, epochS },
      files: listed,
    })
    const label = labelOf(manifest)
    const bundle = join(outDir, `ispvm-debian_${label}_${built}.ispvm`)
    const packages = listed.map(({ name }) => join(work, name))
    packBundle(bundle, signContent(manifest, key), packages, epochS)
    return bundle
  } finally {
    rmSync(work, { recursive: true })
  }
}

const readKey = (file: string): DebianSource["key"] => {
  try {
    return readSigningKey(readFileSync(file, "utf8"))
  } catch (cause) {
    throw new Error(`${file}: expected an Ed25519 private key in PEM`, { cause })
  }
}

const OPTIONS = {
  key: { type: "string" },
  out: { type: "string" },
  from: { type: "string" },
  apt: { type: "boolean" },
  status: { type: "string" },
  suite: { type: "string" },
  arch: { type: "string" },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"]

const make = async ({ key, out, from, status, suite, arch }: Values): Promise<string> => {
  const outDir = resolve(out ?? "")
  mkdirSync(outDir, { recursive: true })
  const fetched = from === undefined ? mkdtempSync(join(outDir, ".apt-")) : null
  try {
    if (fetched !== null) download(fetched, status ?? OWN_STATUS)
    const folder = fetched === null ? resolve(from ?? "") : join(fetched, "cache")
    const files = globSync(join(folder, "*.deb")).sort()
    if (files.length === 0) throw new Error(`no packages in ${from ?? "what apt would upgrade"}`)
    if (files.length > MAX_PACKAGES)
      throw new Error(`${files.length} packages; a bundle holds ${MAX_PACKAGES} at most`)
    return await makeDebianBundle(
      {
        files,
        suite: suite ?? codeName(),
        architecture: arch ?? architecture(),
        epochS: Math.floor(Date.now() / 1_000),
        key: readKey(key ?? ""),
      },
      outDir,
    )
  } finally {
    if (fetched !== null) rmSync(fetched, { recursive: true, force: true })
  }
}

export const debianBundle = async (args: readonly string[]): Promise<number> => {
  let values: Values
  try {
    values = parseArgs({ args: [...args], options: OPTIONS }).values
  } catch {
    return fail(USAGE, EXIT.usage)
  }
  const { key, out, from, apt } = values
  if (key === undefined || out === undefined || (from === undefined) === (apt !== true))
    return fail(USAGE, EXIT.usage)
  if (!existsSync(key)) return fail(`${key} is not a file`)
  try {
    print(await make(values))
    return EXIT.fine
  } catch (error) {
    return fail(reasonOf(error))
  }
}
