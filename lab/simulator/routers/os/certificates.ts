/**
 * The certificates of a router: imported from files, or created and signed by the router itself;
 * node:crypto reads them.
 */
import { createPrivateKey, X509Certificate } from "node:crypto"
import { type Identity, selfSign } from "../certificate.ts"
import { ScriptError } from "../script/value.ts"
import { timeText } from "./values.ts"

export type StoredCertificate = {
  readonly id: string
  readonly name: string
  /** The template of a certificate that is not signed yet. */
  readonly template: ReadonlyMap<string, string>
  readonly pem: string | null
  readonly keyPem: string | null
  readonly trusted: boolean
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const KEY =
  /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:EC |RSA )?PRIVATE KEY-----/g

/** SHA-256 in lower-case hex, as RouterOS prints it. */
export const fingerprintOfPem = (pem: string): string =>
  new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase()

export class Certificates {
  #all: StoredCertificate[] = []
  #lastId = 0

  get all(): readonly StoredCertificate[] {
    return this.#all
  }

  named(name: string): StoredCertificate | undefined {
    return this.#all.find((each) => each.name === name)
  }

  /** The trusted certificates: one of them must have signed a server's. */
  get authorities(): readonly string[] {
    return this.#all.flatMap((each) => (each.pem !== null && each.trusted ? [each.pem] : []))
  }

  addDefault(name: string, identity: Identity): void {
    this.#push({
      name,
      template: new Map(),
      pem: identity.certificatePem,
      keyPem: identity.keyPem,
      trusted: false,
    })
  }

  template(name: string, values: ReadonlyMap<string, string>): StoredCertificate {
    if (this.named(name) !== undefined)
      throw new ScriptError("failure: certificate with such name already exists")
    return this.#push({ name, template: values, pem: null, keyPem: null, trusted: false })
  }

  /**
   * The key is always P-256, whatever `key-size` is: a thousand times faster than RSA, and nothing
   * here reads the size.
   */
  sign(stored: StoredCertificate, name: string, address: string, nowMs: number): StoredCertificate {
    if (stored.pem !== null) throw new ScriptError("failure: already signed")
    const identity = selfSign(stored.template.get("common-name") ?? stored.name, address, nowMs)
    return this.change(stored, { name, pem: identity.certificatePem, keyPem: identity.keyPem })
  }

  /**
   * How many certificates and keys were found. A certificate with a known fingerprint is not added
   * again.
   */
  import(text: string, name: string): { readonly certificates: number; readonly keys: number } {
    let [certificates, keys] = [0, 0]
    for (const [pem] of text.matchAll(PEM)) {
      const print = parsed(pem)
      if (this.#all.some((each) => each.pem !== null && fingerprintOfPem(each.pem) === print))
        continue
      const free = this.#free(name, certificates)
      this.#push({ name: free, template: new Map(), pem, keyPem: null, trusted: true })
      certificates += 1
    }
    for (const [keyPem] of text.matchAll(KEY)) {
      const key = createPrivateKey(keyPem)
      const owner = this.#all.find(
        (each) => each.pem !== null && new X509Certificate(each.pem).checkPrivateKey(key),
      )
      if (owner === undefined || owner.keyPem !== null) continue
      this.change(owner, { keyPem })
      keys += 1
    }
    return { certificates, keys }
  }

  change(
    stored: StoredCertificate,
    change: Partial<Omit<StoredCertificate, "id">>,
  ): StoredCertificate {
    const next = { ...stored, ...change }
    this.#all = this.#all.map((each) => (each === stored ? next : each))
    return next
  }

  remove(ids: ReadonlySet<string>): void {
    this.#all = this.#all.filter((each) => !ids.has(each.id))
  }

  #push(stored: Omit<StoredCertificate, "id">): StoredCertificate {
    this.#lastId += 1
    const made = { id: `*${this.#lastId.toString(16).toUpperCase()}`, ...stored }
    this.#all.push(made)
    return made
  }

  /** `name`, then `name_1`: a name with a file extension is numbered from 0, as in RouterOS. */
  #free(name: string, nth: number): string {
    const base = /\.(pem|crt|cer|txt)$/.test(name)
      ? `${name}_${nth}`
      : nth === 0
        ? name
        : `${name}_${nth}`
    let free = base
    for (let n = 1; this.named(free) !== undefined; n++) free = `${base}_${n}`
    return free
  }
}

const parsed = (pem: string): string => {
  try {
    return fingerprintOfPem(pem)
  } catch (error) {
    throw new ScriptError("failure: file is not a certificate", { cause: error })
  }
}

const commonName = (subject: string): string => /^CN=(.*)$/m.exec(subject)?.[1] ?? ""

/** The row of `print`, all as text. */
export const certificateRow = (
  stored: StoredCertificate,
  date: (ms: number) => string,
  nowMs: number,
): Record<string, string> => {
  const { id, name, template, pem } = stored
  if (pem === null)
    return { ".id": id, name, ...Object.fromEntries(template), trusted: String(stored.trusted) }
  const read = new X509Certificate(pem)
  const until = Date.parse(read.validTo)
  return {
    ".id": id,
    name,
    "common-name": commonName(read.subject),
    issuer: read.issuer.replaceAll("\n", ","),
    "serial-number": read.serialNumber,
    fingerprint: fingerprintOfPem(pem),
    "invalid-before": date(Date.parse(read.validFrom)),
    "invalid-after": date(until),
    "expires-after": timeText(
      BigInt(Math.max(0, Math.floor((until - nowMs) / 1000))) * 1_000_000_000n,
    ),
    "subject-alt-name": (read.subjectAltName ?? "")
      .replaceAll("IP Address:", "IP:")
      .replaceAll(", ", ","),
    authority: String(read.ca),
    "private-key": String(stored.keyPem !== null),
    trusted: String(stored.trusted),
    expired: String(until < nowMs),
  }
}
