/** What an image holds that a security officer wants to see change: users, units, ports, rights, upgrades. */
import { spawnSync } from "node:child_process"
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { entriesIn } from "./read-disk.ts"

const WORLD_WRITABLE = 0o002
const WORLD_READABLE = 0o004
const SET_ID = 0o6000
const ANY_SET_ID_OR_WRITE = SET_ID | WORLD_WRITABLE

const inside = (root: string, ...command: readonly string[]): string => {
  const { stdout, stderr, error } = spawnSync("chroot", [root, ...command], { encoding: "utf8" })
  if (error !== undefined) throw error
  if (stdout === "") throw new Error(`${command.join(" ")}: ${stderr}`)
  return stdout
}

/** `name shell`, and whether a password opens it. */
const users = (root: string): readonly string[] => {
  const read = (file: string): string[][] =>
    readFileSync(join(root, "etc", file), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(":"))
  const passwords = new Map(read("shadow").map(([name = "", hash = ""]) => [name, hash]))
  return read("passwd").map(([name = "", , , , , , shell = ""]) => {
    const isLocked = /^[!*]/.test(passwords.get(name) ?? "!")
    return `${name} ${shell} ${isLocked ? "no password" : "PASSWORD"}`
  })
}

/** Units that start by themselves; ours with their exposure as systemd computes it. */
const units = (root: string): readonly string[] => {
  const enabled = inside(root, "systemctl", "list-unit-files", "--state=enabled", "--no-legend")
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/)[0] ?? "")
  return enabled.map((unit) => {
    if (!/^ispvm.*\.service$/.test(unit)) return unit
    const { stdout } = spawnSync(
      "chroot",
      [root, "systemd-analyze", "security", "--offline=yes", "--no-pager", unit],
      { encoding: "utf8" },
    )
    return `${unit} exposure ${/exposure level for .*: ([\d.]+)/.exec(stdout)?.[1] ?? "unknown"}`
  })
}

/** The sets of nftables.conf that name ports: what can be reached from elsewhere. */
const ports = (root: string): readonly string[] =>
  [
    ...readFileSync(join(root, "etc/nftables.conf"), "utf8").matchAll(
      /set (tcp|udp)_ports \{[^}]*?elements = \{([^}]*)\}/g,
    ),
  ].flatMap(([, protocol = "", list = ""]) =>
    list.split(",").map((port) => `${protocol} ${port.trim()}`),
  )

/** Files that run as somebody else, that everybody may write, or that not everybody may read. */
const rights = (root: string): readonly string[] =>
  entriesIn(root).flatMap((path) => {
    const stat = lstatSync(join(root, path))
    if (!stat.isFile() && !stat.isDirectory()) return []
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0")
    const isNamed =
      (stat.mode & (stat.isDirectory() ? WORLD_WRITABLE : ANY_SET_ID_OR_WRITE)) !== 0 ||
      (stat.isFile() && (stat.mode & WORLD_READABLE) === 0)
    return isNamed ? [`${mode} /${path}`] : []
  })

/** What upgrades itself, and what does not. */
const upgrades = (root: string): readonly string[] => {
  const settings = inside(root, "apt-config", "dump")
  const valuesOf = (name: string): readonly string[] =>
    [...settings.matchAll(new RegExp(`^${name}:*(?:::)? "(.+)";$`, "gm"))].map(
      ([, value]) => value ?? "",
    )
  return [
    ...inside(root, "apt-mark", "showhold")
      .trim()
      .split("\n")
      .map((name) => `held ${name}`),
    ...valuesOf("Unattended-Upgrade::Package-Blacklist").map((pattern) => `never ${pattern}`),
    ...valuesOf("Unattended-Upgrade::Origins-Pattern").map((pattern) => `from ${pattern}`),
    ...valuesOf("APT::Periodic::Unattended-Upgrade").map((days) => `every ${days} days`),
  ]
}

export const LISTS = { users, units, ports, rights, upgrades } as const

/** A file for each list, of sorted lines. `root`: the files of an image, with owners and modes. */
export const writeLists = (root: string, folder: string): void => {
  mkdirSync(folder, { recursive: true })
  for (const [name, lines] of Object.entries(LISTS))
    writeFileSync(join(folder, `${name}.txt`), `${[...lines(root)].sort().join("\n")}\n`)
}
