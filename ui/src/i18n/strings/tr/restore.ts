import type { PageMessages } from "../../translation.ts"

export const restore: PageMessages["restore"] = {
  heading: "Yedekten geri yükle",
  lead: "Bu sunucu, yedeği alan sunucunun yerine geçer: envanter, geçmiş, hesaplar, kimlik bilgileri ve sertifikalar. Ajanları yeniden kaydolmadan devam eder. Önce eski sunucuyu kapatın.",
  choose: "Yedek seç",
  file: "Yedek dosyası",
  noFile: ".age ile biten bir dosya",
  key: "Özel anahtar",
  keyHint:
    "Yedek anahtarı oluşturulduğunda gösterildi ve AGE-SECRET-KEY-1 ile başlar. Kaydedilmez. Şifrelenmemiş bir dosya için boş bırakın.",
  submit: "Geri yükle",
  back: "Yedeksiz kur",
  phases: {
    receiving: "Yedek gönderiliyor",
    checking: "Yedek sonuna kadar okunuyor",
    restoring: "Yedek geri yükleniyor",
  },
  progress: (done: string, total: string) => `${done} / ${total}`,
  restarting:
    "Sunucu durur, yedeği geri yükler ve yeniden başlar. Uzun bir geçmiş birkaç dakika sürer. Ardından yedeğin sertifikasını kullanır: bu sayfa kendiliğinden ilerlemezse yeniden yükleyin.",
  doneHeading: "Yedek geri yüklendi",
  done: (at: string, product: string, tables: string, rows: string) =>
    `${at} tarihinde ${product} sürümüyle alındı: ${tables} tablo, ${rows} satır. Yedekteki bir hesapla oturum açın.`,
  logIn: "Oturum aç",
}
