/** Why an update was rejected or undone, in English: what happened, why, and what to do. */
import type { Catalogue, UpdateCode } from "./catalogue.ts"

const said = (detail: string): string => (detail === "" ? "" : ` (${detail})`)

export const enUpdate: Pick<Catalogue, UpdateCode> = {
  "update.not-a-bundle": ({ detail }) =>
    `This file is not an update of ISP Visual Monitor${said(detail)}.`,
  "update.truncated": ({ detail }) =>
    `The update is incomplete${said(detail)}. Copy or download it again.`,
  "update.too-large": ({ detail }) =>
    `This file is too large to be an update of ISP Visual Monitor${said(detail)}.`,
  "update.unexpected-file": ({ detail }) =>
    `The update holds a file that does not belong there${said(detail)}. Get it again from where it was published.`,
  "update.unsigned": ({ detail }) =>
    `The update is not signed${said(detail)}. Only signed updates are installed.`,
  "update.foreign-key": ({ detail }) =>
    `The update is signed with a key that this appliance does not trust${said(detail)}. Trusted keys are in /etc/ispvm/trust.d.`,
  "update.changed": ({ detail }) =>
    `The update was changed after it was signed${said(detail)}. Copy or download it again.`,
  "update.other-architecture": ({ detail }) =>
    `The update is for another kind of processor${said(detail)}.`,
  "update.older": ({ detail }) =>
    `The update is older than what is installed${said(detail)}. To go back to the release before, use Roll back.`,
  "update.same-version": ({ detail }) => `This release is installed already${said(detail)}.`,
  "update.other-suite": ({ detail }) =>
    `These packages are for another release of Debian${said(detail)}. Use a bundle for this one.`,
  "update.older-packages": ({ detail }) =>
    `Later versions of some packages are installed already${said(detail)}. Make a new bundle.`,
  "update.nothing-newer": ({ detail }) => `All of these packages are up to date${said(detail)}.`,
  "update.missing-packages": ({ detail }) =>
    `The packages need others that are neither installed nor in the file${said(detail)}. Make the bundle again for this machine.`,
  "update.debian-incomplete": ({ detail }) =>
    `Packages of Debian were installed, and not everything works with them${said(detail)}. Nothing was undone: see the runbook of failed updates.`,
  "update.no-space": ({ detail }) =>
    `There is not enough free space on the disk${said(detail)}. Make room, then try again.`,
  "update.database": ({ detail }) =>
    `The database does not answer${said(detail)}. Repair it first, then update.`,
  "update.clock": ({ detail }) =>
    `The clock of this machine does not follow a time server${said(detail)}. Set it right first, then update.`,
  "update.backup-failed": ({ detail }) =>
    `The backup before the update failed${said(detail)}. Nothing was changed.`,
  "update.install-failed": ({ detail }) =>
    `The packages could not be installed${said(detail)}. The release before runs.`,
  "update.not-ready": ({ detail }) =>
    `The new release did not start in time${said(detail)}. The release before runs again.`,
  "update.self-test": ({ detail }) =>
    `The new release did not pass its test${said(detail)}. The release before runs again.`,
  "update.no-file": ({ detail }) => `The file of the update could not be read${said(detail)}.`,
  "update.agent": ({ detail }) =>
    `The agent of this machine did not start after the update${said(detail)}. The release before runs again.`,
  "update.killed": ({ detail }) =>
    `The update was ended before it was done${said(detail)}. The release before runs again.`,
  "update.power-loss": ({ detail }) =>
    `The machine stopped during the update${said(detail)}. The release before runs again.`,
  "update.no-previous": ({ detail }) =>
    `No earlier release is kept on this appliance${said(detail)}.`,
  "update.fault": ({ detail }) => `The update failed${said(detail)}.`,
}
