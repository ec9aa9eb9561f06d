/** Restoring a backup onto a new appliance. */
export const restore = {
  heading: "Restore from a backup",
  lead: "This appliance takes the place of the one that made the backup: inventory, history, accounts, credentials and certificates. Its agents continue without enrolling again. Switch the old appliance off first.",
  choose: "Choose backup",
  file: "Backup file",
  noFile: "A file that ends with .age",
  key: "Private key",
  keyHint:
    "It was shown when the backup key was created, and begins with AGE-SECRET-KEY-1. It is not stored. Leave it empty for a file that is not encrypted.",
  submit: "Restore",
  back: "Set up without a backup",
  phases: {
    receiving: "The backup is being sent",
    checking: "The backup is being read to its end",
    restoring: "The backup is being restored",
  },
  progress: (done: string, total: string) => `${done} of ${total}`,
  restarting:
    "The appliance stops, restores, and starts again. A large history takes some minutes. It then has the certificate of the backup: if this page does not go on by itself, load it again.",
  doneHeading: "The backup is restored",
  done: (at: string, product: string, tables: string, rows: string) =>
    `It was made on ${at} by release ${product}: ${tables} tables with ${rows} rows. Log in with an account of the backup.`,
  logIn: "Log in",
} as const
