import { count } from "../../format/units.ts"
import type { PageMessages } from "../../translation.ts"

export const impact: PageMessages["impact"] = {
  title: "Müşteriler",
  failed: "Müşteriler sayılamadı",
  cutOff: (n) => `${count(n)} oturum kesik`,
  before: (n, at) => `saat ${at} itibarıyla açık ${count(n)} oturumdan`,
  allBack: "Tüm oturumlar geri geldi.",
  unreachable: "erişilemiyor",
  lost: "sona erdiklerini bildiriyor",
  ofDevice: (cutOff, before) => `${count(before)} oturumdan ${count(cutOff)}`,
  who: "Kimler",
  isBack: "geri geldi",
  isOut: "kesik",
  more: (n) => `${count(n)} oturum daha listelenmiyor.`,
  hidden: "Rolünüz kim olduklarını göstermez.",
  unnamed: "adsız",
}
