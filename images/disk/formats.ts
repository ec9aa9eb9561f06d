/** The raw disk in the formats of hypervisors. */
import { execFileSync } from "node:child_process"
import { rmSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { digestFile } from "@ispvm/wire/signed-manifest"
import { ovfOf } from "./ovf.ts"

const convert = (
  raw: string,
  file: string,
  format: string,
  ...options: readonly string[]
): string => {
  execFileSync(
    "qemu-img",
    ["convert", "-f", "raw", "-O", format, ...options.flatMap((each) => ["-o", each]), raw, file],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
  return file
}

/** For QEMU, KVM, Proxmox. */
export const makeQcow2 = (raw: string, file: string): string => {
  execFileSync(
    "qemu-img",
    ["convert", "-c", "-f", "raw", "-O", "qcow2", "-o", "compression_type=zstd", raw, file],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
  return file
}

/** For Hyper-V. Throws when it differs from the raw disk in a single bit. */
export const makeVhdx = (raw: string, file: string): string => {
  convert(raw, file, "vhdx", "subformat=dynamic")
  execFileSync("qemu-img", ["compare", "-f", "raw", "-F", "vhdx", raw, file], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  return file
}

/** For VMware and VirtualBox: machine, checksums and disk in one archive, in the order of its standard. */
export const makeOva = async (raw: string, version: string, file: string): Promise<string> => {
  const folder = dirname(file)
  const name = basename(file, ".ova")
  const vmdk = convert(raw, join(folder, `${name}.vmdk`), "vmdk", "subformat=streamOptimized")
  const disk = {
    name: basename(vmdk),
    bytes: statSync(vmdk).size,
    capacity: statSync(raw).size,
  }
  const ovf = join(folder, `${name}.ovf`)
  writeFileSync(ovf, ovfOf(disk, version))
  const checksums = join(folder, `${name}.mf`)
  const lines = await Promise.all(
    [ovf, vmdk].map(
      async (each) => `SHA256(${basename(each)})= ${(await digestFile(each)).sha256}\n`,
    ),
  )
  writeFileSync(checksums, lines.join(""))
  const members = [ovf, checksums, vmdk].map((each) => basename(each))
  execFileSync("tar", [
    ...["--create", "--format=ustar", "--owner=0", "--group=0", "--mode=0644"],
    ...[`--file=${file}`, `--directory=${folder}`, ...members],
  ])
  for (const each of [ovf, checksums, vmdk]) rmSync(each)
  return file
}

/** `SHA256SUMS` beside the files, as `sha256sum --check` reads it. */
export const writeChecksums = async (files: readonly string[], folder: string): Promise<string> => {
  const lines = await Promise.all(
    files.map(async (file) => `${(await digestFile(file)).sha256}  ${basename(file)}\n`),
  )
  const file = join(folder, "SHA256SUMS")
  writeFileSync(file, lines.join(""))
  return file
}
