/** `ispvm certificate`: what the UI shows itself with, of the appliance's authority or your own. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { applyFiles } from "../machine/apply-files.ts"
import {
  type CertificateFault,
  CHAIN_FILE,
  checkCertificate,
  KEY_FILE,
  readOwnCertificate,
  removeOwnCertificate,
} from "../machine/ui-certificate.ts"
import { EXIT, fail, needsRoot, print, reasonOf } from "./exit.ts"
import { readInstalled } from "./installed.ts"

const USAGE = `usage: ispvm certificate show | remove
       ispvm certificate install --chain FILE --key FILE`
const PRIVATE = 0o600
const FAULTS: Readonly<Record<CertificateFault, string>> = {
  "not-pem": "certificate or key is not PEM, or the key is encrypted",
  "key-does-not-fit": "the key does not belong to the first certificate",
  expired: "the certificate has expired",
}
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const show = (dataDir: string): number => {
  const own = readOwnCertificate(dataDir, Date.now())
  if (own === null) print("The UI has a certificate of the appliance's own authority.")
  else if (typeof own === "string") return fail(FAULTS[own])
  else
    print(
      `subject     ${own.subject}`,
      `names       ${own.names}`,
      `valid until ${day(own.notAfterMs)}`,
      `serial      ${own.serial}`,
    )
  return EXIT.fine
}

const install = (dataDir: string, args: readonly string[]): number => {
  const text = { type: "string" } as const
  try {
    const { values } = parseArgs({ args: [...args], options: { chain: text, key: text } })
    if (values.chain === undefined || values.key === undefined) return fail(USAGE, EXIT.usage)
    const pair = [readFileSync(values.chain, "utf8"), readFileSync(values.key, "utf8")] as const
    const checked = checkCertificate(...pair, Date.now())
    if (typeof checked === "string") return fail(FAULTS[checked])
    // The key first: the appliance reads both when the chain changes.
    applyFiles(
      [[KEY_FILE, checked.key] as const, [CHAIN_FILE, checked.chain] as const].map(
        ([name, content]) => ({
          path: join(dataDir, name),
          text: content,
          mode: PRIVATE,
          owner: "ispvm",
        }),
      ),
    )
    print(`Served within half a minute, until ${day(checked.notAfterMs)}.`)
    return EXIT.fine
  } catch (error) {
    return fail(reasonOf(error))
  }
}

export const certificate = async ([command, ...args]: readonly string[]): Promise<number> => {
  const { dataDir } = readInstalled()
  if (command === "install") return needsRoot() ?? install(dataDir, args)
  if (args.length > 0) return fail(USAGE, EXIT.usage)
  if (command === "show") return show(dataDir)
  if (command !== "remove") return fail(USAGE, EXIT.usage)
  const refused = needsRoot()
  if (refused !== null) return refused
  removeOwnCertificate(dataDir)
  print("Within half a minute the UI has a certificate of the appliance's own authority.")
  return EXIT.fine
}
