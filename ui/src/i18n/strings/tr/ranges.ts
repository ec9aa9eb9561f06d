import type { Messages } from "../../translation.ts"

export const ranges: Messages["ranges"] = {
  label: "Zaman aralığı",
  spans: {
    "15m": "15 dk",
    "1h": "1 sa",
    "6h": "6 sa",
    "24h": "24 sa",
    "7d": "7 gün",
    "30d": "30 gün",
  },
  when: { all: "Tüm zamanlar", day: "Son 24 saat", week: "Son 7 gün", month: "Son 30 gün" },
  custom: "Özel…",
  heading: "Özel zaman aralığı",
  from: "Başlangıç",
  to: "Bitiş",
  zone: (zone) => `Saatler bu tarayıcının saat dilimindedir: ${zone}.`,
  show: "Göster",
  backToLive: "Canlıya dön",
  fixed: "Özel bir zaman aralığı gösterilirken grafikler ilerlemez.",
  problem: {
    missing: "Tarih ve saat girin.",
    future: "Gelecekte.",
    "too-old": "Bir yıldan eski. Değerler bir yıl saklanır.",
    "not-after-from": "Başlangıçtan sonra olmalı.",
    "too-short": "Başlangıçtan en az 10 saniye sonra olmalı.",
  },
  inAddressOf: (end, why) => `${end}: ${why}`,
  ignored: (why) => `Adresteki zaman aralığı geçerli değil ve kullanılmıyor. ${why}`,
}
