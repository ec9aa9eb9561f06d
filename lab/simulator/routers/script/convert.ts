/** `:convert`: converts bytes from one notation to another. */
import { createHash } from "node:crypto"
import { bytesIn, textIn } from "./byte-text.ts"
import { array, num, str } from "./literal.ts"
import { ScriptError, type Value } from "./value.ts"
import { toText } from "./value-text.ts"

export const withLineEnds = (text: string, end: string): string => text.replace(/\r?\n/g, end)

const latin1 = (text: string, encoding: "hex" | "base64"): string =>
  Buffer.from(text, encoding).toString("latin1")

const rot13 = (bytes: string): string =>
  bytes.replace(/[A-Za-z]/g, (c) =>
    String.fromCharCode(((c.charCodeAt(0) - (c < "a" ? 65 : 97) + 13) % 26) + (c < "a" ? 65 : 97)),
  )

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const toBase32 = (bytes: string): string => {
  const bits = [...bytes].map((c) => c.charCodeAt(0).toString(2).padStart(8, "0")).join("")
  const text = (bits.match(/.{1,5}/g) ?? [])
    .map((five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)] ?? "")
    .join("")
  return text.padEnd(Math.ceil(text.length / 8) * 8, "=")
}
const fromBase32 = (text: string): string => {
  const bits = [...text.toUpperCase()]
    .flatMap((c) => (BASE32.includes(c) ? [BASE32.indexOf(c).toString(2).padStart(5, "0")] : []))
    .join("")
  return (bits.match(/.{8}/g) ?? [])
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 2)))
    .join("")
}

const percent = (bytes: string): string =>
  bytes.replace(
    /[^A-Za-z0-9._~-]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  )
const unpercent = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )

const hexOf = (value: Value): string => {
  const number =
    value.type === "num" ? value.is : BigInt(/^\d+$/.test(toText(value)) ? toText(value) : 0)
  const digits = BigInt.asUintN(64, number).toString(16)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}

const bytesFrom = (value: Value, form: string): string => {
  if (value.type === "array" && form !== "byte-array") return bytesFrom(str(toText(value)), form)
  switch (form) {
    case "byte-array":
      return value.type === "array"
        ? value.items.map((item) => String.fromCharCode(Number(toText(item.value)) & 255)).join("")
        : ""
    case "hex":
      return latin1(toText(value).replace(/^0x/, ""), "hex")
    case "base64":
      return latin1(toText(value), "base64")
    case "base32":
      return fromBase32(toText(value))
    case "url":
      return unpercent(bytesIn(toText(value)))
    case "rot13":
      return rot13(bytesIn(toText(value)))
    case "num":
      return latin1(hexOf(value), "hex")
    case "raw":
      return bytesIn(toText(value))
    default:
      throw new ScriptError("invalid value for argument from")
  }
}

const bytesTo = (bytes: string, form: string): Value => {
  switch (form) {
    case "byte-array":
      return array([...bytes].map((c) => num(c.charCodeAt(0))))
    case "hex":
      return str(Buffer.from(bytes, "latin1").toString("hex"))
    case "base64":
      return str(Buffer.from(bytes, "latin1").toString("base64"))
    case "base32":
      return str(toBase32(bytes))
    case "url":
      return str(percent(bytes))
    case "rot13":
      return str(rot13(bytes))
    case "num":
      return num(bytes === "" ? 0n : BigInt(`0x${Buffer.from(bytes, "latin1").toString("hex")}`))
    case "raw":
      return str(textIn(bytes))
    default:
      throw new ScriptError("invalid value for argument to")
  }
}

const TRANSFORMS: Readonly<Record<string, (bytes: string) => string>> = {
  lc: (bytes) => bytes.replace(/[A-Z]/g, (c) => c.toLowerCase()),
  uc: (bytes) => bytes.replace(/[a-z]/g, (c) => c.toUpperCase()),
  lf: (bytes) => withLineEnds(bytes, "\n"),
  crlf: (bytes) => withLineEnds(bytes, "\r\n"),
  reverse: (bytes) => [...bytes].reverse().join(""),
  md5: (bytes) => createHash("md5").update(bytes, "latin1").digest().toString("latin1"),
  sha256: (bytes) => createHash("sha256").update(bytes, "latin1").digest().toString("latin1"),
  sha512: (bytes) => createHash("sha512").update(bytes, "latin1").digest().toString("latin1"),
}

export const convert = (args: ReadonlyMap<string, Value>): Value => {
  const name = (which: string): string => toText(args.get(which) ?? str(""))
  const bytes = bytesFrom(args.get("value") ?? str(""), name("from") || "raw")
  const transform = name("transform")
  const changed = transform === "" ? bytes : TRANSFORMS[transform]?.(bytes)
  if (changed === undefined) throw new ScriptError("invalid value for argument transform")
  // A digest is hex by default (uncertain).
  return bytesTo(changed, name("to") || (/^(md5|sha)/.test(transform) ? "hex" : "raw"))
}
