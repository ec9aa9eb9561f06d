/** A bundle of Debian's own packages: what its manifest says, and whether it is for this machine. */
import { MANIFEST_FILE } from "@ispvm/wire/signed-manifest"
import { z } from "zod"
import { membersFault, type Opened, type Rejection, rejection } from "../bundle.ts"
import { PACKAGES } from "../releases.ts"

export const DEBIAN = "debian"
export const MAX_PACKAGES = 500
const Architecture = z.string().regex(/^[a-z0-9][a-z0-9-]{1,30}$/)

export const DebianManifest = z.strictObject({
  format: z.literal(1),
  product: z.literal(DEBIAN),
  /** Code name of the release of Debian that the packages are for: `trixie`. */
  suite: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/),
  architecture: Architecture,
  /** When it was made; seconds since 1970. */
  epochS: z.int().nonnegative(),
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][A-Za-z0-9._~+-]{0,199}\.deb$/),
        bytes: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        package: z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,100}$/),
        version: z.string().regex(/^[0-9][0-9A-Za-z.+:~-]{0,100}$/),
        architecture: Architecture,
      }),
    )
    .min(1)
    .max(MAX_PACKAGES),
})
export type DebianManifest = z.infer<typeof DebianManifest>
export type DebianFile = DebianManifest["files"][number]

export const isDebian = ({ content }: Opened): boolean =>
  typeof content === "object" &&
  content !== null &&
  "product" in content &&
  content.product === DEBIAN

/** For people, and for the state: `trixie-20261201.0938`. */
export const labelOf = ({ suite, epochS }: Pick<DebianManifest, "suite" | "epochS">): string => {
  const time = new Date(epochS * 1_000).toISOString().replaceAll(/[-:]/g, "")
  return `${suite}-${time.slice(0, "20261201".length)}.${time.slice("20261201T".length, "20261201T0938".length)}`
}

export type Machine = {
  readonly suite: string
  readonly architecture: string
  /** Versions of the installed packages, by name. */
  readonly installed: ReadonlyMap<string, string>
  /** Whether the first version is later than the second, by Debian's rules. */
  readonly isLater: (one: string, other: string) => boolean
}
export type DebianCheck =
  | {
      readonly ok: true
      readonly manifest: DebianManifest
      /** Installed here in an earlier version. The others are there for what these need. */
      readonly upgrades: readonly DebianFile[]
    }
  | Rejection

const OWN: ReadonlySet<string> = new Set(PACKAGES)
const listed = (texts: readonly string[]): string => texts.join(", ")

const placeFault = (
  { suite, architecture, files }: DebianManifest,
  machine: Machine,
): Rejection | null => {
  if (suite !== machine.suite)
    return rejection(
      "other-suite",
      `for the release ${suite} of Debian; here it is ${machine.suite || "another system"}`,
    )
  if (architecture !== machine.architecture)
    return rejection(
      "other-architecture",
      `for ${architecture}; here it is ${machine.architecture}`,
    )
  const foreign = files.find((file) => ![architecture, "all"].includes(file.architecture))
  if (foreign !== undefined) return rejection("other-architecture", foreign.name)
  const own = files.find((file) => OWN.has(file.package))
  return own === undefined ? null : rejection("unexpected-file", own.name)
}

export const checkDebian = (opened: Opened, machine: Machine): DebianCheck => {
  const parsed = DebianManifest.safeParse(opened.content)
  if (!parsed.success) return rejection("not-a-bundle", `${MANIFEST_FILE} is of another format`)
  const manifest = parsed.data
  const { files } = manifest
  const misplaced = membersFault(opened, files) ?? placeFault(manifest, machine)
  if (misplaced !== null) return misplaced
  const { installed, isLater } = machine
  const older = files.flatMap((file) => {
    const here = installed.get(file.package)
    const isOlder = here !== undefined && isLater(here, file.version)
    return isOlder ? [`${file.package} ${file.version} (installed: ${here})`] : []
  })
  if (older.length > 0) return rejection("older-packages", listed(older))
  const upgrades = files.filter((file) => {
    const here = installed.get(file.package)
    return here !== undefined && isLater(file.version, here)
  })
  if (upgrades.length === 0)
    return rejection("nothing-newer", `none of ${files.length} packages is newer than here`)
  return { ok: true, manifest, upgrades }
}

/** Packages that the database runs from: a backup is made before they change. */
export const isOfDatabase = (name: string): boolean =>
  /^(?:postgresql|timescaledb|libpq\d)/.test(name)
