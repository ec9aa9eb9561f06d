/** The commands, once: `--help`, the man page and the shell's completion are made from this list. */
type Command = {
  readonly name: string
  readonly usage: string
  /** One line. */
  readonly about: string
  readonly options: readonly (readonly [option: string, about: string])[]
}

export const COMMAND_LIST: readonly Command[] = [
  {
    name: "status",
    usage: "ispvm status [--json] [--wait SECONDS]",
    about: "services, readiness, version, address, disk, and the setup code until it is used",
    options: [
      ["--json", "the same for programs"],
      ["--wait SECONDS", "first waits until the appliance is ready, at most so long"],
    ],
  },
  {
    name: "settings",
    usage: "ispvm settings",
    about: "lists the settings of /etc/ispvm/ispvm.conf",
    options: [],
  },
  {
    name: "console",
    usage: "ispvm console [--once]",
    about: "what the first terminal shows: addresses, setup code, fingerprint, health, and a menu",
    options: [["--once", "prints it once and ends, without the menu"]],
  },
  {
    name: "network",
    usage: "ispvm network show|dhcp|static ADDRESS/PREFIX…",
    about: "addresses of this machine, by DHCP or fixed; for systemd-networkd",
    options: [
      ["--gateway ADDRESS", "default gateway"],
      ["--dns ADDRESS", "name server; may be repeated"],
      ["--search NAME", "search domain; may be repeated"],
      ["--interface NAME", "its name or MAC address; every Ethernet when left out"],
    ],
  },
  {
    name: "time",
    usage: "ispvm time show | ispvm time servers HOST…",
    about: "the clock, and the time servers it follows; for chrony",
    options: [],
  },
  {
    name: "certificate",
    usage: "ispvm certificate show|install|remove",
    about: "the certificate of the UI: of the appliance's authority, or your own",
    options: [
      ["--chain FILE", "PEM: the certificate, then what it is signed by"],
      ["--key FILE", "PEM, not encrypted"],
    ],
  },
  {
    name: "admin",
    usage: "ispvm admin reset [EMAIL]",
    about: "a new password for an administrator who has lost it; all sessions of the account end",
    options: [],
  },
  {
    name: "support-bundle",
    usage: "ispvm support-bundle [FILE.tar.gz]",
    about: "versions, states, logs and sizes for who helps you, without secrets",
    options: [],
  },
  {
    name: "factory-reset",
    usage: "ispvm factory-reset [--yes]",
    about: "removes all data of this machine, after the host name has been typed",
    options: [["--yes", "does not ask"]],
  },
  {
    name: "seed",
    usage: "ispvm seed check FILE|FOLDER | ispvm seed apply",
    about: "headless configuration: checks a seed, or applies the one of this machine",
    options: [],
  },
  {
    name: "password-hash",
    usage: "ispvm password-hash",
    about: "the password of an administrator as a seed holds it; asks, or reads a pipe",
    options: [],
  },
  {
    name: "backup",
    usage: "ispvm backup [--plain FILE]",
    about: "makes a backup now, to the target and with the key of the settings, and verifies it",
    options: [["--plain FILE", "to this file instead, not encrypted: it holds every secret"]],
  },
  {
    name: "restore",
    usage: "ispvm restore FILE [--key FILE] [--replace]",
    about: "restores a backup; stop the appliance first: systemctl stop ispvm",
    options: [
      ["--key FILE", "the private key that was shown when the backup key was created"],
      ["--replace", "also where the appliance is set up: all of its data is replaced"],
    ],
  },
  {
    name: "update",
    usage: "ispvm update FILE [--ignore-clock] | ispvm update --status",
    about:
      "installs a signed bundle: a release, with a return to this one where it fails, or Debian packages",
    options: [
      ["--ignore-clock", "also while the clock follows no time server"],
      ["--status", "what is under way, how the last update ended, what rollback returns to"],
    ],
  },
  {
    name: "rollback",
    usage: "ispvm rollback",
    about: "returns to the release before the last update; the database stays as it is",
    options: [],
  },
  {
    name: "debian-bundle",
    usage: "ispvm debian-bundle --key FILE --out FOLDER --from FOLDER|--apt",
    about: "a signed bundle of Debian packages, for ispvm update on machines without a mirror",
    options: [
      ["--key FILE", "Ed25519 private key in PEM; the machine has its public half in trust.d"],
      ["--from FOLDER", "all packages of a folder"],
      ["--apt", "what apt upgrades on this machine, fetched from its mirror"],
      ["--status FILE", "with --apt: what it upgrades on the machine that this dpkg status is of"],
      ["--suite NAME", "code name of the Debian of that machine; default: of this one"],
      ["--arch NAME", "its architecture; default: of this one"],
    ],
  },
  {
    name: "verify",
    usage: "ispvm verify FILE…",
    about: "whether packages are as they were signed: each .deb, or all of a manifest.json",
    options: [],
  },
  {
    name: "rca",
    usage: "ispvm rca < problems.jsonl",
    about: "root-cause analysis of one JSON document per line",
    options: [],
  },
  {
    name: "rsc-check",
    usage: "ispvm rsc-check --release RELEASE FILE",
    about: "what a router of a release would reject in a script",
    options: [],
  },
  {
    name: "pki",
    usage: "ispvm pki COMMAND --dir DIR",
    about: "reads and uses a certificate authority's folder",
    options: [],
  },
]

const width = Math.max(...COMMAND_LIST.map(({ name }) => name.length))

export const HELP = [
  "usage: ispvm COMMAND [OPTIONS]",
  "",
  "ISP Visual Monitor, the appliance.",
  "",
  ...COMMAND_LIST.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
  "",
  "ispvm help COMMAND describes one of them.",
  "",
].join("\n")

export const commandHelp = (name: string): string => {
  const found = COMMAND_LIST.find((each) => each.name === name)
  if (found === undefined) return HELP
  return [
    `usage: ${found.usage}`,
    "",
    found.about,
    ...(found.options.length > 0 ? [""] : []),
    ...found.options.map(([option, about]) => `  ${option}  ${about}`),
    "",
  ].join("\n")
}
