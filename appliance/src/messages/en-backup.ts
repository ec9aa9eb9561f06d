/** How backups and restores ended, in English: what happened, why, and what to do. */
import type { BackupCode, Catalogue } from "./catalogue.ts"

export const enBackup: Pick<Catalogue, BackupCode> = {
  "backup.failed": ({ reason }) => `The backup or restore failed: ${reason}.`,
  "backup.disk-full": () =>
    "No space is left, where the backup is stored or on the disk of the database. Nothing of the unfinished backup is kept. Make room or remove old backups, then try again.",
  "backup.no-recipient": () =>
    "There is no backup key yet. Create one under Settings, Backup, and store its private part in a safe place.",
  "backup.no-key": () =>
    "This backup is encrypted. Pass the file with its private key: --key FILE.",
  "backup.wrong-key": () =>
    "This key does not open the backup. Use the private key that was shown when the backup key was created.",
  "backup.not-a-backup": () => "This file is not a backup of ISP Visual Monitor.",
  "backup.cut-short": () =>
    "The backup is incomplete: the file ends too early. Copy it again, or use another backup.",
  "backup.damaged": ({ what }) =>
    `The backup is damaged (${what}): at least one byte was changed. Copy it again, or use another backup.`,
  "backup.newer": ({ backup, build }) =>
    `The backup was made by a newer release: its newest migration is ${backup}, and this release ends with ${build}. Install that release or a later one, then restore.`,
  "backup.other-build": ({ migration }) =>
    `The backup was made by another build: its migration ${migration} is not the one of this release.`,
  "backup.unknown-column": ({ table, column }) =>
    `The backup has a column that this release does not know: ${table}.${column}. Install the release that made it.`,
  "backup.differs": ({ table }) =>
    `The rows of ${table} in the restored database are not those of the backup. Do not rely on this backup. Make another one and check the disk.`,
  "backup.not-empty": () =>
    "This appliance is set up already, and a restore replaces all of its data. Add --replace to do so.",
  "backup.running": () => "Another backup is running. Wait until it has ended.",
  "backup.interrupted": () => "The appliance stopped while this backup was being made.",
  "backup.no-scratch": ({ reason }) =>
    `The backup is stored, but was not verified: no scratch database could be created (${reason}). Give the user of DATABASE_URL the right CREATEDB.`,
  "backup.target": ({ reason }) =>
    `The backup could not be stored: ${reason}. Check the target under Settings, Backup.`,
  "backup.target-differs": () =>
    "What was read back from the target is not what was sent there. Do not rely on this backup; check the storage.",
  "backup.host-key": ({ fingerprint }) =>
    `The SFTP server's key is ${fingerprint}. Compare it with the server's own (ssh-keygen -lf), then save it as the host key.`,
}
