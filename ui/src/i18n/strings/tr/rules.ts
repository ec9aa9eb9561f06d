import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { PageMessages } from "../../translation.ts"

export const rules: PageMessages["rules"] = {
  title: "Alarm kuralları",
  open: "Alarm kurallarını aç",
  openText: "Neyin alarm olduğu, ne kadar önemli olduğu ve ne kadar sürmesi gerektiği.",
  lead: "Neyin alarm olduğu, ne kadar önemli olduğu ve ne kadar sürmesi gerektiği. Küçük önem derecesinden itibaren kurallar arıza açar. Cihaz güncellendiğinde değişiklikleriniz kalır.",
  failed: "Alarm kuralları yüklenemedi",
  oneFailed: "Alarm kuralı yüklenemedi",
  add: "Kural ekle",
  export: "Dışa aktar",
  schema: "JSON Şeması",
  severities: { critical: "Kritik", major: "Büyük", minor: "Küçük", warning: "Uyarı" },
  sources: { pack: "Cihazla birlikte gelir", changed: "Değiştirildi", own: "Kendi kuralınız" },
  active: "Etkin",
  inactive: (why) => `Etkin değil: ${why}`,
  of: (entity, n) =>
    many(n, entity === "device" ? "cihaz" : entity === "interface" ? "arayüz" : entity),
  places: (n) => `${n} yerde`,
  raised: (n) => many(n, "alarm"),
  pending: (n) => many(n, "bekleyen"),
  evaluator: "Yerleşik koşul",
  packNewer: "Güncelleme var",
  packNewerText:
    "Cihazla gelen kural, siz değiştirdikten sonra değişti. Sizinki kullanımda. Karşılaştırın ve istediğinizi alın.",
  own: "Sizin kuralınız",
  given: "Cihazla geldiği hâliyle",
  changedBy: (name) => `değiştiren: ${name}`,
  newTitle: "Alarm kuralları ekle",
  newLead: "Bir kural ya da bütün bir dosya, YAML veya JSON. Aynı adlı kurallar değiştirilir.",
  withExample: "Bir örnekle başla",
  example: `# Kurala başka hiçbirinde olmayan bir id verin.
id: my-rule
name: Omurga yönlendiricilerinin işlemci yükü yüksek
# Kapsamı olmayan bir kural, bu ölçüme sahip her şey içindir.
scope: { roles: [core] }
# 10 dakika 85 üstünde kalınca başlar; 5 dakika 75 altında kalınca biter.
when: { metric: device.cpu_pct, above: 85, clear: 75 }
for: 10m
recover: 5m
severity: minor
message: "{device} işlemcisinin {value} kadarını kullanıyor"
`,
  editor: "YAML olarak kural",
  completes: "Ctrl+Boşluk burada yazılabilecekleri listeler.",
  phrases: {
    Completions: "Öneriler",
    "No diagnostics": "Sorun yok",
    Diagnostics: "Sorunlar",
  },
  checking: "Denetleniyor",
  fine: "Sorun yok.",
  problems: (n) => many(n, "sorun"),
  at: (line, column) => `Satır ${line}, sütun ${column}`,
  matches: (what) => `${what} ile ilgili`,
  unchanged: "değişmedi",
  reason: "Gerekçe",
  reasonHint: "Sürümleri sonradan okuyanlar için",
  save: "Kaydet",
  saved: "Kaydedildi. Kurallar kullanımda.",
  nothing: "Hiçbir şey değişmedi.",
  confirmHeading: "Bu kural çok şeyle eşleşiyor",
  confirm: "Yine de kaydet",
  versions: "Sürümler",
  noVersions: "Bu kuralı kimse değiştirmedi.",
  version: (n) => `Sürüm ${n}`,
  backToPack: "Geri verildi",
  restore: "Geri yükle",
  giveBack: "Cihazın kuralını kullan",
  remove: "Kuralı kaldır",
  removed: "Bu kural kaldırıldı. Önceki bir sürümü geri yüklenebilir.",
  giveBackText: "Metniniz sürüm listesinde kalır.",
  restored: "Geri yüklendi. Kural kullanımda.",
  dryRun: "Deneme",
  dryRunText: "Bu metin, ölçülenler üzerinde neye alarm verirdi; kullanımdaki kuralın yanında.",
  run: "Dene",
  ranges: { hour: "Son saat", day: "Son gün", week: "Son hafta" },
  candidate: "Bu metin",
  current: "Şu an kullanımda",
  none: "Hiçbir alarm verilmezdi.",
  noCurrent: "Bu adla kullanımda bir kural yok.",
  cannotRun: "Bu kural kayıtlı değerler üzerinde denenemez.",
  times: (n) => `${n} kez alarm`,
  resolution: (span) => `Bir değer ${span} yerine geçer; daha kısası görülmez.`,
  notAll: (read, all) => `${all} cihazdan yalnızca ${read} tanesi okundu.`,
  more: (n) => `ve ${n} tane daha`,
  still: "hâlâ sürüyor",
}
