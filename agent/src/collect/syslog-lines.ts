/**
 * One datagram of syslog into its parts, whatever form the router was told to send it in. Pure, and never throws.
 *
 *   default   topics message                                   RouterOS as it comes: no PRI, no time, no host
 *   bsd       <PRI>Mmm dd hh:mm:ss host [topics] message       RFC 3164; RouterOS has no tag, and a prefix looks like one
 *   5424      <PRI>1 time host app procid msgid data message   RFC 5424
 *   cef       time host CEF:0|vendor|board|version|class|topics|severity|key=value …
 */
export type Severity = "debug" | "info" | "warning" | "error"
export type Line = {
  readonly format: "default" | "bsd" | "5424" | "cef"
  readonly pri: number | null
  readonly host: string | null
  /** RouterOS topics without the severity words among them; empty where the form has none. */
  readonly topics: readonly string[]
  readonly severity: Severity
  readonly message: string
}

const SEVERITY_WORDS: Readonly<Record<string, Severity>> = {
  debug: "debug",
  info: "info",
  warning: "warning",
  error: "error",
  critical: "error",
}
const WEIGHT: Readonly<Record<Severity, number>> = { debug: 0, info: 1, warning: 2, error: 3 }

/** Topics are a set with severities mixed in; the strongest word counts, and none means info. */
export const severityOfTopics = (topics: readonly string[]): Severity => {
  const words = topics.flatMap((topic) => (Object.hasOwn(SEVERITY_WORDS, topic) ? (SEVERITY_WORDS[topic] ?? []) : []))
  return (
    words.reduce<Severity | null>((most, word) => (most === null || WEIGHT[word] > WEIGHT[most] ? word : most), null) ?? "info"
  )
}
const severityOfPri = (pri: number): Severity => {
  const level = pri & 7
  return level <= 3 ? "error" : level === 4 ? "warning" : level === 7 ? "debug" : "info"
}

// Topics known of RouterOS, so that "interface,info ether1 …" is told from a sentence that happens to hold a comma.
const TOPICS: ReadonlySet<string> = new Set(
  `account acme amt async backup bfd bgp bridge bfd calc caps certificate client clock container critical ddns debug dhcp dns dot1x dude e-mail
  email error event evpn fetch firewall gps gsm health hotspot igmp-proxy info interface iot ipsec iscsi isdn isis kidcontrol kvm l2tp ldp lora lte
  macsec manager mme mpls mqtt mvrp natpmp netinstall netwatch ntp ospf ovpn package packet pim poe-out poe ppp pppoe pptp ptp queue radius radvd
  raw read realm rip rip route rpki rsvp script sertcp simulator smb smtp snmp socksify ssh sstp state store stp sstp switch system telephony tftp
  timer tr069 tunnel upnp ups vpls vrrp w60g warning watchdog web-proxy web wifi wiliot wireguard wireless write zerotier zigbee`
    .split(/\s+/)
    .filter((word) => word !== ""),
)

/** `system,info,account message`: at least one word of the list, all of them plain, and more than one or a known one. */
const splitTopics = (text: string): { readonly topics: readonly string[]; readonly message: string } | null => {
  const match = /^([a-z0-9][a-z0-9-]*(?:,[a-z0-9][a-z0-9-]*)*) (?=\S| )/.exec(text)
  const word = match?.[1]
  if (match === null || word === undefined) return null
  const topics = word.split(",")
  const known = topics.filter((topic) => TOPICS.has(topic)).length
  if (topics.length === 1 ? known === 0 || text.length < word.length + 2 : known === 0) return null
  return { topics, message: text.slice(match[0].length) }
}

const withTopics = (base: Pick<Line, "format" | "pri" | "host">, rest: string, loneTopicToo: boolean): Line => {
  const split = splitTopics(rest)
  // Behind a BSD head a single lower-case word is far more often the first word of a sentence than a topic.
  const isTopics = split !== null && (loneTopicToo || split.topics.length > 1)
  const severity = base.pri !== null ? severityOfPri(base.pri) : isTopics ? severityOfTopics(split.topics) : "info"
  if (!isTopics) return { ...base, topics: [], severity, message: rest }
  return { ...base, topics: split.topics, severity, message: split.message }
}

const BSD = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([\s\S]*)$/
const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?) (\S+) ([\s\S]*)$/
const RFC5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: ([\s\S]*))?$/
/** `/log print` and the console: a date or only a time of day in front, no host. */
const LOCAL_TIME = /^(?:(?:[a-z]{3}\/\d\d(?:\/\d{4})?|\d{4}-\d\d-\d\d) )?\d\d:\d\d:\d\d (?:echo: )?/

const CEF_SEVERITY: Readonly<Record<string, Severity>> = { low: "info", medium: "warning", high: "error", "very-high": "error" }

/** Header fields escape `|` and `\`, values `=` and `\`. */
const unescaped = (text: string): string => text.replace(/\\([\\|=])/g, "$1").replace(/\\n/g, "\n")

const parseCef = (text: string, pri: number | null, host: string | null): Line | null => {
  const fields: string[] = []
  let from = 4
  for (let at = from; at < text.length && fields.length < 7; at += 1) {
    if (text[at] === "\\") at += 1
    else if (text[at] === "|") {
      fields.push(unescaped(text.slice(from, at)))
      from = at + 1
    }
  }
  if (fields.length < 7) return null
  const extension = text.slice(from)
  const message = /(?:^|\s)msg=([\s\S]*)$/.exec(extension)?.[1] ?? extension
  const topics = (fields[5] ?? "").split(",").filter((topic) => topic !== "")
  const hasWord = topics.some((topic) => Object.hasOwn(SEVERITY_WORDS, topic))
  const severity = hasWord ? severityOfTopics(topics) : (CEF_SEVERITY[(fields[6] ?? "").toLowerCase()] ?? "info")
  const named = /(?:^|\s)dvchost=(\S+)/.exec(extension)?.[1] ?? host
  return { format: "cef", pri, host: named, topics, severity, message: unescaped(message).replace(/^\n+|\n+$/g, "") }
}

const parseHead = (text: string, pri: number | null): Line => {
  if (text.startsWith("CEF:")) {
    const cef = parseCef(text, pri, null)
    if (cef !== null) return cef
  }
  const five = pri === null ? null : RFC5424.exec(text)
  if (five !== null && pri !== null) {
    const [, , host = "-", , , , , message = ""] = five
    const rest = message.replace(/^\uFEFF/, "")
    return withTopics({ format: "5424", pri, host: host === "-" ? null : host }, rest, false)
  }
  const dated = BSD.exec(text) ?? ISO.exec(text)
  if (dated !== null) {
    const [, , host = "", rest = ""] = dated
    const cef = rest.startsWith("CEF:") ? parseCef(rest, pri, host) : null
    return cef ?? withTopics({ format: "bsd", pri, host }, rest, pri === null)
  }
  return withTopics({ format: "default", pri, host: null }, text.replace(LOCAL_TIME, ""), true)
}

/** The number in front, if it is one: facility * 8 + severity, 191 at most. */
const PRI = /^<(\d{1,3})>/

export const parseLine = (raw: string): Line => {
  const text = raw.replace(/[\r\n\0]+$/, "")
  const match = PRI.exec(text)
  const pri = match === null ? null : Number(match[1])
  return match !== null && pri !== null && pri <= 191 ? parseHead(text.slice(match[0].length), pri) : parseHead(text, null)
}
