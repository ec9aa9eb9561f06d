import { many } from "@ispvm/appliance/messages/tr-phrases"
import { parseNetwatchLog } from "../../format/netwatch-log.ts"
import { type OwnEvent, parseOwnEvent } from "../../format/own-event.ts"
import { readingChange } from "../../format/reading-change.ts"
import { withMeaning } from "../../format/with-meaning.ts"
import type { Messages } from "../../translation.ts"
import { logMeanings } from "./log-meanings.ts"
import { reading } from "./reading.ts"

const source: Record<string, string> = {
  "routeros-api": "RouterOS API",
  routeros: "RouterOS API",
  snmp: "SNMP",
  ping: "Ping",
  icmp: "Ping",
  tcp: "TCP yoklaması",
  syslog: "Syslog",
  push: "Gönderim",
}
const event: Record<string, (source: string) => string> = {
  "collect-works": (from) => `${from} toplama çalışıyor`,
  "collect-failed": (from) => `${from} toplama başarısız`,
  "collect-ended": (from) => `${from} toplama kapatıldı`,
  "agent-changed": () => "Başka bir ajan okuyor",
  "method-changed": () => "Başka bir yöntemle okunuyor",
  "interface-renamed": () => "Arayüzün adı değişti",
  "samples-dropped": () => "Ölçümler atıldı: ajanın tamponu doldu",
  rebooted: () => "Yeniden başladı",
  "link-up": () => "Bağlantı geldi",
  "link-down": () => "Bağlantı gitti",
  "peer-up": () => "Komşu geldi",
  "peer-down": () => "Komşu gitti",
  "sessions-changed": () => "Çok sayıda oturum açıldı veya kapandı",
  "watch-up": () => "Netwatch hedefi çalışıyor",
  "watch-down": () => "Netwatch hedefi kapalı",
  "path-seen": () => "Bir yoklamanın yolu",
  "path-changed": () => "Bir yoklamanın yolu değişti",
  "reported-in": () => "Bağlama betiği çalıştı",
  "config-changed": () => "Yapılandırma değişti",
  login: () => "Oturum açıldı",
  "login-failed": () => "Oturum açılamadı",
  log: (from) => `${from}: metinsiz ileti`,
}
const sourceName = (name: string): string => source[name] ?? name

const stateWord = (state: string): string =>
  state === "up" ? "çalışıyor" : state === "down" ? "kapalı" : state
const ownEvent = (event: OwnEvent): string => {
  switch (event.is) {
    case "link-down":
      return `${event.name} bağlantı kesildi`.trim()
    case "link-up":
      return `${event.name} bağlantı kuruldu`.trim()
    case "netwatch":
      return `Netwatch hedefi ${event.host} ${stateWord(event.state)}${event.loss === "" ? "" : `, yoklama kaybı %${event.loss}`}`
    case "onboarded":
      return `Bağlantı betiği çalıştı: ${event.done} bölüm tamam${event.failed === "" ? "" : `; başarısız: ${event.failed}`}`
    case "neighbour":
      return `${event.name.replace("neighbour", "komşusu")}: ${event.state}`
    case "sessions":
      return `PPP oturumları: ${event.was} → ${event.count}`
  }
}

export const terms: Messages["terms"] = {
  product: "ISP Visual Monitor",
  status: {
    ok: "Çalışıyor",
    degraded: "Bozulmuş",
    down: "Kapalı",
    recovering: "Toparlanıyor",
    unknown: "Bilinmiyor",
    maintenance: "Bakımda",
    unreachable: "Ulaşılamıyor",
  },
  role: {
    upstream: "Üst sağlayıcı",
    border: "Sınır",
    core: "Çekirdek",
    "route-reflector": "Rota yansıtıcı",
    aggregation: "Toplama",
    edge: "Kenar",
    access: "Erişim",
    "pppoe-server": "PPPoE sunucusu",
    cgnat: "CGNAT",
    wireless: "Kablosuz",
    switch: "Anahtar",
    cpe: "CPE",
  },
  account: { admin: "Yönetici", operator: "Operatör", viewer: "İzleyici" },
  source: sourceName,
  event: (name, from, message) => {
    const meaning = withMeaning(logMeanings, name, message, {
      more: (count, seconds, last) => `${seconds} sn içinde ${count} kez daha; sonuncusu: ${last}`,
    })
    if (meaning !== null) return meaning
    const change = readingChange(reading, name, message)
    if (change !== null) return `${event[name]?.(sourceName(from))}: ${change}`
    const text = event[name]?.(sourceName(from))
    if (message === "") return text ?? name
    const netwatch = parseNetwatchLog(message)
    if (netwatch !== null)
      return `Netwatch hedefi ${netwatch.host} ${netwatch.state === "up" ? "çalışıyor" : "kapalı"}`
    const own = parseOwnEvent(message)
    if (own !== null) return ownEvent(own)
    return name.startsWith("collect") && text !== undefined ? `${text}: ${message}` : message
  },
  devices: (n) => many(n, "cihaz"),
  links: (n) => many(n, "bağlantı"),
  alsoFailed: (title, n) =>
    n === 0 ? title : `${title}. Aynı anda ${many(n, "yöntem")} daha başarısız oldu`,
  onDevices: (text, n) => `${text} (${many(n, "cihazda")})`,
  portChanges: (ports, changes) => `${many(ports, "arayüz")} toplam ${changes} kez değişti`,
  more: (text, n) => `${text} (${many(n, "önceki değişiklikten")} sonra)`,
  none: "–",
}
