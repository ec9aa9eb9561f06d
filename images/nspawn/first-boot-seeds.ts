/** Two seeds for the same image: one that is right, and one with mistakes. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

export const ADDRESS = "10.88.0.2"
export const ORGANISATION = "Example ISP"
export const ADMINISTRATOR = { name: "Ada", email: "ada@example.net" } as const
export const PASSWORD = "seven horses in a row"
export const CERTIFICATE_NAME = "monitor.example.net"
export const TIME_SERVER = "10.88.0.1"
const FOLDER = "etc/ispvm/seed"

const write = (root: string, name: string, text: string): void => {
  const file = join(root, FOLDER, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode: 0o600 })
}
const cloudConfig = (values: object): string => `#cloud-config\n${JSON.stringify(values)}\n`

/** As an administrator makes it on the image or another installation. */
const passwordHash = (root: string): string =>
  execFileSync("chroot", [root, "ispvm", "password-hash"], {
    input: `${PASSWORD}\n`,
    encoding: "utf8",
  }).trim()

/** What an administrator has beforehand: a key for SSH, a certificate, the secret of an agent. */
export type Provided = {
  readonly sshKeyFile: string
  readonly chainFile: string
  readonly certificateKeyFile: string
  readonly agent: { readonly name: string; readonly secret: string }
}

export const makeProvided = (folder: string): Provided => {
  const [sshKeyFile, chainFile, certificateKeyFile] = ["ssh", "ui.crt", "ui.key"].map((name) =>
    join(folder, name),
  )
  if (sshKeyFile === undefined || chainFile === undefined || certificateKeyFile === undefined)
    throw new Error("unreachable")
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", sshKeyFile])
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-subj", `/CN=${CERTIFICATE_NAME}`, "-addext", `subjectAltName=DNS:${CERTIFICATE_NAME}`],
      ...["-days", "90", "-keyout", certificateKeyFile, "-out", chainFile],
    ],
    { stdio: "ignore" },
  )
  const secret = execFileSync("openssl", ["rand", "32"]).toString("base64url")
  return { sshKeyFile, chainFile, certificateKeyFile, agent: { name: "pop-1", secret } }
}

/** NoCloud: `user-data`, `meta-data`, `network-config`. */
export const writeRightSeed = (root: string, provided: Provided): void => {
  const { sshKeyFile, chainFile, certificateKeyFile, agent } = provided
  write(root, "meta-data", "local-hostname: noc7\n")
  const host0 = { addresses: [`${ADDRESS}/24`], gateway4: "10.88.0.1" }
  write(root, "network-config", JSON.stringify({ version: 2, ethernets: { host0 } }))
  write(
    root,
    "user-data",
    cloudConfig({
      manage_etc_hosts: true,
      ssh_authorized_keys: [readFileSync(`${sshKeyFile}.pub`, "utf8")],
      ntp: { servers: [TIME_SERVER] },
      ispvm: {
        organisation: ORGANISATION,
        administrator: { ...ADMINISTRATOR, password_hash: passwordHash(root) },
        certificate: {
          chain: readFileSync(chainFile, "utf8"),
          key: readFileSync(certificateKeyFile, "utf8"),
        },
        agents: [agent],
      },
    }),
  )
}

/** A seed that comes later, to a machine that has never had a key for SSH: a key and nothing else. */
export const writeLaterSeed = (root: string, { sshKeyFile }: Provided): void => {
  write(root, "meta-data", "")
  const keys = [readFileSync(`${sshKeyFile}.pub`, "utf8")]
  write(root, "user-data", cloudConfig({ ssh_authorized_keys: keys }))
  rmSync(join(root, FOLDER, "ovf-env.xml"))
}

const property = (name: string, value: string): string =>
  `<Property oe:key="${name}" oe:value="${value}"/>`

/** As the problems of the other seed are named. */
export const MISTAKES = [
  "hostnam: unknown key",
  "organization: unknown key",
  "network.addresses[0]: wrong value (192.0.2.300/24)",
] as const

/** The properties of an OVF, and in them a whole `user-data`. */
export const writeWrongSeed = (root: string): void => {
  const userData = Buffer.from(cloudConfig({ ispvm: { hostnam: "typo" } })).toString("base64")
  const values = {
    hostname: "noc8",
    addresses: "192.0.2.300/24",
    gateways: "10.88.0.1",
    organization: "misspelt",
    organisation: ORGANISATION,
    administrator_name: ADMINISTRATOR.name,
    administrator_email: ADMINISTRATOR.email,
    administrator_password_hash: passwordHash(root),
    "user-data": userData,
  }
  const properties = Object.entries(values).map(([name, value]) => property(name, value))
  write(
    root,
    "ovf-env.xml",
    `<?xml version="1.0" encoding="UTF-8"?>
<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1"
  xmlns:oe="http://schemas.dmtf.org/ovf/environment/1">
  <PropertySection>
    ${properties.join("\n    ")}
  </PropertySection>
</Environment>
`,
  )
}
