/**
 * What makes a router report by itself, by parts: the sender and its queue, the watcher of links and neighbours, netwatch, the heartbeat.
 * A part may be run again at any time; what is no longer wished for is taken out by the same part.
 */
import { note, tagged } from "../commands.ts"
import { type Draft, type Expectation, type Policy, TAG } from "../draft.ts"
import { has } from "../features.ts"
import { quote, quoteLines } from "../quote.ts"
import type { PushWish, Remark, Wish } from "../wish.ts"
import { drain } from "./drain.ts"
import { heartbeatSource, portsOf } from "./heartbeat.ts"
import { countsSessions, hasPeers, NAMES } from "./names.ts"
import { type Planned, planned, printedTime } from "./netwatch.ts"
import { peersSource, sessionsSource } from "./peers.ts"
import { NETWATCH_QUEUE, ROUTER_QUEUE } from "./queue.ts"
import { dropScript, dropTimer, expectStored, expectTimer, type Stored, schedule, stopJobs, store, type Timer } from "./stored.ts"
import { functionsSource, GUARD_INTERVAL_S, guardSource, watchSource } from "./watcher.ts"

export { helloText } from "./hello.ts"

const NEEDS: readonly Policy[] = ["read", "write", "policy", "test"]

const tellsIn = (push: PushWish): string =>
  `at most ${push.atMostAMinute} requests a minute, and at most ${push.queueMost} items kept while the appliance cannot be reached`

const sender = (wish: Wish, push: PushWish): Draft => {
  const scripts: readonly Stored[] = [
    {
      name: NAMES.functions,
      about: "what the scripts share",
      source: functionsSource(push.queueMost),
      isSecret: false,
    },
    {
      name: NAMES.push,
      about: "sends what waits",
      source: drain(ROUTER_QUEUE, wish.release, push),
      isSecret: true,
    },
  ]
  return {
    id: "push",
    title: "The sender",
    why: `Stores the scripts that queue what has happened and post it to the appliance over HTTPS: ${tellsIn(push)}. The sender holds the router's own key, which whoever may read scripts on this router can read.`,
    text: scripts.map(store).join(""),
    remove: `${scripts.map(({ name }) => stopJobs(name) + dropScript(name)).join("")}:do { /system script environment remove [/system script environment find where name~"^${TAG}(Router|Netwatch)"] } on-error={}
`,
    needs: NEEDS,
    expects: scripts.map(expectStored),
    remarks: has(wish.release, "fetchIdleTimeout")
      ? []
      : [
          {
            id: "fetch-no-limit",
            text: `RouterOS ${wish.release} sets no limit to a server that falls silent: a sender that hangs is replaced after two minutes, netwatch's own when it next has something to send.`,
          },
        ],
  }
}

const watcher = (wish: Wish): Draft => {
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
  const scripts: readonly Stored[] = [
    ...also,
    {
      name: NAMES.watch,
      about: "watches the links of the ports",
      source: watchSource(also.map(({ name }) => name)),
      isSecret: false,
    },
  ]
  const timer: Timer = {
    name: NAMES.watch,
    about: "keeps the watcher alive",
    interval: printedTime(GUARD_INTERVAL_S),
    onEvent: guardSource(),
  }
  const unwanted = [peers, sessions].filter((each) => !also.includes(each))
  return {
    id: "push-watch",
    title: "The watcher",
    why: `A job that asks three times a second which ports have a link${also.length === 0 ? "" : ", and every five seconds after neighbours and sessions"}; a scheduler starts it again when it has stopped. It changes nothing else on the router, and runs with the rights of who imports this.`,
    text: `${unwanted.map(({ name }) => dropScript(name)).join("")}${scripts.map(store).join("")}${schedule(timer)}`,
    remove: `${dropTimer(timer.name)}:do { :global ispvmRouterWatchRun; :set ispvmRouterWatchRun false } on-error={}
${[NAMES.watch, NAMES.peers, NAMES.sessions].map((name) => stopJobs(name) + dropScript(name)).join("")}`,
    needs: NEEDS,
    expects: [...scripts.map(expectStored), expectTimer(timer)],
    remarks: [],
  }
}

