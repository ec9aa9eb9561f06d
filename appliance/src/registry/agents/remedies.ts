/**
 * What to do about each failure of an access test, for a tired reader with a terminal and a router.
 * Pure.
 */
import type { TestResult, TestStep } from "@ispvm/wire"
import type { TestAnswer } from "../../api/inventory.ts"
import type { AgentReason } from "./status.ts"

type Step = TestStep["step"]
type Reason = Exclude<TestStep["reason"], "ok" | "not-tried">

const ANY: Readonly<Record<Reason, string>> = {
  "name-not-found":
    "The agent's host cannot resolve this name. Type the IP address, or correct the DNS server of the agent's host.",
  "no-route":
    "The agent's host has no route to this address. Check the address, or choose an agent that is closer to the router.",
  "no-answer":
    "No answer. Check the address, and that the router is on. Then check its firewall (chain input) and the Available From list of /ip service: they must allow the agent's address.",
  refused:
    "The router rejects connections on this port: nothing listens there. Check the port, and /ip service print on the router.",
  "not-routeros":
    "The service on this port is not the RouterOS API. The API is on 8728 without and 8729 with TLS; 8291 is Winbox, 80 and 443 are web pages.",
  "tls-failed":
    "The service does not use TLS. api-ssl needs a certificate: create one with /certificate and assign it with /ip service set api-ssl certificate=…, or choose port 8728 without TLS.",
  "wrong-certificate":
    "The router's certificate is not the confirmed one. If the router or its certificate was replaced, accept the new fingerprint. If not, this may be an attack: do not continue.",
  "unconfirmed-certificate":
    "This router's certificate is not confirmed yet. Test the access, compare the fingerprint shown there with the router's own (/certificate print detail), and confirm it.",
  "wrong-credentials":
    "The router rejects this user name or password. Check them with Winbox or SSH, and check whether /user limits the addresses of this user.",
  "not-permitted":
    "The login works, but this user may not read what is needed. Give its group the policies read and api (RouterOS: /user group set <group> policy=read,api).",
  "timed-out":
    "The router's answer did not end in time. It may be overloaded, or the path to it loses packets. Try again, then check its CPU load.",
  "icmp-unavailable":
    "This agent cannot ping, so reachability is probed by TCP only. Install fping on the agent's host (apt install fping) and start the agent again.",
  failed: "The test failed for another reason; see the message.",
}
const AT: Readonly<Partial<Record<`${Step} ${Reason}`, string>>> = {
  "ping no-answer":
    "No answer to ping. If the other steps work, the router's firewall drops ICMP: allow it from the agent's address (/ip firewall filter add chain=input protocol=icmp action=accept), or turn ping off for this device.",
  "snmp no-answer":
    "No answer in any SNMP version, as with a wrong community. On the device, check that SNMP is on, that the community or user exists, and that the agent's address is allowed (RouterOS: /snmp print, /snmp community print). Then look for a firewall that drops UDP on this port.",
  "snmp timed-out":
    "The SNMP answers did not end in time. The router may be overloaded. Try again.",
  "snmp wrong-credentials":
    "The device's SNMP agent rejects the request. Check the community or user, and the allowed addresses (RouterOS: /snmp community print). A firewall is not the cause.",
  "snmp not-permitted":
    "The community or user lacks permission to read the values: check its view, security level and read access (RouterOS: /snmp community set <name> read-access=yes).",
  "login refused":
    "The router accepted the connection and closed it at once. The Available From list of /ip service does not contain the agent's address, or no API session is free (/ip service set api max-sessions=…).",
  "login timed-out":
    "The port is open, but the login gets no answer. Check that this is the port of the API (8728 or 8729), and that the router has a free session.",
}

/**
 * Selected by the message: the counter in an SNMPv3 agent's report (RFC 3414), or the secret that
 * does not fit. The agent's texts are in collect/snmp/client/failures.ts.
 */
