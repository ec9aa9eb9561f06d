/** `npm run image`: the appliance as a disk for virtual machines. */
import { execFileSync } from "node:child_process"
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join, parse, resolve } from "node:path"
import { parseArgs } from "node:util"
import { runsHere } from "../config.ts"
import { makeIso, makeLiveBoot } from "../installer/iso.ts"
import { makeDisk } from "./disk.ts"
import { makeOva, makeQcow2, makeVhdx, writeChecksums } from "./formats.ts"
import { DATA_FOLDERS } from "./layout.ts"
import { writeLists } from "./lists.ts"
import { BASE_PACKAGES, finishBare, finishBase } from "./plain-debian.ts"
import { finishRoot, makeDebian } from "./root.ts"

const FORMATS = ["raw", "qcow2", "ova", "vhdx", "iso"] as const
type Format = (typeof FORMATS)[number]
const EXIT = { fine: 0, fault: 1, usage: 2 } as const
const BYTES_PER_MB = 1_000_000
const PROGRAMS =
  "mmdebstrap chroot sfdisk mke2fs mkfs.vfat mmd mcopy grub-mkimage qemu-img dd tar".split(" ")
const ISO_PROGRAMS = ["mksquashfs", "grub-mkrescue", "xorriso"]
const GRUB = ["/usr/lib/grub/i386-pc/boot.img", "/usr/lib/grub/x86_64-efi"]

const HELP = `npm run image -- --packages DIR --out DIR [--formats qcow2,ova,vhdx,iso,raw]

Builds the appliance's disk from the packages in DIR (npm run package). Needs root, mmdebstrap,
qemu-utils, grub-pc-bin, grub-efi-amd64-bin, mtools, dosfstools and fdisk; for the ISO also
squashfs-tools, grub-common and xorriso. Mounts nothing.

--packages DIR   folder with ispvm_*_amd64.deb and ispvm-agent_*_amd64.deb
--out DIR        folder for the images and their SHA256SUMS; made if missing
--formats LIST   ${FORMATS.join(", ")}; default: qcow2
--lists DIR      also writes what is in it: users, units, ports, rights of files
--debian DIR     a root made before by --keep-debian, in place of a new one
--keep-debian DIR  keeps Debian's part of the root for the next time

In place of --packages:
--disk FILE      another disk (qcow2), as Packer builds it: converts it to the formats
--base KEY.pub   the disk that Packer starts from: Debian and the settings of the image, without the
                 packages; root logs in by SSH with this key
--bare           Debian alone, with as few services as it starts with: to compare times
`

class UsageError extends Error {}

type Content =
  | { readonly kind: "appliance"; readonly packages: readonly string[] }
  | { readonly kind: "disk"; readonly file: string }
  | { readonly kind: "base"; readonly key: string }
  | { readonly kind: "bare" }
type Arguments = {
  readonly content: Content
  readonly outDir: string
  readonly formats: readonly Format[]
  readonly listsDir: string | undefined
  readonly debian: string | undefined
  readonly keepDebian: string | undefined
}

const packageIn = (folder: string, name: string): string => {
  const found = globSync(join(folder, `${name}_*_amd64.deb`))
  if (found.length !== 1)
    throw new UsageError(`${folder}: expected one ${name}_*_amd64.deb, found ${found.length}`)
  return found[0] ?? ""
}

const formatsOf = (list: string): readonly Format[] =>
  list.split(",").map((each) => {
    const found = FORMATS.find((one) => one === each)
    if (found === undefined)
      throw new UsageError(`--formats: ${each} is none of ${FORMATS.join(", ")}`)
    return found
  })

const TEXT = { type: "string" } as const
const FLAG = { type: "boolean" } as const
const OPTIONS = {
  ...{ packages: TEXT, disk: TEXT, base: TEXT, bare: FLAG, out: TEXT, formats: TEXT },
  ...{ debian: TEXT, "keep-debian": TEXT, lists: TEXT, help: { ...FLAG, short: "h" } },
} as const

type Given = { packages?: string; disk?: string; base?: string; bare?: boolean }
const contentOf = ({ packages, disk, base, bare }: Given): Content => {
  if ([packages, disk, base, bare].filter((each) => each !== undefined).length !== 1)
    throw new UsageError("one of --packages DIR, --disk FILE, --base KEY.pub and --bare is needed")
  if (packages !== undefined) {
    const files = ["ispvm-agent", "ispvm"].map((name) => packageIn(packages, name))
    return { kind: "appliance", packages: files }
  }
  if (disk !== undefined) return { kind: "disk", file: resolve(disk) }
  return base === undefined ? { kind: "bare" } : { kind: "base", key: readFileSync(base, "utf8") }
}

