/**
 * The authority as a command; `HELP` lists what it can do. Results on stdout, errors on stderr with
 * exit code 1 (2: wrong usage).
 */
import { X509Certificate } from "node:crypto"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { type Authority, openAuthority } from "./authority.ts"
import { FileError, readText, writeAtomic } from "./files.ts"
import { detailsOf } from "./issue.ts"
import { readRevocations, revocationOf, revoke } from "./revoke.ts"

const HELP = `Usage: npm run pki -- <command> [options]

  init                                             make the authority, or open it and say what it is
  fingerprint                                      SHA-256 of the root certificate, as it stands in enrolment tokens
  issue-agent  --csr FILE --name NAME --out FILE   certificate of 30 days for a client, from its request; [--uri URI]
  issue-server --names A,B,… --out PREFIX          key and certificate of a year: PREFIX.key, PREFIX.crt
  show         --cert FILE                         what a certificate says
  verify       --cert FILE                         is it ours, valid now and not revoked; exit code 1 if not
  revoke       --cert FILE [--reason TEXT]         from now on, verify says no

  --dir DIR   where the authority lives (default .data/pki)
`

class Usage extends Error {}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      dir: { type: "string", default: ".data/pki" },
      csr: { type: "string" },
      name: { type: "string" },
      uri: { type: "string" },
      names: { type: "string" },
      out: { type: "string" },
      cert: { type: "string" },
      reason: { type: "string", default: "not said" },
      help: { type: "boolean", short: "h", default: false },
    },
  })
type Values = ReturnType<typeof parse>["values"]

const required = (value: string | undefined, option: string): string => {
  if (value === undefined || value === "") throw new Usage(`--${option} is missing`)
  return value
}

const textOf = async (path: string): Promise<string> => {
  const text = await readText(resolve(path))
  if (text === null) throw new FileError(path, "there is no such file")
  return text
}

const certificateOf = async (path: string): Promise<X509Certificate> => {
  const text = await textOf(path)
  try {
    return new X509Certificate(text)
  } catch (cause) {
    throw new FileError(path, "this is not a PEM certificate", { cause })
  }
}

const describe = (certificate: X509Certificate): string => {
  const { serial, fingerprint, notBeforeMs, notAfterMs, renewAfterMs } = detailsOf(
    certificate.toString(),
  )
  const time = (ms: number): string => new Date(ms).toISOString()
  return [
    `subject      ${certificate.subject.replaceAll("\n", ", ")}`,
    `names        ${certificate.subjectAltName ?? "none"}`,
    `issuer       ${certificate.issuer.replaceAll("\n", ", ")}`,
    `serial       ${serial}`,
    `valid        ${time(notBeforeMs)} to ${time(notAfterMs)}`,
    `renew after  ${time(renewAfterMs)}`,
    `SHA-256      ${fingerprint}`,
  ].join("\n")
}

const invalidReason = async (
  authority: Authority,
  directory: string,
  certificate: X509Certificate,
): Promise<string | null> => {
  const { serial, notBeforeMs, notAfterMs } = detailsOf(certificate.toString())
  if (!authority.hasSigned(certificate)) return "not issued by this authority"
  const revocation = revocationOf(await readRevocations(directory), serial)
  if (revocation !== null)
    return `revoked at ${new Date(revocation.atMs).toISOString()}: ${revocation.reason}`
  if (Date.now() < notBeforeMs) return "not valid yet; is this machine's clock right?"
  return Date.now() > notAfterMs ? "expired" : null
}

type Command = (authority: Authority, values: Values, directory: string) => Promise<number>
const print = (text: string): number => {
  process.stdout.write(`${text}\n`)
  return 0
}

const COMMANDS: Readonly<Record<string, Command>> = {
  init: async (authority, _values, directory) =>
    print(
      `${directory}\nfingerprint  ${authority.fingerprint}\n\n${describe(new X509Certificate(authority.issuingPem))}`,
    ),
  fingerprint: async (authority) => print(authority.fingerprint),
  "issue-agent": async (authority, values) => {
    const out = resolve(required(values.out, "out"))
    const commonName = required(values.name, "name")
    const csr = await textOf(required(values.csr, "csr"))
    const answer = authority.issueAgent(csr, {
      commonName,
      uri: values.uri ?? `urn:ispvm:agent:${encodeURIComponent(commonName)}`,
    })
    if (!answer.ok) throw new FileError(values.csr ?? "", `${answer.reason}: ${answer.message}`)
    await writeAtomic(out, `${answer.issued.pem}${authority.issuingPem}`, 0o644)
    return print(`${out}\n${describe(new X509Certificate(answer.issued.pem))}`)
  },
  "issue-server": async (authority, values) => {
    const out = resolve(required(values.out, "out"))
    const names = required(values.names, "names")
      .split(",")
      .map((name) => name.trim())
    if (names.includes("")) throw new Usage("--names holds an empty name")
    const { certificate, keyPem } = await authority.issueServer(names)
    await writeAtomic(`${out}.key`, keyPem, 0o600)
    await writeAtomic(`${out}.crt`, `${certificate.pem}${authority.issuingPem}`, 0o644)
    return print(`${out}.key\n${out}.crt\n${describe(new X509Certificate(certificate.pem))}`)
  },
  show: async (_authority, values) =>
    print(describe(await certificateOf(required(values.cert, "cert")))),
  verify: async (authority, values, directory) => {
    const reason = await invalidReason(
      authority,
      directory,
      await certificateOf(required(values.cert, "cert")),
    )
    print(reason ?? "good")
    return reason === null ? 0 : 1
  },
  revoke: async (authority, values, directory) => {
    const certificate = await certificateOf(required(values.cert, "cert"))
    if (!authority.hasSigned(certificate))
      throw new FileError(values.cert ?? "", "not issued by this authority")
    const { serial } = detailsOf(certificate.toString())
    await revoke(directory, { serial, atMs: Date.now(), reason: values.reason.slice(0, 200) })
    return print(`revoked ${serial}`)
  },
}

const run = async (): Promise<number> => {
  const { values, positionals } = parse()
  const [name, ...more] = positionals
  if (values.help || name === undefined) return print(HELP)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) throw new Usage(`there is no command ${name}`)
  if (more.length > 0) throw new Usage(`what is ${more.join(" ")}? options begin with --`)
  const directory = resolve(values.dir)
  // Only init creates an authority: with a mistyped --dir, other commands must not create a new
  // one.
  if (name !== "init" && (await readText(resolve(directory, "root.crt"))) === null)
    throw new FileError(
      directory,
      "there is no authority here; make one with init, or name its directory with --dir",
    )
  return command(await openAuthority({ directory, now: Date.now }), values, directory)
}

const isUsage = (error: unknown): boolean =>
  error instanceof Usage ||
  (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))

try {
  process.exitCode = await run()
} catch (error) {
  if (isUsage(error))
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  else process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = isUsage(error) ? 2 : 1
}
