/** The files of a router: names and contents, in order of creation. */
import { ScriptError } from "../script/value.ts"

export type StoredFile = {
  readonly id: string
  readonly name: string
  readonly bytes: Buffer
  readonly atMs: number
}

/** The most of a file's contents that a script can read. */
const MAX_READABLE_BYTES = { v6: 4_095, v7: 60 * 1024 }
const MAX_FILE_BYTES = 16 * 1024 * 1024

export class Files {
  readonly #isV6: boolean
  #files: StoredFile[] = []
  #lastId = 0

  constructor(isV6: boolean) {
    this.#isV6 = isV6
  }

  get all(): readonly StoredFile[] {
    return this.#files
  }

  named(name: string): StoredFile | undefined {
    return this.#files.find((file) => file.name === name)
  }

  /** The contents for a script; null where the file is too large. */
  readableText(file: StoredFile): string | null {
    return file.bytes.length > MAX_READABLE_BYTES[this.#isV6 ? "v6" : "v7"]
      ? null
      : file.bytes.toString("utf8")
  }

  put(name: string, bytes: Buffer, atMs: number): StoredFile {
    if (bytes.length > MAX_FILE_BYTES) throw new ScriptError("failure: not enough space")
    const old = this.named(name)
    this.#lastId += 1
    const file = { id: old?.id ?? `*${this.#lastId.toString(16).toUpperCase()}`, name, bytes, atMs }
    this.#files =
      old === undefined
        ? [...this.#files, file]
        : this.#files.map((each) => (each === old ? file : each))
    return file
  }

  remove(ids: ReadonlySet<string>): void {
    this.#files = this.#files.filter((file) => !ids.has(file.id))
  }
}
