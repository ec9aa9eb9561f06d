/**
 * The texts of a section, each once. UUIDs take 16 bytes. A text is referred to by its code: its
 * index times two, plus one for a UUID.
 */
import { type ByteReader, type ByteWriter, CompactError } from "./bytes.ts"

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export class DictionaryWriter {
  readonly #codes = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #uuids: string[] = []

  codeOf(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const isUuid = text.length === 36 && UUID.test(text)
    const list = isUuid ? this.#uuids : this.#texts
    const code = list.length * 2 + (isUuid ? 1 : 0)
    list.push(text)
    this.#codes.set(text, code)
    return code
  }
  write(writer: ByteWriter): void {
    writer.uint(this.#texts.length)
    for (const text of this.#texts) writer.text(text)
    writer.uint(this.#uuids.length)
    for (const uuid of this.#uuids) writer.raw(Buffer.from(uuid.replaceAll("-", ""), "hex"))
  }
}

const uuidOf = (bytes: Buffer): string => {
  const hex = bytes.toString("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** By code. A hole is a code that stands for nothing. */
export type Dictionary = readonly (string | undefined)[]

export const readDictionary = (reader: ByteReader, maxTexts: number): Dictionary => {
  const texts: (string | undefined)[] = []
  const textCount = reader.count("texts", Math.min(maxTexts, reader.left))
  for (let index = 0; index < textCount; index += 1) texts.push(reader.text(), undefined)
  const uuidCount = reader.count("UUIDs", Math.min(maxTexts, Math.floor(reader.left / 16)))
  while (texts.length < 2 * uuidCount) texts.push(undefined)
  for (let index = 0; index < uuidCount; index += 1) texts[2 * index + 1] = uuidOf(reader.raw(16))
  return texts
}

export const textOf = (dictionary: Dictionary, code: number): string => {
  const text = dictionary[code]
  if (text === undefined) throw new CompactError("it refers to a text that it does not have")
  return text
}
