/** What the console shows, as lines of text. Pure; ASCII, because a console's font may have no more. */
import { seedProblemText } from "../seed/problems.ts"
import { gigabytes, isWell, type Status } from "./status.ts"

export type ConsoleFacts = {
  readonly status: Status
  /** Addresses of this machine that others can reach. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly atMs: number
}

const HTTPS_PORT = 443
const INDENT = "  "
const BYTES_A_LINE = 16

const urlOf = (address: string, port: number): string => {
  const host = address.includes(":") ? `[${address}]` : address
  return `https://${host}${port === HTTPS_PORT ? "" : `:${port}`}/`
}

/** `AB:CD:...` in lines that fit a narrow console. */
const fingerprintLines = (digest: string): string[] => {
  const hex = Buffer.from(digest, "base64url").toString("hex")
  const bytes = hex.toUpperCase().match(/../g) ?? []
  return Array.from({ length: Math.ceil(bytes.length / BYTES_A_LINE) }, (_, line) =>
    bytes.slice(line * BYTES_A_LINE, (line + 1) * BYTES_A_LINE).join(":"),
  )
}

const healthOf = (status: Status): string => {
  if (isWell(status)) return "All services run."
  const stopped = Object.entries(status.services)
    .filter(([unit, state]) => state !== "active" && unit !== "ispvm-agent")
    .map(([unit, state]) => `${unit}: ${state}`)
  return [...stopped, ...status.problems].join("; ") || "The disk is nearly full."
}

const ascii = (text: string): string => text.replaceAll(/[^ -~]/g, "?")

/** Setup comes first while it is still to be done. */
export const consoleLines = (facts: ConsoleFacts): readonly string[] => {
  const { status, addresses, port, atMs } = facts
  const { setupCode, disk, fingerprint, seedProblems } = status
  const urls = addresses.map((address) => `${INDENT}${urlOf(address, port)}`)
  const setup =
    setupCode === null ? [] : ["", "Setup code. It works once:", `${INDENT}${setupCode}`]
  return [
    `ISP Visual Monitor ${status.version}`,
    "",
    urls.length > 0
      ? "Open one of these addresses in a browser:"
      : "This machine has no address yet. Waiting for DHCP.",
    ...urls,
    ...setup,
    "",
    ...(fingerprint === null
      ? []
      : [
          "SHA-256 of the certificate authority:",
          ...fingerprintLines(fingerprint).map((line) => `${INDENT}${line}`),
          "",
        ]),
    healthOf(status),
    ...seedProblems.map((problem) => `Seed: ${ascii(seedProblemText(problem))}`),
    ...(disk === null
      ? []
      : [`${gigabytes(disk.freeBytes)} free of ${gigabytes(disk.totalBytes)} for data.`]),
    "",
    `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`,
  ]
}

/** Lines that fit: what is too long is cut, what is too much is left off at the end. */
export const fitted = (
  lines: readonly string[],
  columns: number,
  rows: number,
): readonly string[] =>
  lines
    .slice(0, Math.max(1, rows))
    .map((line) => (line.length > columns ? `${line.slice(0, Math.max(0, columns - 3))}...` : line))
