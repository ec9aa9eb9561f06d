/** What is on a machine's disk after it was switched off. Nothing is mounted. */
import { type ExecFileSyncOptions, execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"

const QUIET: ExecFileSyncOptions = { stdio: ["ignore", "ignore", "pipe"] }
const Table = z.object({
  partitiontable: z.object({
    sectorsize: z.int(),
    partitions: z.array(z.object({ name: z.string(), start: z.int(), size: z.int() })),
  }),
})
export type DiskPartition = {
  readonly name: string
  readonly startBytes: number
  readonly sizeBytes: number
}

export const toRaw = (disk: string, raw: string): string => {
  execFileSync("qemu-img", ["convert", "-O", "raw", disk, raw], QUIET)
  return raw
}

export const partitionsOf = (raw: string): readonly DiskPartition[] => {
  const { partitiontable } = Table.parse(
    JSON.parse(execFileSync("sfdisk", ["--json", raw], { encoding: "utf8" })),
  )
  return partitiontable.partitions.map(({ name, start, size }) => ({
    name,
    startBytes: start * partitiontable.sectorsize,
    sizeBytes: size * partitiontable.sectorsize,
  }))
}

const partitionOf = (raw: string, name: string): DiskPartition => {
  const found = partitionsOf(raw).find((each) => each.name === name)
  if (found === undefined) throw new Error(`${raw}: no partition ${name}`)
  return found
}

/** Bytes that the ext4 file system of a partition covers (ext4's superblock). */
export const fileSystemBytes = (raw: string, name: string): number => {
  const { startBytes } = partitionOf(raw, name)
  const text = execFileSync("dumpe2fs", ["-h", `${raw}?offset=${startBytes}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  })
  const countOf = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+)$`, "m").exec(text)?.[1] ?? Number.NaN)
  return countOf("Block count") * countOf("Block size")
}

/** Copies folders of an ext4 partition to `to`, which is emptied first. */
export const copyOut = (
  raw: string,
  partition: string,
  folders: readonly string[],
  to: string,
): string => {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  const { startBytes } = partitionOf(raw, partition)
  const command = `rdump ${folders.join(" ")} ${to}`
  execFileSync("debugfs", ["-R", command, `${raw}?offset=${startBytes}`], QUIET)
  return to
}

export type FileFacts = {
  readonly sha256: string
  readonly bytes: number
  /**
   * Of Postgres: a B-tree without an entry (its first page names no root), a sequence, or a segment
   * of the write-ahead log that is not used yet: zeros.
   */
  readonly isWithoutRows: boolean
}
export type Files = ReadonlyMap<string, FileFacts>

/** Postgres's nbtree.h (magic, version, the root's page) and sequence.c (magic at the page's end). */
const PAGE_BYTES = 8_192
const BTREE = { magicAt: 24, magic: 0x05_31_62, rootAt: 32 } as const
const SEQUENCE = { magicAt: 8_184, magic: 0x17_17 } as const

const isZero = (content: Buffer): boolean =>
  content.length > 0 && Buffer.alloc(content.length).equals(content)
const isWithoutRows = (content: Buffer): boolean => isZero(content) || isEmptyPage(content)
const isEmptyPage = (content: Buffer): boolean =>
  content.length === PAGE_BYTES &&
  ((content.readUInt32LE(BTREE.magicAt) === BTREE.magic &&
    content.readUInt32LE(BTREE.rootAt) === 0) ||
    content.readUInt32LE(SEQUENCE.magicAt) === SEQUENCE.magic)

/** All paths below a folder. Node's own recursion follows links that lead out of it. */
export const entriesIn = (folder: string, below = ""): readonly string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name)
    return entry.isDirectory() ? [path, ...entriesIn(folder, path)] : [path]
  })

/** All regular files below a folder, by their path in it. */
export const filesIn = (folder: string): Files =>
  new Map(
    entriesIn(folder)
      .filter((path) => lstatSync(join(folder, path)).isFile())
      .map((path) => {
        const content = readFileSync(join(folder, path))
        const sha256 = createHash("sha256").update(content).digest("hex")
        const facts = { sha256, bytes: content.length, isWithoutRows: isWithoutRows(content) }
        return [path, facts] as const
      }),
  )
