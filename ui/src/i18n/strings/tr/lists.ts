import { many } from "@ispvm/appliance/messages/tr-phrases"
import type { Messages } from "../../translation.ts"

export const lists: Messages["lists"] = {
  pages: "Sayfalar",
  position: (first, last, total) => `${first}–${last} / ${total}`,
  allRows: (n) => many(n, "satır"),
  newer: "Daha yeni",
  older: "Daha eski",
  stale: (time) => `Güncel değil: ${time} itibarıyla okundu.`,
  exportCsv: "CSV olarak dışa aktar",
  exported: (n) => many(n, "satır dışa aktarıldı."),
  exportedSome: (n, total) =>
    `${total} satırdan en yeni ${n} tanesi dışa aktarıldı. Kalanlar için daha kısa bir süre seçin.`,
  incidents: {
    number: "Numara",
    incident: "Arıza",
    impact: "Etki",
    owner: "Sorumlu",
    symptoms: "Belirtiler",
    since: "Başlangıç / kapanış",
    action: "İşlem",
    closedFailed: "Kapanmış arızalar yüklenemedi",
  },
  bulk: {
    noteOn: (n) => many(n, "arızaya not ekle"),
    rejected: (why) => `Yapılmadı: ${why}`,
    rejectedSome: (n) => many(n, "arıza reddedildi; nedeni satırında yazar."),
    done: {
      acknowledge: (n) => many(n, "arıza üstlenildi."),
      unacknowledge: (n) => many(n, "arızanın üstlenilmesi geri alındı."),
      note: (n) => many(n, "arızaya not eklendi."),
      assign: (n) => many(n, "arızanın sorumlusu değişti."),
      snooze: (n) => many(n, "arıza ertelendi."),
      severity: (n) => many(n, "arızanın önemi değişti."),
      ticket: (n) => many(n, "arızanın destek kaydı değişti."),
      close: (n) => many(n, "arızanın neden kodu belirlendi."),
      merge: (n) => many(n, "arıza birleştirildi."),
      feedback: (n) => many(n, "arızanın nedeni değerlendirildi."),
    },
  },
}
