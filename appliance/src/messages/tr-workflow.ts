/** What people do with incidents, in Turkish. */
import type { Params, WorkflowCode } from "../api/messages.ts"
import type { Catalogue } from "./catalogue.ts"
import { duration, many } from "./tr-phrases.ts"

type CauseCode = Params["timeline.cause-code"]["causeCode"]
export const trCauseCodes: Readonly<Record<CauseCode, string>> = {
  "fibre-cut": "fiber kopması",
  power: "elektrik",
  hardware: "donanım",
  configuration: "yapılandırma",
  "upstream-provider": "üst sağlayıcı",
  "planned-work": "planlı çalışma",
  "false-alarm": "yanlış alarm",
  unknown: "bilinmiyor",
  other: "diğer",
}
const SEVERITIES = {
  critical: "kritik",
  major: "önemli",
  minor: "küçük",
  warning: "uyarı",
} as const
const noted = (text: string, note: string): string => (note === "" ? text : `${text}: ${note}`)

const windowName = (name: string | null): string => name ?? "kaldırılmış"

export const trWorkflow: Pick<Catalogue, WorkflowCode> = {
  "timeline.acknowledged-for": ({ by, forMs, note }) =>
    noted(`${duration(forMs)} için üstlenen: ${by}`, note),
  "timeline.acknowledgement-expired": ({ by }) =>
    `Üstlenme süresi doldu (${by}): arıza yeniden açık`,
  "timeline.assigned": ({ by, to }) =>
    by === to ? `Devralan: ${by}` : `Sorumlu ${to} oldu; atayan: ${by}`,
  "timeline.unassigned": ({ by }) => `Sorumluyu kaldıran: ${by}`,
  "timeline.snoozed": ({ by, forMs }) => `${duration(forMs)} için erteleyen: ${by}`,
  "timeline.unsnoozed": ({ by }) => `Ertelemeyi bitiren: ${by}`,
  "timeline.snooze-ended": () => "Erteleme süresi doldu",
  "timeline.severity": ({ by, before, severity }) =>
    `Önem ${SEVERITIES[before]} yerine ${SEVERITIES[severity]} oldu; değiştiren: ${by}`,
  "timeline.severity-automatic": ({ by }) =>
    `Önem yeniden arızaya göre belirleniyor; değiştiren: ${by}`,
  "timeline.ticket": ({ by, ticket }) => `${ticket} kaydını bağlayan: ${by}`,
  "timeline.ticket-removed": ({ by }) => `Destek kaydını kaldıran: ${by}`,
  "timeline.cause-code": ({ by, causeCode, isOver, note }) =>
    noted(
      `Neden kodu "${trCauseCodes[causeCode]}", belirleyen ${by}; ${isOver ? "arıza kapatıldı" : "arıza geçince kapanacak"}`,
      note,
    ),
  "timeline.merged-by": ({ by, number }) => `#${number} ile birleştiren: ${by}`,
  "timeline.took-over": ({ by, number, symptoms }) =>
    `#${number} bu arızaya katıldı (${many(symptoms, "belirti")}); birleştiren: ${by}`,
  "timeline.split-off": ({ by, number, symptoms }) =>
    `${many(symptoms, "belirti")} #${number} olarak ayrıldı; ayıran: ${by}`,
  "timeline.split-from": ({ by, number, symptoms }) =>
    `#${number} içinden ayrıldı (${many(symptoms, "belirti")}); ayıran: ${by}`,
  "timeline.in-maintenance": ({ name }) =>
    `Bakım penceresi "${windowName(name)}" içinde: olası neden planlı çalışma, kimseye bildirilmez`,
  "timeline.maintenance-over": ({ name }) =>
    `Bakım penceresi "${windowName(name)}" bitti ve arıza sürüyor: bildirimler gönderilir`,
  "timeline.maintenance-exceeded": ({ name }) =>
    `Ulaşılamayanlar "${windowName(name)}" bakım penceresinin kapsadığından fazla: bildirimler gönderilir`,
  "timeline.cause-right": ({ by, note }) => noted(`Nedeni onaylayan: ${by}`, note),
  "timeline.cause-wrong": ({ by, actual, note }) =>
    noted(
      actual === null ? `Nedeni reddeden: ${by}` : `Nedeni reddeden: ${by}; asıl neden: ${actual}`,
      note,
    ),
}
