/** `npm run image`: the appliance as a disk for virtual machines. */
import { execFileSync } from "node:child_process"
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { runsHere } from "../config.ts"
import { makeDisk } from "./disk.ts"
import { makeOva, makeQcow2, makeVhdx } from "./formats.ts"
import { finishRoot, makeDebian } from "./root.ts"

const FORMATS = ["raw", "qcow2", "ova", "vhdx"] as const
type Format = (typeof FORMATS)[number]
const EXIT = { fine: 0, fault: 1, usage: 2 } as const
const BYTES_PER_MB = 1_000_000
const PROGRAMS =
  "mmdebstrap chroot sfdisk mke2fs mkfs.vfat mmd mcopy grub-mkimage qemu-img dd tar dpkg-deb".split(
    " ",
  )
const GRUB = ["/usr/lib/grub/i386-pc/boot.img", "/usr/lib/grub/x86_64-efi"]

const HELP = `npm run image -- --packages DIR --out DIR [--formats qcow2,ova,vhdx,raw]

Builds the appliance's disk from the packages in DIR (npm run package). Needs root, mmdebstrap,
qemu-utils, grub-pc-bin, grub-efi-amd64-bin, mtools, dosfstools and fdisk. Mounts nothing.

--packages DIR   folder with ispvm_*_amd64.deb and ispvm-agent_*_amd64.deb
--out DIR        folder for the images; made if missing
--formats LIST   ${FORMATS.join(", ")}; default: qcow2
--debian DIR     a root made before by --keep-debian, in place of a new one
--keep-debian DIR  keeps Debian's part of the root for the next time
`

class UsageError extends Error {}

type Arguments = {
  readonly packages: readonly string[]
  readonly outDir: string
  readonly formats: readonly Format[]
  readonly debian: string | undefined
  readonly keepDebian: string | undefined
}

const packageIn = (folder: string, name: string): string => {
  const found = globSync(join(folder, `${name}_*_amd64.deb`))
  if (found.length !== 1)
    throw new UsageError(`${folder}: expected one ${name}_*_amd64.deb, found ${found.length}`)
  return found[0] ?? ""
}

const readArguments = (args: readonly string[]): Arguments | "help" => {
  const text = { type: "string" } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        packages: text,
        out: text,
        formats: text,
        debian: text,
        "keep-debian": text,
        help: { type: "boolean", short: "h" },
      },
    })
    if (values.help === true) return "help"
    const { packages, out } = values
    if (packages === undefined || out === undefined)
      throw new UsageError("--packages DIR and --out DIR are needed")
    const formats = (values.formats ?? "qcow2").split(",").map((each) => {
      const found = FORMATS.find((one) => one === each)
      if (found === undefined)
        throw new UsageError(`--formats: ${each} is none of ${FORMATS.join(", ")}`)
      return found
    })
    return {
      packages: ["ispvm-agent", "ispvm"].map((name) => packageIn(packages, name)),
      outDir: resolve(out),
      formats,
      debian: values.debian,
      keepDebian: values["keep-debian"],
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const checkMachine = (): void => {
  if (process.getuid?.() !== 0) throw new Error("root is needed: files keep their owners")
  const missing = [
    ...PROGRAMS.filter((program) => !runsHere(program)),
    ...GRUB.filter((path) => !existsSync(path)),
  ]
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(", ")}`)
}

const copyTree = (from: string, to: string): void => {
  rmSync(to, { recursive: true, force: true })
  execFileSync("cp", ["--archive", "--reflink=auto", from, to])
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

const makeData = (root: string, work: string): string => {
  const data = join(work, "data")
  const users = readFileSync(join(root, "etc/passwd"), "utf8")
  for (const name of ["ispvm", "ispvm-database", "ispvm-agent"]) {
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

const buildImage = async (args: Arguments): Promise<string[]> => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-image-"))
  const done = createProgress()
  try {
    const root = join(work, "root")
    if (args.debian !== undefined) copyTree(args.debian, root)
    else makeDebian(root)
    done("Debian")
    if (args.keepDebian !== undefined) copyTree(root, args.keepDebian)
    finishRoot(root, args.packages)
    done("packages and settings")
    const version = versionOf(args.packages[1] ?? "")
    const raw = join(work, `ispvm_${version}_amd64.raw`)
    makeDisk(root, makeData(root, work), join(work, "parts"), raw)
    done("disk")
    return await makeFormats(args, raw, version, done)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const makeFormats = async (
  { formats, outDir }: Arguments,
  raw: string,
  version: string,
  done: (text: string) => void,
): Promise<string[]> => {
  const files: string[] = []
  for (const format of formats) {
    const file = join(outDir, `ispvm_${version}_amd64.${format}`)
    if (format === "raw") execFileSync("cp", ["--sparse=always", raw, file])
    else if (format === "qcow2") makeQcow2(raw, file)
    else if (format === "vhdx") makeVhdx(raw, file)
    else await makeOva(raw, version, file)
    done(`${basename(file)}  ${(statSync(file).size / BYTES_PER_MB).toFixed(0)} MB`)
    files.push(file)
  }
  return files
}

const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2))
  if (args === "help") {
    process.stdout.write(HELP)
    return EXIT.fine
  }
  checkMachine()
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
