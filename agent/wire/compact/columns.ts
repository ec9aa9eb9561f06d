/**
 * One column: the values of one property of many items. The form is chosen by the values, and is
 * exact for every value of JSON.
 */
import {
  type ByteReader,
  type ByteWriter,
  CompactError,
  MAX_WHOLE,
  uintBytes,
  zigzag,
} from "./bytes.ts"
import { type Dictionary, type DictionaryWriter, textOf } from "./dictionary.ts"

/** Numbers of the format: never change one. */
const FORM = {
  none: 0,
  bits: 1,
  uint: 2,
  delta: 3,
  decimal: 4,
  float32: 5,
  float64: 6,
  text: 7,
  textDelta: 8,
  json: 9,
} as const
/** Flags beside the form: the value once for all rows; a bitmap of the rows that have a value. */
const SAME = 0x40
const SPARSE = 0x80
const MAX_DIGITS = 3

export type Value = string | number | boolean | null
/** `codes`: of the texts, by row; -1 where there is none. */
export type Column = {
  readonly values: readonly unknown[]
  readonly codes: readonly number[] | null
}

const isWhole = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < MAX_WHOLE
const scaled = (value: number, digits: number): number => Math.round(value * 10 ** digits)
const isDecimal = (value: number, digits: number): boolean => {
  const whole = scaled(value, digits)
  return Math.abs(whole) < MAX_WHOLE && whole / 10 ** digits === value
}

/** Writes each, or the difference to the one before, whichever is shorter. */
const writeWhole = (writer: ByteWriter, values: readonly number[], forms: readonly number[]) => {
  const [plain = 0, delta = 0] = forms
  let [plainBytes, deltaBytes, before] = [0, 0, 0]
  let isNegative = false
  for (const value of values) {
    isNegative ||= value < 0
    plainBytes += uintBytes(Math.abs(value))
    deltaBytes += uintBytes(zigzag(value - before))
    before = value
  }
  const isDelta = isNegative || deltaBytes < plainBytes
  before = 0
  return {
    form: isDelta ? delta : plain,
    write: () => {
      for (const value of values) {
        writer.uint(isDelta ? zigzag(value - before) : value)
        before = value
      }
    },
  }
}

