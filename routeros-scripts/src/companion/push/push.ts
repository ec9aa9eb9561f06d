/**
 * The parts that make a router report by itself: the sender and its queue, the watcher of links and
 * neighbours, netwatch, the heartbeat. A part may run again at any time; the same part removes what
 * the configuration no longer has.
 */
import { note, tagged } from "../commands.ts"
import type { DesiredConfig, PushConfig, Remark } from "../desired-config.ts"
import { has } from "../features.ts"
import { type ExpectedRow, type PartSpec, type Policy, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"
import { heartbeatLimits, heartbeatSource } from "./heartbeat.ts"
import { countsSessions, FORMER, hasPeers, NAMES } from "./names.ts"
import { type PlannedNetwatch, plannedNetwatch, printedTime } from "./netwatch.ts"
import { netwatchSource } from "./netwatch-reader.ts"
import { peersSource, sessionsSource } from "./peers.ts"
import { GUARD_INTERVAL_S, guardSource, residentSource, startNow } from "./resident.ts"
import { selfTest } from "./self-test.ts"
import { pushSource, sentSource } from "./sender.ts"
import {
  dropScript,
  dropTimer,
  expectStored,
  expectTimer,
  type Stored,
  schedule,
  stopJobs,
  store,
  type Timer,
} from "./stored.ts"

export { helloText } from "./hello.ts"

const NEEDS: readonly Policy[] = ["read", "write", "policy", "test"]

const limitsText = (push: PushConfig): string =>
  `at most ${push.maxPerMinute} requests a minute, and at most ${push.maxQueue} items kept while the appliance cannot be reached`

/**
 * Variables that scripts of earlier versions shared, and their stored scripts that are no longer
 * used.
 */
const REMOVE_FORMER = `${Object.values(FORMER)
  .map((name) => stopJobs(name) + dropScript(name))
  .join(
    "",
  )}${dropTimer(NAMES.resident)}${dropTimer(NAMES.heartbeat)}:do { /system script environment remove [/system script environment find where name~"^${TAG}(Router|Netwatch)" and name!="ispvmRouterState" and name!="ispvmRouterAt"] } on-error={}
`

const sender = (desired: DesiredConfig, push: PushConfig): PartSpec => {
  const scripts: readonly Stored[] = [
    {
      name: NAMES.push,
      about: "posts one message",
      source: pushSource(desired.release, push),
      isSecret: true,
    },
    { name: NAMES.sent, about: "counts what was accepted", source: sentSource, isSecret: false },
  ]
  return {
    id: "push",
    title: "Push script",
    why: `Stores the script that posts a message to the appliance over HTTPS: ${limitsText(push)}. It holds the router's own key, which whoever may read scripts on this router can read.`,
    text: REMOVE_FORMER + scripts.map(store).join(""),
    remove: `${scripts.map(({ name }) => dropScript(name)).join("")}${REMOVE_FORMER}:do { /system script environment remove [/system script environment find where name~"^${TAG}Router"] } on-error={}
`,
    needs: NEEDS,
    expects: scripts.map(expectStored),
    remarks: has(desired.release, "fetchIdleTimeout")
      ? []
      : [
          {
            id: "fetch-no-limit",
            text: `RouterOS ${desired.release} sets no limit to a server that falls silent: a post that hangs is ended after a minute and made again.`,
          },
        ],
  }
}

const residentPart = (desired: DesiredConfig, push: PushConfig): PartSpec => {
  const peers: Stored = {
    name: NAMES.peers,
    about: "looks at BGP and OSPF neighbours",
    source: peersSource(desired.release),
    isSecret: false,
  }
  const sessions: Stored = {
    name: NAMES.sessions,
    about: "counts PPP sessions",
    source: sessionsSource(),
    isSecret: false,
  }
  const helpers = [
    ...(hasPeers(desired.profile) ? [peers] : []),
    ...(countsSessions(desired.profile) ? [sessions] : []),
  ]
  const { plans } = plansOf(desired, push)
  const scripts: readonly Stored[] = [
    ...helpers,
    {
      name: NAMES.resident,
      about: "watches ports, neighbours, sessions and netwatch, and reports",
      source: residentSource({
        profile: desired.profile,
        push,
        hasNetwatch: plans.length > 0,
      }),
      isSecret: false,
    },
  ]
  const unused = [peers, sessions].filter((each) => !helpers.includes(each))
  return {
    id: "push-watch",
    title: "Monitor script for interfaces and neighbours",
    why: `A job that asks three times a second which ports have a link${helpers.length === 0 ? "" : ", and every five seconds after neighbours and sessions"}, and has what it saw posted. It needs no global variables, changes nothing else on the router, and runs with the rights of who imports this.`,
    text: `${unused.map(({ name }) => dropScript(name)).join("")}${scripts.map(store).join("")}`,
    remove: `${[NAMES.resident, NAMES.peers, NAMES.sessions].map((name) => stopJobs(name) + dropScript(name)).join("")}`,
    needs: NEEDS,
    expects: scripts.map(expectStored),
    remarks: [],
  }
}

const MENU = "/tool netwatch"
/** Values that are numbers, times or words for the menu; all others are text. */
const assignment = (name: string, value: string): string =>
  `${name}=${name === "host" ? quote(value) : value}`

const netwatchCommands = ({ entry, comment, settings, emptied }: PlannedNetwatch): string => {
  const values = [
    ...Object.entries(settings).map(([name, value]) => assignment(name, value)),
    ...emptied.map((name) => `${name}=""`),
  ].join(" ")
  const differs = [
    `[:tostr [${MENU} get $row host]] != ${quote(settings.host ?? "")}`,
    `[${MENU} get $row interval] != ${settings.interval}`,
    ...(settings.type === undefined ? [] : [`[${MENU} get $row type] != ${quote(settings.type)}`]),
    ...(settings["startup-delay"] === undefined
      ? []
      : [`[:totime [${MENU} get $row startup-delay]] != ${settings["startup-delay"]}`]),
    ...emptied.map((name) => `[:len [${MENU} get $row ${name}]] > 0`),
    `[:tostr [${MENU} get $row disabled]] = "true"`,
  ]
  return `{
  :local isSet false
  :do {
    :local row [${MENU} find where comment=${quote(comment)}]
    :if ([:len $row] = 1) do={
      :if (${differs.join(" or ")}) do={
        ${MENU} set $row disabled=no ${values}
      }
    } else={
      ${MENU} remove $row
      ${MENU} add comment=${quote(comment)} disabled=no ${values}
    }
    :set isSet true
  } on-error={}
  :if (!$isSet) do={
    :set failed true
    ${note(`netwatch refused the entry "${entry.name}" (host ${entry.host}); the others are not touched by that.`)}
  }
}
`
}

const expectNetwatch = ({ comment, settings, emptied }: PlannedNetwatch): ExpectedRow => {
  const { host = "", interval = "", type } = settings
  const none = Object.fromEntries(emptied.map((name) => [name, ""]))
  return {
    menu: "/tool/netwatch",
    by: { comment },
    want: { host, interval, ...(type === undefined ? {} : { type }), ...none, disabled: "false" },
    secret: [],
  }
}

/** Of two entries with the same name, the first: entries are found by name. */
const plansOf = (
  desired: DesiredConfig,
  push: PushConfig,
): { readonly plans: readonly PlannedNetwatch[]; readonly remarks: readonly Remark[] } => {
  const plans = new Map<string, PlannedNetwatch>()
  const remarks: Remark[] = []
  for (const entry of push.netwatch) {
    const plan = plannedNetwatch(desired.release, entry)
    if (plans.has(plan.comment)) {
      remarks.push({
        id: "netwatch-duplicate",
        text: `${entry.name}: two watches have this name; only the first is set up.`,
      })
      continue
    }
    plans.set(plan.comment, plan)
    remarks.push(...plan.remarks)
  }
  return {
    plans: [...plans.values()],
    remarks: remarks.filter(
      ({ id }, at) =>
        remarks.findIndex((each) => each.id === id && each.text === remarks[at]?.text) === at,
    ),
  }
}

const netwatch = (desired: DesiredConfig, push: PushConfig): PartSpec => {
  const { plans, remarks } = plansOf(desired, push)
  const script: Stored = {
    name: NAMES.netwatch,
    about: "reads what netwatch found",
    source: netwatchSource(
      plans.filter(({ isMeasured }) => isMeasured).map(({ comment }) => comment),
    ),
    isSecret: false,
  }
  const notDesired = plans.map(({ comment }) => `comment!=${quote(comment)}`)
  const stale = [`comment~"^${tagged("")}"`, ...notDesired].join(" and ")
  return {
    id: "push-netwatch",
    title: "Netwatch hosts",
    why: `Adds ${plans.length === 1 ? "one entry" : `${plans.length} entries`} of netwatch without scripts of ${plans.length === 1 ? "its" : "their"} own, and a function with which the watcher reads what they found.`,
    text: `${plans.length === 0 ? dropScript(script.name) : store(script)}${MENU} remove [${MENU} find where ${stale}]
:local failed false
${plans.map(netwatchCommands).join("")}:if ($failed) do={ :error stop }
`,
    remove: `${MENU} remove [${MENU} find where comment~"^${tagged("")}"]
${dropScript(script.name)}`,
    needs: NEEDS,
    expects: plans.length === 0 ? [] : [expectStored(script), ...plans.map(expectNetwatch)],
    remarks,
  }
}

const heartbeat = (desired: DesiredConfig, push: PushConfig): PartSpec => {
  const isEnabled = push.heartbeatS > 0
  const script: Stored = {
    name: NAMES.heartbeat,
    about: "tells how the router is",
    source: heartbeatSource(desired.release, desired.profile, push),
    isSecret: true,
  }
  const remove = `${dropTimer(script.name)}${stopJobs(script.name)}${dropScript(script.name)}`
  const { maxPorts } = heartbeatLimits(desired.release, desired.profile)
  return {
    id: "push-heartbeat",
    title: "Heartbeat script",
    why: isEnabled
      ? `Every ${push.heartbeatS} seconds the watcher has the router post its uptime, processor, memory, disk and the counters of at most ${maxPorts} ports. The script holds the router's own key.`
      : "None is wished for: an agent reads the same things. One that is there from before is taken out.",
    text: isEnabled ? store(script) : remove,
    remove,
    needs: NEEDS,
    expects: isEnabled ? [expectStored(script)] : [],
    remarks: isEnabled
      ? [
          {
            id: "heartbeat-ports",
            text: `A heartbeat tells of at most ${maxPorts} ports${maxPorts < 60 ? ", since RouterOS 6 posts little at once" : ""}; sessions' own interfaces are left out.`,
          },
        ]
      : [],
  }
}

const TIMER: Timer = {
  name: NAMES.start,
  about: "starts the watcher where it does not run",
  interval: printedTime(GUARD_INTERVAL_S),
  onEvent: guardSource(),
}
/**
 * Last of all: everything that the watcher uses exists, and nothing that happens after the script's
 * report is missed.
 */
const start: PartSpec = {
  id: "push-start",
  title: "Start of the monitor script",
  why: `A scheduler looks every ${GUARD_INTERVAL_S} seconds whether the watcher runs, and starts it where it does not. Here it is started at once and waited for, so that nothing is missed from then on.`,
  text: schedule(TIMER) + startNow,
  remove: dropTimer(TIMER.name),
  needs: NEEDS,
  expects: [expectTimer(TIMER)],
  remarks: [],
}

export const pushParts = (desired: DesiredConfig): readonly PartSpec[] => {
  const { push } = desired
  if (push === null) return []
  return [
    sender(desired, push),
    residentPart(desired, push),
    netwatch(desired, push),
    heartbeat(desired, push),
    selfTest(),
    start,
  ]
}