const BY_REPORT: readonly (readonly [string, string])[] = [
  [
    "usmStatsUnknownUserNames",
    "The device has no SNMPv3 user with this name. Check the spelling and the case, or create the user (RouterOS: /snmp community add name=… security=private).",
  ],
  [
    "authentication password or protocol is another",
    "The user exists, but with another authentication password or protocol. Choose the protocol that the device shows (MD5, SHA1, SHA256 …), then type the password again.",
  ],
  [
    "privacy password or protocol is another",
    "User and authentication are correct, but the privacy password or protocol differs. Check DES or AES on the device; AES-256 exists in two variants, the usual one and Cisco's.",
  ],
  [
    "usmStatsUnsupportedSecLevels",
    "The user has another security level. Choose no privacy if the device does not encrypt, or turn encryption on there.",
  ],
  [
    "usmStatsNotInTimeWindows",
    "The device rejects the time of its own engine. This happens after a restart, or if two cloned devices have one engine ID. Try again in a minute; if it persists, set a unique engine ID.",
  ],
  [
    "usmStatsUnknownEngineIDs",
    "The device does not know its own engine ID. It may be restarting, or there is an SNMP proxy in between. Try again in a minute.",
  ],
]

export const remedyOf = (step: Step, reason: TestStep["reason"], message = ""): string | null => {
  if (reason === "ok" || reason === "not-tried") return null
  const reported =
    step === "snmp" ? BY_REPORT.find(([name]) => message.includes(name))?.[1] : undefined
  return reported ?? AT[`${step} ${reason}`] ?? ANY[reason]
}

/**
 * A login that was not tried although every step before it worked: a person has to confirm first
 * that this is the router.
 */
const needsConfirmation = (steps: readonly TestStep[], { step, reason }: TestStep): boolean =>
  step === "login" &&
  reason === "not-tried" &&
  steps.some((other) => other.step === "tls" && other.reason === "ok")
const CONFIRM =
  "Compare the fingerprint shown here with the router's own (/certificate print detail). If they are equal, confirm it and test again. If not, this may be an attack: do not continue."

export const answerOf = ({ ok, steps, fingerprint, facts }: TestResult): TestAnswer => ({
  ok,
  steps: steps.map((each) => {
    const { step, reason, message, tookMs } = each
    return {
      step,
      reason,
      message,
      remedy: needsConfirmation(steps, each) ? CONFIRM : remedyOf(step, reason, message),
      tookMs,
    }
  }),
  fingerprint,
  facts,
})

type AgentProblem = Exclude<AgentReason, "online"> | "no-result"
const AGENT_PROBLEMS: Readonly<
  Record<AgentProblem, { readonly message: (name: string) => string; readonly remedy: string }>
> = {
  offline: {
    message: (name) => `The agent ${name} is offline, so nothing was tried.`,
    remedy:
      "Check that the agent runs on its host and reaches this appliance, or choose another agent.",
  },
  "never-enrolled": {
    message: (name) => `The agent ${name} was never enrolled, so nothing was tried.`,
    remedy:
      "Create a token on the Agents page and run the command shown there on the agent's host, or choose another agent.",
  },
  revoked: {
    message: (name) => `The agent ${name} is revoked, so nothing was tried.`,
    remedy:
      "Create a new token for it on the Agents page to use it again, or choose another agent.",
  },
  "no-result": {
    message: (name) => `The agent ${name} received the test, but sent no result in time.`,
    remedy:
      "Try again. If it fails again, read the agent's log: it may be overloaded or have lost its connection.",
  },
}

/** The same as two sentences, where no steps are shown. */
export const agentProblemText = (
  reason: AgentProblem,
  name: string,
): { readonly message: string; readonly remedy: string } => ({
  message: AGENT_PROBLEMS[reason].message(name),
  remedy: AGENT_PROBLEMS[reason].remedy,
})

/** The agent failed; nothing is known about the router. */
export const agentProblem = (reason: AgentProblem, name: string): TestAnswer => ({
  ok: false,
  steps: [
    {
      step: "agent",
      reason: reason === "no-result" ? reason : reason === "offline" ? "agent-offline" : reason,
      message: AGENT_PROBLEMS[reason].message(name),
      remedy: AGENT_PROBLEMS[reason].remedy,
      tookMs: 0,
    },
  ],
  fingerprint: null,
  facts: null,
})
