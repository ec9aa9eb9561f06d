/** What the appliance says about itself and its agents, and what to do, in English. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, NoticeCode } from "./catalogue.ts"
import { duration } from "./en-phrases.ts"

const STORAGE: Readonly<Record<Params["health.storage-failing"]["fault"], string>> = {
  "disk-full": "The disk of the database is full.",
  "read-only": "The database is read-only.",
  unreachable: "The database does not answer.",
  failing: "The database refuses to write.",
}
const clockSkew = ({ direction, byMs, isCorrected }: Params["agent.clock-skew"]): string => {
  const what = `The clock of this agent's machine is ${duration(byMs)} ${direction === "ahead" ? "ahead of" : "behind"} the appliance's clock.`
  const effect = isCorrected
    ? "The times of its readings are corrected."
    : "Its readings may have a wrong time or be rejected. Update the agent."
  return `${what} ${effect} Set the clock of the machine (timedatectl set-ntp true), or the appliance's clock if that one is wrong.`
}
const identityShared = ({ machines }: Params["agent.identity-shared"]): string => {
  const [first] = machines
  const count = machines.length === 2 ? "Two machines use" : `${machines.length} machines use`
  const decider =
    first === undefined ? "" : ` ${first} was the first and decides what is reachable.`
  return `${count} this agent's identity: ${machines.join(" and ")}. One of them is probably a clone or a restored snapshot. No data is lost, because all of them deliver.${decider} Stop all but one. To keep another machine, stop its agent, remove its data folder, add a new agent on this page and run its command there.`
}
const SEED_FAULTS: Readonly<Record<Params["health.seed"]["problems"][number]["fault"], string>> = {
  "unknown-key": "unknown key",
  "wrong-value": "wrong value",
  unreadable: "cannot be read",
  "not-supported": "not supported",
  "not-applied": "could not be applied",
}
const CERTIFICATE: Readonly<Record<Params["health.certificate"]["fault"], string>> = {
  "not-pem": "Certificate or key is not PEM.",
  "key-does-not-fit": "The key does not belong to the certificate.",
  expired: "The certificate has expired.",
}
const seed = ({ problems }: Params["health.seed"]): string => {
  const all = problems.map(
    ({ key, fault, detail }) =>
      `${key}: ${SEED_FAULTS[fault]}${detail === null ? "" : ` (${detail})`}`,
  )
  return `Parts of the seed of this machine were not applied; the rest was. ${all.join("; ")}. Correct the seed and start the machine again, or remove it.`
}

export const enNotices: Pick<Catalogue, NoticeCode> = {
  "health.storage-failing": ({ fault }) =>
    `Nothing can be stored. ${STORAGE[fault]} Agents keep what they measure in their buffers and deliver it later; until then the status of devices is unknown. Make room or repair the database.`,
  "health.clock-set": ({ direction, byMs, at }) =>
    `The clock of this appliance was set ${direction} by ${duration(byMs)} at ${at}. Durations are not affected; times from before are shown as they were stored.`,
  "health.clock-unsynchronised": () =>
    "The clock of this appliance follows no time server. Times of readings and certificates may be wrong. Check the time servers (console: Time) and that UDP port 123 is open to them.",
  "health.seed": seed,
  "health.certificate": ({ fault }) =>
    `Your certificate of this page is not used. ${CERTIFICATE[fault]} The appliance serves one of its own. Install a valid pair (ispvm certificate install), or remove it.`,
  "health.certificate-expires": ({ days }) =>
    `Your certificate of this page expires in ${days === 1 ? "1 day" : `${days} days`}. Install a new one with ispvm certificate install.`,

  "agent.identity-shared": identityShared,
  "agent.samples-rejected": ({ items, why }) =>
    `The appliance rejected readings of this agent: ${items} within a minute, the last one with ${why}. The affected devices are unknown. Check the clocks of both machines, and install the same release on both.`,
  "agent.clock-skew": clockSkew,
  "agent.data-restored": () =>
    "This agent's data is an older state: its machine was restored from a snapshot, or is a copy. The agent continues with a new buffer id. No data is lost. If another machine runs with the same data, enrol one of them again.",
  "agent.own-note": ({ text }) => text,

  "remedy.name-not-found": () =>
    "The agent's host cannot resolve this name. Type the IP address, or correct the DNS server of the agent's host.",
  "remedy.no-route": () =>
    "The agent's host has no route to this address. Check the address, or choose an agent that is closer to the router.",
  "remedy.no-answer": () =>
    "No answer. Check the address, and that the router is on. Then check its firewall (chain input) and the Available From list of /ip service: they must allow the agent's address.",
  "remedy.refused": () =>
    "The router rejects connections on this port: nothing listens there. Check the port, and /ip service print on the router.",
  "remedy.not-routeros": () =>
    "The service on this port is not the RouterOS API. The API is on 8728 without and 8729 with TLS; 8291 is Winbox, 80 and 443 are web pages.",
  "remedy.tls-failed": () =>
    "The service does not use TLS. api-ssl needs a certificate: create one with /certificate and assign it with /ip service set api-ssl certificate=…, or choose port 8728 without TLS.",
  "remedy.wrong-certificate": () =>
    "The router's certificate is not the confirmed one. If the router or its certificate was replaced, accept the new fingerprint. If not, this may be an attack: do not continue.",
  "remedy.unconfirmed-certificate": () =>
    "This router's certificate is not confirmed yet. Test the access, compare the fingerprint shown there with the router's own (/certificate print detail), and confirm it.",
  "remedy.wrong-credentials": () =>
    "The router rejects this user name or password. Check them with Winbox or SSH, and check whether /user limits the addresses of this user.",
  "remedy.not-permitted": () =>
    "The login works, but this user may not read what is needed. Give its group the policies read and api (RouterOS: /user group set <group> policy=read,api).",
  "remedy.timed-out": () =>
    "The router's answer did not end in time. It may be overloaded, or the path to it loses packets. Try again, then check its CPU load.",
  "remedy.icmp-unavailable": () =>
    "This agent cannot ping, so reachability is probed by TCP only. Install fping on the agent's host (apt install fping) and start the agent again.",
  "remedy.failed": () => "The test failed for another reason; see the message.",
  "remedy.ping-no-answer": () =>
    "No answer to ping. If the other steps work, the router's firewall drops ICMP: allow it from the agent's address (/ip firewall filter add chain=input protocol=icmp action=accept), or turn ping off for this device.",
  "remedy.snmp-no-answer": () =>
    "No answer in any SNMP version, as with a wrong community. On the device, check that SNMP is on, that the community or user exists, and that the agent's address is allowed (RouterOS: /snmp print, /snmp community print). Then look for a firewall that drops UDP on this port.",
  "remedy.snmp-timed-out": () =>
    "The SNMP answers did not end in time. The router may be overloaded. Try again.",
  "remedy.snmp-wrong-credentials": () =>
    "The device's SNMP agent rejects the request. Check the community or user, and the allowed addresses (RouterOS: /snmp community print). A firewall is not the cause.",
  "remedy.snmp-not-permitted": () =>
    "The community or user lacks permission to read the values: check its view, security level and read access (RouterOS: /snmp community set <name> read-access=yes).",
  "remedy.login-refused": () =>
    "The router accepted the connection and closed it at once. The Available From list of /ip service does not contain the agent's address, or no API session is free (/ip service set api max-sessions=…).",
  "remedy.login-timed-out": () =>
    "The port is open, but the login gets no answer. Check that this is the port of the API (8728 or 8729), and that the router has a free session.",
  "remedy.snmp-unknown-user": () =>
    "The device has no SNMPv3 user with this name. Check the spelling and the case, or create the user (RouterOS: /snmp community add name=… security=private).",
  "remedy.snmp-authentication": () =>
    "The user exists, but with another authentication password or protocol. Choose the protocol that the device shows (MD5, SHA1, SHA256 …), then type the password again.",
  "remedy.snmp-privacy": () =>
    "User and authentication are correct, but the privacy password or protocol differs. Check DES or AES on the device; AES-256 exists in two variants, the usual one and Cisco's.",
  "remedy.snmp-security-level": () =>
    "The user has another security level. Choose no privacy if the device does not encrypt, or turn encryption on there.",
  "remedy.snmp-time-window": () =>
    "The device rejects the time of its own engine. This happens after a restart, or if two cloned devices have one engine ID. Try again in a minute; if it persists, set a unique engine ID.",
  "remedy.snmp-engine-id": () =>
    "The device does not know its own engine ID. It may be restarting, or there is an SNMP proxy in between. Try again in a minute.",
  "remedy.confirm-certificate": () =>
    "Compare the fingerprint shown here with the router's own (/certificate print detail). If they are equal, confirm it and test again. If not, this may be an attack: do not continue.",
  "remedy.no-account": () => "Give the device the RouterOS API and a credential with a user name.",
  "remedy.login-secret-missing": () =>
    "Choose a credential that has a user name and password, or type them.",
  "remedy.snmp-secret-missing": () => "Choose a credential that has one, or type it.",
  "remedy.agent-offline": () =>
    "Check that the agent runs on its host and reaches this appliance, or choose another agent.",
  "remedy.agent-never-enrolled": () =>
    "Create a token on the Agents page and run the command shown there on the agent's host, or choose another agent.",
  "remedy.agent-revoked": () =>
    "Create a new token for it on the Agents page to use it again, or choose another agent.",
  "remedy.agent-no-result": () =>
    "Try again. If it fails again, read the agent's log: it may be overloaded or have lost its connection.",
}
