/** The Turkish catalogue. */
import type { Message, NewEvidence, Params, Tense } from "../api/messages.ts"
import { type Catalogue, render } from "./catalogue.ts"
import { trBackup } from "./tr-backup.ts"
import { trChecks, trCheckTitle } from "./tr-checks.ts"
import { degradationTitle, trDegradation } from "./tr-degradation.ts"
import { trFields } from "./tr-fields.ts"
import { trImport } from "./tr-import.ts"
import { trNotices } from "./tr-notices.ts"
import { trNotify } from "./tr-notify.ts"
import {
  agentName,
  countOf,
  duration,
  many,
  nameOf,
  names,
  percent,
  portName,
  ports,
  things,
  upper,
  verb,
} from "./tr-phrases.ts"
import { trProblems } from "./tr-problems.ts"
import { ruleFinding, ruleTitle, trRules } from "./tr-rules.ts"
import { trStatus } from "./tr-status.ts"
import { faultTitle } from "./tr-title.ts"
import { trUpdate } from "./tr-update.ts"
import { trWorkflow } from "./tr-workflow.ts"

const text = (message: Message): string => render(tr, message)
const sentences = (messages: readonly Message[]): string => messages.map(text).join(" ")
const agentText = (agent: Params["title.agent-offline"]["agent"]): string => upper(agentName(agent))
const answers = (tense: Tense): string => verb(tense, "yanıt veriyor", "yanıt veriyordu")
const doesNotAnswer = (tense: Tense): string => verb(tense, "yanıt vermiyor", "yanıt vermiyordu")
const reports = (tense: Tense): string => verb(tense, "bildiriyor", "bildiriyordu")
const stoppedReporting = (tense: Tense): string =>
  verb(tense, "bildirim göndermez oldu", "bildirim göndermez olmuştu")

type Isolation = Params["reason.agent-isolated"]
/** How many devices of an agent do not answer, and how close together they stopped. */
const isolation = ({ agent, unreachable, devices, withinMs, tense }: Isolation): string => {
  const of = `${agentText(agent)} tarafından izlenen ${many(devices, withinMs === null ? "cihazdan" : "cihazın hiçbiri")}`
  return withinMs === null
    ? `${of} ${unreachable} tanesi ${doesNotAnswer(tense)}`
    : `${of} ${doesNotAnswer(tense)}: hepsi ${duration(withinMs)} içinde kesildi`
}
const agentRuns = ({ agent, tense }: Params["reason.agent-online"]): string =>
  `${agentText(agent)} yaşam belirtisi ${verb(tense, "gönderiyor, yani çalışıyor", "gönderiyordu, yani çalışıyordu")}`

const devicesAndSite = ({ devices, site }: Params["evidence.not-answering"]): string => {
  if (site === null) return names(devices)
  const { unreachable, total, name } = site
  const share = unreachable === total ? "tümü" : `${unreachable} tanesi`
  return `${name} sahasındaki ${many(total, "cihazın")} ${share} (${names(devices)})`
}

const evidenceText = (evidence: NewEvidence): string => {
  const texts = evidence.map(({ stance, message }) =>
    stance === "for" ? text(message) : `aleyhte: ${text(message)}`,
  )
  return texts.length === 0 ? "" : ` ${texts.join("; ")}.`
}

