/** Every secret of this machine that can be read, so that a support bundle holds none of them. */
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { CLAIM_FILE } from "../machine/claim.ts"
import type { Dbs } from "../platform/postgres/db.ts"
import { listOrgs } from "../registry/orgs/orgs.ts"
import { openAllSealed, parseMasterKey } from "../registry/secrets/secrets.ts"

const RUNTIME_FILES = ["/run/ispvm/setup-code", "/run/ispvm-local-agent/token"]
/** Settings whose value is a secret, by their name. */
const SECRET_SETTING = /PASSWORD|TOKEN|KEY|CODE|SECRET|DATABASE_URL/
const MIN_KEY_LINE = 32
/** Of an address: a shorter path is no secret, and stands in other addresses too. */
const MIN_PATH = 12

const isKeyLine = (line: string): boolean =>
  line.length >= MIN_KEY_LINE && !line.startsWith("-----")

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "")

/** All texts of a JSON document. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
const textsInFile = (file: string): readonly string[] => {
  try {
    return textsIn(JSON.parse(textOf(file)))
  } catch {
    return []
  }
}

/** The lines of private keys: a log may have a part of one. */
const keyLines = (folder: string): readonly string[] =>
  globSync(join(folder, "**/*key*"))
    .filter((file) => /key(?:\.pem)?$/.test(file))
    .flatMap((file) => {
      try {
        return textOf(file).split("\n")
      } catch {
        return []
      }
    })
    .filter(isKeyLine)

const masterKeyOf = (dataDir: string, settings: ReadonlyMap<string, string>): Buffer | null => {
  const given = settings.get("ENCRYPTION_MASTER_KEY") ?? textOf(join(dataDir, "master.key")).trim()
  return given === "" ? null : parseMasterKey(given)
}

/** What the database has encrypted, opened with the master key. */
const sealedSecrets = async (dbs: Dbs, key: Buffer): Promise<readonly string[]> => {
  const found: string[] = []
  for (const { id: org } of await listOrgs(dbs.ui.sql))
    found.push(...(await dbs.ui.asOrg(org, (tx) => openAllSealed(tx, org, key))))
  return found.flatMap((secret) => [secret, ...secretPartsOf(secret)])
}

/** What a log may have of one: the lines of a private key, and of an address what is secret in it. */
const secretPartsOf = (secret: string): readonly string[] => {
  if (secret.includes("PRIVATE KEY-----")) return secret.split("\n").filter(isKeyLine)
  if (!/^https?:/.test(secret) || !URL.canParse(secret)) return []
  const { pathname, search } = new URL(secret)
  return [pathname, `${pathname}${search}`].filter((part) => part.length >= MIN_PATH)
}

export type SecretPlaces = {
  readonly dataDir: string
  readonly settings: ReadonlyMap<string, string>
  /** Null: it does not answer; the secrets in it cannot be in a log that was written without it. */
  readonly dbs: Dbs | null
  readonly runtimeFiles?: readonly string[]
}

export const knownSecrets = async ({
  dataDir,
  settings,
  dbs,
  runtimeFiles = RUNTIME_FILES,
}: SecretPlaces): Promise<readonly (string | Buffer)[]> => {
  const master = masterKeyOf(dataDir, settings)
  return [
    ...textsInFile(join(dataDir, "database.json")),
    ...textsInFile(join(dataDir, CLAIM_FILE)),
    ...runtimeFiles.map((file) => textOf(file).trim()),
    ...[...settings].flatMap(([name, value]) => (SECRET_SETTING.test(name) ? [value] : [])),
    ...keyLines(dataDir),
    ...keyLines("/var/lib/ispvm-agent"),
    ...(master === null ? [] : [master]),
    ...(master === null || dbs === null ? [] : await sealedSecrets(dbs, master)),
  ].filter((each) => each.length > 0)
}
