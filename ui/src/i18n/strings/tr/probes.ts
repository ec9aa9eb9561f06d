import type { ProbeFinding } from "@ispvm/appliance/api/probes"
import type { Messages } from "../../translation.ts"

const list = (names: readonly string[]): string => names.join(", ")

const finding = ({ place, site, probes, agents, others, explains }: ProbeFinding): string => {
  const at = site === null ? "" : ` (${site})`
  const more = explains === 0 ? "" : ` Başarısız ${explains} yoklamayı daha açıklıyor.`
  const texts: Readonly<Record<ProbeFinding["place"], string>> = {
    agent: `${list(agents)} ajanı hiçbir hedefe ulaşamıyor, ${list(others)} ulaşıyor: arıza ajanın tarafında.`,
    "last-mile": `Son kilometre${at}: ${list(probes)} yanıt vermiyor, ondan önceki hiçbir hedefte arıza yok.`,
    aggregation: `Toplama katmanı${at}: ${list(probes)} hiçbir ajana yanıt vermiyor.${more}`,
    upstream: `Üst sağlayıcı: ${list(probes)} hiçbir ajana yanıt vermiyor.${more}`,
    service: `Hizmet: ${list(probes)} beklendiği gibi yanıt vermiyor, ondan önceki hiçbir hedefte arıza yok.`,
    path: `Yol: ${list(probes)} ${list(agents)} ajanına yanıt vermiyor, ${list(others)} ajanına veriyor.`,
  }
  return texts[place]
}

export const probes: Messages["probes"] = {
  title: "Yoklamalar",
  lead: "Ajanlar cihazların yanında hizmetleri de yoklar: arızanın yeri bulunsun diye aynı anda birkaç ajandan.",
  failed: "Yoklamalar yüklenemedi",
  emptyTitle: "Yoklama yok",
  emptyText:
    "Ajanlar müşteri ağ geçitlerini, üst sağlayıcıları, çözümleyicileri ve web sitelerini yoklasın.",
  emptyDevice: "Bu cihaza ait yoklama yok.",
  add: "Yoklama ekle",
  edit: "Düzenle",
  run: "Şimdi çalıştır",
  ran: (name) => `${name} şimdi çalışıyor; değerleri saniyeler içinde gelir.`,
  findings: "Arızanın yeri",
  finding,
  list: "Yoklamalar",
  segments: {
    "last-mile": "Son kilometre",
    aggregation: "Toplama katmanı",
    upstream: "Üst sağlayıcı",
    service: "Hizmet",
  },
  templates: {
    "customer-gateway": "Müşteri ağ geçidi: ping",
    upstream: "Üst sağlayıcı: ping ve yol",
    resolver: "Çözümleyici: ping ve DNS",
  },
  outcomes: {
    ok: "Beklendiği gibi yanıt veriyor",
    "wrong-answer": "Beklenenden başka bir yanıt",
    "wrong-status": "Beklenenden başka bir durum kodu",
    "too-many-redirects": "Çok fazla yönlendirme",
    "not-the-protocol": "Yanıt başka bir protokolden",
    "dns-name-missing": "Ad yok (NXDOMAIN)",
    "dns-server-failure": "Sunucu başarısız oldu (SERVFAIL)",
    "dns-refused": "Sunucu soruyu reddediyor (REFUSED)",
    "dns-error": "Sunucu hatayla yanıt verdi",
    "certificate-invalid": "Sertifika geçerli değil",
    "tls-failed": "TLS bağlantısı kurulamadı",
    "connection-refused": "Bağlantı reddedildi",
    "connection-closed": "Bağlantı kapatıldı",
    "name-not-found": "Ad bulunamadı",
    "no-route": "Yol yok",
    "no-answer": "Yanıt yok",
    "not-allowed": "Ajanın bu adrese bağlanma izni yok",
    "not-possible": "Ajan bu yoklamayı çalıştıramıyor",
  },
  off: "kapalı",
  everySeconds: (s) => `${s} saniyede bir`,
  waiting: "Henüz değer yok",
  noAgents: "Hiçbir ajan çalıştırmıyor.",
  hops: (n) => `${n} atlama`,
  path: "Yol",
  pathWas: "Önceki",
  unansweredHop: "sessiz",
  notReached: "hedef yanıt vermiyor",
  loss: (text) => `${text} kayıp`,
  certificate: (days) =>
    days < 0
      ? "sertifikanın süresi doldu"
      : `sertifikanın süresi ${Math.floor(days)} gün sonra doluyor`,
  phases: { nameMs: "ad", connectMs: "bağlantı", tlsMs: "TLS", firstByteMs: "ilk bayt" },
  form: {
    heading: "Yoklama ekle",
    headingEdit: (name) => `${name} yoklamasını değiştir`,
    template: "Şablon",
    noTemplate: "Yok: kendi yoklamanız",
    templateHost: "Ağ geçidinin, hedefin veya çözümleyicinin adresi",
    name: "Ad",
    nameHint: "Grafiklerinin adlarının parçasıdır. Sonradan değiştirilemez.",
    device: "Cihaz",
    deviceHint: "Yoklamanın grafikleri ve uyarıları bu cihazdadır, bakımı da öyle.",
    segment: "Ağın bölümü",
    segmentHint: "Hedefin yeri. Son kilometre, toplama, üst sağlayıcı ve hizmeti ayırt eder.",
    kind: "Tür",
    kinds: {
      icmp: "Ping (ICMP)",
      tcp: "TCP bağlantısı",
      http: "HTTP veya HTTPS",
      dns: "DNS sorusu",
      trace: "Yol (traceroute)",
    },
    host: "Hedef",
    port: "Bağlantı noktası",
    url: "Adres (URL)",
    status: "Beklenen durum kodları",
    statusHint: "İlk ve son, örneğin 200-299.",
    contains: "Yanıttaki metin",
    verified: "Sertifika geçerli olmalı",
    server: "DNS sunucusu",
    dnsName: "Ad",
    dnsType: "Tür",
    expects: "Beklenen yanıt",
    every: "Aralık (saniye)",
    timeout: "Zaman aşımı (milisaniye)",
    agents: "Ajanlar",
    agentsHint: "Seçilmezse tüm ajanlar çalıştırır.",
    enabled: "Açık",
    save: "Kaydet",
    saved: "Yoklama kaydedildi.",
    made: (n) => `${n} yoklama eklendi.`,
    remove: "Kaldır",
    removed: "Yoklama kaldırıldı.",
    confirm: "Bu yoklama kaldırılsın mı? Grafikleri saklama süreleri bitene kadar kalır.",
  },
}
