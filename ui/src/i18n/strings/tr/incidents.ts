import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { Messages } from "../../translation.ts"

const alertKind: Record<string, string> = {
  "device-unreachable": "Ping ve TCP yoklamaları",
  "agent-offline": "Ajanın yaşam belirtisi",
}
const reason: Record<string, string> = {
  "probes-unanswered": "ping ve TCP doğrulama yoklamalarına yanıt yok",
  "probe-missed": "bir yoklama yanıtsız; doğrulama sürüyor",
  loss: "paket kaybı",
  "port-down": "yönlendirici bağlantı olmadığını bildiriyor",
  "port-up": "yönlendirici bağlantı olduğunu bildiriyor",
  "port-up-again": "bağlantı geri geldi; bekleme süresi işliyor",
  "port-up-for-hold": "bağlantı bekleme süresince ayakta kaldı",
  "disabled-by-admin": "bir yönetici devre dışı bıraktı",
  answers: "yanıt veriyor",
  "answers-again": "yeniden yanıt veriyor; bekleme süresi işliyor",
  "answered-for-hold": "bekleme süresince yanıt verdi",
  offline: "yaşam belirtisi yok",
  online: "yaşam belirtisi geliyor",
  "online-again": "yaşam belirtisi yeniden geliyor; bekleme süresi işliyor",
  "online-for-hold": "bekleme süresince yaşam belirtisi geldi",
  "agent-offline": "ajanı çevrimdışı, yoklama yapamıyor",
  "no-data-yet": "henüz veri yok",
  reports: "bildirimleri geliyor",
  "reports-again": "bildirimleri yeniden geliyor",
  "reported-for-hold": "bekleme süresince bildirim geldi",
  "reports-missing": "bildirimleri kesildi",
  "no-recent-data": "güncel veri yok",
  "samples-rejected": "ajanının ölçümleri reddediliyor",
  "not-stored": "sunucu veri kaydedemiyor",
  "no-longer-monitored": "artık izlenmiyor",
  "condition-not-met": "kuralın koşulu sağlanmıyor",
  "condition-met": "koşul sağlanıyor, ama henüz yeterince uzun süredir değil",
  "condition-over": "koşul yeterince uzun sürmeden sona erdi",
  raised: "koşul sağlanıyor",
  "raised-again": "koşul yeniden sağlanıyor",
  "severity-raised": "koşul daha yüksek bir önem derecesi için sağlanıyor",
  "severity-lowered": "koşul yalnızca daha düşük bir önem derecesi için sağlanıyor",
  "condition-back": "koşul çok kısa süreliğine sona ermişti",
  "condition-ending": "koşul sona erdi; toparlanma süresi işliyor",
  recovered: "koşul sona erdi",
  flapping: "kararsız: toparlanma her seferinde daha uzun sürer",
  "device-not-answering": "cihazı yanıt vermiyor",
  "late-data": "geç gelen veriyle düzeltildi",
  "rule-changed": "kural değiştirildi ya da kaldırıldı",
  "out-of-scope": "kural artık bununla ilgili değil",
}