export const tr: Catalogue = {
  ...trFields,
  ...trImport(text),
  ...trNotices,
  ...trBackup,
  ...trUpdate,
  ...trWorkflow,
  ...trNotify,
  ...trChecks,
  ...trProblems,
  ...trStatus,
  ...trRules,
  "legacy-text": (params) => params.text,

  "title.fault": faultTitle,
  "title.link-flapping": ({ link, times, overMs, tense }) =>
    `Bağlantı ${nameOf(link)} ${verb(tense, "gidip geliyor", "gidip geldi")}: ${duration(overMs)} içinde ${many(times, "kez")}`,
  "title.agent-offline": ({ agent, devices, tense }) =>
    `${agentText(agent)} ${verb(tense, "çevrimdışı", "çevrimdışıydı")}: ${many(devices, "cihaz")} ${verb(tense, "bilinmiyor", "bilinmiyordu")}`,
  "title.rule": ruleTitle,
  "title.degradation": degradationTitle,
  "title.check": trCheckTitle,

  "reason.probes-unanswered": ({ devices }) =>
    `${names(devices)} doğrulama için gönderilen ping ve TCP yoklamalarına yanıt vermedi.`,
  "reason.reports-missing": ({ devices, tense }) => `${names(devices)} ${stoppedReporting(tense)}.`,
  "reason.reports-only": () =>
    "Kaldırılmış bir betik, iptal edilmiş bir anahtar veya sunucuya giden yolun kapanması da aynı görünürdü.",
  "reason.ports-down": (params) =>
    `${ports(params.ports)} ${verb(params.tense, "bağlantısız", "bağlantısızdı")}.`,
  "reason.ports-switched-off": ({ devices, tense }) =>
    `${names(devices)} üzerindeki arayüzünü bir yönetici ${verb(tense, "devre dışı bıraktı", "devre dışı bırakmıştı")}.`,
  "reason.only-path": ({ devices, tense }) =>
    `${names(devices)} için tek yol ${verb(tense, "odur", "oydu")}: aşağı yönde ${many(countOf(devices), "cihaz")} ${verb(tense, "var", "vardı")}.`,
  "reason.still-routed": ({ devices, tense }) =>
    `${names(devices)} için başka bir yol ${verb(tense, "kaldığı", "kalmış olduğu")} hâlde paketler hâlâ oradan ${verb(tense, "geçiyor", "geçiyordu")}: yönlendirme arızayı henüz fark ${verb(tense, "etmedi", "etmemişti")}.`,
  "reason.entry-point-assumed": ({ agent, devices }) =>
    `${agentText(agent)} için yer belirtilmemiş; yerinin ${names(devices)} olduğu varsayılıyor.`,
  "reason.only-path-of-agent": ({ agent, tense }) =>
    `${agentText(agent)} için tek yol ${verb(tense, "odur", "oydu")}, bu yüzden aşağı yöndeki cihazlar müşteriler için ${verb(tense, "hâlâ çalışıyor olabilir", "hâlâ çalışıyor olabilirdi")}.`,
  "reason.agent-online": (params) => `${agentRuns(params)}.`,
  "reason.agent-isolated": (params) => `${isolation(params)}.`,
  "reason.agent-path-lost": ({ tense }) =>
    verb(
      tense,
      "Yani ağa giden yolunu kaybetti ya da bağlı olduğu yönlendirici arızalandı; cihazları müşteriler için hâlâ çalışıyor olabilir.",
      "Yani ağa giden yolunu kaybetmişti ya da bağlı olduğu yönlendirici arızalanmıştı; cihazları müşteriler için hâlâ çalışıyor olabilirdi.",
    ),
  "reason.agent-offline": ({ agent, unseenMs, tense }) => {
    const outcome = verb(
      tense,
      "Cihazlarının durumu o zamandan beri bilinmiyor: çalışıyor da kapalı da olabilirler.",
      "Yeniden çevrimiçi olana kadar cihazlarının durumu bilinmedi.",
    )
    return `${agentText(agent)} en son bu arıza açılmadan ${duration(unseenMs)} önce görüldü. ${outcome}`
  },
  "reason.ports-flap": (params) =>
    `${ports(params.ports)} ${duration(params.overMs)} içinde ${many(params.times, "kez")} kapandı.`,
  "reason.answered-since": ({ devices }) =>
    `${names(devices)} o zamandan beri yanıt verdi, yani kapalı değil.`,
  "reason.indistinguishable": (params) =>
    `Şunların arızalanması da tıpatıp aynı ${verb(params.tense, "görünür", "görünürdü")}: ${things(params.things)}.`,
  "reason.no-other-path": ({ devices }) =>
    `Aşağı yöndeki ${many(devices, "cihaz")} için daha başka yol yok; yoklanıyorlar.`,
  "reason.other-upstreams-answer": ({ upstreams }) =>
    `${names(upstreams)} hâlâ yanıt veriyor, yani ${countOf(upstreams) === 1 ? "başka bir üst sağlayıcı" : "başka üst sağlayıcılar"} çalışıyor.`,
  "reason.no-other-upstream-answers": ({ upstreams }) =>
    `Başka hiçbir üst sağlayıcı yanıt vermiyor: ${names(upstreams)}.`,
  "reason.no-other-upstream": () => "Bilinen başka üst sağlayıcı yok.",
  "reason.check": ({ found }) => text(found),
  "reason.rule": (params) => `${ruleFinding(params)}.`,
  ...trDegradation,

  "evidence.not-answering": (params) =>
    `${devicesAndSite(params)} ne ping ne TCP yoklamasına ${answers(params.tense)}`,
  "evidence.not-reporting": (params) =>
    `${devicesAndSite(params)} ${stoppedReporting(params.tense)}`,
  "evidence.downstream-not-answering": ({ devices, tense }) =>
    `Aşağı yöndeki ${many(countOf(devices), "cihaz")} ${doesNotAnswer(tense)}: ${names(devices)}`,
  "evidence.port-down": ({ port, towards, tense }) => {
    const to = towards === null ? "" : `${nameOf(towards)} yönündeki `
    return `${nameOf(port.device)}, ${to}${port.interface} arayüzünün bağlantısız olduğunu ${reports(tense)}`
  },
  "evidence.port-switched-off": ({ port, tense }) =>
    `${nameOf(port.device)}, ${port.interface} arayüzünü bir yöneticinin devre dışı bıraktığını ${reports(tense)}`,
  "evidence.ends-answer": ({ devices, tense }) =>
    countOf(devices) === 1
      ? `Ucundaki ${names(devices)} ${answers(tense)}`
      : `İki ucundaki ${names(devices)} ${answers(tense)}, yani ikisi de kapalı ${verb(tense, "değil", "değildi")}`,
  "evidence.agent-online": agentRuns,
  "evidence.agent-isolated": isolation,
  "evidence.agent-offline": ({ agent, unseenMs }) =>
    `${agentText(agent)} ${duration(unseenMs)} boyunca yaşam belirtisi göndermedi, oysa sunucu alabilecek durumdaydı`,
  "evidence.port-up": ({ port, link, tense }) => {
    const end = link === null ? "bağlantının" : `${nameOf(link)} bağlantısının`
    return `${nameOf(port.device)}, ${end} kendi ucunda çalıştığını ${reports(tense)} (arayüz ${port.interface})`
  },
  "evidence.answers": ({ device, tense }) => `${nameOf(device)} ${answers(tense)}`,
  "evidence.answers-without-path": ({ device, tense }) =>
    `${nameOf(device)} ${answers(tense)}, oysa ona giden yol kalmamış ${verb(tense, "olmalı", "olmalıydı")}`,

  "recheck.device": ({ device }) => `Yoklama: ${nameOf(device)}`,
  "recheck.port": ({ port, link }) => `Arayüz sorgusu: ${portName(port)}, bağlantı ${nameOf(link)}`,

  "symptom.port-down": ({ port }) => `Arayüz kapalı: ${portName(port)}`,
  "symptom.not-answering": ({ device }) =>
    `${nameOf(device)} ne ping ne TCP yoklamasına yanıt veriyor`,
  "symptom.not-reporting": ({ device }) => `${nameOf(device)} bildirim göndermez oldu`,
  "symptom.agent-offline": ({ agent }) => `${agentText(agent)} çevrimdışı`,
  "symptom.rule": ruleFinding,
  "recovered.rule": (params) => `Bitti: ${ruleFinding(params)}`,
  "recovered.port-up": ({ port }) => `Arayüz yeniden çalışıyor: ${portName(port)}`,
  "recovered.port-switched-off": ({ port }) =>
    `Arayüzü bir yönetici devre dışı bıraktı: ${portName(port)}`,
  "recovered.answers": ({ device }) => `${nameOf(device)} yeniden yanıt veriyor`,
  "recovered.reports": ({ device }) => `${nameOf(device)} yeniden bildiriyor`,
  "recovered.agent-online": ({ agent }) => `${agentText(agent)} yeniden çevrimiçi`,
  "recovered.no-longer-monitored": ({ symptom }) => `${text(symptom)}: artık izlenmiyor`,

  "timeline.opened": ({ title, because }) => `${text(title)}. ${sentences(because)}`.trim(),
  "timeline.cause-changed": ({ title, before, because }) =>
    `Şimdi: ${text(title)}. Önce: ${text(before)}. ${sentences(because)}`.trim(),
  "timeline.alert-suppressed": (params) =>
    `Bu olayla açıklandığı için ayrı olay açılmadı: ${ruleFinding(params)}`,
  "timeline.escalated": ({ title, before }) =>
    `Artık arızalı: ${text(title)}. Önce: ${text(before)}.`,
  "timeline.still-lossy": ({ lossRatio }) =>
    `Yeniden yanıt veriyor, ancak o zamandan beri yoklamaların ${percent(lossRatio)} kadarı kayıp: olay açık kalıyor.`,
  "timeline.now-degraded": ({ title, before }) =>
    `Yeniden çalışıyor, ama kötü: ${text(title)}. Önce: ${text(before)}.`,
  "timeline.more-at-once": ({ count }) => `ve aynı anda ${count} tane daha`,
  "timeline.closed": ({ lastedMs, symptoms }) =>
    `${duration(lastedMs)} sonra çözüldü: ${many(symptoms, "belirti")} geçti.`,
  "timeline.check-over": ({ lastedMs }) =>
    `${duration(lastedMs)} sonra çözüldü: denetim yeniden iyi.`,
  "timeline.merged": ({ number, title }) =>
    `Hepsini açıklayan #${number} ile birleştirildi: ${text(title)}.`,
  "timeline.acknowledged": ({ by, note }) =>
    note === "" ? `Üstlenen: ${by}` : `Üstlenen: ${by}: ${note}`,
  "timeline.unacknowledged": ({ by }) => `Üstlenmeyi geri alan: ${by}`,
  "timeline.note": (params) => params.text,

  "history.cause": ({ title, confidence, evidence }) => {
    const sure = confidence === null ? "" : ` Güven ${percent(confidence)}.`
    return `${text(title)}.${sure}${evidenceText(evidence)}`
  },
  "history.confidence": ({ confidence, before, evidence }) => {
    const isHigher = confidence > before
    const why =
      evidenceText(evidence) || (isHigher ? " Yeniden yapılan bir denetim doğruladı." : "")
    return `Güven ${percent(before)} değerinden ${percent(confidence)} değerine ${isHigher ? "yükseldi" : "düştü"}.${why}`
  },
}
