import type { UpdateOutcome, UpdatePhase } from "@ispvm/appliance/api/updates"

const steps: Readonly<Record<Exclude<UpdatePhase, "idle" | "rolling-back">, string>> = {
  checking: "Check",
  "backing-up": "Back up",
  installing: "Install",
  starting: "Start",
  testing: "Test",
}
const phases: Readonly<Record<Exclude<UpdatePhase, "idle">, string>> = {
  checking: "The update is being checked: signature, disk, database and clock.",
  "backing-up": "A backup is being made on this machine.",
  installing: "The new release is being installed. The release before still runs.",
  starting: "The appliance restarts. This page may lose it for up to a minute.",
  testing: "The new release is being tested with a made-up fault.",
  "rolling-back": "The new release did not pass its test. The release before is being started.",
}
const outcomes: Readonly<Record<UpdateOutcome, string>> = {
  updated: "Updated",
  rejected: "Rejected",
  "rolled-back": "Rolled back",
  "undone-at-boot": "Undone at the start of the machine",
  returned: "Returned to the release before",
  incomplete: "Incomplete",
}
/** Of packages of Debian itself. */
const debianPhases: typeof phases = {
  ...phases,
  installing: "Packages of Debian are being installed.",
  starting: "Services that use them restart.",
  testing: "The appliance is being tested with a made-up fault.",
}

/** Updates of the appliance, on the Settings page. */
export const update = {
  title: "Updates",
  lead: "Agents collect on during an update and lose nothing. A backup is made first, and a release that does not pass its test is replaced by the one before, by itself.",
  failed: "The state of updates could not be loaded",
  unsupported:
    "This appliance was not installed from packages. Update it the way it was installed.",
  version: "Installed release",
  previous: "Release before",
  noPrevious: "None is kept.",
  last: "Last update",
  neverUpdated: "None yet.",
  outcomes,
  fromTo: (from: string, to: string) => `${from} to ${to}`,
  debian: (to: string) => `Debian packages ${to}`,
  choose: "Choose update file",
  chooseOther: "Choose another file",
  file: "Update file",
  uploading: (sent: string, total: string) => `Uploading: ${sent} of ${total}`,
  stop: "Stop",
  uploaded: "Uploaded",
  install: "Install update",
  installHeading: "Install this update?",
  installText:
    "This page is out of reach for up to a minute while the appliance restarts. Detection of outages pauses for some seconds. If the new release does not pass its test, the release before runs again and keeps everything that was entered meanwhile. A file with packages of Debian has no way back.",
  rollback: "Roll back",
  rollbackHeading: (version: string) => `Go back to ${version}?`,
  rollbackText:
    "The release before is started and tested. All data stays as it is: the release before runs with the database of the newer one.",
  requested: "The update is about to begin.",
  steps,
  stepsLabel: "Steps of the update",
  phases,
  debianPhases,
  away: "The appliance does not answer while it restarts. This page goes on by itself.",
  reload: "Reload page",
  reloadText: "A newer release runs now. Reload this page to use it.",
} as const
