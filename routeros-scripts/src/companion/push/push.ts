/**
 * What makes a router report by itself, by parts: the sender and its queue, the watcher of links and neighbours, netwatch, the heartbeat.
 * A part may be run again at any time; what is no longer wished for is taken out by the same part.
 */
import { note, tagged } from "../commands.ts"
import { type Draft, type Expectation, type Policy, TAG } from "../draft.ts"
import { has } from "../features.ts"
import { quote } from "../quote.ts"
import type { PushWish, Remark, Wish } from "../wish.ts"
import { heartbeatSource, portsOf } from "./heartbeat.ts"
import { countsSessions, FORMER, hasPeers, NAMES } from "./names.ts"
import { type Planned, planned, printedTime } from "./netwatch.ts"
import { netwatchSource } from "./netwatch-look.ts"
import { peersSource, sessionsSource } from "./peers.ts"
import { GUARD_INTERVAL_S, guardSource, residentSource, startNow } from "./resident.ts"
import { selfTest } from "./self-test.ts"
import { pushSource, sentSource } from "./sender.ts"
import { dropScript, dropTimer, expectStored, expectTimer, type Stored, schedule, stopJobs, store, type Timer } from "./stored.ts"

export { helloText } from "./hello.ts"

const NEEDS: readonly Policy[] = ["read", "write", "policy", "test"]

const tellsIn = (push: PushWish): string =>
  `at most ${push.atMostAMinute} requests a minute, and at most ${push.queueMost} items kept while the appliance cannot be reached`

/** What scripts of earlier versions shared, and the stored scripts of theirs that are not used any more. */
const FORMERLY = `${Object.values(FORMER)
  .map((name) => stopJobs(name) + dropScript(name))
  .join(
    "",
  )}${dropTimer(NAMES.watch)}${dropTimer(NAMES.heartbeat)}:do { /system script environment remove [/system script environment find where name~"^${TAG}(Router|Netwatch)" and name!="ispvmRouterState" and name!="ispvmRouterAt"] } on-error={}
`

const sender = (wish: Wish, push: PushWish): Draft => {
  const scripts: readonly Stored[] = [
    { name: NAMES.push, about: "posts one message", source: pushSource(wish.release, push), isSecret: true },
    { name: NAMES.sent, about: "counts what was accepted", source: sentSource, isSecret: false },
  ]
  return {
    id: "push",
    title: "The sender",
    why: `Stores the script that posts a message to the appliance over HTTPS: ${tellsIn(push)}. It holds the router's own key, which whoever may read scripts on this router can read.`,
    text: FORMERLY + scripts.map(store).join(""),
    remove: `${scripts.map(({ name }) => dropScript(name)).join("")}${FORMERLY}:do { /system script environment remove [/system script environment find where name~"^${TAG}Router"] } on-error={}
`,
    needs: NEEDS,
    expects: scripts.map(expectStored),
    remarks: has(wish.release, "fetchIdleTimeout")
      ? []
      : [
          {
            id: "fetch-no-limit",
            text: `RouterOS ${wish.release} sets no limit to a server that falls silent: a post that hangs is ended after a minute and made again.`,
          },
        ],
  }
}

const watcher = (wish: Wish, push: PushWish): Draft => {
  const peers: Stored = {
    name: NAMES.peers,
    about: "looks at BGP and OSPF neighbours",
    source: peersSource(wish.release),
    isSecret: false,
  }
  const sessions: Stored = {
    name: NAMES.sessions,
    about: "counts PPP sessions",
    source: sessionsSource(),
    isSecret: false,
  }
  const also = [...(hasPeers(wish.duty) ? [peers] : []), ...(countsSessions(wish.duty) ? [sessions] : [])]
  const { plans } = plansOf(wish, push)
  const scripts: readonly Stored[] = [
    ...also,
    {
      name: NAMES.watch,
      about: "watches ports, neighbours, sessions and netwatch, and reports",
      source: residentSource({
        duty: wish.duty,
        push,
        hasWatches: plans.length > 0,
      }),
      isSecret: false,
    },
  ]
  const unwanted = [peers, sessions].filter((each) => !also.includes(each))
  return {
    id: "push-watch",
    title: "The watcher",
    why: `A job that asks three times a second which ports have a link${also.length === 0 ? "" : ", and every five seconds after neighbours and sessions"}, and has what it saw posted. It needs no global variables, changes nothing else on the router, and runs with the rights of who imports this.`,
    text: `${unwanted.map(({ name }) => dropScript(name)).join("")}${scripts.map(store).join("")}`,
    remove: `${[NAMES.watch, NAMES.peers, NAMES.sessions].map((name) => stopJobs(name) + dropScript(name)).join("")}`,
    needs: NEEDS,
    expects: scripts.map(expectStored),
    remarks: [],
  }
}

const MENU = "/tool netwatch"
/** Values that are numbers, times or words for the menu; all others are text. */
const asGiven = (name: string, value: string): string => `${name}=${name === "host" ? quote(value) : value}`

