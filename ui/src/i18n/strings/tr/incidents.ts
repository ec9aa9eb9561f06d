import type { Messages } from "../../translation.ts"
import { many } from "./many.ts"

const alertKind: Record<string, string> = {
  "device-unreachable": "Ping ve TCP",
  "agent-offline": "Ajanın yaşam belirtisi",
}
const reason: Record<string, string> = {
  "probes-unanswered": "bir dizi yoklama ve bir TCP bağlantısı yanıtsız kaldı",
  "probe-missed": "bir yoklama kaçtı, yenileri yolda",
  loss: "yoklamalar kayboluyor",
  "port-down": "yönlendirici bağlantı olmadığını bildiriyor",
  "port-up": "yönlendirici bağlantı olduğunu bildiriyor",
  "port-up-again": "bağlantı geri geldi, kararlı olana kadar izleniyor",
  "port-up-for-hold": "bağlantı kararlı",
  "disabled-by-admin": "bir yönetici kapattı",
  answers: "yanıt veriyor",
  "answers-again": "yeniden yanıt veriyor, kararlı olana kadar izleniyor",
  "answered-for-hold": "kararlı biçimde yanıt verdi",
  offline: "yaşam belirtisi yok",
  online: "duyuluyor",
  "online-again": "yeniden duyuluyor, kararlı olana kadar izleniyor",
  "online-for-hold": "kararlı biçimde duyuldu",
  "agent-offline": "ajanı sessiz, kimse bakamıyor",
  "no-data-yet": "henüz bakılmadı",
  reports: "kendisi bildiriyor",
  "reports-again": "yeniden bildiriyor",
  "reported-for-hold": "kararlı biçimde bildirdi",
  "reports-missing": "kendi bildirimleri kesildi",
  "no-recent-data": "son zamanlarda kimse bakmadı",
  "samples-rejected": "ajanının ölçümleri reddediliyor",
  "not-stored": "sunucu kaydedemiyor",
  "no-longer-monitored": "artık izlenmiyor",
}