const MENU = "/tool netwatch"
/** Values that are numbers, times or words for the menu; all others are text. */
const asGiven = (name: string, value: string): string => `${name}=${name === "host" ? quote(value) : value}`

const watchEntry = ({ watch, comment, settings, scripts }: Planned): string => {
  const sources = Object.entries(scripts)
  const names = sources.map(([name]) => name.replace("-script", ""))
  const values = [
    ...Object.entries(settings).map(([name, value]) => asGiven(name, value)),
    ...sources.map(([name], at) => `${name}=$${names[at]}`),
  ].join(" ")
  const differs = [
    `[:tostr [${MENU} get $row host]] != ${quote(settings.host ?? "")}`,
    `[${MENU} get $row interval] != ${settings.interval}`,
    ...(settings.type === undefined ? [] : [`[${MENU} get $row type] != ${quote(settings.type)}`]),
    ...(settings["startup-delay"] === undefined
      ? []
      : [`[:totime [${MENU} get $row startup-delay]] != ${settings["startup-delay"]}`]),
    ...sources.map(([name], at) => `[${MENU} get $row ${name}] != $${names[at]}`),
    `[:tostr [${MENU} get $row disabled]] = "true"`,
  ]
  return `{
  :local isSet false
  :do {
${sources.map(([, source], at) => `    :local ${names[at]} ${quoteLines(source, "      ")}\n`).join("")}    :local row [${MENU} find where comment=${quote(comment)}]
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

const expectWatch = ({ comment, settings, scripts }: Planned): Expectation => {
  const { host = "", interval = "", type } = settings
  return {
    menu: "/tool/netwatch",
    by: { comment },
    want: { host, interval, ...(type === undefined ? {} : { type }), ...scripts, disabled: "false" },
    secret: [],
  }
}

/** Of two with one name the first: by its name it is found again. */
const plansOf = (wish: Wish, push: PushWish): { readonly plans: readonly Planned[]; readonly remarks: readonly Remark[] } => {
  const plans = new Map<string, Planned>()
  const remarks: Remark[] = []
  for (const watch of push.watches) {
    const plan = planned(wish.release, watch, push.queueMost)
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
    about: "sends what netwatch has seen",
    source: drain(NETWATCH_QUEUE, wish.release, push),
    isSecret: true,
  }
  const isWished = plans.map(({ comment }) => `comment!=${quote(comment)}`)
  const stale = [`comment~"^${tagged("")}"`, ...isWished].join(" and ")
  return {
    id: "push-netwatch",
    title: "What the router watches",
    why: `Adds ${plans.length === 1 ? "one entry" : `${plans.length} entries`} of netwatch whose scripts queue what they see and have a stored script send it; none of them waits for the network. The sender holds the router's own key.`,
    text: `${MENU} remove [${MENU} find where ${stale}]
${plans.length === 0 ? dropScript(script.name) : store(script)}:local failed false
${plans.map(watchEntry).join("")}:if ($failed) do={ :error stop }
`,
    remove: `${MENU} remove [${MENU} find where comment~"^${tagged("")}"]
${stopJobs(script.name)}${dropScript(script.name)}`,
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
  const timer: Timer = {
    name: NAMES.heartbeat,
    about: "has the heartbeat sent",
    interval: printedTime(push.heartbeatS),
    onEvent: `/system script run ${NAMES.heartbeat}\n`,
  }
  const remove = `${dropTimer(timer.name)}${stopJobs(script.name)}${dropScript(script.name)}`
  const { most } = portsOf(wish.release, wish.duty)
  return {
    id: "push-heartbeat",
    title: "The heartbeat",
    why: isWished
      ? `Every ${push.heartbeatS} seconds the router posts its uptime, processor, memory, disk and the counters of at most ${most} ports. The script holds the router's own key.`
      : "None is wished for: an agent reads the same things. One that is there from before is taken out.",
    text: isWished ? `${store(script)}${schedule(timer)}` : remove,
    remove,
    needs: NEEDS,
    expects: isWished ? [expectStored(script), expectTimer(timer)] : [],
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

export const pushParts = (wish: Wish): readonly Draft[] =>
  wish.push === null ? [] : [sender(wish, wish.push), watcher(wish), netwatch(wish, wish.push), heartbeat(wish, wish.push)]
