/**
 * Settings of the appliance's own machine as files of Debian's services: systemd-networkd, chrony,
 * OpenSSH, nftables. Pure; all values have been checked.
 */

/** A file to write, or with null to remove. */
export type PlannedFile = {
  readonly path: string
  readonly text: string | null
  readonly mode: number
  readonly owner: "root" | "ispvm"
}
/**
 * One network interface. `match` is a name such as `ens18` or a MAC address; null: every Ethernet
 * interface. Without addresses it asks by DHCP.
 */
export type InterfaceSettings = {
  readonly match: string | null
  readonly dhcp: boolean
  /** With their prefix length. */
  readonly addresses: readonly string[]
  readonly gateways: readonly string[]
  readonly dns: readonly string[]
  readonly search: readonly string[]
}

const PUBLIC = 0o644
const PRIVATE = 0o600
const WRITTEN = "# Written by ispvm: the console, the command or a seed."

const file = (path: string, lines: readonly string[], mode = PUBLIC): PlannedFile => ({
  path,
  text: `${lines.join("\n")}\n`,
  mode,
  owner: "root",
})

export const NETWORK_FOLDER = "/etc/systemd/network"
/** Before Debian's and the image's own, of which the first that matches counts. */
export const OWN_NETWORK = /^20-ispvm-\d+\.network$/

const isMac = (name: string): boolean => /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(name)
const matchLines = (match: string | null): readonly string[] => {
  if (match === null) return ["Type=ether", "Name=!ve-* !veth*"]
  return [isMac(match) ? `MACAddress=${match}` : `Name=${match}`]
}

const networkFile = (settings: InterfaceSettings, index: number): PlannedFile => {
  const { match, dhcp, addresses, gateways, dns, search } = settings
  return file(`${NETWORK_FOLDER}/20-ispvm-${index}.network`, [
    WRITTEN,
    "[Match]",
    ...matchLines(match),
    "",
    "[Network]",
    `DHCP=${dhcp ? "yes" : "no"}`,
    "IPv6AcceptRA=yes",
    "LLMNR=no",
    "MulticastDNS=yes",
    ...addresses.map((address) => `Address=${address}`),
    ...gateways.map((gateway) => `Gateway=${gateway}`),
    ...dns.map((server) => `DNS=${server}`),
    ...(search.length > 0 ? [`Domains=${search.join(" ")}`] : []),
    ...(dhcp ? ["", "[DHCPv4]", "UseDomains=yes"] : []),
  ])
}

export const networkFiles = (interfaces: readonly InterfaceSettings[]): readonly PlannedFile[] =>
  interfaces.map(networkFile)

/** In place of the servers that the image comes with. */
export const TIME_FILE = "/etc/chrony/sources.d/ispvm.sources"
export const timeFile = (servers: readonly string[]): PlannedFile =>
  file(TIME_FILE, [WRITTEN, ...servers.map((server) => `server ${server} iburst`)])

/** `.local` names and certificates use the first label. */
export const hostnameFiles = (hostname: string): readonly PlannedFile[] => {
  const [short = hostname] = hostname.split(".")
  const names = short === hostname ? short : `${hostname} ${short}`
  return [
    file("/etc/hostname", [hostname]),
    file("/etc/hosts", ["127.0.0.1 localhost", `127.0.1.1 ${names}`, "::1 localhost"]),
  ]
}

export const SSH_KEYS_FILE = "/root/.ssh/authorized_keys"
export const SSH_PORT_FILE = "/etc/nftables.d/ssh.nft"
/** Its port is open as long as there is a key. */
export const sshFiles = (keys: readonly string[]): readonly PlannedFile[] => {
  if (keys.length === 0)
    return [SSH_KEYS_FILE, SSH_PORT_FILE].map((path) => ({
      path,
      text: null,
      mode: PRIVATE,
      owner: "root",
    }))
  return [
    file(SSH_KEYS_FILE, keys, PRIVATE),
    file(SSH_PORT_FILE, [WRITTEN, "add element inet ispvm tcp_ports { 22 }"]),
  ]
}