const writeBits = (writer: ByteWriter, bits: readonly unknown[]): void => {
  for (let from = 0; from < bits.length; from += 8) {
    let byte = 0
    for (let bit = 0; bit < 8; bit += 1) if (bits[from + bit] === true) byte |= 1 << bit
    writer.byte(byte)
  }
}
const readBits = (reader: ByteReader, count: number): boolean[] => {
  const bytes = reader.raw(Math.ceil(count / 8))
  const bits: boolean[] = []
  for (let bit = 0; bit < count; bit += 1)
    bits.push((((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1)
  return bits
}

type Chosen = { readonly form: number; readonly write: () => void }
const numberColumn = (writer: ByteWriter, values: readonly number[]): Chosen => {
  if (values.every(isWhole)) return writeWhole(writer, values, [FORM.uint, FORM.delta])
  for (let digits = 1; digits <= MAX_DIGITS; digits += 1)
    if (values.every((value) => isDecimal(value, digits)))
      return {
        form: FORM.decimal,
        write: () => {
          writer.byte(digits)
          for (const value of values) writer.uint(zigzag(scaled(value, digits)))
        },
      }
  if (values.every((value) => Math.fround(value) === value))
    return {
      form: FORM.float32,
      write: () => {
        for (const value of values) writer.float32(value)
      },
    }
  return {
    form: FORM.float64,
    write: () => {
      for (const value of values) writer.float64(value)
    },
  }
}

/** Null: the values have different types, or are objects; they are written as JSON. */
const chosenOf = (
  writer: ByteWriter,
  values: readonly unknown[],
  dictionary: DictionaryWriter,
): Chosen | null => {
  const [first] = values
  if (!values.every((value) => typeof value === typeof first)) return null
  if (typeof first === "number") return numberColumn(writer, values as number[])
  if (typeof first === "boolean")
    return { form: FORM.bits, write: () => writeBits(writer, values as boolean[]) }
  if (typeof first !== "string") return null
  const codes = (values as string[]).map((text) => dictionary.codeOf(text))
  return writeWhole(writer, codes, [FORM.text, FORM.textDelta])
}

/** Values without those that are null. As JSON carries them: no negative zero, no infinity. */
const presentIn = (values: readonly unknown[]): unknown[] => {
  const present: unknown[] = []
  for (const value of values)
    if (typeof value !== "number") {
      if (value !== null) present.push(value)
    } else if (Number.isFinite(value)) present.push(value + 0)
  return present
}
const isPresent = (value: unknown): boolean =>
  value !== null && (typeof value !== "number" || Number.isFinite(value))
const areSame = (values: readonly unknown[]): boolean => {
  const [first] = values
  if (typeof first === "object") return false
  for (const value of values) if (value !== first) return false
  return true
}

/** Values that the column writes as JSON are added to `json`. */
export const writeColumn = (
  writer: ByteWriter,
  all: readonly unknown[],
  dictionary: DictionaryWriter,
  json: unknown[],
): void => {
  const present = presentIn(all)
  if (present.length === 0) {
    writer.byte(FORM.none)
    return
  }
  const isSame = areSame(present)
  const written = isSame ? present.slice(0, 1) : present
  const chosen = chosenOf(writer, written, dictionary)
  const isSparse = present.length < all.length
  writer.byte((chosen?.form ?? FORM.json) | (isSame ? SAME : 0) | (isSparse ? SPARSE : 0))
  if (isSparse) writeBits(writer, all.map(isPresent))
  if (chosen === null) for (const value of written) json.push(value)
  else chosen.write()
}

type Source = {
  readonly reader: ByteReader
  readonly dictionary: Dictionary
  /** The next value that was written as JSON. */
  readonly json: () => unknown
}

const repeat = <T>(count: number, next: () => T): T[] => {
  const values: T[] = []
  for (let index = 0; index < count; index += 1) values.push(next())
  return values
}
const wholes = (reader: ByteReader, count: number, isDelta: boolean): number[] => {
  let before = 0
  return repeat(count, () => {
    before = isDelta ? before + reader.int() : reader.uint()
    if (!Number.isSafeInteger(before)) throw new CompactError("a number is too large")
    return before
  })
}
const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new CompactError("a value is not a number")
  return value + 0
}

const readValues = ({ reader, json }: Source, form: number, count: number): unknown[] => {
  switch (form) {
    case FORM.bits:
      return readBits(reader, count)
    case FORM.uint:
      return wholes(reader, count, false)
    case FORM.delta:
      return wholes(reader, count, true)
    case FORM.decimal: {
      const digits = reader.byte()
      if (digits < 1 || digits > MAX_DIGITS) throw new CompactError("an unknown number of digits")
      const unit = 10 ** digits
      return repeat(count, () => reader.int() / unit + 0)
    }
    case FORM.float32:
      return repeat(count, () => finite(reader.float32()))
    case FORM.float64:
      return repeat(count, () => finite(reader.float64()))
    case FORM.json:
      return repeat(count, json)
    default:
      throw new CompactError(`an unknown form of column, ${form}`)
  }
}

/** One per row: of `present`, null where `bits` has no value. */
const spread = <T, N>(bits: readonly boolean[], present: readonly T[], none: N): (T | N)[] => {
  let next = 0
  return bits.map((isPresent) => (isPresent ? (present[next++] as T) : none))
}

export const readColumn = (source: Source, rows: number): Column => {
  const { reader, dictionary } = source
  const head = reader.byte()
  const form = head & 0x3f
  if (form === FORM.none) return { values: new Array(rows).fill(null), codes: null }
  const bits = (head & SPARSE) === 0 ? null : readBits(reader, rows)
  const present = bits === null ? rows : bits.reduce((sum, bit) => sum + (bit ? 1 : 0), 0)
  const isSame = (head & SAME) !== 0
  const count = isSame ? Math.min(1, present) : present
  const filled = <T>(values: T[]): T[] =>
    isSame ? new Array<T>(present).fill(values[0] as T) : values
  if (form !== FORM.text && form !== FORM.textDelta) {
    const values = filled(readValues(source, form, count))
    return { values: bits === null ? values : spread(bits, values, null), codes: null }
  }
  const codes = filled(wholes(reader, count, form === FORM.textDelta))
  const texts = codes.map((code) => textOf(dictionary, code))
  return bits === null
    ? { values: texts, codes }
    : { values: spread(bits, texts, null), codes: spread(bits, codes, -1) }
}
