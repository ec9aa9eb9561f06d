/**
 * Values as Postgres takes them without parsing text: rows of `copy … (format binary)`, and arrays
 * as parameters. Pure.
 */
export type BinaryType =
  | "boolean"
  | "smallint"
  | "int"
  | "bigint"
  | "real"
  | "double precision"
  | "timestamptz"
/**
 * One column of rows. Of `boolean` 0 is false. `timestamptz` is epoch ms, kept to the microsecond.
 */
export type BinaryColumn = {
  readonly type: BinaryType
  readonly values: readonly (number | null)[]
}

/** Bytes, and the type's number in pg_type. */
const TYPES: Readonly<Record<BinaryType, { readonly bytes: number; readonly id: number }>> = {
  boolean: { bytes: 1, id: 16 },
  smallint: { bytes: 2, id: 21 },
  int: { bytes: 4, id: 23 },
  bigint: { bytes: 8, id: 20 },
  real: { bytes: 4, id: 700 },
  "double precision": { bytes: 8, id: 701 },
  timestamptz: { bytes: 8, id: 1184 },
}
const WHOLE: Readonly<Partial<Record<BinaryType, number>>> = {
  smallint: 2 ** 15 - 1,
  int: 2 ** 31 - 1,
  bigint: Number.MAX_SAFE_INTEGER,
}
/** 2000-01-01. */
const EPOCH_US = 946_684_800_000_000
const HIGH = 2 ** 32

const writeBig = (view: DataView, at: number, value: number): void => {
  view.setInt32(at, Math.floor(value / HIGH))
  view.setUint32(at + 4, value >>> 0)
}
const writeValue = (view: DataView, at: number, type: BinaryType, value: number): void => {
  switch (type) {
    case "boolean":
      view.setUint8(at, value === 0 ? 0 : 1)
      break
    case "smallint":
      view.setInt16(at, value)
      break
    case "int":
      view.setInt32(at, value)
      break
    case "bigint":
      writeBig(view, at, value)
      break
    case "real":
      view.setFloat32(at, value)
      break
    case "double precision":
      view.setFloat64(at, value)
      break
    case "timestamptz":
      writeBig(view, at, Math.round(value * 1_000) - EPOCH_US)
      break
  }
}

/** A number that does not fit would become another one. */
const check = ({ type, values }: BinaryColumn): void => {
  const max = WHOLE[type]
  if (max === undefined) return
  for (const value of values)
    if (value !== null && !(Number.isInteger(value) && value >= -max && value <= max))
      throw new RangeError(`${value} is no ${type}`)
}

/** Before and after the rows: the type and length of the message, and the message of the end. */
const HEAD = 5
const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1")
const END = Buffer.of(0xff, 0xff, 0x63, 0, 0, 0, 4)

/**
 * All that the client sends for `copy … from stdin (format binary)`: a message of the rows, and
 * that of the end. Throws RangeError for a number that does not fit.
 */
export const encodeCopy = (columns: readonly BinaryColumn[]): Buffer => {
  for (const column of columns) check(column)
  const rows = columns[0]?.values.length ?? 0
  const rowBytes = columns.reduce((sum, { type }) => sum + 4 + TYPES[type].bytes, 2)
  const buffer = Buffer.allocUnsafe(HEAD + SIGNATURE.length + rows * rowBytes + END.length)
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  SIGNATURE.copy(buffer, HEAD)
  let at = HEAD + SIGNATURE.length
  for (let row = 0; row < rows; row += 1) {
    view.setInt16(at, columns.length)
    at += 2
    for (const { type, values } of columns) {
      const value = values[row] ?? null
      const { bytes } = TYPES[type]
      view.setInt32(at, value === null ? -1 : bytes)
      at += 4
      if (value === null) continue
      writeValue(view, at, type, value)
      at += bytes
    }
  }
  END.copy(buffer, at)
  at += END.length
  buffer[0] = 0x64
  // Two bytes of the end belong to the rows, and the type is no part of the length.
  view.setInt32(1, at - 6)
  return buffer.subarray(0, at)
}

/** A parameter for `$1::int[]`, or an array of that type. Throws RangeError as above. */
export const encodeArray = (column: BinaryColumn): Buffer => {
  check(column)
  const { type, values } = column
  const { bytes, id } = TYPES[type]
  const buffer = Buffer.allocUnsafe(20 + values.length * (4 + bytes))
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  view.setInt32(0, 1)
  view.setInt32(4, values.includes(null) ? 1 : 0)
  view.setInt32(8, id)
  view.setInt32(12, values.length)
  view.setInt32(16, 1)
  let at = 20
  for (const value of values) {
    view.setInt32(at, value === null ? -1 : bytes)
    at += 4
    if (value === null) continue
    writeValue(view, at, type, value)
    at += bytes
  }
  return buffer.subarray(0, at)
}
