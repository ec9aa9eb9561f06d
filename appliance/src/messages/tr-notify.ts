/** Why somebody or nobody was notified, in Turkish. */
import type { Catalogue, NotifyCode } from "./catalogue.ts"
import { duration } from "./tr-phrases.ts"

const clockTime = (atMs: number): string =>
  new Intl.DateTimeFormat("tr-TR", { hour: "2-digit", minute: "2-digit" }).format(atMs)
const SEVERITY: Readonly<Record<string, string>> = {
  critical: "kritik",
  major: "önemli",
  minor: "küçük",
  warning: "uyarı",
}
const severityName = (severity: string): string => SEVERITY[severity] ?? severity

export const trNotify: Pick<Catalogue, NotifyCode> = {
  "notify.notified": ({ policy }) => `“${policy}” politikası bildirim gönderir.`,
  "notify.no-policy": () =>
    "Hiç politika olmadığı için kimseye bildirim gitmez. Ayarlar, Bildirimler altında bir kanal ekleyin.",
  "notify.switched-off": ({ policy }) => `“${policy}” politikası kapalı.`,
  "notify.below-severity": ({ policy, severity, least }) =>
    `“${policy}” politikası en az “${severityName(least)}” düzeyinde bildirir; bu arıza “${severityName(severity)}”.`,
  "notify.other-site": ({ policy }) => `“${policy}” politikası başka sahalar içindir.`,
  "notify.other-tag": ({ policy }) => `“${policy}” politikası başka etiketler içindir.`,
  "notify.other-kind": ({ policy }) => `“${policy}” politikası başka türde arızalar içindir.`,
  "notify.too-few-unreachable": ({ policy, unreachable, least }) =>
    `“${policy}” politikası en az ${least} cihaza erişilemediğinde bildirir; burada ${unreachable}.`,
  "notify.earlier-policy": ({ policy, earlier }) =>
    `“${policy}” politikası kullanılmaz, çünkü “${earlier}” önce eşleşti ve sonuncudur.`,
  "notify.no-channel": ({ policy }) =>
    `“${policy}” politikası eşleşir, ama kanallarından hiçbiri var ve açık değil.`,
  "notify.nobody-on-call": ({ policy, schedule }) =>
    `“${policy}” politikası eşleşir, ama “${schedule}” kimseye ulaşmaz: nöbetçi yok ya da kanalı yok.`,
  "notify.quiet-hours": ({ policy, untilMs }) =>
    `“${policy}” politikası ${clockTime(untilMs)} saatine kadar sessiz.`,
  "notify.recovered": () => "Kimseye bildirim gitmeden sona erdi.",
  "notify.recovering": ({ sinceMs }) =>
    `Saat ${clockTime(sinceMs)} itibarıyla tümü düzeldi. Yeniden bozulursa bildirimler sürer.`,
  "notify.acknowledged": () => "Biri üstlendiği için başka kimseye bildirim gitmez.",
  "notify.snoozed": ({ untilMs }) => `${clockTime(untilMs)} saatine kadar ertelendi.`,
  "notify.maintenance": () => "Bir bakım penceresi içinde.",
  "notify.nothing-to-close": () => "Kanal, bunun kapatacağı bildirimi hiç almadı.",
  "notify.no-longer-planned": () => "Politika bunu artık istemiyor.",
  "notify.channel-removed": () => "Kanal kaldırıldı.",
  "notify.channel-off": () => "Kanal kapalı.",
  "notify.expired": ({ afterS }) =>
    `${duration(afterS * 1_000)} boyunca teslim edilemedi; artık yararlı olamayacak kadar eski.`,
  "notify.rejected": () => "Alıcı kesin olarak reddetti.",
  "notify.unreadable": ({ name }) =>
    `Başka bir sürüm “${name}” olarak kaydetti; bu sürüm bunu bilmiyor.`,
  "notify.undeliverable": ({ what }) =>
    `Gönderilemez: başka bir sürüm bunu, bu sürümün okuyamadığı bir biçimde kaydetti (${what}).`,
  "notify.replayed": ({ by }) => `${by} tarafından yeniden gönderildi.`,
}
