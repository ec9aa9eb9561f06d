/**
 * Updates of the agent's package. An agent that can update itself says in a header of its heartbeats
 * which release it runs; the answer may offer it another one; the agent fetches that in pieces. A
 * header, because messages are strict: older appliances ignore it, and older agents, which do not
 * send it, are never answered with a field they do not know.
 */
import { z } from "zod"
import { count } from "./values.ts"

/** Request header of a heartbeat: `VERSION ARCHITECTURE`, and `FAILED REASON` after a failure. */
export const PACKAGE_HEADER = "ispvm-package"

/** As Debian writes it. */
export const PackageVersion = z.string().regex(/^[0-9A-Za-z.+~-]{1,100}$/)
export const Architecture = z.enum(["amd64", "arm64"])
export type Architecture = z.infer<typeof Architecture>
/** A code, such as `no-heartbeat`. */
const FailReason = z.string().regex(/^[a-z-]{1,40}$/)

export const OwnPackage = z.strictObject({
  version: PackageVersion,
  architecture: Architecture,
  /** The release that was tried last and given up, and why; null: none. */
  failed: z.strictObject({ version: PackageVersion, reason: FailReason }).nullable(),
})
export type OwnPackage = z.infer<typeof OwnPackage>

export const formatPackageHeader = ({ version, architecture, failed }: OwnPackage): string =>
  [version, architecture, ...(failed === null ? [] : [failed.version, failed.reason])].join(" ")

/** Null: not what an agent sends. */
export const parsePackageHeader = (text: string | undefined): OwnPackage | null => {
  const [version, architecture, failedVersion, reason, ...more] = (text ?? "").split(" ")
  const failed = failedVersion === undefined ? null : { version: failedVersion, reason }
  if (more.length > 0) return null
  return OwnPackage.safeParse({ version, architecture, failed }).data ?? null
}

/** Part of the answer to a heartbeat: the release that this agent is to install now. */
export const PackageOffer = z.strictObject({ version: PackageVersion })
export type PackageOffer = z.infer<typeof PackageOffer>

export const agentPackageFile = (version: string, architecture: Architecture): string =>
  `ispvm-agent_${version}_${architecture}.deb`

/** No path: a file of the release that is offered. */
export const PackageFile = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~+-]{0,199}$/)
export const PIECE_BYTES = 512 * 1024
export const MAX_PACKAGE_BYTES = 200_000_000
/** Answer to `GET /package/v1?file=NAME&offset=N`. */
export const PackagePiece = z.strictObject({
  totalBytes: count.max(MAX_PACKAGE_BYTES),
  /** At most `PIECE_BYTES`; empty at the end. */
  base64: z.base64().max(Math.ceil(PIECE_BYTES / 3) * 4),
})
export type PackagePiece = z.infer<typeof PackagePiece>
