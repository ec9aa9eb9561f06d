/** Why somebody or nobody was notified, in English. */
import type { Catalogue, NotifyCode } from "./catalogue.ts"
import { duration, many } from "./en-phrases.ts"

const clockTime = (atMs: number): string =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(atMs)

export const enNotify: Pick<Catalogue, NotifyCode> = {
  "notify.notified": ({ policy }) => `Policy “${policy}” notifies.`,
  "notify.no-policy": () =>
    "Nobody is notified, because no policy exists. Add a channel under Settings, Notifications.",
  "notify.switched-off": ({ policy }) => `Policy “${policy}” is switched off.`,
  "notify.below-severity": ({ policy, severity, least }) =>
    `Policy “${policy}” notifies from ${least} up; this incident is ${severity}.`,
  "notify.other-site": ({ policy }) => `Policy “${policy}” is for other sites.`,
  "notify.other-tag": ({ policy }) => `Policy “${policy}” is for other tags.`,
  "notify.other-kind": ({ policy }) => `Policy “${policy}” is for another kind of incident.`,
  "notify.too-few-unreachable": ({ policy, unreachable, least }) =>
    `Policy “${policy}” notifies from ${many(least, "device")} out of reach; here it is ${unreachable}.`,
  "notify.earlier-policy": ({ policy, earlier }) =>
    `Policy “${policy}” is not used, because “${earlier}” matched first and is the last one.`,
  "notify.no-channel": ({ policy }) =>
    `Policy “${policy}” matches, but none of its channels exists and is switched on.`,
  "notify.nobody-on-call": ({ policy, schedule }) =>
    `Policy “${policy}” matches, but “${schedule}” reaches nobody: nobody is on call, or has a channel.`,
  "notify.quiet-hours": ({ policy, untilMs }) =>
    `Policy “${policy}” is quiet until ${clockTime(untilMs)}.`,
  "notify.recovered": () => "It was over before anybody was notified.",
  "notify.recovering": ({ sinceMs }) =>
    `All of it recovered at ${clockTime(sinceMs)}. If it fails again, notifications go on.`,
  "notify.acknowledged": () => "Somebody has acknowledged it, so nobody else is notified.",
  "notify.snoozed": ({ untilMs }) => `It is snoozed until ${clockTime(untilMs)}.`,
  "notify.maintenance": () => "It is in a maintenance window.",
  "notify.nothing-to-close": () => "The channel never received what this would close.",
  "notify.no-longer-planned": () => "The policy does not ask for it any more.",
  "notify.channel-removed": () => "The channel was removed.",
  "notify.channel-off": () => "The channel is switched off.",
  "notify.expired": ({ afterS }) =>
    `It could not be delivered for ${duration(afterS * 1_000)} and is too old to be of use.`,
  "notify.rejected": () => "The receiver rejected it for good.",
  "notify.unreadable": ({ name }) =>
    `Noted by another release as “${name}”, which this one does not know.`,
  "notify.undeliverable": ({ what }) =>
    `It cannot be sent: another release has stored it in a form that this one cannot read (${what}).`,
  "notify.replayed": ({ by }) => `It was sent again by ${by}.`,
}
