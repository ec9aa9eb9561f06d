/** Every secret of this machine that can be read, so that a support bundle holds none of them. */
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { CLAIM_FILE } from "../machine/claim.ts"
import type { Dbs } from "../platform/postgres/db.ts"
import { listOrgs } from "../registry/orgs/orgs.ts"
import { createSecrets, parseMasterKey } from "../registry/secrets/secrets.ts"

const RUNTIME_FILES = ["/run/ispvm/setup-code", "/run/ispvm-local-agent/token"]
/** Settings whose value is a secret, by their name. */
const SECRET_SETTING = /PASSWORD|TOKEN|KEY|CODE|SECRET|DATABASE_URL/
const MIN_KEY_LINE = 32

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
    .filter((line) => line.length >= MIN_KEY_LINE && !line.startsWith("-----"))

const masterKeyOf = (dataDir: string, settings: ReadonlyMap<string, string>): Buffer | null => {
  const given = settings.get("ENCRYPTION_MASTER_KEY") ?? textOf(join(dataDir, "master.key")).trim()
  return given === "" ? null : parseMasterKey(given)
}

/** Passwords and communities of routers, opened with the master key. */
const routerSecrets = async (dbs: Dbs, key: Buffer): Promise<readonly string[]> => {
  const secrets = createSecrets({ key })
  const found: string[] = []
  for (const { id: org } of await listOrgs(dbs.ui.sql)) {
    const opened = await dbs.ui.asOrg(org, async (tx) => {
      const all = []
      for (const { id } of await secrets.list(tx, org)) all.push(await secrets.open(tx, org, id))
      return all
    })
    for (const { password, snmpCommunity, snmpV3 } of opened)
      found.push(
        ...[password, snmpCommunity, snmpV3?.authPassword, snmpV3?.privPassword].filter(
          (each) => typeof each === "string",
        ),
      )
  }
  return found
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
    ...(master === null || dbs === null ? [] : await routerSecrets(dbs, master)),
  ].filter((each) => each.length > 0)
}
