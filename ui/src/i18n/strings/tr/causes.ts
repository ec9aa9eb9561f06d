import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { Messages } from "../../translation.ts"

const NUMBERS = ["", "", "iki", "üç", "dört", "beş"]
const numberWord = (n: number): string => NUMBERS[n] ?? String(n)
const together = (n: number): string => (n === 2 ? "İkisi de" : `${numberWord(n)} bileşenin tümü`)

export const causes: Messages["causes"] = {
  confidenceLevel: {
    certain: "Neredeyse kesin",
    "very-likely": "Çok olası",
    likely: "Olası",
    guess: "En iyi tahmin",
    unclear: "Belirsiz",
  },
  oneOf: (n, over) =>
    `Şu ${numberWord(n)} bileşenden biri. Buradan ayırt ${over ? "edilemedi" : "edilemiyor"}.`,
  allOf: (n, over) => `${together(n)} aynı anda ${over ? "arızalanmıştı" : "arızalandı"}.`,
  allOfEach: (n, over) =>
    `${together(n)} ya da onlardan ayırt edilemeyenler aynı anda ${over ? "arızalanmıştı" : "arızalandı"}.`,
  or: "veya",
  and: "ve",
  nothing: "Hiçbir şey arızalanmadı",
  nothingWhy: "Gözlemler yanıltıcı olurdu.",
  stale: (at) => `${at} itibarıyla. Sonraki değişiklikler gösterilmiyor.`,
  moreEquivalentsButton: (n) => `veya ${n} taneden biri daha`,
  fewerEquivalents: "Daha az göster",
  rechecksPending: (answered, requested) =>
    `Yeniden denetleniyor: ${requested} taneden ${answered} tanesi yanıtlandı`,
  explanations: "Olası nedenler",
  draw: (n) => `${n}. olası nedeni göster`,
  drawn: (n) => `${n}. olası neden doğruymuş gibi gösteriliyor`,
  drawnBack: "1. nedene dön",
  equivalents: (n) =>
    n === 1 ? "veya buradan ayırt edilemeyen" : "veya buradan ayırt edilemeyenlerden biri:",
  moreEquivalents: (n) => `ve ${n} tane daha`,
  distinguish: "1'den ayırt etmek için:",
  planned: (name: string, share: string) => `Planlı çalışmayla açıklanıyor: ${name} (${share})`,
  else: "Başka nedenler",
  onlyOne: "Başka olası neden bulunmadı.",
  evidence: "Kanıtlar",
  for: "Lehte",
  against: "Aleyhte",
  noneFor: "Artık lehte kanıt yok.",
  noneAgainst: "Aleyhte kanıt yok.",
  showAll: (n) => `${n} tanesinin tümünü göster`,
  showFewer: "Daha az göster",
  rechecks: "Yeniden denetimler",
  answeredOf: (answered, requested) => `${requested} taneden ${answered} tanesi yanıtlandı`,
  recheckRequested: (span) => `${span} önce istendi …`,
  recheckPending: "istendi, henüz sonuç yok",
  recheckUnanswered: "sonuç yok",
  recheckTook: (span) => `${span} sonra`,
  result: { up: "çalışıyor", down: "kapalı", "no-answer": "yanıt yok" },
  answered: "yanıtlandı",
  history: "Tanı geçmişi",
  historyMore: (n) => many(n, "önceki adım"),
  historyFewer: "Daha az adım",
  causeChanged: "neden değişti",
  after: (span) => `+ ${span}`,
  step: {
    power: (device, site) =>
      `${site} sahasında ${device} için elektrik olup olmadığını sorun: varsa arıza hattadır.`,
    powerEach: (one, other) =>
      `${one} ve ${other} için elektrik olup olmadığını sorun: elektriği olmayan nedendir.`,
    carrier: (device) =>
      `${device} taşıyıcısına cihazın çalışıp çalışmadığını sorun: çalışıyorsa arıza hattadır.`,
    light: (one, other) =>
      `${one} ve ${other} uçlarındaki ışığı denetleyin: ışığı olmayan nedendir.`,
    sitePower: (site, device) =>
      `${site} sahasında elektrik olup olmadığını sorun: yalnızca ${device} değilse arıza sahadadır.`,
    siteOrLine: (site) => `${site} sahasında elektrik olup olmadığını sorun: varsa arıza hattadır.`,
    sites: (one, other) =>
      `${one} ve ${other} sahalarında elektrik olup olmadığını sorun: elektriği olmayan nedendir.`,
    elsewhere: (agent) =>
      `Yönlendiricilere ${agent} makinesi dışında bir yerden ulaşmayı deneyin: yanıt verirlerse yalnızca ajan kopmuştur.`,
    checkAlsoFailed: (name) => `${name} de arızalı mı, denetleyin.`,
    worksBadly: (one, other) =>
      `${one} ile ${other} için karşılaştırın: portlarda hata, düşen paket, yük ve ışık; yönlendiricilerde işlemci yükü.`,
    reallyDown: (name) =>
      `${name} çalışıyor mu, denetleyin: çalışıyorsa hiçbir şey arızalı değildir.`,
  },
  diagram: {
    from: (agent) => `Yukarıdan aşağıya: ${agent} ajanından artan uzaklık`,
    answers: "yanıt veriyor",
    unknown: "bilinmiyor: ajanı kopmuş",
    site: (name) => `Saha ${name}`,
    agent: (name) => `Ajan ${name}`,
    moreDownstream: (n) => `aşağı yönde ${n} tane daha`,
    moreOnGraph: (n) => `çizgede ${n} tane daha`,
  },
}
