/** What the installer shows. Pure; ASCII, because a console's font may have no more. */
import type { Choice, Reason } from "./choose.ts"
import { type Disk, type Disks, MIN_DISK_BYTES, sizeText, type UnusableReason } from "./disks.ts"

const UNUSABLE: Readonly<Record<UnusableReason, string>> = {
  medium: "the installer runs from it",
  "read-only": "read-only",
  "in-use": "in use",
  "too-small": `smaller than ${sizeText(MIN_DISK_BYTES)}`,
  seed: "holds the seed file",
}

const REJECTED: Readonly<Record<Reason, (disk: string) => string>> = {
  "no-disk": () => `No disk of ${sizeText(MIN_DISK_BYTES)} or more was found.`,
  "no-such-disk": (disk) => `There is no usable disk ${disk}.`,
  "no-empty-disk": () => "Every disk holds data. Name the one to erase.",
  "several-empty-disks": () => "Several disks are empty. Name the one to use.",
  "holds-data": (disk) => `${disk} holds data. Nothing was changed.`,
  "second-appliance": (disk) =>
    `${disk} holds an appliance already. Remove or erase that disk: the machine could start either.`,
}

export const rejectionText = (choice: Extract<Choice, { kind: "rejected" }>): string =>
  REJECTED[choice.reason](choice.disk)

const diskText = ({ name, sizeBytes, model, serial, contents }: Disk): string =>
  [
    `  ${name.padEnd(10)} ${sizeText(sizeBytes).padStart(11)}  ${[model, serial].join(" ").trim()}`,
    `             ${contents.length === 0 ? "empty" : `holds: ${contents.join(", ")}`}`,
  ].join("\n")

export const diskList = ({ usable, unusable }: Disks): string =>
  [
    "Disks of this machine:",
    "",
    ...usable.map(diskText),
    ...unusable.map(({ name, reason }) => `  ${name.padEnd(10)} not usable: ${UNUSABLE[reason]}`),
    "",
  ].join("\n")

export const eraseQuestion = ({ name, contents }: Disk): string =>
  contents.length === 0
    ? `Install on ${name}? Type yes: `
    : `ALL DATA on ${name} will be erased. Type ${name} to go on: `
