import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { PageMessages } from "../../translation.ts"

export const importPage: PageMessages["importPage"] = {
  lead: "Her cihaz, saha veya bağlantı için bir satır. Liste önce denetlenir; siz içe aktarana kadar hiçbir şey kaydedilmez.",
  csv: "CSV",
  columns:
    "İlk satır başlıktır. Sütunlar: name, address ve isteğe bağlı site, roles (core;edge), tags (radio;north), site_tags, agent, credential, latitude, longitude, api_port, api_tls, fingerprint, snmp_port. Adı var olan cihaz güncellenir; olmayan saha oluşturulur; latitude, longitude ve site_tags sahanındır. TLS üzerinden yönlendirici, sertifikası onaylandıktan sonra okunur: burada parmak iziyle (SHA-256) veya erişimi sınanarak. Saha ve bağlantı listelerinin sütunları dışa aktarılanlarla aynıdır.",
  readAs: {
    sites:
      "Saha listesi: name, region, latitude, longitude, tags, text_encoding, note. Adı var olan saha güncellenir; olmayan bölge oluşturulur.",
    links:
      "Bağlantı listesi: a_device, b_device ve isteğe bağlı name, a_interface, b_interface, capacity_bps, medium, tags. Uçları aynı olan bağlantı güncellenir.",
  },
  example: "name,address,site,roles\nank-core-1,192.0.2.1,Ankara,core;border",
  file: "Dosya seç",
  tryIt: "Denetle",
  preview: (n) =>
    [
      `${n.created} yeni`,
      `${n.updated} güncellenen`,
      ...(n.unchanged === 0 ? [] : [`${n.unchanged} değişmeyen`]),
      ...(n.sitesCreated === 0 ? [] : [many(n.sitesCreated, "yeni saha")]),
      ...(n.sitesUpdated === 0 ? [] : [many(n.sitesUpdated, "güncellenen saha")]),
    ].join(" · "),
  allGood: "Reddedilen satır yok.",
  changes: "Var olan cihaz ve sahalardaki değişiklikler",
  changedThing: { devices: "Cihaz veya saha", sites: "Saha", links: "Bağlantı" },
  change: "Değişiklik",
  moved: (field, before, after) => `${field}: ${before} → ${after}`,
  empty: "(yok)",
  moreChanges: (n) => `Yalnızca ilk ${n} değişiklik listelenir.`,
  encoding: "Dosyanın kodlaması",
  encodingHint: "Dosya UTF-8 değil. Aksanlı adları denetleyin veya başka bir kodlama seçin.",
  rejected: "Reddedilen satırlar",
  line: "Satır",
  column: "Sütun",
  problem: "Hata",
  go: (n, kind) =>
    n === 0
      ? "İçe aktar"
      : `${many(n, { devices: "cihazı", sites: "sahayı", links: "bağlantıyı" }[kind])} içe aktar`,
  leftOut: (n) => `${many(n, "satır")} atlanır.`,
  agent: "Ajanı olmayan cihazlar için ajan",
  noAgent: "Yok: henüz izlenmiyor",
  unmonitored: "Ajan seçilmedi. Ajanı olmayan cihazlar aktarılır ama izlenmez.",
  done: (created, updated) => `Aktarıldı: ${created} yeni, ${updated} güncellenen.`,
}
