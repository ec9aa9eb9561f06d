import { parseNetwatchLog } from "../../format/netwatch-log.ts"
import type { Messages } from "../../translation.ts"
import { many } from "./many.ts"

const source: Record<string, string> = {
  "routeros-api": "RouterOS API",
  routeros: "RouterOS API",
  snmp: "SNMP",
  ping: "Ping",
  icmp: "Ping",
  tcp: "TCP yoklaması",
  syslog: "Syslog",
  push: "Yönlendiricinin kendisi",
}
const event: Record<string, (source: string) => string> = {
  "collect-works": (from) => `${from} yanıt veriyor`,
  "collect-failed": (from) => `${from} yanıt vermez oldu`,
  "collect-ended": (from) => `${from} artık sorgulanmıyor`,
  "samples-dropped": () => "Ölçümler atıldı: ajanın tamponu doldu",
  rebooted: () => "Yeniden başladı",
  "link-up": () => "Bağlantı geldi",
  "link-down": () => "Bağlantı gitti",
  "peer-up": () => "Bir komşu geldi",
  "peer-down": () => "Bir komşu gitti",
  "sessions-changed": () => "Oturumlar toplu hâlde açıldı veya kapandı",
  "watch-up": () => "İzlediği bir hedef yeniden yanıt veriyor",
  "watch-down": () => "İzlediği bir hedef yanıt vermiyor",
  "reported-in": () => "Betiğini çalıştırdı ve bildirimde bulundu",
  "config-changed": () => "Yapılandırma değişti",
  login: () => "Bir oturum açıldı",
  "login-failed": () => "Bir oturum açma denemesi başarısız oldu",
  log: (from) => `${from}: metni olmayan bir satır`,
}
const sourceName = (name: string): string => source[name] ?? name

export const terms: Messages["terms"] = {
  product: "ISP Visual Monitor",
  status: {
    ok: "Çalışıyor",
    degraded: "Bozulmuş",
    down: "Kapalı",
    recovering: "Toparlanıyor",
    unknown: "Bilinmiyor",
    maintenance: "Bakımda",
    unreachable: "Arıza ardında",
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
    const text = event[name]?.(sourceName(from))
    if (message === "") return text ?? name
    const netwatch = parseNetwatchLog(message)
    if (netwatch !== null)
      return `Yönlendiricinin izlediği ${netwatch.host} ${netwatch.state === "up" ? "çalışıyor" : "kapalı"}`
    return name.startsWith("collect") && text !== undefined ? `${text}: ${message}` : message
  },
  devices: (n) => many(n, "cihaz"),
  links: (n) => many(n, "bağlantı"),
  alsoFailed: (title, n) =>
    n === 0 ? title : `${title}. Onunla birlikte ${many(n, "yöntem")} yanıt vermez oldu`,
  onDevices: (text, n) => `${text} (${many(n, "cihazda")})`,
  portChanges: (ports, changes) => `${many(ports, "arayüz")} toplam ${changes} kez değişti`,
  more: (text, n) => `${text} (öncesinde ${many(n, "değişiklik")} daha)`,
  none: "–",
}
