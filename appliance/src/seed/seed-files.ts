/**
 * The files of a seed as one document: cloud-init's NoCloud and ConfigDrive, and the properties of
 * an OVF. Keys below `ispvm:` win over those of cloud-init. Pure.
 */
import { parseDocument } from "yaml"
import type { ParsedSeed, SeedProblem } from "./model.ts"
import { readNetworkConfig } from "./network-config.ts"
import { readOvfProperties } from "./ovf-environment.ts"
import { parseSeed } from "./seed.ts"
import { isRecord } from "./seed-keys.ts"

/** By their names, as text; what is not there is left out. */
export type SeedFiles = Readonly<Partial<Record<SeedFile, string>>>
export const SEED_FILES = ["user-data", "meta-data", "network-config", "ovf-env.xml"] as const
export type SeedFile = (typeof SEED_FILES)[number]

/** Of each file: certificates are the longest of what is expected. */
export const MAX_SEED_BYTES = 512 * 1_024
const HEADER = /^#cloud-config\s*$/m

/** Keys that files for cloud-init often have, and that change nothing here. */
const IGNORED: ReadonlySet<string> = new Set(
  [
    "apt bootcmd ca_certs chpasswd create_hostname_file disable_root disk_setup final_message",
    "fs_setup groups growpart keyboard locale manage_etc_hosts manage_resolv_conf mounts",
    "no_ssh_fingerprints output package_reboot_if_required package_update package_upgrade packages",
    "password phone_home power_state prefer_fqdn_over_hostname preserve_hostname random_seed",
    "resize_rootfs resolv_conf rsyslog runcmd ssh ssh_deletekeys ssh_genkeytypes ssh_keys",
    "ssh_pwauth ssh_quiet_keygen swap system_info timezone user users write_files",
  ].flatMap((line) => line.split(" ")),
)

type Document = {
  readonly values: Readonly<Record<string, unknown>>
  readonly problems: readonly SeedProblem[]
  readonly ignored: readonly string[]
}
const NOTHING: Document = { values: {}, problems: [], ignored: [] }

const unreadable = (file: string, detail: string): Document => ({
  ...NOTHING,
  problems: [
    { key: file, fault: "unreadable", detail: detail.split("\n")[0]?.slice(0, 120) ?? "" },
  ],
})

/** YAML, of which JSON is a part. Aliases are bounded by the parser. */
const readYaml = (file: string, text: string): { readonly value: unknown } | Document => {
  const document = parseDocument(text, { prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split("\n").length
    return unreadable(file, `line ${line}: ${error.code}`)
  }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) }
  } catch (error) {
    return unreadable(file, error instanceof Error ? error.message : "YAML")
  }
}

const present = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  )

const readUserData = (text: string): Document => {
  if (!HEADER.test(text.slice(0, 2_000)))
    return unreadable("user-data", "the first line is not #cloud-config")
  const read = readYaml("user-data", text)
  if (!("value" in read)) return read
  if (read.value === null || read.value === undefined) return NOTHING
  if (!isRecord(read.value)) return unreadable("user-data", "not a map of keys")
  const { hostname, fqdn, ssh_authorized_keys, ntp, ispvm, network, ...others } = read.value
  const names = Object.keys(others)
  const networkConfig =
    network === undefined ? { network: undefined, problems: [] } : readNetworkConfig({ network })
  const time = isRecord(ntp) ? [...list(ntp.servers), ...list(ntp.pools)] : list(ntp)
  const cloud = present({
    hostname: hostname ?? fqdn,
    ssh_authorized_keys,
    ntp: time.length > 0 ? time : undefined,
    network: networkConfig.network,
  })
  return {
    values: isRecord(ispvm) || ispvm === undefined ? { ...cloud, ...present(ispvm ?? {}) } : cloud,
    problems: [
      ...(isRecord(ispvm) || ispvm === undefined || ispvm === null
        ? []
        : [{ key: "ispvm", fault: "wrong-value" as const, detail: "not a map of keys" }]),
      ...networkConfig.problems,
      ...names
        .filter((name) => !IGNORED.has(name))
        .map((key): SeedProblem => ({ key, fault: "unknown-key", detail: null })),
    ],
    ignored: names.filter((name) => IGNORED.has(name)),
  }
}
const list = (given: unknown): unknown[] =>
  Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]

/** Of NoCloud and of ConfigDrive: host name and SSH keys alone. */
const readMetaData = (text: string): Document => {
  const read = readYaml("meta-data", text)
  if (!("value" in read)) return read
  if (!isRecord(read.value)) return NOTHING
  const { "local-hostname": local, hostname, "public-keys": keys, public_keys: more } = read.value
  const given = keys ?? more
  const values = present({
    hostname: local ?? hostname,
    ssh_authorized_keys: isRecord(given) ? Object.values(given) : given,
  })
  return { ...NOTHING, values }
}

const readNetworkFile = (text: string): Document => {
  const read = readYaml("network-config", text)
  if (!("value" in read)) return read
  if (read.value === null || read.value === undefined) return NOTHING
  const { network, problems } = readNetworkConfig(read.value)
  return { ...NOTHING, values: present({ network }), problems }
}

const readOvf = (text: string): Document => {
  const { values, userData, problems } = readOvfProperties(text)
  const inner = userData === null ? NOTHING : readUserData(userData)
  return {
    values: { ...inner.values, ...values },
    problems: [...inner.problems, ...problems],
    ignored: inner.ignored,
  }
}

/** What stands later wins. */
const READERS: readonly (readonly [SeedFile, (text: string) => Document])[] = [
  ["meta-data", readMetaData],
  ["network-config", readNetworkFile],
  ["user-data", readUserData],
  ["ovf-env.xml", readOvf],
]

export const parseSeedFiles = (files: SeedFiles): ParsedSeed => {
  const read = READERS.flatMap(([name, reader]) => {
    const text = files[name]
    return text === undefined ? [] : [reader(text.replace(/^\uFEFF/, ""))]
  })
  const values = Object.assign({}, ...read.map((each) => each.values)) as unknown
  const parsed = parseSeed(values)
  return {
    seed: parsed.seed,
    problems: [...read.flatMap((each) => each.problems), ...parsed.problems],
    ignored: read.flatMap((each) => each.ignored),
  }
}