export const incidents: Messages["incidents"] = {
  failed: "Arızalar yüklenemedi",
  oneFailed: "Arıza yüklenemedi",
  state: { open: "Açık", acknowledged: "Üstlenildi", closed: "Kapandı" },
  all: "Tümü",
  filter: "Durum",
  emptyTitle: "Şimdiye kadar arıza yok",
  emptyText:
    "Bir yönlendirici veya bağlantı arızalandığında neyin bozulduğu ve kimin etkilendiği saniyeler içinde burada görünür.",
  noneOf: {
    open: "Açık arıza yok.",
    acknowledged: "Üzerinde çalışılan arıza yok.",
    closed: "Henüz kapanan arıza yok.",
  },
  newOnes: (n) => many(n, "yeni arıza"),
  couldAlso: "Şu da olabilir",
  impact: (down, unreachable) =>
    [down === 0 ? "" : `${down} kapalı`, unreachable === 0 ? "" : `${unreachable} arkasında`]
      .filter(Boolean)
      .join(" · ") || "ulaşılamayan cihaz yok",
  symptoms: (n) => many(n, "belirti"),
  by: (name) => `${name} tarafından`,
  acknowledge: "Üstlen",
  acknowledged: (title) => `Üstlenildi: ${title}`,
  unacknowledge: "Geri al",
  unacknowledged: "Üstlenme geri alındı.",
  older: "Daha eski arızalar",
  lasted: (span) => `${span} sürdü`,
  number: (n) => `#${n}`,
  goneTitle: "Böyle bir arıza yok",
  goneText: "Adres yanlış ya da arıza başka bir kuruluşa ait.",
  since: "süre:",
  opened: "Açıldı",
  closed: "Kapandı",
  cause: "Neden",
  why: "Neden böyle düşünülüyor",
  whyThen: "Neden böyle düşünülmüştü",
  next: "Sonraki adım",
  actions: "İşlemler",
  note: "Not",
  notePlaceholder: "Ne buldunuz, ne yaptınız, kimi aradınız",
  addNote: "Not ekle",
  noted: "Not zaman çizelgesinde.",
  notPermitted: "Rolünüz arızaları okuyabilir; bir operatör veya yönetici üstlenir.",
  blast: "Etki alanı",
  blastNone: "Bunlardan hiçbiri artık envanterde değil.",
  more: (n) => `+ ${n} tane daha`,
  legend: { cause: "neden", maybe: "o da olabilir" },
  onMap: "Harita",
  onGraph: "Çizge",
  symptomsTitle: "Belirtiler",
  noEvidence: "Artık belirti yok.",
  evidenceOver: (n) => `${n} geçti`,
  elsewhere: "Burada artık sayılmıyor: şimdi başka bir arıza açıklıyor",
  notEvaluated: "cihazları değerlendirilmiyor",
  notEvaluatedInFull: "Cihazları hakkında bir şey bilinmiyor",
  wasNotEvaluated: "cihazları değerlendirilmedi",
  timeline: "Zaman çizelgesi",
  symptomRole: {
    cause: "Arızanın kendisi",
    evidence: "Komşuların bildirdiği",
    downstream: "Arkasında gizlenen",
  },
  phase: {
    ok: "Geçti",
    degraded: "Dalgalanıyor",
    down: "Kapalı",
    recovering: "Toparlanıyor",
    unknown: "Bilinmiyor",
  },
  kind: { link: "bağlantı", device: "yönlendirici", agent: "ajan", site: "elektrik:" },
  reason: (name) => reason[name] ?? name,
  portDown: (port) => `Arayüz ${port}`,
  alertKind: (name) => alertKind[name] ?? name,
  timelineKind: {
    "cause-changed": "Neden değişti",
    note: "Not",
    closed: "Kapandı",
    reopened: "Yeniden açıldı",
    opened: "Açıldı",
  },
  step: {
    linkEnds: (name, ends) =>
      `${name} bağlantısının iki ucuna bakın: ${ends}. İkisinde de ışık yoksa hat kesiktir, sahibini arayın. Yalnızca bir uçta ışık varsa önce o ucun optiğinden veya ara kablosundan şüphelenin.`,
    linkBare: (name) =>
      `${name} bağlantısının iki ucuna bakın: ışık seviyesi, optik, ara kablo. Sonra hattın sahibini arayın.`,
    end: (device, port) => (port === null ? device : `${device} üzerinde ${port}`),
    deviceNoPower: (name, where) =>
      `Komşuları ona giden bağlantıyı kaybetti; ${name} büyük olasılıkla elektriksiz veya yeniden başladı. ${where} için elektriği sorun; varsa güç şeridinden veya konsoldan yeniden başlatın.`,
    deviceHangs: (name, where) =>
      `Komşularının bağlantısı sürüyor; ${name} elektrikli ama yanıt vermiyor. Konsolunu veya ${where} sahasındaki bir komşudan MAC ile Winbox'ı deneyin; takıldıysa yeniden başlatın.`,
    deviceNotReporting: (name, where) =>
      `${where} için sorun: ${name} elektrikli mi, bildirdiği hat çalışıyor mu? Buradan kimse bakamıyor.`,
    unreported: (name) =>
      `${name} cihazına kimse bakmıyor: bilinen tek şey bildirimlerinin kesildiği. Sayfasında “Kendisi bildiriyor” altında reddedilip reddedilmediğine bakın; betiği mi kaldırıldı, bu sunucuya yolu mu kapandı?`,
    atSite: (site) => site,
    nowhere: "sahası",
    carrier: (name) =>
      `${name} taşıyıcısını arayın: hat ve ucundaki cihaz onundur. ${name} çalışıyor mu, sorun: çalışıyorsa arıza hattadır.`,
    informCarrier: (ports) => ` Şurada bağlantı olmadığını söyleyin: ${ports}.`,
    upstreamsLeft: (names, n) =>
      n === 1
        ? `${names} hâlâ yanıt veriyor; başka bir üst sağlayıcı ayakta.`
        : `${names} hâlâ yanıt veriyor; başka üst sağlayıcılar ayakta.`,
    upstreamsGone: (names) =>
      `Başka hiçbir üst sağlayıcı yanıt vermiyor: ${names}. Müşteriler internetsiz olabilir.`,
    agentIsolated: (name, where) =>
      `${name} ajanı çalışıyor ve duyuluyor; kaybettiği, ağa giden yoludur: kendi arayüzüne ve kablosuna bakın, ${where}. Cihazlarını yeniden görene kadar onları kimse değerlendirmez.`,
    towards: (device) => `${device} yönünde, sonra ${device} cihazının kendisine`,
    towardsAny: "önce onlara, sonra ulaştıkları yönlendiriciye",
    agent: (name) =>
      `${name} ajanının makinesine bakın: çalışıyor mu, ağda mı, bu sunucuya ulaşıyor mu? Duyulana kadar cihazlarını kimse değerlendirmez.`,
    site: (name) =>
      `${name} sahasına en yakın kişiye sahada elektrik olup olmadığını sorun: şebeke, sigorta, akü. Varsa yönlendiricilere tek tek bakılır.`,
    waiting: (n) =>
      `${many(n, "yeniden bakış")} daha sürüyor ve bunu değiştirebilir. Birini yola çıkarmadan önce biraz bekleyin.`,
    recovering:
      "Yeniden yanıt veriyor. Her şey birkaç saniye kararlı kalınca kendiliğinden kapanır.",
  },
}
