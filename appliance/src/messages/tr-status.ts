/** Why a status is what it is, in Turkish. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, StatusCode } from "./catalogue.ts"
import { sourceName } from "./source-names.ts"
import { agentName, upper } from "./tr-phrases.ts"

const byProbes = ({ by }: Params["status.up"], probes: string, reports: string): string =>
  by === "probes" ? probes : reports
const NO_ANSWER = "Ne ping ne TCP yanıt alıyor"
const NO_REPORT = "Bildirim göndermez oldu ve hiçbir ajan izlemiyor"

const NOW: Readonly<Record<Params["status.maintenance"]["at"], string>> = {
  ok: "çalışıyor",
  degraded: "sorunlu",
  down: "çalışmıyor",
  recovering: "düzeliyor",
  unknown: "bilinmiyor",
  maintenance: "bakımda",
  unreachable: "ulaşılamıyor",
}

export const trStatus: Pick<Catalogue, StatusCode> = {
  "status.up": (params) =>
    byProbes(params, "Yanıt veriyor.", "Kendisi bildiriyor; hiçbir ajan izlemiyor."),
  "status.maintenance": ({ window, at }) => `"${window}" bakım penceresinde, şu an ${NOW[at]}.`,
  "status.source-failing": ({ source, problem }) =>
    `Yanıt veriyor ama ${sourceName(source)} ile okunamıyor: ${problem}`,
  "status.loss": () => "Yanıt veriyor ama yoklamaların çoğu kayboluyor.",
  "status.probe-missed": () => "Bir yoklama yanıtsız kaldı; doğrulama yoklamaları gönderiliyor.",
  "status.cause-pending": (params) =>
    `${byProbes(params, NO_ANSWER, NO_REPORT)}; neden araştırılıyor.`,
  "status.down": (params) => `${byProbes(params, NO_ANSWER, NO_REPORT)}.`,
  "status.recovering": (params) =>
    `${byProbes(params, "Yeniden yanıt veriyor", "Yeniden bildiriyor")}; kararlı olması bekleniyor.`,
  "status.unreachable": ({ incident }) => `Arıza #${incident} nedeniyle ulaşılamıyor.`,
  "status.agent-isolated": ({ incident }) =>
    `Ajanı ağa giden yolunu kaybettiğinden beri bilinmiyor: arıza #${incident}.`,
  "status.agent-offline": ({ agent }) =>
    `${upper(agentName(agent))} çevrimdışı: o zamandan beri bir şey bilinmiyor.`,
  "status.readings-rejected": ({ agent }) =>
    `${upper(agentName(agent))} ölçümleri reddediliyor, bu yüzden o zamandan beri bir şey bilinmiyor. Nedeni Ajanlar sayfasında yazar.`,
  "status.not-probed-since": ({ agent }) =>
    `${upper(agentName(agent))} yeniden çevrimiçi olduğundan beri yoklanmadı.`,
  "status.no-recent-data": () => "Yakın zamanda alınan veri yok.",
  "status.not-probed": () => "Henüz yoklanmadı.",
  "status.not-monitored": () => "Hiçbir ajan izlemiyor ve kendisi de bildirmiyor.",
  "status.starting": () => "Sunucu henüz yeni başladı.",
  "status.not-stored": () =>
    "Sunucu ajanların ölçtüklerini kaydedemiyor: o zamandan beri bir şey bilinmiyor.",
  "status.link-cut": ({ incident }) => `Arıza #${incident} nedeni bu bağlantı.`,
  "status.link-port-down": () => "Ucundaki bir arayüz bağlantısız.",
  "status.link-disabled": () => "Bir yönetici devre dışı bıraktı.",
  "status.link-up": () => "Arayüzleri çalışıyor.",
  "status.link-recovering": () => "Yeniden çalışıyor; kararlı olması bekleniyor.",
  "status.link-held": ({ incident }) =>
    `Yeniden çalışıyor; arıza #${incident}, aşağı yöndeki tüm cihazlar yeniden yoklanana kadar açık kalır.`,
  "status.link-end-unreachable": () =>
    "Ucundaki bir yönlendiriciye ulaşılamıyor, bu yüzden bağlantının durumu bilinmiyor.",
  "status.link-not-monitored": () => "Bu bağlantı izlenmiyor.",
  "status.link-without-port": () => "Hiçbir ucu arayüz belirtmiyor, bu yüzden durumu bilinmiyor.",
  "status.link-not-read": () => "Arayüzleri henüz okunmadı.",
}
