/**
 * An update bundle: one uncompressed tar of the packages, `manifest.json` and `manifest.sig`. Read
 * by Debian's tar, member by member to a pipe, so that no name in it ever becomes a path.
 */
import { spawn, spawnSync } from "node:child_process"
import { createHash, type KeyObject } from "node:crypto"
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import {
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  Manifest,
  SIGNATURE_FILE,
  verifyContent,
} from "@ispvm/wire/signed-manifest"
import { MAX_BUNDLE_BYTES } from "../../api/updates.ts"

export type BundleReason =
  | "not-a-bundle"
  | "truncated"
  | "too-large"
  | "unexpected-file"
  | "unsigned"
  | "foreign-key"
  | "changed"
  | "other-architecture"
  | "older"
  | "same-version"
  | "other-suite"
  | "older-packages"
  | "nothing-newer"
export type Rejection = {
  readonly ok: false
  readonly reason: BundleReason
  readonly detail: string
}
export type Packages = {
  readonly version: string
  /** Of the commit; seconds since 1970. */
  readonly epochS: number
  readonly bytes: number
  readonly files: Manifest["files"]
  /** Texts of the manifest and its signature, as they were checked. */
  readonly signed: { readonly manifest: string; readonly signature: string }
  /** Names of files. */
  readonly appliance: string
  readonly agent: string
}
export type BundleCheck = { readonly ok: true; readonly packages: Packages } | Rejection
export type Installed = {
  readonly version: string
  /** Of Debian: `amd64`. */
  readonly architecture: string
  /** Whether the first version is later than the second, by Debian's rules. */
  readonly isLater: (one: string, other: string) => boolean
}

/** Of a bundle of Debian packages; one of our own has fewer. */
const MAX_MEMBERS = 502
const USTAR = { at: 257, magic: "ustar" } as const
const LINE = /^(\S)\S* +\S+ +\d+ +\S+ +\S+ (.+)$/

export const rejection = (reason: BundleReason, detail: string): Rejection => ({
  ok: false,
  reason,
  detail: detail.slice(0, 500),
})

const isTar = (file: string): boolean => {
  const handle = openSync(file, "r")
  try {
    const bytes = Buffer.alloc(USTAR.magic.length)
    readSync(handle, bytes, 0, bytes.length, USTAR.at)
    return bytes.toString("latin1") === USTAR.magic
  } finally {
    closeSync(handle)
  }
}

const tar = (args: readonly string[], maxBytes: number) =>
  spawnSync("tar", args, { encoding: "utf8", maxBuffer: maxBytes, env: TAR_ENVIRONMENT })
const TAR_ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" }

/** Names of the members, or why the file is no bundle. */
const listMembers = (file: string): readonly string[] | Rejection => {
  if (!isTar(file)) return rejection("not-a-bundle", "not a tar archive")
  const { status, stdout, stderr } = tar(
    ["--list", "--verbose", "--numeric-owner", `--file=${file}`],
    MAX_MANIFEST_BYTES,
  )
  // It begins as a tar does: what tar cannot read is missing.
  if (status !== 0) return rejection("truncated", stderr.trim())
  const lines = stdout.trimEnd().split("\n")
  const members = lines.map((line) => LINE.exec(line))
  const others = members.some((found) => found?.[1] !== "-")
  const names = members.map((found) => found?.[2] ?? "")
  if (others || names.length > MAX_MEMBERS || new Set(names).size !== names.length)
    return rejection("unexpected-file", `${names.length} members`)
  return names
}

/** Text of a small member; null: there is none. */
const readMember = (file: string, name: string): string | null => {
  const { status, stdout } = tar(
    ["--extract", "--to-stdout", `--file=${file}`, "--", name],
    MAX_MANIFEST_BYTES,
  )
  return status === 0 ? stdout : null
}

/** Of other processors than this one, for agents elsewhere. */
const isAgent = (name: string, version: string): boolean =>
  name.startsWith(`ispvm-agent_${version}_`) && name.endsWith(".deb")

const packagesOf = (
  manifest: Manifest,
  architecture: string,
): Omit<Packages, "signed"> | Rejection => {
  const { version, epochS, files } = manifest
  const find = (name: string, of: string): string | undefined =>
    files.find((file) => file.name === `${name}_${version}_${of}.deb`)?.name
  const appliance = find("ispvm", architecture)
  const agent = find("ispvm-agent", architecture)
  if (appliance === undefined || agent === undefined)
    return rejection("other-architecture", `no packages for ${architecture}`)
  const other = files.find(({ name }) => name !== appliance && !isAgent(name, version))
  if (other !== undefined) return rejection("unexpected-file", other.name)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { version, epochS, bytes, files, appliance, agent }
}

