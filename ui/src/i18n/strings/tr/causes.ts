import type { Messages } from "../../translation.ts"
import { many } from "./many.ts"

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
    `Şu ${numberWord(n)} bileşenden biri: buradan bakınca ayırt ${over ? "edilemedi" : "edilemiyor"}.`,
  allOf: (n, over) => `${together(n)} aynı anda ${over ? "arızalanmıştı" : "arızalandı"}.`,
  allOfEach: (n, over) =>
    `${together(n)} ya da onlardan ayırt edilemeyenler aynı anda ${over ? "arızalanmıştı" : "arızalandı"}.`,
  or: "veya",
  and: "ve",
  nothing: "Hiçbir şey arızalanmadı",
  nothingWhy: "Görülenler yanlış yorumlanmış olurdu.",
  stale: (at) => `${at} itibarıyla. O zamandan beri neyin değiştiği bilinmiyor.`,
  moreEquivalentsButton: (n) => `veya ${n} taneden biri daha`,
  fewerEquivalents: "Daha az göster",
  rechecksPending: (answered, requested) =>
    `Yeniden bakılıyor: ${requested} taneden ${answered} tanesi yanıtlandı`,
  explanations: "Açıklamalar",
  draw: (n) => `${n}. açıklamayı çiz`,
  drawn: (n) => `${n}. açıklama doğruymuş gibi çizildi`,
  drawnBack: "İlkine dön",
  equivalents: (n) =>
    n === 1 ? "veya buradan aynı görünen" : "veya buradan aynı görünenlerden biri:",
  moreEquivalents: (n) => `ve ${n} tane daha`,
  distinguish: "1'den ayırt etmek için:",
  else: "Başka bir şey",
  onlyOne: "Başka açıklama bulunmadı.",
  evidence: "Kanıtlar",
  for: "Lehte",
  against: "Aleyhte",
  noneFor: "Artık lehte bir şey yok.",
  noneAgainst: "Aleyhte bir şey yok.",
  showAll: (n) => `${n} tanesinin tümünü göster`,
  showFewer: "Daha az göster",
  rechecks: "Yeniden bakıldı",
  answeredOf: (answered, requested) => `${requested} taneden ${answered} tanesi yanıtlandı`,
  recheckRequested: (span) => `${span} önce istendi …`,
  recheckPending: "istendi, henüz yanıtlanmadı",
  recheckUnanswered: "yanıtlanmadı",
  recheckTook: (span) => `${span} sonra`,
  result: { up: "çalışıyor", down: "kapalı", "no-answer": "yanıt yok" },
  answered: "yanıtlandı",
  history: "Bu sonuca nasıl varıldı",
  historyMore: (n) => many(n, "önceki adım"),
  historyFewer: "Daha az adım",
  causeChanged: "neden değişti",
  after: (span) => `+ ${span}`,
  step: {
    power: (device, site) =>
      `${site} sahasında ${device} için elektrik olup olmadığını sorun: varsa arıza hattadır.`,
    powerEach: (one, other) =>
      `${one} ve ${other} için elektrik olup olmadığını sorun: karanlık olan arızalıdır.`,
    carrier: (device) =>
      `${device} taşıyıcısına cihazın çalışıp çalışmadığını sorun: çalışıyorsa arıza hattadır.`,
    light: (one, other) => `${one} ve ${other} uçlarında ışık arayın: karanlık olan arızalıdır.`,
    sitePower: (site, device) =>
      `${site} sahasında elektrik olup olmadığını sorun: yalnızca ${device} değilse arıza sahadadır.`,
    siteOrLine: (site) => `${site} sahasında elektrik olup olmadığını sorun: varsa arıza hattadır.`,
    sites: (one, other) =>
      `${one} ve ${other} sahalarında elektrik olup olmadığını sorun: karanlık olan arızalıdır.`,
    elsewhere: (agent) =>
      `Yönlendiricilere ${agent} makinesi dışında bir yerden ulaşmayı deneyin: yanıt verirlerse yalnızca ajan kopmuştur.`,
    checkAlsoFailed: (name) => `${name} de arızalı mı, bakın.`,
    reallyDown: (name) => `${name} için bakın: çalışıyorsa hiçbir şey arızalı değildir.`,
  },
  diagram: {
    from: (agent) => `Aşağı indikçe ${agent} ajanından uzaklaşılır`,
    answers: "yanıt veriyor",
    unknown: "bilinmiyor: ajanı kopmuş",
    site: (name) => `Saha ${name}`,
    agent: (name) => `Ajan ${name}`,
    moreDownstream: (n) => `arkasında ${n} tane daha`,
    moreOnGraph: (n) => `çizgede ${n} tane daha`,
  },
}
