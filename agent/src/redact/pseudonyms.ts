/** Pseudonyms: the same name has the same one under one key. And other keys that follow from it. */
import { createHmac, hkdfSync } from "node:crypto"

const HEX_CHARS = 16
const hex = (key: Buffer, text: string): string =>
  createHmac("sha256", key).update(text).digest("hex").slice(0, HEX_CHARS)
/** Letters of either case are the same name, as most RADIUS servers take them. */
export const pseudonymOf = (key: Buffer, name: string): string =>
  `u-${hex(key, name.trim().toLowerCase())}`
const ROW_KEY = /^r-[0-9a-f]{16}$/
/** One that is replaced already stays: a backlog may be redacted a second time. */
export const rowKeyOf = (key: Buffer, rowKey: string): string =>
  ROW_KEY.test(rowKey) ? rowKey : `r-${hex(key, rowKey)}`
/** The same for the same key; nothing else of the key can be read from it. */
export const keyCheckOf = (key: Buffer): string => hex(key, "check of the key, not a name")
/** Of the hashes of configurations: from a key of this host that makes pseudonyms as well. */
export const configurationKeyOf = (key: Buffer): Buffer =>
  Buffer.from(hkdfSync("sha256", key, "", "ispvm configuration hashes", 32))
