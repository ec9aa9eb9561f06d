import type { LeaseReason, ReadingMethod } from "@ispvm/appliance/api/leases"
import type { PageMessages } from "../../translation.ts"

const methods: Readonly<Record<ReadingMethod, string>> = {
  "routeros-api": "RouterOS API",
  snmp: "SNMP",
  icmp: "Ping",
}
const leaseReasons: Readonly<Record<LeaseReason, string>> = {
  assigned: "Bu ajana atandı",
  "agent-offline": "Önceki ajan hiçbir şey göndermedi",
  "device-not-reached": "Önceki ajan cihaza erişemedi",
  "agent-removed": "Önceki ajan cihazı artık okuyamaz",
  "preferred-is-back": "Tercih edilen ajan yeniden kararlı",
  "load-balanced": "Bu ajanın daha az cihazı vardı",
}
const methodReasons: Readonly<Record<string, string>> = {
  "no-answer": "Yanıt yok",
  "no-route": "Yol yok",
  refused: "Bağlantı reddedildi",
  "timed-out": "Zaman aşımı",
  "wrong-credentials": "Kullanıcı veya parola yanlış",
  "not-permitted": "İzin yok",
  "tls-failed": "TLS başarısız",
  "wrong-certificate": "Başka bir sertifika",
  "unconfirmed-certificate": "Sertifika onaylanmadı",
  "not-routeros": "RouterOS API değil",
  "name-not-found": "Ad bulunamadı",
  failed: "Başarısız",
}

export const reading: PageMessages["reading"] = {
  tab: "Okuma",
  failed: "Bu cihazın nasıl okunduğu yüklenemedi",
  methods,
  leaseReasons,
  methodReason: (reason) => methodReasons[reason] ?? reason,
  worksAgain: "tercih edilen yöntem yeniden çalışıyor",
  method: "Okuma yöntemi",
  noMethod: "Hiçbir yöntem çalışmıyor",
  agent: "Ajan",
  noAgent: "Yok",
  because: "Nedeni",
  preferredUsed: "Tercih edilen yöntem",
  order: "Yöntemlerin sırası",
  agents: "Ajanlar",
  history: "Kiralamalar",
  columns: {
    agent: "Ajan",
    role: "Görev",
    from: "Başlangıç",
    until: "Bitiş",
    reason: "Neden",
  },
  holder: "Cihazı okuyor",
  incoming: "Yanında okuyor, devralacak",
  probes: "Yalnızca yokluyor",
  offline: "Çevrimdışı",
  works: "çalışıyor",
  now: "şimdi",
  form: {
    fallback: "Bu ajan okuyamazsa",
    fallbackHint: "Bu ajan 15 sn içinde devralır ve cihazı sürekli yoklar.",
    nobody: "Başka ajan yok",
    site: "Sahanın herhangi bir ajanı",
    several: "Birden çok ajan",
    preferred: "Tercih edilen yöntem",
    preferredHint: "Diğeri yedeğidir, en sonuncusu ping'dir.",
  },
}
