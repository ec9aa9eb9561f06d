/** What the checks of the appliance itself find, in Turkish. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, CheckCode } from "./catalogue.ts"
import { diskSpace, grouped } from "./numbers.ts"
import { duration, many, verb } from "./tr-phrases.ts"

type Titles = Readonly<Record<Params["title.check"]["check"], readonly [now: string, was: string]>>
const TITLES: Titles = {
  database: ["Sunucu veri kaydedemiyor", "Sunucu veri kaydedemiyordu"],
  disk: ["Sunucunun diski dolmak üzere", "Sunucunun diski dolmak üzereydi"],
  "raw-storage": [
    "Veritabanının diski saklananları sınırlıyor",
    "Veritabanının diski saklananları sınırlıyordu",
  ],
  clock: [
    "Sunucunun saati hiçbir zaman sunucusunu izlemiyor",
    "Sunucunun saati hiçbir zaman sunucusunu izlemiyordu",
  ],
  "ingest-lag": ["Ölçümler sunucuya geç ulaşıyor", "Ölçümler sunucuya geç ulaşıyordu"],
  queue: ["Sunucu çok yavaş değerlendiriyor", "Sunucu çok yavaş değerlendiriyordu"],
  certificates: ["Bir sertifikanın süresi dolmak üzere", "Bir sertifikanın süresi dolmak üzereydi"],
  backup: ["Yedekler başarısız ya da gecikmiş", "Yedekler başarısız ya da gecikmişti"],
  agents: ["Ajanlar çevrimdışı", "Ajanlar çevrimdışıydı"],
  update: ["Bir güncelleme geri alındı", "Bir güncelleme geri alınmıştı"],
  notifications: ["Bildirimler gönderilemiyor", "Bildirimler gönderilemiyordu"],
  "slo-detection": ["Kesintiler çok geç algılanıyor", "Kesintiler çok geç algılanıyordu"],
  "slo-ingest": ["Sunucu ölçümleri yavaş kabul ediyor", "Sunucu ölçümleri yavaş kabul ediyordu"],
  "slo-queries": ["Arayüz sayfaları yavaş açılıyor", "Arayüz sayfaları yavaş açılıyordu"],
  "slo-dispatch": ["Bildirimler geç ulaşıyor", "Bildirimler geç ulaşıyordu"],
  "slo-evaluation": ["Ölçümler geç değerlendiriliyor", "Ölçümler geç değerlendiriliyordu"],
}
export const trCheckTitle = ({ check, tense }: Params["title.check"]): string => {
  const [now, was] = TITLES[check]
  return verb(tense, now, was)
}

const STORAGE: Readonly<Record<Params["check.database-failing"]["fault"], string>> = {
  "disk-full": "Veritabanının diski dolu.",
  "read-only": "Veritabanı salt okunur.",
  unreachable: "Veritabanı yanıt vermiyor.",
  failing: "Veritabanı yazmayı reddediyor.",
}
const CERTIFICATE: Readonly<Record<Params["check.certificate-unusable"]["fault"], string>> = {
  "not-pem": "sertifika ya da anahtar PEM değil",
  "key-does-not-fit": "anahtar sertifikaya ait değil",
  expired: "süresi doldu",
}
const certificateOf = (agent: string | null): string =>
  agent === null ? "arayüz için verdiğiniz" : `ajan ${agent}`
const milliseconds = (ms: number): string => (ms < 10_000 ? `${grouped(ms)} ms` : duration(ms))

const perSecond = (value: number): string =>
  value < 10 ? String(value).replace(".", ",") : grouped(value)

export const trChecks: Pick<Catalogue, CheckCode> = {
  "check.no-data": () => "Bilinmiyor: okunduğu kaynak henüz yanıt vermedi.",
  "check.too-few": ({ samples, needed }) =>
    `Bilinmiyor: şimdiye kadar ${grouped(samples)} ölçüm var, ${grouped(needed)} gerekli.`,
  "check.database-works": () => "Veritabanı veri kaydediyor.",
  "check.database-failing": ({ fault }) =>
    `${STORAGE[fault]} Ajanlar ölçtüklerini arabelleklerinde tutar ve sonra iletir.`,
  "check.disk-free": ({ path, freeBytes, totalBytes }) =>
    `Boş alan: ${diskSpace(freeBytes)}, toplam ${diskSpace(totalBytes)} (${path} diski).`,
  "check.storage-elsewhere": () =>
    "Bilinmiyor: veritabanı başka bir makinede, onun diski okunmuyor.",
  "check.storage-stored": ({ usedPct }) =>
    `Veritabanı diskinin %${grouped(usedPct)} kadarı dolu; tüm değerler saklanıyor.`,
  "check.storage-shortened": ({ usedPct, keptMs }) =>
    `Veritabanı diskinin %${grouped(usedPct)} kadarı dolu: en eski ham değerler erken siliniyor. ${keptMs === null ? "Henüz hiçbiri silinmedi." : `Bazıları için geriye yalnızca ${duration(keptMs)} var.`}`,
  "check.storage-stopped": ({ usedPct, samples, devices }) =>
    `Veritabanı diskinin %${grouped(usedPct)} kadarı dolu: ham değerler değerlendiriliyor ama saklanmıyor. Şimdiye kadar ${many(devices, "cihaz")} için ${grouped(samples)} değer.`,
  "check.clock-follows": () => "Saat bir zaman sunucusunu izliyor.",
  "check.clock-lost": ({ forMs }) =>
    `Saat ${duration(forMs)} süredir hiçbir zaman sunucusunu izlemiyor.`,
  "check.clock-unknown": () => "Bilinmiyor: bu makine saatinin ayarlı olup olmadığını bildirmiyor.",
  "check.ingest-current": () => "Çevrimiçi ajanlar ölçtüklerini bir dakika içinde iletiyor.",
  "check.ingest-behind": ({ agentName, lagMs, agents }) =>
    `${many(agents, "ajan")} geride; ${agentName} adlı ajan hâlâ ${duration(lagMs)} önceki ölçümleri tutuyor.`,
  "check.queue-waiting": ({ waiting }) =>
    waiting === 0 ? "Bekleyen iş yok." : `${many(waiting, "iş")} bekliyor.`,
  "check.certificate-days": ({ agentName, days }) =>
    `Süresi ilk dolacak sertifika: ${certificateOf(agentName)}, ${many(days, "gün")} içinde.`,
  "check.certificate-expired": ({ agentName }) =>
    `Süresi dolan sertifika: ${certificateOf(agentName)}.`,
  "check.certificates-own": () => "Sunucu kendi sertifikasını kendisi yeniler.",
  "check.certificate-unusable": ({ fault }) =>
    `Arayüz için verdiğiniz sertifika kullanılmıyor: ${CERTIFICATE[fault]}.`,
  "check.backup-off": () => "Yedek alınmıyor: anahtar yok ya da zamanlama kapalı.",
  "check.backup-never": () => "Henüz doğrulanmış bir yedek yok.",
  "check.backup-verified": ({ agoMs }) => `Son doğrulanmış yedek ${duration(agoMs)} önceki.`,
  "check.backup-overdue": ({ agoMs }) =>
    `Son doğrulanmış yedek ${duration(agoMs)} önceki: yenisi gecikti.`,
  "check.backup-failed": ({ agoMs }) =>
    `En yeni yedek başarısız oldu; son doğrulanmış olan ${duration(agoMs)} önceki.`,
  "check.backup-only-failed": () =>
    "En yeni yedek başarısız oldu ve henüz doğrulanmış bir yedek yok.",
  "check.update-well": () => "Geri alınan güncelleme yok.",
  "check.update-incomplete": ({ to, agoMs }) =>
    `Debian paketleri (${to}) ${duration(agoMs)} önce kuruldu ve her şey onlarla çalışmıyor.`,
  "check.update-undone": ({ to, agoMs }) =>
    `${to} güncellemesi ${duration(agoMs)} önce geri alındı; önceki sürüm çalışıyor.`,
  "check.update-of-agent": ({ agentName, to }) =>
    `${agentName} ajanı ${to} sürümünden geri döndü. O çalışana kadar başka ajan güncellenmez.`,
  "check.agents-none": () => "Kayıtlı ajan yok.",
  "check.agents-online": ({ agents }) => `${many(agents, "ajan")} çevrimiçi.`,
  "check.agents-offline": ({ offline, agents, names }) =>
    `${many(agents, "ajandan")} ${grouped(offline)} tanesi çevrimdışı: ${names.join(", ")}.`,
  "check.notifications-none": () => "Kanal olmadığı için kimseye hiçbir şey bildirilmez.",
  "check.notifications-work": ({ channels }) => `${channels} kanal var, hiçbiri başarısız değil.`,
  "check.notifications-failing": ({ failing, channels, names, forMs }) =>
    `${channels} kanaldan ${failing} tanesi ${duration(forMs)} süredir başarısız (${names.join(", ")}).`,
  "check.latency": ({ p95Ms, samples }) =>
    `%95’i en çok ${milliseconds(p95Ms)} sürdü; ${grouped(samples)} ölçüm.`,
  "check.evaluation": ({ p95Ms, samples, rulesPerS, alertsPerS }) =>
    `%95’i en çok ${milliseconds(p95Ms)} sürdü; ${grouped(samples)} ölçüm. Saniyede ${perSecond(rulesPerS)} kural değerlendirmesi ve ${perSecond(alertsPerS)} alarm adımı.`,
}
