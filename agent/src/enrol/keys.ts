/** The agent's key and certificate in one file, so that both are replaced in one step. */
import { generateKeyPair } from "node:crypto"
import { mkdir, open, readFile, rename } from "node:fs/promises"
import { dirname } from "node:path"
import { promisify } from "node:util"
import { AgentId, EpochMs } from "@ispvm/wire"
import { z } from "zod"

const generate = promisify(generateKeyPair)

export type Keys = { readonly privatePem: string; readonly publicPem: string }

/** RSA-2048, because node-forge signs requests only with RSA. Runs off the main thread (0.3 s). */
export const generateKeys = async (): Promise<Keys> => {
  const pair = await generate("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  })
  return { privatePem: pair.privateKey, publicPem: pair.publicKey }
}

/** `tokenHash` shows whether a token was already used here, without storing the token. */
export const Identity = z.object({
  url: z.string(),
  agent: AgentId,
  name: z.string(),
  keyPem: z.string(),
  certificatePem: z.string(),
  chainPem: z.string(),
  rootPem: z.string(),
  renewAfterMs: EpochMs,
  tokenHash: z.string(),
})
export type Identity = z.infer<typeof Identity>

export type StoredIdentity =
  | { readonly kind: "identity"; readonly identity: Identity }
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly message: string }

export const readIdentity = async (file: string): Promise<StoredIdentity> => {
  let text: string
  try {
    text = await readFile(file, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return { kind: "none" }
    throw new Error(`The agent's identity ${file} cannot be read.`, { cause: error })
  }
  try {
    return { kind: "identity", identity: Identity.parse(JSON.parse(text)) }
  } catch {
    return {
      kind: "unreadable",
      message: `${file} is damaged: enrol again with a new token from the Agents page.`,
    }
  }
}

/**
 * Writes a new file, flushes it and renames it, so that the file is always complete. Only its owner
 * can read it.
 */
export const writeIdentity = async (file: string, identity: Identity): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.new`
  const handle = await open(beside, "w", 0o600)
  try {
    await handle.chmod(0o600) // opening an existing file does not change its mode
    await handle.writeFile(JSON.stringify(identity))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
}
