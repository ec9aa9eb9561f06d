import { many } from "@ispvm/appliance/messages/tr-phrases"
import { createSkewText } from "../../format/skew.ts"
import type { Messages } from "../../translation.ts"

const skewText = createSkewText({ s: "sn", min: "dk", h: "sa", d: "gün" }, ",")

export const agents: Messages["agents"] = {
  failed: "Ajanlar yüklenemedi",
  emptyTitle: "Henüz ajan yok",
  emptyText:
    "Ajan, yönlendiricilerinizin yakınında çalışan küçük bir programdır. Onları yoklar ve okur, sunucuya ulaşılamazken sonuçları saklar. Her yer için bir ajan yeter. Bir ajan ekleyin ve gösterilen komutu çalıştırın.",
  add: "Ajan ekle",
  state: {
    none: "Hiç kaydolmadı",
    waiting: "Kayıt bekleniyor",
    enrolled: "Canlı",
    revoked: "İptal edildi",
  },
  offline: "Çevrimdışı",
  problem: {
    "identity-shared": "Yinelenen kimlik",
    "samples-rejected": "Ölçümler reddediliyor",
    "clock-skew": "Saat farkı",
    other: "Sorun",
  },
  count: (n) => many(n, "ajan"),
  columns: {
    state: "Durum",
    name: "Ad",
    seen: "Yaşam belirtisi",
    version: "Sürüm",
    certificate: "Sertifika",
    buffer: "Bekleyen",
    devices: "Cihazlar",
    skew: "Saat",
    can: "Yetenekler",
    site: "Saha",
    host: "Makine",
    attachedTo: "Bağlı olduğu",
  },
  days: (n) => many(n, "gün kaldı"),
  expired: "süresi doldu",
  empty: "boş",
  batches: (n) => many(n, "paket"),
  oldest: (span) => `en eskisi ${span}`,
  skew: (ms) =>
    Math.abs(ms) < 1_000 ? "uyumlu" : `${skewText(Math.abs(ms))} ${ms > 0 ? "ileri" : "geri"}`,
  icmp: "Ping",
  noIcmp: "Ping yok",
  noIcmpHint:
    "Cihazlar yalnızca TCP ile yoklanıyor. Makinesine fping kurup ajanı yeniden başlatın.",
  syslog: (port) => `Syslog ${port}`,
  noSyslog: "Syslog yok",
  notesCount: (n) => `${n} not`,
  update: {
    label: "Güncelleme",
    states: {
      current: () => "Güncel",
      waiting: (version) => `Sırasını bekliyor: ${version}`,
      updating: (version) => `${version} sürümüne güncelleniyor`,
      failed: (version) => `${version} sürümünden geri döndü`,
    },
    reasons: {
      "no-heartbeat": "Yeni sürüm bir dakika içinde sunucuya ulaşamadı.",
      "no-answer": "Ajan, yarım saat içinde sonucu bildirmedi.",
      "install-failed": "Paket kurulamadı.",
      killed: "Güncelleme bitmeden sonlandırıldı ya da makine durdu.",
      "not-started": "Yeni sürüm başlamadı.",
      "foreign-key":
        "Ajanın makinesinin güvenmediği bir anahtarla imzalanmış (/etc/ispvm-agent/trust.d).",
      other: "Nedeni, ajanın makinesindeki ispvm-agent-update günlüğünde yazar.",
    },
    stopped: "Bu ajan çalışana kadar başka ajan güncellenmez.",
    retry: "Güncellemeyi yeniden dene",
    retried: (name) => `Güncelleme ${name} ajanına yeniden sunuluyor.`,
  },
  notes: "Notlar",
  form: {
    heading: "Ajan ekle",
    editHeading: (name) => `${name} ajanını düzenle`,
    name: "Ad",
    nameHint: "Örneğin bulunduğu yerin adı: ankara-pop",
    site: "Saha",
    device: "Bağlı olduğu",
    deviceHint: "Ajanın makinesinin bağlı olduğu yönlendirici. Yukarı ve aşağı yön oradan görülür.",
    networks: "İzinli ağlar",
    networksHint:
      "Ajanın erişebileceği ağlar, örneğin 10.0.0.0/8. Birden çoksa boşlukla ayırın. Boşsa: geridöngü, yerel bağlantı ve kendi adresleri dışında tümü.",
    none: "Bilinmiyor",
    make: "Ajan ekle",
    save: "Kaydet",
    saved: (name) => `${name} kaydedildi.`,
  },
  enrol: {
    heading: "Kayıt",
    text: "Bu komutu ajanın makinesinde çalıştırın. Komut anahtarı standart girdiden verir. Anahtar bir kez ve on dakika geçerlidir.",
    again:
      "Ajanı başka bir makineye taşımak için veya sertifikasının süresi dolduysa yeni bir anahtar oluşturun.",
    make: "Anahtar oluştur",
    anew: "Yeni anahtar oluştur",
    left: (span) => `${span} daha geçerli`,
    over: "Anahtarın süresi doldu. Yenisini oluşturun.",
    pendingElsewhere:
      "Bir anahtar var. Yalnızca oluşturulduğunda gösterildi. Yeni bir anahtar onun yerine geçer.",
    waiting: "Ajanın bağlanması bekleniyor…",
    live: (name) => `${name} canlı.`,
    next: "Yönlendirici ata",
    elsewhere: (address, agentApiUrl) =>
      `${address} bu makinenin bir geridöngü adresidir. Başka bir makinede yerine ${agentApiUrl} yazın veya bu sayfayı o makinenin ulaşabileceği bir adresten açın.`,
    loopback: (url) =>
      `Ajan API'si ${url} adresinde dinliyor; bu bir geridöngü adresidir. Komut yalnızca bu makinede çalışır. Başka makinelerdeki ajanları bağlamak için ISPVM_AGENT_API_BIND değerini bir ağ adresine ayarlayıp sunucuyu yeniden başlatın.`,
  },
  more: "Cihazlar, yük ve gönderdikleri",
  edit: "Düzenle",
  revoke: "İptal et",
  revokeHeading: (name) => `${name} iptal edilsin mi?`,
  revokeText: (n) =>
    n === 0
      ? "Yeniden kaydolana kadar tüm istekleri reddedilir."
      : `Yeniden kaydolana kadar tüm istekleri reddedilir ve ${many(n, "cihazı")} izlenmez.`,
  revoked: (name) => `${name} iptal edildi.`,
  remove: "Sil",
  removeHeading: (name) => `${name} silinsin mi?`,
  removeText: (n) =>
    n === 0
      ? "Hiçbir cihazı izlemiyor. Bu geri alınamaz."
      : `${many(n, "cihazı")} kalır ve siz başka bir ajan atayana kadar izlenmez.`,
  removed: (name) => `${name} silindi.`,
  gone: "Bu ajan silindi.",
}