const readArguments = (args: readonly string[]): Arguments | "help" => {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    if (values.help === true) return "help"
    if (values.out === undefined) throw new UsageError("--out DIR is needed")
    const content = contentOf(values)
    const formats = formatsOf(values.formats ?? "qcow2")
    if (formats.includes("iso") && content.kind !== "appliance")
      throw new UsageError("--formats: iso is made from --packages alone")
    return {
      ...{ content, outDir: resolve(values.out), formats, listsDir: values.lists },
      ...{ debian: values.debian, keepDebian: values["keep-debian"] },
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const checkMachine = (formats: readonly Format[]): void => {
  if (process.getuid?.() !== 0) throw new Error("root is needed: files keep their owners")
  const missing = [
    ...[...PROGRAMS, ...(formats.includes("iso") ? ISO_PROGRAMS : [])].filter(
      (program) => !runsHere(program),
    ),
    ...GRUB.filter((path) => !existsSync(path)),
  ]
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(", ")}`)
}

/** Whole or not at all: a copy that was cut off is never taken for one. */
const copyTree = (from: string, to: string): void => {
  const unfinished = `${to}.part`
  for (const path of [unfinished, to]) rmSync(path, { recursive: true, force: true })
  mkdirSync(dirname(to), { recursive: true })
  execFileSync("cp", ["--archive", "--reflink=auto", from, unfinished])
  renameSync(unfinished, to)
}

const createProgress = () => {
  let atMs = performance.now()
  return (text: string): void => {
    const now = performance.now()
    process.stderr.write(`image: ${text}  ${((now - atMs) / 1_000).toFixed(1)} s\n`)
    atMs = now
  }
}

/** `ispvm_0.1.0~20261130.5eefd9d_amd64.deb`: the version. */
const versionOf = (file: string): string => basename(file).split("_")[1] ?? "unknown"

const nameOf = (content: Content): string => {
  if (content.kind === "appliance") return `ispvm_${versionOf(content.packages[1] ?? "")}_amd64`
  return content.kind === "disk" ? parse(content.file).name : `debian-${content.kind}_amd64`
}

const makeData = (root: string, work: string): string => {
  const data = join(work, "data")
  const users = readFileSync(join(root, "etc/passwd"), "utf8")
  for (const name of DATA_FOLDERS) {
    mkdirSync(join(data, name), { recursive: true, mode: 0o700 })
    const [, , uid = "0", gid = "0"] =
      users
        .split("\n")
        .find((line) => line.startsWith(`${name}:`))
        ?.split(":") ?? []
    execFileSync("chown", [`${uid}:${gid}`, join(data, name)])
  }
  return data
}

/** What is built, and what it is built from. */
type Build = {
  readonly name: string
  readonly raw: string
  /** Null: there is only a disk. */
  readonly root: string | null
  readonly work: string
}

const makeRoot = ({ content, debian, keepDebian }: Arguments, root: string): void => {
  if (debian !== undefined) copyTree(debian, root)
  else makeDebian(root, content.kind === "base" ? BASE_PACKAGES : [])
  if (keepDebian !== undefined) copyTree(root, keepDebian)
}

const makeRaw = (args: Arguments, work: string, done: (text: string) => void): Build => {
  const { content } = args
  const name = nameOf(content)
  const raw = join(work, `${name}.raw`)
  if (content.kind === "disk") {
    execFileSync("qemu-img", ["convert", "-O", "raw", content.file, raw])
    return { name, raw, root: null, work }
  }
  const root = join(work, "root")
  makeRoot(args, root)
  done("Debian")
  if (content.kind === "appliance") finishRoot(root, content.packages)
  else if (content.kind === "base") finishBase(root, content.key)
  else finishBare(root)
  if (args.listsDir !== undefined) writeLists(root, args.listsDir)
  done("packages and settings")
  makeDisk(root, makeData(root, work), join(work, "parts"), raw)
  done("disk")
  return { name, raw, root, work }
}

const makeIsoOf = ({ root, work }: Build, args: Arguments, file: string): string => {
  if (root === null) throw new Error("an ISO is made from a root")
  // Beside Debian's part of the root, which has the same kernel.
  const kept = args.debian ?? args.keepDebian
  const live = makeLiveBoot(root, work, kept === undefined ? join(work, "live") : `${kept}.live`)
  return makeIso(root, live, join(work, "iso"), file)
}

const makeFormat = async (build: Build, args: Arguments, format: Format): Promise<string> => {
  const { raw, name } = build
  const file = join(args.outDir, `${name}.${format}`)
  switch (format) {
    case "raw":
      execFileSync("cp", ["--sparse=always", raw, file])
      return file
    case "qcow2":
      return makeQcow2(raw, file)
    case "vhdx":
      return makeVhdx(raw, file)
    case "iso":
      return makeIsoOf(build, args, file)
    case "ova":
      return makeOva(raw, name.split("_")[1] ?? name, file)
  }
}

const buildImage = async (args: Arguments): Promise<string[]> => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-image-"))
  const done = createProgress()
  try {
    const build = makeRaw(args, work, done)
    const files: string[] = []
    for (const format of args.formats) {
      const file = await makeFormat(build, args, format)
      done(`${basename(file)}  ${(statSync(file).size / BYTES_PER_MB).toFixed(0)} MB`)
      files.push(file)
    }
    return [...files, await writeChecksums(files, args.outDir)]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2))
  if (args === "help") {
    process.stdout.write(HELP)
    return EXIT.fine
  }
  checkMachine(args.formats)
  mkdirSync(args.outDir, { recursive: true })
  for (const file of await buildImage(args)) process.stdout.write(`${file}\n`)
  return EXIT.fine
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (error instanceof UsageError) process.stderr.write(`\n${HELP}`)
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.fault
}
