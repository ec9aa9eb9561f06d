import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { PageMessages } from "../../translation.ts"

type Texts = PageMessages["agentPage"]

const kinds: Texts["sent"]["kinds"] = {
  samples: {
    title: "Ölçümler",
    text: "Arayüz, sensör, kuyruk, tünel ve radyo değerleri. Kuyruk, tünel ve radyo adları müşteri adı olabilir.",
  },
  tables: {
    title: "Tablo satırları",
    text: "Yönlendiricilerin oturum, kiralama, komşu, kuyruk, rota ve öteki tabloları. Müşterilerin kullanıcı adları, bilgisayar adları, açıklamaları ve adresleri buradadır.",
  },
  events: {
    title: "Günlük satırları ve olaylar",
    text: "Yönlendiricilerin günlük satırları ve SNMP tuzakları, ayrıca ajanın kendi bulduğu olaylar; örneğin bir yeniden başlatma.",
  },
  probes: {
    title: "Yoklamalar",
    text: "Ping ve hizmet yoklamalarının sonuçları. Müşteri adı içermezler.",
  },
  facts: {
    title: "Bilgiler",
    text: "Kimlik, kart, sürüm, arayüzlerin adları ve açıklamaları.",
  },
  answers: {
    title: "Sunucuya yanıtlar",
    text: "Erişim denemelerinin sonuçları ve betik sayfasının karşılaştırdığı yönlendirici ayarları. Bir ayar gizli olabileceği için örnek tutulmaz.",
  },
  diagnostics: {
    title: "Tanılama çıktısı",
    text: "Bir kişinin yönlendiricide çalıştırdığı komutların çıktısı. Gizli bilgileri ajan çıkarır.",
  },
  heartbeats: {
    title: "Yaşam sinyalleri",
    text: "İki saniyede bir: sürüm, makine adı, bekleyen veri ve ajanın notları.",
  },
}
const names: Texts["redaction"]["names"] = {
  users: {
    title: "Kullanıcı adlarını takma adla değiştir",
    text: "Kullanıcı, hesap ve bilgisayar adları ile kuyruk, tünel ve radyo istemcisi adları, kuruluşun anahtarıyla HMAC olur; aynı ad hep aynı kalır. Açıklamalar ve günlük satırlarında ad olabilecek sözcükler gönderilmez.",
  },
  addresses: {
    title: "Müşteri adreslerini kısalt",
    text: "IPv4 adresleri /24, IPv6 adresleri /48, MAC adresleri üretici kısmına kadar. Cihazların ve komşuların adresleri kalır.",
  },
}
const states: Readonly<Record<Parameters<Texts["redaction"]["state"]>[0], string>> = {
  applied: "Yürürlükte",
  pending: "Ajan bekleniyor",
  offline: "Ajan çevrimdışı",
  "too-old": "Bu ajanın sürümü anahtarları tanımıyor. Ajanı güncelleyin.",
}

export const agentPage: Texts = {
  tabs: {
    label: "Ajan",
    sends: "Bu ajanın gönderdikleri",
  },
  devices: {
    title: "Cihazlar ve yük",
    failed: "Bu ajanın cihazları yüklenemedi",
    empty: "Bu ajanın cihazı yok",
    emptyText: "Ona yönlendirici atayın ya da devralan ajan olarak seçin.",
    label: "Cihazlar",
    roles: {
      reads: "Okuyor",
      incoming: "Okuyanın yanında okuyor, devralacak",
      probes: "Yalnız yokluyor",
    },
    figures: {
      reads: "Okunan cihaz",
      readsText: (probes) => `ve yalnız yoklanan ${probes}`,
      busy: "Toplayıcıların yükü",
      busyText: "%100, her an bir okuma demektir",
      received: "Yönlendiricilerden alınan",
      receivedText: "günde, ölçüldüğü gibi",
      backlog: "Bekleyen",
      backlogText: "sunucuyu bekleyen paket",
      lag: "Gecikme",
      lagText: "bekleyen en eski okumanın yaşı",
      noLag: "yok",
    },
    columns: {
      device: "Cihaz",
      role: "Görev",
      since: "Başlangıç",
      from: "Devralınan ajan",
      preferred: "Tercih edilen ajan",
      method: "Yöntem",
      cost: "Yük",
    },
    noOther: "Başka ajan yok",
    thisOne: "bu ajan",
    heldBy: (name) => `${name} okuyor`,
    noMethod: "Hiçbiri çalışmıyor",
    slowed: (n) => `${many(n, "toplayıcı")} yavaşlatıldı`,
  },
  back: "Bütün ajanlar",
  gone: "Böyle bir ajan yok",
  sent: {
    failed: "Ajanın gönderdikleri yüklenemedi",
    lead: "Bu ajanın sunucuya gönderdiği her şey, türüne göre. Sunucuya ulaştığı haliyle, sıkıştırılmadan önceki boyutuyla sayılır.",
    since: "Sayımın başlangıcı",
    kinds,
    messages: (n) => `${n} ileti`,
    rows: (n) => `${n} satır`,
    nothing: "Son bir saatte hiç yok",
    latest: "Ulaştığı haliyle son ileti",
    cut: (shown, all) => `${all} karakterin ilk ${shown} karakteri`,
    hidden: "Örnek görmek için aboneleri görme yetkisi gerekir.",
    none: "Sunucu başladığından beri örnek gelmedi.",
  },
  redaction: {
    heading: "Ajanların gizledikleri",
    failed: "Anahtarlar yüklenemedi",
    lead: "Ajanlar bu anahtarları bir şeyi saklamadan ve göndermeden önce kendileri uygular. Anahtarlar, ajan makinesinin ayarlarına (ISPVM_REDACT) eklenir; buradaki hiçbir şey o ayarları kapatmaz.",
    before:
      "Bir anahtardan önce gönderilen hiçbir şey yeniden yazılmaz. Saklama süresi dolana kadar sunucuda ve yedeklerde kalır.",
    names,
    save: "Kaydet",
    newKey: "Yeni bir anahtar kullan",
    newKeyText: "Müşteriler önce gönderilenlerle artık eşleşmez.",
    saved: "Kaydedildi. Ajanlar birkaç saniye içinde uygular.",
    unchanged: "Hiçbir şey değişmedi",
    only: "Bunu yalnız yöneticiler değiştirebilir.",
    here: "Bu ajanda",
    columns: { what: "Ne", floor: "Makinenin ayarı", appliance: "Anahtar", force: "Durum" },
    on: "Açık",
    off: "Kapalı",
    state: (state) => states[state],
    open: "Gizlenmiyor",
    key: {
      host: "Takma adların anahtarı ajan makinesindeki bir dosyadır. Sunucuda yoktur.",
      appliance:
        "Takma adların anahtarı sunucudan gelir. Sunucunun ana anahtarına sahip olan, adları deneyerek takma adın kime ait olduğunu bulabilir.",
    },
    check: "Anahtar denetimi",
    mismatch: (others) => `Müşteriler ${others} ile eşleşmez: bu ajanların anahtarı başka.`,
    history: "Değişiklikler",
    version: (n) => `Sürüm ${n}`,
    withNewKey: "yeni anahtar",
    by: (name) => `${name} tarafından`,
    others: "Öteki ajanlar",
    notApplied: (n) => `${many(n, "ajan")} anahtarları henüz uygulamıyor`,
  },
}
