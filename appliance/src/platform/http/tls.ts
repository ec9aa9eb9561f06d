/** TLS settings of the listeners: 1.2 and 1.3, forward secrecy, authenticated encryption. */
import { constants } from "node:crypto"

const AEAD = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-RSA-CHACHA20-POLY1305",
]
/** AES-CBC and RSA key exchange, for old RouterOS releases; used only if AEAD is not offered. */
const OLDER = [
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-RSA-AES256-SHA384",
  "ECDHE-RSA-AES128-SHA",
  "ECDHE-RSA-AES256-SHA",
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "AES128-SHA256",
  "AES256-SHA256",
  "AES128-SHA",
  "AES256-SHA",
]

export type TlsOptions = {
  readonly minVersion: "TLSv1.2"
  /** No renegotiation: repeated handshakes on one connection would only cost us processor time. */
  readonly secureOptions: number
  readonly honorCipherOrder: true
  readonly ciphers: string
}
const base = {
  minVersion: "TLSv1.2",
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  honorCipherOrder: true,
} as const

/** ECDHE with AEAD only. */
export const TLS_MODERN: TlsOptions = { ...base, ciphers: AEAD.join(":") }
export const TLS_COMPATIBLE: TlsOptions = { ...base, ciphers: [...AEAD, ...OLDER].join(":") }
