/** The agent's key and what was made of it: one file, so that key and certificate are swapped in one step. */
import { generateKeyPair } from "node:crypto"
import { mkdir, open, readFile, rename } from "node:fs/promises"
import { dirname } from "node:path"
import { promisify } from "node:util"
import { AgentId, EpochMs } from "@ispvm/wire"
import { z } from "zod"

const generate = promisify(generateKeyPair)

export type Keys = { readonly privatePem: string; readonly publicPem: string }

/** RSA-2048, because node-forge signs requests with RSA only; made off the main thread (about 0.3 s). */
export const generateKeys = async (): Promise<Keys> => {
  const pair = await generate("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  })
  return { privatePem: pair.privateKey, publicPem: pair.publicKey }
}

/** Everything that makes this agent itself. `tokenHash` tells a new token from the one that was used, without keeping it. */
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
      message: `${file} is damaged: enrol again with a new token from the agents' page.`,
    }
  }
}

/** Written beside, flushed, then renamed: at every moment the file is whole, the old one or the new one. Readable by its owner alone. */
export const writeIdentity = async (file: string, identity: Identity): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.new`
  const handle = await open(beside, "w", 0o600)
  try {
    await handle.chmod(0o600) // an older file of that name keeps its mode when opened
    await handle.writeFile(JSON.stringify(identity))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
}
