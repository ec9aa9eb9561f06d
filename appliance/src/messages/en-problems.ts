/** Why a request was rejected, in English: what happened, why, and what to do. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, ProblemCode } from "./catalogue.ts"
import { duration, many } from "./en-phrases.ts"
import { diskSpace, grouped } from "./numbers.ts"

const DIAGNOSTICS_AGENT: Readonly<
  Record<Params["problem.diagnostics-agent"]["state"], (name: string) => string>
> = {
  "no-agent": () => "No agent monitors this device. Give it an agent that reaches it.",
  offline: (name) => `The agent ${name} is offline, so nothing was run.`,
  "never-enrolled": (name) => `The agent ${name} was never enrolled, so nothing was run.`,
  revoked: (name) => `The agent ${name} is revoked, so nothing was run.`,
  "too-old": (name) => `The agent ${name} cannot do this yet. Update it.`,
}
const NOUNS: Partial<Readonly<Record<Params["problem.not-found"]["what"], string>>> = {
  "alert-rule": "alert rule",
  "alert-rule-version": "version of this alert rule with the number",
  maintenance: "maintenance window",
  "wall-display": "wall display",
}
const SECRETS: Readonly<Record<Params["problem.secret-wrong"]["secrets"][number], string>> = {
  password: "password",
  snmpCommunity: "SNMP community",
  snmpAuthPassword: "SNMPv3 authentication password",
  snmpPrivPassword: "SNMPv3 privacy password",
}
const secretNames = ({ secrets }: Params["problem.secret-wrong"]): string =>
  secrets.map((each) => SECRETS[each]).join(" and ")

export const enProblems: Pick<Catalogue, ProblemCode> = {
  "problem.rule-matches": ({ rule, count }) =>
    `${rule} matches ${count} things. Narrow its scope, or confirm that this is meant.`,
  "problem.not-found": ({ what, id }) => `There is no ${NOUNS[what] ?? what} ${id}.`,
  "problem.no-page": ({ path }) => `There is no page or endpoint at ${path}.`,
  "problem.incident-closed": () => "This incident is closed and cannot be changed.",
  "problem.incident-not-acknowledged": () => "This incident is not acknowledged.",
  "problem.incident-acknowledged": ({ by, agoMs }) =>
    `${by} has acknowledged this incident ${agoMs < 1_000 ? "at this moment" : `${duration(agoMs)} ago`}. Load it again before you take it over.`,
  "problem.incident-of-appliance": () =>
    "This incident is about the appliance itself. It cannot be merged or split.",
  "problem.incident-merge-itself": () =>
    "An incident cannot be merged into itself. Choose another one.",
  "problem.incident-split-nothing": () =>
    "None of these symptoms is active in this incident any more. Load it again.",
  "problem.incident-split-all": () =>
    "These are all symptoms of the incident. Leave at least one of them.",
  "problem.too-many-filters": () => "You have saved 50 filters. Remove one first.",
  "problem.snooze-past": () => "This time is over already. Choose a later one.",
  "problem.snooze-far": ({ days }) =>
    `An incident can be snoozed for at most ${days} days. Choose an earlier time.`,
  "problem.changed-meanwhile": () =>
    "Somebody else has changed this meanwhile. Load it again, then repeat your change.",
  "problem.notification-loop": () =>
    "This request carries the key of a notification, so its receiver acts on what it was sent. Leave the key out, if that is meant.",
  "problem.delivery-not-dead": () =>
    "Only a delivery that was given up, to a channel that exists, can be sent again.",
  "problem.foreign-origin": () =>
    "The request was rejected because it comes from a page of another site. Use the appliance's own UI.",
  "problem.too-many-requests": () => "Too many requests. Wait for the time in Retry-After.",
  "problem.no-desired-config": () => "This router has no desired configuration. Save one first.",
  "problem.no-push": () =>
    "This router has no key, because push is off in its desired configuration. Turn push on first.",
  "problem.script-is-secret": () =>
    "This script contains a password and a key. Showing them needs the permission secrets:reveal. Create a one-time link instead: the router fetches the script itself.",
  "problem.agent-name-taken": ({ name }) =>
    `An agent named ${name} exists already. Choose another name.`,
  "problem.name-taken": ({ what }) =>
    `A ${what} with this name exists already. Choose another name.`,
  "problem.already-set-up": () => "This appliance is already set up. Log in instead.",
  "problem.setup-code": () =>
    "The set-up code is wrong. The console on which the appliance was started shows it.",
  "problem.upload-no-space": () =>
    "The disk of this appliance is too small for this backup. Use a larger disk, then try again.",
  "problem.upload-ended": () => "This upload has ended. Begin again with the set-up code.",
  "problem.email-taken": () => "Another account has this e-mail address. Use a different one.",
  "problem.current-password": () => "The current password is wrong. Type it again.",
  "problem.last-admin": () => "This is the last admin who can log in. Add another admin first.",
  "problem.busy": ({ seconds }) => `Too many logins at once. Try again in ${seconds} seconds.`,
  "problem.too-many-tries": ({ seconds }) =>
    `Too many attempts. Wait ${seconds} s before the next one.`,
  "problem.too-many-secrets": ({ minutes }) =>
    `Too many wrong secrets. Wait ${minutes} min, or ask an administrator.`,
  "problem.wrong-login": () => "E-mail address or password is wrong.",
  "problem.may-not-use": ({ name }) =>
    `You may not use the saved credential "${name}". This needs the permission credentials:use: ask an administrator.`,
  "problem.secret-wrong": (params) =>
    `The typed ${secretNames(params)} is wrong for the saved credential "${params.name}". Type it again.`,
  "problem.secret-needed": (params) =>
    `Type the ${secretNames(params)} of "${params.name}" again to use it for another address, port, certificate or agent. ` +
    "Sending a saved secret to a new destination needs the permission credentials:write, unless the credential allows its network.",
  "problem.credential-in-use": ({ devices }) =>
    `The credential is in use: ${many(devices, "device")} ${devices === 1 ? "uses" : "use"} it. Give them another credential first.`,
  "problem.diagnostics-agent": ({ state, name }) => DIAGNOSTICS_AGENT[state](name),
  "problem.credential-kind": () =>
    "This credential is of another kind. Choose one that is meant for this.",
  "problem.interface-linked": () =>
    "Another link uses this interface. Choose another interface, or change that link.",
  "problem.database-away": () => "The database does not answer at the moment.",
  "problem.too-slow": () => "The database took too long over this: ask for less.",
  "problem.fault": ({ request }) =>
    `Something is wrong in the appliance itself; its log says what, under request ${request}.`,
  "problem.not-logged-in": () => "Not logged in: there is no session, or it has ended. Log in.",
  "problem.token-unknown": () =>
    "This API token is unknown: it is incomplete, or of another appliance. Create a new one in Settings.",
  "problem.token-expired": () => "This API token has expired. Create a new one in Settings.",
  "problem.token-revoked": () => "This API token was revoked. Create a new one in Settings.",
  "problem.token-blocked": () =>
    "The account that created this API token is disabled. Create a new token with another account.",
  "problem.wall-unknown": () =>
    "This link of a wall display is unknown: it is incomplete, or of another appliance. Create a new one in Settings.",
  "problem.wall-expired": () =>
    "This link of a wall display has expired. Create a new one in Settings.",
  "problem.wall-revoked": () =>
    "This link of a wall display was revoked. Create a new one in Settings.",
  "problem.wall-blocked": () =>
    "The account that created this wall display is disabled. Create a new link with another account.",
  "problem.wall-read-only": () =>
    "A wall display can only read what its pages show. Log in with an account.",
  "problem.too-many-walls": ({ max }) =>
    `There are ${max} wall displays already. Revoke one that is no longer used.`,
  "problem.token-scope": ({ name, permission }) =>
    `The API token "${name}" does not have the permission ${permission}. Create one that has it.`,
  "problem.too-many-tokens": ({ max }) =>
    `There are ${max} API tokens in use. Revoke those that are no longer needed.`,
  "problem.too-many-browsers": ({ max }) =>
    `${max} of your browsers are notified. Remove one that you no longer use.`,
  "problem.backup-running": () => "A backup is running. Wait until it has ended.",
  "problem.backup-no-key": () => "There is no backup key yet. Create one first.",
  "problem.update-running": () => "An update or a rollback is running. Wait until it has ended.",
  "problem.update-unsupported": () =>
    "This appliance was not installed from packages. Update it the way it was installed.",
  "problem.update-no-bundle": () => "No update was uploaded. Choose its file first.",
  "problem.update-no-previous": () => "No earlier release is kept on this appliance.",
  "problem.update-no-space": ({ neededBytes, freeBytes }) =>
    `The upload needs ${diskSpace(neededBytes)}, but only ${diskSpace(freeBytes)} are free on the disk. Make room, then try again.`,
  "problem.update-offset": ({ received }) =>
    `This piece does not follow what is stored (${grouped(received)} bytes). Upload the file again.`,
  "problem.no-permission": ({ role, permission }) =>
    `The role ${role} does not have the permission ${permission}. Ask an administrator.`,
}