const versionFault = (version: string, { version: own, isLater }: Installed): Rejection | null => {
  if (version === own) return rejection("same-version", `${own} is installed`)
  return isLater(version, own) ? null : rejection("older", `${version} is older than ${own}`)
}

/** A bundle whose signature is good. Its packages are not read yet. */
export type Opened = {
  readonly ok: true
  readonly content: unknown
  readonly members: readonly string[]
  readonly signed: Packages["signed"]
}
export const openBundle = (file: string, trusted: readonly KeyObject[]): Opened | Rejection => {
  const { size } = statSync(file)
  if (size > MAX_BUNDLE_BYTES) return rejection("too-large", `${size} bytes`)
  const members = listMembers(file)
  if ("ok" in members) return members
  const manifest = readMember(file, MANIFEST_FILE)
  if (manifest === null) return rejection("not-a-bundle", `no ${MANIFEST_FILE} in it`)
  const signature = readMember(file, SIGNATURE_FILE) ?? ""
  const verified = verifyContent(manifest, signature, trusted)
  if (!verified.ok) return rejection(verified.fault, verified.reason)
  return { ok: true, content: verified.content, members, signed: { manifest, signature } }
}

/** Null: it holds what its manifest names, and nothing else. */
export const membersFault = (
  { members }: Opened,
  files: readonly { readonly name: string }[],
): Rejection | null => {
  const expected = new Set([MANIFEST_FILE, SIGNATURE_FILE, ...files.map(({ name }) => name)])
  const extra = members.find((name) => !expected.has(name))
  if (extra !== undefined) return rejection("unexpected-file", extra)
  return members.length === expected.size ? null : rejection("truncated", "a package is missing")
}

/** What a release's bundle holds. */
export const checkRelease = (opened: Opened, installed: Installed): BundleCheck => {
  const manifest = Manifest.safeParse(opened.content)
  if (!manifest.success) return rejection("not-a-bundle", `${MANIFEST_FILE} is of another format`)
  const incomplete = membersFault(opened, manifest.data.files)
  if (incomplete !== null) return incomplete
  const packages = packagesOf(manifest.data, installed.architecture)
  if ("ok" in packages) return packages
  const fault = versionFault(packages.version, installed)
  return fault ?? { ok: true, packages: { ...packages, signed: opened.signed } }
}

export const checkBundle = (
  file: string,
  trusted: readonly KeyObject[],
  installed: Installed,
): BundleCheck => {
  const opened = openBundle(file, trusted)
  return opened.ok ? checkRelease(opened, installed) : opened
}

/** Writes a member to `to`; false: it is not what was signed. Throws what the disk says. */
export const extractMember = async (
  file: string,
  { name, bytes, sha256 }: Manifest["files"][number],
  to: string,
): Promise<boolean> => {
  const hash = createHash("sha256")
  const handle = await open(to, "wx", 0o600)
  // Nothing is awaited before it is read: of a child that has ended, Node drops what nobody reads.
  const child = spawn("tar", ["--extract", "--to-stdout", `--file=${file}`, "--", name], {
    stdio: ["ignore", "pipe", "ignore"],
    env: TAR_ENVIRONMENT,
  })
  let read = 0
  try {
    for await (const chunk of child.stdout) {
      read += chunk.length
      if (read > bytes) return false
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    child.kill()
    await handle.close()
  }
  return read === bytes && hash.digest("hex") === sha256
}

/** In the folder of the unpacked bundle: what agents elsewhere are offered. */
export const FOR_AGENTS = "for-agents"

/** Writes the packages to the empty `folder`; null: each is what was signed. */
export const unpackBundle = async (
  file: string,
  { files, signed, appliance, agent }: Packages,
  folder: string,
): Promise<Rejection | null> => {
  const forAgents = join(folder, FOR_AGENTS)
  mkdirSync(forAgents)
  writeFileSync(join(forAgents, MANIFEST_FILE), signed.manifest)
  writeFileSync(join(forAgents, SIGNATURE_FILE), signed.signature)
  for (const each of files) {
    const to = join(each.name === appliance ? folder : forAgents, each.name)
    if (!(await extractMember(file, each, to)))
      return rejection("changed", `${each.name} differs from what was signed`)
  }
  linkSync(join(forAgents, agent), join(folder, agent))
  return null
}