const watchEntry = ({ watch, comment, settings, emptied }: Planned): string => {
  const values = [
    ...Object.entries(settings).map(([name, value]) => asGiven(name, value)),
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
    ${note(`netwatch refused the entry "${watch.name}" (host ${watch.host}); the others are not touched by that.`)}
  }
}
`
}

const expectWatch = ({ comment, settings, emptied }: Planned): Expectation => {
  const { host = "", interval = "", type } = settings
  const none = Object.fromEntries(emptied.map((name) => [name, ""]))
  return {
    menu: "/tool/netwatch",
    by: { comment },
    want: { host, interval, ...(type === undefined ? {} : { type }), ...none, disabled: "false" },
    secret: [],
  }
}

/** Of two with one name the first: by its name it is found again. */
const plansOf = (wish: Wish, push: PushWish): { readonly plans: readonly Planned[]; readonly remarks: readonly Remark[] } => {
  const plans = new Map<string, Planned>()
  const remarks: Remark[] = []
  for (const watch of push.watches) {
    const plan = planned(wish.release, watch)
    if (plans.has(plan.comment)) {
      remarks.push({ id: "watch-twice", text: `${watch.name}: two watches have this name; only the first is set up.` })
      continue
    }
    plans.set(plan.comment, plan)
    remarks.push(...plan.remarks)
  }
  return {
    plans: [...plans.values()],
    remarks: remarks.filter(
      ({ id }, at) => remarks.findIndex((each) => each.id === id && each.text === remarks[at]?.text) === at,
    ),
  }
}

const netwatch = (wish: Wish, push: PushWish): Draft => {
  const { plans, remarks } = plansOf(wish, push)
  const script: Stored = {
    name: NAMES.netwatch,
    about: "reads what netwatch found",
    source: netwatchSource(plans.filter(({ isMeasured }) => isMeasured).map(({ comment }) => comment)),
    isSecret: false,
  }
  const isWished = plans.map(({ comment }) => `comment!=${quote(comment)}`)
  const stale = [`comment~"^${tagged("")}"`, ...isWished].join(" and ")
  return {
    id: "push-netwatch",
    title: "What the router watches",
    why: `Adds ${plans.length === 1 ? "one entry" : `${plans.length} entries`} of netwatch without scripts of ${plans.length === 1 ? "its" : "their"} own, and a function with which the watcher reads what they found.`,
    text: `${plans.length === 0 ? dropScript(script.name) : store(script)}${MENU} remove [${MENU} find where ${stale}]
:local failed false
${plans.map(watchEntry).join("")}:if ($failed) do={ :error stop }
`,
    remove: `${MENU} remove [${MENU} find where comment~"^${tagged("")}"]
${dropScript(script.name)}`,
    needs: NEEDS,
    expects: plans.length === 0 ? [] : [expectStored(script), ...plans.map(expectWatch)],
    remarks,
  }
}

const heartbeat = (wish: Wish, push: PushWish): Draft => {
  const isWished = push.heartbeatS > 0
  const script: Stored = {
    name: NAMES.heartbeat,
    about: "tells how the router is",
    source: heartbeatSource(wish.release, wish.duty, push),
    isSecret: true,
  }
  const remove = `${dropTimer(script.name)}${stopJobs(script.name)}${dropScript(script.name)}`
  const { most } = portsOf(wish.release, wish.duty)
  return {
    id: "push-heartbeat",
    title: "The heartbeat",
    why: isWished
      ? `Every ${push.heartbeatS} seconds the watcher has the router post its uptime, processor, memory, disk and the counters of at most ${most} ports. The script holds the router's own key.`
      : "None is wished for: an agent reads the same things. One that is there from before is taken out.",
    text: isWished ? store(script) : remove,
    remove,
    needs: NEEDS,
    expects: isWished ? [expectStored(script)] : [],
    remarks: isWished
      ? [
          {
            id: "heartbeat-ports",
            text: `A heartbeat tells of at most ${most} ports${most < 60 ? ", since RouterOS 6 posts little at once" : ""}; sessions' own interfaces are left out.`,
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
/** Last of all: what the watcher uses is there, and nothing that happens after the script's report is missed. */
const start: Draft = {
  id: "push-start",
  title: "Start the watcher",
  why: `A scheduler looks every ${GUARD_INTERVAL_S} seconds whether the watcher runs, and starts it where it does not. Here it is started at once and waited for, so that nothing is missed from then on.`,
  text: schedule(TIMER) + startNow,
  remove: dropTimer(TIMER.name),
  needs: NEEDS,
  expects: [expectTimer(TIMER)],
  remarks: [],
}

export const pushParts = (wish: Wish): readonly Draft[] => {
  const { push } = wish
  if (push === null) return []
  return [sender(wish, push), watcher(wish, push), netwatch(wish, push), heartbeat(wish, push), selfTest(), start]
}
