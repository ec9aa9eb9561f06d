/** What is wrong with a field, in English: as it continues "name: …". */
import type { Params } from "../api/messages.ts"
import type { Catalogue, FieldCode } from "./catalogue.ts"
import { many } from "./en-phrases.ts"

const TYPES: Readonly<Record<Params["field.type"]["expected"], string>> = {
  text: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  list: "a list",
  object: "an object",
  null: "null",
  other: "of another type",
}
const BOUNDS: Readonly<Record<Params["field.bound"]["bound"], string>> = {
  "at-least": "at least",
  "at-most": "at most",
  "more-than": "more than",
  "less-than": "less than",
}
const SECRETS: Readonly<Record<Params["field.secret-needed"]["secret"], string>> = {
  password: "password",
  snmpCommunity: "SNMP community",
  snmpAuthPassword: "SNMPv3 authentication password",
  snmpPrivPassword: "SNMPv3 privacy password",
}
const PASSWORDS: Readonly<Record<Params["field.weak-password"]["reason"], string>> = {
  common:
    "among the passwords that are guessed first, alone or with digits added: take a few words that do not belong together",
  repeated: "a few characters, repeated: take a few words that do not belong together",
  sequence: "a row of neighbouring letters or digits: take a few words that do not belong together",
  context:
    "made of your name, e-mail address, organisation or this product's name: take words that nobody connects with you",
}
const DESTINATIONS: Readonly<Record<Params["field.destination"]["kind"], string>> = {
  loopback: "is a loopback address: the agent's own machine",
  "link-local": "is a link-local address",
  metadata: "is where a cloud returns the credentials of the agent's machine",
  multicast: "is a multicast address",
  broadcast: "is a broadcast address",
  unspecified: "is not the address of a host",
  own: "is an address of the agent's or the appliance's own machine",
  "outside-allowed-networks": "is outside the networks this agent may contact",
}

export const enFields: Pick<Catalogue, FieldCode> = {
  "field.required": () => "required",
  "field.empty": () => "must not be empty",
  "field.unknown": () => "not a field of this request",
  "field.format": () => "not written as expected",
  "field.uuid": () => "not a valid id",
  "field.email": () => "not an e-mail address",
  "field.url": () => "not a URL",
  "field.date": () => "not a date",
  "field.date-time": () => "not a date with a time",
  "field.kind": () => "none of the known kinds",
  "field.not-allowed": () => "not allowed",
  "field.unstorable": () => "holds a character that cannot be stored",
  "field.control-characters": () => "must not contain control characters",
  "field.hidden-character": ({ character }) =>
    `must not contain invisible characters (${character})`,
  "field.time-zone": () => "expected a time zone such as Europe/Istanbul",
  "field.past": () => "all of it is in the past",
  "field.recurrence": () =>
    "expected a rule of RFC 5545 by days or longer that happens, such as FREQ=WEEKLY;BYDAY=TU",
  "field.runbook": () =>
    "expected an http:// or https:// address, or a page such as docs/runbooks/disk-full.md",
  "field.always-quiet": () =>
    "equal times on every day never end: switch the policy off, or name fewer days",
  "field.address": () => "expected an IP address or a host name",
  "field.network": () => "expected an IP address or a prefix such as 192.0.2.0/24",
  "field.wide-prefix": () => "too wide: expected a prefix of at least 8 bits, for IPv6 of 16",
  "field.url-host": () => "not a host that a URL can hold",
  "field.fingerprint": () => "expected a SHA-256 fingerprint: 64 hex digits",
  "field.collector": () => "expected a name such as snmp.health",
  "field.release": () => "expected a release such as 7.18.2",
  "field.release-unknown": () =>
    "required: this router has not reported its release. Type it, such as 7.18.2",
  "field.nothing-to-harden": () => "select what to harden",
  "field.encryption-without-authentication": () => "encryption needs authentication",
  "field.same-device": () => "a link joins two different devices",
  "field.taken": () => "already taken",
  "field.setup-code": () => "not the code on the console",
  "field.current-password": () => "not the current password",
  "field.secret-wrong": () => "not the saved one",
  "field.secret-for-test": () => "type it again to test it at another address",
  "field.cursor": () => "unknown: use `next` of the page before",
  "field.later-than-from": () => "must be later than `from`",
  "field.interface-needed": () => "needed for this family",
  "field.device-needed": () =>
    "`interface` needs `device`: an interface is named within its device",
  "field.type": ({ expected }) => `must be ${TYPES[expected]}`,
  "field.choice": ({ choices }) =>
    `must be ${choices.length === 1 ? "" : "one of "}${choices.join(", ")}`,
  "field.template": ({ field, choices }) =>
    `there is no field {${field}}. There are {${choices.join("}, {")}}`,
  "field.metric": ({ metric, family, choices }) =>
    `family ${family} has no metric “${metric}”. It has ${choices.join(", ")}`,
  "field.bound": ({ bound, limit, unit }) => {
    if (unit === "none") return `must be ${BOUNDS[bound]} ${limit}`
    const count = `${BOUNDS[bound]} ${many(limit, unit)}`
    return unit === "character" ? `must be ${count} long` : `must have ${count}`
  },
  "field.multiple-of": ({ divisor }) => `must be a multiple of ${divisor}`,
  "field.max-bytes": ({ maxBytes, inflated }) =>
    `at most ${maxBytes} bytes ${inflated ? "inflated" : "as sent"}`,
  "field.not-found": ({ what }) => `there is no such ${what}`,
  "field.interface-linked": (params) => `interface ${params.interface} has a link already`,
  "field.weak-password": ({ reason }) => PASSWORDS[reason],
  "field.secret-needed": ({ secret }) =>
    `type the ${SECRETS[secret]} again to use it for another address`,
  "field.destination": ({ ip, kind, mayBeAllowed }) =>
    `address ${ip} ${DESTINATIONS[kind]}${mayBeAllowed ? ". An administrator can allow it in the agent's allowed networks" : ""}`,
  "field.between": ({ min, max }) => `must be from ${min} to ${max}`,
  "field.twice": ({ name }) => `${name} is there twice`,
  "field.release-unsupported": ({ oldest, release }) =>
    `scripts are made for ${oldest} and for 7, not for ${release}`,
  "field.service-unknown": ({ name }) => `${name} is no service of the router`,
  "field.service-in-use": () => "the agents use api-ssl",
  "field.interface-list": () => "expected the name of an interface list",
  "field.absolute-path": () => "expected a path that begins with /",
  "field.host-key": () => "expected a fingerprint such as SHA256:…, as ssh-keygen -lf prints it",
  "field.recipient": () => "expected an age recipient: age1 and 58 characters",
  "field.text": ({ text }) => text,
}
