/**
 * Topics of a RouterOS log line: words that include severities, `system,info,account`. Pure and
 * linear.
 */

export type Severity = "debug" | "info" | "warning" | "error"

const SEVERITY_WORDS: Readonly<Record<string, Severity>> = {
  debug: "debug",
  info: "info",
  warning: "warning",
  error: "error",
  critical: "error",
}
const WEIGHT: Readonly<Record<Severity, number>> = { debug: 0, info: 1, warning: 2, error: 3 }

export const isSeverityWord = (topic: string): boolean => Object.hasOwn(SEVERITY_WORDS, topic)

/** The highest severity counts; none means info. */
export const severityOfTopics = (topics: readonly string[]): Severity => {
  let strongest: Severity | null = null
  for (const topic of topics) {
    const word = isSeverityWord(topic) ? SEVERITY_WORDS[topic] : undefined
    if (word !== undefined && (strongest === null || WEIGHT[word] > WEIGHT[strongest]))
      strongest = word
  }
  return strongest ?? "info"
}

// Known RouterOS topics distinguish "interface,info ether1 …" from a sentence with a comma.
const TOPICS: ReadonlySet<string> = new Set(
  `account acme amt async backup bfd bgp bridge bfd calc caps certificate client clock container critical ddns debug dhcp dns dot1x dude e-mail
  email error event evpn fetch firewall gps gsm health hotspot igmp-proxy info interface iot ipsec iscsi isdn isis kidcontrol kvm l2tp ldp lora lte
  macsec manager mme mpls mqtt mvrp natpmp netinstall netwatch ntp ospf ovpn package packet pim poe-out poe ppp pppoe pptp ptp queue radius radvd
  raw read realm rip rip route rpki rsvp script sertcp simulator smb smtp snmp socksify ssh sstp state store stp sstp switch system telephony tftp
  timer tr069 tunnel upnp ups vpls vrrp w60g warning watchdog web-proxy web wifi wiliot wireguard wireless write zerotier zigbee`
    .split(/\s+/)
    .filter((word) => word !== ""),
)

/** Longer than the topics of any line. */
const MAX_CHARS = 256
const WORD = /^[a-z0-9][a-z0-9-]*$/

export type Topics = {
  readonly topics: readonly string[]
  readonly known: number
  readonly message: string
}

type Head = Pick<Topics, "topics" | "known">
const readHead = (head: string): Head | null => {
  const topics = head.split(",")
  if (!topics.every((topic) => WORD.test(topic))) return null
  const known = topics.filter((topic) => TOPICS.has(topic)).length
  return known === 0 ? null : { topics, known }
}

/** Routers log with some dozen combinations of topics, and nearly every line has one of them. */
const heads = new Map<string, Head | null>()
const MAX_HEADS = 1_000
const headOf = (head: string): Head | null => {
  const was = heads.get(head)
  if (was !== undefined) return was
  // A copy: a part of a text would keep all of the text in memory.
  const own = Buffer.from(head).toString()
  const read = readHead(own)
  if (heads.size >= MAX_HEADS) heads.clear()
  heads.set(own, read)
  return read
}

/**
 * `system,info,account message`: words in plain letters, at least one of them known, before a
 * message. Null otherwise.
 */
export const splitTopics = (text: string): Topics | null => {
  const end = text.indexOf(" ")
  if (end <= 0 || end >= MAX_CHARS || end + 1 >= text.length) return null
  const head = headOf(text.slice(0, end))
  if (head === null) return null
  return { topics: head.topics, known: head.known, message: text.slice(end + 1) }
}
