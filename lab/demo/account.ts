/**
 * The demo's own account on the appliance: created at the first run, stored beside the data, and
 * used from then on.
 */
import { randomBytes, randomInt } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { z } from "zod"
import { UserError } from "../simulator/user-error.ts"
import { ApiError, type ApplianceClient, type Login, type Setup } from "./appliance-client.ts"

const StoredLogin = z.strictObject({ email: z.string(), password: z.string() })
/** Without letters that look alike on a screen. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
const randomPassword = (): string =>
  Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join(""),
  ).join("-")

export const newSetupCode = (): string => randomBytes(12).toString("hex")

const TRIES = 4
/** The appliance answers shortly before its set-up code is in place. */
const setUpAppliance = async (client: ApplianceClient, setup: Setup): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      await client.setup(setup)
      return
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "wrong-setup-code" || tries === TRIES)
        throw error
      await wait(400)
    }
  }
}

/** Logs the client in; sets the appliance up first where that is not done. */
export const ensureLogin = async (
  client: ApplianceClient,
  file: string,
  setupCode: string,
): Promise<Login> => {
  const stored: Login | null = existsSync(file)
    ? StoredLogin.parse(JSON.parse(readFileSync(file, "utf8")))
    : null
  if (!(await client.session()).isSetUp) {
    const login = stored ?? { email: "noc@anatolia.example", password: randomPassword() }
    // Written first: without its password, a new account could not be used.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${JSON.stringify(login)}\n`, { mode: 0o600 })
    await setUpAppliance(client, {
      setupCode,
      organisation: "Anatolia Net",
      name: "Night shift",
      ...login,
    })
    return login
  }
  if (stored === null)
    throw new UserError(
      "this data belongs to an appliance that is set up already, and the demo has no login to it; use another --data",
    )
  try {
    await client.login(stored)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new UserError(
      `the demo's own login (${file}) no longer works: ${error.message}; correct it in the file, or use another --data`,
      {
        cause: error,
      },
    )
  }
  return stored
}
