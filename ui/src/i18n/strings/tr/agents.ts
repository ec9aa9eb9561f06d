import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { Messages } from "../../translation.ts"

/** Tenths of a second where they matter, else the largest unit that says it. */
const skewText = (ms: number): string => {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace(".", ",")} sn`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} dk`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} sa` : `${Math.round(minutes / 1_440)} gün`
}

export const agents: Messages["agents"] = {
  failed: "Ajanlar yüklenemedi",
  emptyTitle: "Henüz ajan yok",
  emptyText:
    "Ajan, yönlendiricilerinizin yakınında çalışan küçük bir programdır: onları okur, buradaki hat kesikken okuduklarını saklar ve sonra gönderir. Her yer için bir tane yeter. Bir ajan oluşturun ve verdiği komutu çalıştırın.",
  add: "Ajan oluştur",
  state: {
    none: "Hiç kaydolmadı",
    waiting: "Bekleniyor",
    enrolled: "Canlı",
    revoked: "İptal edildi",
  },
  offline: "Sessiz",
  problem: {
    "identity-shared": "İki makine",
    "samples-rejected": "Reddedildi",
    "clock-skew": "Saati yanlış",
    other: "Sorun",
  },
  count: (n) => many(n, "ajan"),
  columns: {
    state: "Durum",
    name: "Ad",
    seen: "Yaşam belirtisi",
    version: "Sürüm",
    certificate: "Sertifika",
    buffer: "Tamponda",
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
    "Ulaşılabilirlik yalnızca TCP ile değerlendiriliyor. Makinesine fping kurup ajanı yeniden başlatın.",
  syslog: (port) => `Syslog ${port}`,
  noSyslog: "Syslog yok",
  notes: "Notlar",
  form: {
    heading: "Ajan oluştur",
    editHeading: (name) => `${name} ajanını değiştir`,
    name: "Ad",
    nameHint: "Bulunduğu yerin adı, örneğin ankara-pop",
    site: "Saha",
    device: "Bağlı olduğu",
    deviceHint:
      "Makinesinin bağlı olduğu yönlendirici. Neyin neyin arkasında olduğu oradan hesaplanır.",
    networks: "İzinli ağlar",
    networksHint:
      "Erişebileceği ağlar, örneğin 10.0.0.0/8; birden çoksa boşlukla. Boş: geridöngü, yerel bağlantı ve kendi adresleri dışında her yer.",
    none: "Henüz bilinmiyor",
    make: "Oluştur",
    save: "Kaydet",
    saved: (name) => `${name} kaydedildi.`,
  },
  enrol: {
    heading: "Kayıt",
    text: "Bu komutu ajanın makinesinde çalıştırın. Anahtar standart girdiden verilir; bir kez ve on dakika geçerlidir.",
    again:
      "Başka bir makineye taşımak için veya sertifikasının süresi dolduysa yeni bir anahtar oluşturun.",
    make: "Anahtar oluştur",
    anew: "Yeni anahtar oluştur",
    left: (span) => `${span} daha geçerli`,
    over: "Anahtarın süresi kullanılmadan doldu. Yenisini oluşturun.",
    pendingElsewhere:
      "Bir anahtar verildi ve yalnızca oluşturulduğunda gösterildi. Kayıp mı? Yenisi onun yerine geçer.",
    waiting: "Bağlanması bekleniyor…",
    live: (name) => `${name} canlı.`,
    next: "Yönlendirici ata",
    elsewhere: (address, agentApiUrl) =>
      `${address} yalnızca bu makinedir. Başka bir makinede yerine ${agentApiUrl} yazın veya bu sayfayı o makinenin ulaşabileceği bir adresten açın.`,
    loopback: (url) =>
      `Ajanlar yalnızca ${url} adresinden kabul ediliyor; bu, yalnızca bu makinedir ve komut başka makinede çalışmaz. Başkalarını kabul etmek için sunucuyu ISPVM_AGENT_API_BIND ağının bir adresine ayarlanmış olarak başlatın.`,
  },
  edit: "Değiştir",
  revoke: "İptal et",
  revokeHeading: (name) => `${name} iptal edilsin mi?`,
  revokeText: (n) =>
    n === 0
      ? "Bir sonraki isteğinden itibaren, yeniden kaydolana kadar reddedilir."
      : `Bir sonraki isteğinden itibaren reddedilir ve yeniden kaydolana kadar ${many(n, "cihazını")} kimse izlemez.`,
  revoked: (name) => `${name} iptal edildi.`,
  remove: "Sil",
  removeHeading: (name) => `${name} silinsin mi?`,
  removeText: (n) =>
    n === 0
      ? "Hiçbir cihazı izlemiyor. Bu geri alınamaz."
      : `${many(n, "cihazı")} kalır ve başka bir ajan devralana kadar izlenmez.`,
  removed: (name) => `${name} silindi.`,
  gone: "Bu ajan silindi.",
}