export const incidents: Messages["incidents"] = {
  failed: "Arızalar yüklenemedi",
  oneFailed: "Arıza yüklenemedi",
  closedWhen: "Çözülen arızalar",
  noneClosedThen: "Bu zaman aralığında kapanmış arıza yok.",
  state: { open: "Açık", acknowledged: "Üstlenildi", closed: "Çözüldü" },
  all: "Tümü",
  filter: "Durum",
  emptyTitle: "Henüz arıza yok",
  emptyText:
    "Bir yönlendirici veya bağlantı arızalandığında arıza kaydı saniyeler içinde burada görünür: nedeni ve etkilenen cihazlar.",
  noneOf: {
    open: "Açık arıza yok.",
    acknowledged: "Üstlenilmiş arıza yok.",
    closed: "Çözülmüş arıza yok.",
  },
  newOnes: (n) => many(n, "yeni arıza"),
  couldAlso: "Şu da olabilir",
  impact: (down, unreachable) =>
    [down === 0 ? "" : `${down} kapalı`, unreachable === 0 ? "" : `${unreachable} ulaşılamıyor`]
      .filter(Boolean)
      .join(" · ") || "kapalı cihaz yok",
  symptoms: (n) => many(n, "belirti"),
  by: (name) => `${name} tarafından`,
  acknowledge: "Üstlen",
  acknowledged: (title) => `Üstlenildi: ${title}`,
  unacknowledge: "Üstlenmeyi geri al",
  unacknowledged: "Üstlenme geri alındı.",
  older: "Daha eski arızalar",
  lasted: (span) => `${span} sürdü`,
  number: (n) => `#${n}`,
  goneTitle: "Arıza bulunamadı",
  goneText: "Adres yanlış ya da arıza başka bir kuruluşa ait.",
  since: "süre:",
  opened: "Açıldı",
  closed: "Çözüldü",
  cause: "Neden",
  why: "Bu nedenin gerekçesi",
  whyThen: "O zamanki gerekçe",
  next: "Sonraki adım",
  actions: "İşlemler",
  note: "Not",
  notePlaceholder: "Ne buldunuz, ne yaptınız, kimi aradınız",
  addNote: "Not ekle",
  noted: "Not zaman çizelgesine eklendi.",
  mentionsNobody: (names) => `Bu arızayı görebilenler arasında şu adla kimse yok: ${names}.`,
  mentionsWithoutChannel: (names) => `Kendi kanalları olmadığı için bildirim gitmedi: ${names}.`,
  notPermitted: "Rolünüz arızaları yalnızca okuyabilir. Operatörler ve yöneticiler üstlenebilir.",
  blast: "Etki alanı",
  blastNone: "Bu cihaz ve bağlantılardan hiçbiri artık envanterde değil.",
  more: (n) => `+ ${n} tane daha`,
  legend: { cause: "neden", maybe: "olası neden" },
  onMap: "Harita",
  onGraph: "Çizge",
  symptomsTitle: "Belirtiler",
  noEvidence: "Kalan belirti yok.",
  evidenceOver: (n) => `${n} çözüldü`,
  elsewhere: "Burada artık sayılmıyor: artık başka bir arızanın parçası",
  notEvaluated: "cihazları değerlendirilmiyor",
  notEvaluatedInFull: "Cihazlarının durumu bilinmiyor",
  wasNotEvaluated: "cihazları değerlendirilmedi",
  timeline: "Zaman çizelgesi",
  symptomRole: {
    cause: "Kök neden",
    evidence: "Komşuların bildirdiği",
    downstream: "Aşağı yönde",
  },
  phase: {
    ok: "Çözüldü",
    pending: "Bekliyor",
    degraded: "Bozulmuş",
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
    closed: "Çözüldü",
    reopened: "Yeniden açıldı",
    opened: "Açıldı",
  },
  step: {
    linkEnds: (name, ends) =>
      `${name} bağlantısının iki ucunu denetleyin: ${ends}. İkisinde de ışık yoksa hat kesiktir; sahibini arayın. Yalnızca bir uçta ışık varsa önce o ucun optiğini ve ara kablosunu denetleyin.`,
    linkBare: (name) =>
      `${name} bağlantısının iki ucunu denetleyin: ışık seviyesi, optik, ara kablo. Sonra hattın sahibini arayın.`,
    end: (device, port) => (port === null ? device : `${device} üzerinde ${port}`),
    deviceNoPower: (name, where) =>
      `Komşuları ona giden bağlantıyı kaybetti; ${name} büyük olasılıkla elektriksiz veya yeniden başladı. ${where} için elektriği sorun; varsa güç şeridinden veya konsoldan yeniden başlatın.`,
    deviceHangs: (name, where) =>
      `Komşularının bağlantısı sürüyor; ${name} elektrikli ama yanıt vermiyor. Konsolunu veya ${where} sahasındaki bir komşudan MAC ile Winbox'ı deneyin; takıldıysa yeniden başlatın.`,
    deviceNotReporting: (name, where) =>
      `${where} için sorun: ${name} cihazında elektrik var mı, bildirim yaptığı hat çalışıyor mu? Hiçbir ajan onu yoklayamıyor.`,
    unreported: (name) =>
      `${name} cihazını izleyen ajan yok: bilinen tek şey bildirimlerinin kesildiği. Sayfasında “Kendi bildirimleri” sekmesinde bildirimlerinin reddedilip reddedilmediğine bakın. Reddedilmiyorsa betiğinin kaldırılıp kaldırılmadığını ve bu sunucuya yolunun açık olup olmadığını denetleyin.`,
    atSite: (site) => site,
    nowhere: "sahası",
    carrier: (name) =>
      `${name} taşıyıcısını arayın; hat ve ucundaki cihaz onundur. ${name} çalışıyor mu, sorun: çalışıyorsa arıza hattadır.`,
    informCarrier: (ports) => ` Şurada bağlantı olmadığını söyleyin: ${ports}.`,
    upstreamsLeft: (names, n) =>
      n === 1
        ? `${names} hâlâ yanıt veriyor; başka bir üst sağlayıcı ayakta.`
        : `${names} hâlâ yanıt veriyor; başka üst sağlayıcılar ayakta.`,
    upstreamsGone: (names) =>
      `Başka hiçbir üst sağlayıcı yanıt vermiyor: ${names}. Müşteriler internetsiz olabilir.`,
    agentIsolated: (name, where) =>
      `${name} ajanından yaşam belirtisi geliyor; ağa giden yolunu kaybetmiş: kendi arayüzünü ve kablosunu denetleyin, ${where}. Cihazlarına yeniden ulaşana kadar onlar değerlendirilmez.`,
    towards: (device) => `${device} yönünde, sonra ${device} cihazının kendisini`,
    towardsAny: "önce onları, sonra ulaştıkları yönlendiriciyi",
    agent: (name) =>
      `${name} ajanının makinesini denetleyin: çalışıyor mu, ağda mı, bu sunucuya ulaşıyor mu? Ajan yeniden çevrimiçi olana kadar cihazları değerlendirilmez.`,
    site: (name) =>
      `${name} sahasına en yakın kişiye sahada elektrik olup olmadığını sorun: şebeke, sigorta, akü. Varsa yönlendiricilerini tek tek denetleyin.`,
    waiting: (n) =>
      `${many(n, "yeniden denetim")} sürüyor ve bunu değiştirebilir. Birini yola çıkarmadan önce sonuçları bekleyin.`,
    rule: (name) => `${name} grafiklerini açın: ne zaman başladı ve o sırada başka ne değişti?`,
    recovering:
      "Yeniden yanıt veriyor. Her şey birkaç saniye kararlı kalınca arıza kendiliğinden kapanır.",
  },
}
