/**
 * What to do about each way a test of an access can fail: for somebody tired, who has a terminal
 * and a router. Pure.
 */
import type { TestResult, TestStep } from "@ispvm/wire"
import type { TestAnswer } from "../../api/inventory.ts"
import type { AgentReason } from "./status.ts"

type Step = TestStep["step"]
type Reason = Exclude<TestStep["reason"], "ok" | "not-tried">

const ANY: Readonly<Record<Reason, string>> = {
  "name-not-found":
    "The agent's host cannot look this name up. Type the IP address, or set right the DNS server of the agent's host.",
  "no-route":
    "The agent's host has no route to this address. Check the address, or choose an agent that stands nearer to the router.",
  "no-answer":
    "Nothing came back. Check the address and that the router is on; then its firewall (chain input) and the Available From list of /ip service: the agent's address must be let in.",
  refused:
    "The router is there, but nothing listens on this port. Check the port, and /ip service print on the router.",
  "not-routeros":
    "Something answers on this port, but it does not speak the RouterOS API. The API is on 8728 without and 8729 with TLS; 8291 is Winbox, 80 and 443 are web pages.",
  "tls-failed":
    "No TLS there. api-ssl needs a certificate: on the router make one with /certificate, give it to /ip service set api-ssl certificate=…, or choose port 8728 without TLS.",
  "wrong-certificate":
    "The router shows another certificate than the one on record. If the router or its certificate was replaced, accept the new fingerprint; if not, somebody may stand in between: do not go on.",
  "unconfirmed-certificate":
    "Nobody has confirmed this router's certificate yet. Test the access, compare the fingerprint it shows with the router's own (/certificate print detail), and confirm it.",
  "wrong-credentials":
    "The router refuses this user name or password. Log in with them by Winbox or SSH to be sure, and look whether /user limits the addresses this user may come from.",
  "not-permitted":
    "The login works, but this user may not read what is needed. Give its group the policies read and api (RouterOS: /user group set <group> policy=read,api).",
  "timed-out":
    "The router began to answer and did not end in time. It may be overloaded, or the way to it loses packets; try again, then look at its CPU load.",
  "icmp-unavailable":
    "This agent cannot ping, so reachability is judged by TCP alone. Install fping on the agent's host (apt install fping) and start the agent again.",
  failed: "This failed in a way we have no name for; the message says what was met.",
}
const AT: Readonly<Partial<Record<`${Step} ${Reason}`, string>>> = {
  "ping no-answer":
    "No answer to ping. If the other steps are well, the router's firewall drops ICMP: allow it from the agent's address (/ip firewall filter add chain=input protocol=icmp action=accept), or switch ping off for this device.",
  "snmp no-answer":
    "Nothing came back in any version tried, which is also how a wrong community is answered. On the device: SNMP on, the community or user there, and the agent's address among those it lets in (RouterOS: /snmp print, /snmp community print). Then look for a firewall that drops UDP on this port.",
  "snmp timed-out":
    "SNMP began to answer and did not end in time; the router may be overloaded. Try again.",
  "snmp wrong-credentials":
    "An SNMP agent is there and does not take this. Check the community or user, and the addresses it lets in (RouterOS: /snmp community print); no firewall is in the way.",
  "snmp not-permitted":
    "The community or user may not read what is needed: its view, security level or read access does not allow it (RouterOS: /snmp community set <name> read-access=yes).",
  "login refused":
    "The router let the connection in and closed it at once: the Available From list of /ip service does not hold the agent's address, or the router has no API session left (/ip service set api max-sessions=…).",
  "login timed-out":
    "The port is open, but the login is not answered. Is this the API's port (8728 or 8729), and does the router let in this many sessions?",
}

/**
 * By what the message says: the counter that an SNMPv3 agent's report names (RFC 3414), or the
 * secret that does not fit. Agents find these words in collect/snmp/failures.ts.
 */
const BY_REPORT: readonly (readonly [string, string])[] = [
  [
    "usmStatsUnknownUserNames",
    "The device has no SNMPv3 user of this name. Check the spelling (capitals count), or make the user there (RouterOS: /snmp community add name=… security=private).",
  ],
  [
    "authentication password or protocol is another",
    "The user is there, but its authentication password or protocol is another. Try the protocol the device shows (MD5, SHA1, SHA256 …), then type the password again.",
  ],
  [
    "privacy password or protocol is another",
    "User and authentication are right, but the privacy password or protocol is another. Check DES or AES on the device; AES-256 exists in two forms, ours and Cisco's.",
  ],
  [
    "usmStatsUnsupportedSecLevels",
    "The user is there with another security level: choose no privacy where the device does not encrypt, or switch encryption on there.",
  ],
  [
    "usmStatsNotInTimeWindows",
    "The device refuses its own clock, most often just after a restart or where two devices were cloned with one engine ID. Try again in a minute; then give it an engine ID of its own.",
  ],
  [
    "usmStatsUnknownEngineIDs",
    "The device does not know the engine ID it gave. It may be restarting, or an SNMP proxy stands in between. Try again in a minute.",
  ],
]

export const remedyOf = (step: Step, reason: TestStep["reason"], message = ""): string | null => {
  if (reason === "ok" || reason === "not-tried") return null
  const reported =
    step === "snmp" ? BY_REPORT.find(([name]) => message.includes(name))?.[1] : undefined
  return reported ?? AT[`${step} ${reason}`] ?? ANY[reason]
}

/**
 * A login held back although all before it went well: somebody has to say first that this is the
 * router.
 */
const needsConfirmation = (steps: readonly TestStep[], { step, reason }: TestStep): boolean =>
  step === "login" &&
  reason === "not-tried" &&
  steps.some((other) => other.step === "tls" && other.reason === "ok")
const CONFIRM =
  "Compare the fingerprint shown here with the router's own (/certificate print detail). If they are the same, confirm it and test again; if not, somebody may stand in between: do not go on."

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
    message: (name) => `The agent ${name} is silent, so nothing was tried.`,
    remedy:
      "Look whether the agent runs on its host and reaches this appliance, or choose another agent.",
  },
  "never-enrolled": {
    message: (name) => `The agent ${name} was never enrolled, so nothing was tried.`,
    remedy:
      "On the agents' page make a token and run the command it shows on the agent's host, or choose another agent.",
  },
  revoked: {
    message: (name) => `The agent ${name} is revoked, so nothing was tried.`,
    remedy:
      "Make a new token for it on the agents' page if it shall come back, or choose another agent.",
  },
  "no-result": {
    message: (name) => `The agent ${name} took the test and sent no result in time.`,
    remedy:
      "Try again. If it stays so, look at the agent's own log: it may be overloaded or have lost its connection.",
  },
}

/** The same as two sentences, for whoever shows no steps. */
export const agentProblemText = (
  reason: AgentProblem,
  name: string,
): { readonly message: string; readonly remedy: string } => ({
  message: AGENT_PROBLEMS[reason].message(name),
  remedy: AGENT_PROBLEMS[reason].remedy,
})

/** The agent itself is the trouble: no word about the router. */
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
