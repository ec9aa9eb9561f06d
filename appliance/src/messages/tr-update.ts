/** Why an update was rejected or undone, in Turkish. */
import type { Catalogue, UpdateCode } from "./catalogue.ts"

const said = (detail: string): string => (detail === "" ? "" : ` (${detail})`)

export const trUpdate: Pick<Catalogue, UpdateCode> = {
  "update.not-a-bundle": ({ detail }) =>
    `Bu dosya bir ISP Visual Monitor güncellemesi değil${said(detail)}.`,
  "update.truncated": ({ detail }) =>
    `Güncelleme eksik${said(detail)}. Dosyayı yeniden kopyalayın veya indirin.`,
  "update.too-large": ({ detail }) =>
    `Bu dosya bir ISP Visual Monitor güncellemesi olamayacak kadar büyük${said(detail)}.`,
  "update.unexpected-file": ({ detail }) =>
    `Güncellemede oraya ait olmayan bir dosya var${said(detail)}. Yayımlandığı yerden yeniden alın.`,
  "update.unsigned": ({ detail }) =>
    `Güncelleme imzalı değil${said(detail)}. Yalnızca imzalı güncellemeler kurulur.`,
  "update.foreign-key": ({ detail }) =>
    `Güncelleme bu sunucunun güvenmediği bir anahtarla imzalanmış${said(detail)}. Güvenilen anahtarlar /etc/ispvm/trust.d içindedir.`,
  "update.changed": ({ detail }) =>
    `Güncelleme imzalandıktan sonra değiştirilmiş${said(detail)}. Dosyayı yeniden kopyalayın veya indirin.`,
  "update.other-architecture": ({ detail }) =>
    `Güncelleme başka bir işlemci türü için${said(detail)}.`,
  "update.older": ({ detail }) =>
    `Güncelleme kurulu olandan eski${said(detail)}. Önceki sürüme dönmek için Geri al’ı kullanın.`,
  "update.same-version": ({ detail }) => `Bu sürüm zaten kurulu${said(detail)}.`,
  "update.other-suite": ({ detail }) =>
    `Bu paketler başka bir Debian sürümü için${said(detail)}. Bu sürüme ait bir dosya kullanın.`,
  "update.older-packages": ({ detail }) =>
    `Bazı paketlerin daha yeni sürümleri zaten kurulu${said(detail)}. Yeni bir paket dosyası oluşturun.`,
  "update.nothing-newer": ({ detail }) => `Bu paketlerin hepsi zaten güncel${said(detail)}.`,
  "update.missing-packages": ({ detail }) =>
    `Paketler, kurulu olmayan ve dosyada bulunmayan başka paketler gerektiriyor${said(detail)}. Dosyayı bu makine için yeniden oluşturun.`,
  "update.debian-incomplete": ({ detail }) =>
    `Debian paketleri kuruldu ama her şey onlarla çalışmıyor${said(detail)}. Hiçbir şey geri alınmadı: başarısız güncellemeler kılavuzuna bakın.`,
  "update.no-space": ({ detail }) =>
    `Diskte yeterli boş yer yok${said(detail)}. Yer açıp yeniden deneyin.`,
  "update.database": ({ detail }) =>
    `Veritabanı yanıt vermiyor${said(detail)}. Önce onu onarın, sonra güncelleyin.`,
  "update.clock": ({ detail }) =>
    `Bu makinenin saati bir zaman sunucusunu izlemiyor${said(detail)}. Önce saati düzeltin, sonra güncelleyin.`,
  "update.backup-failed": ({ detail }) =>
    `Güncellemeden önceki yedekleme başarısız oldu${said(detail)}. Hiçbir şey değiştirilmedi.`,
  "update.install-failed": ({ detail }) =>
    `Paketler kurulamadı${said(detail)}. Önceki sürüm çalışıyor.`,
  "update.not-ready": ({ detail }) =>
    `Yeni sürüm zamanında başlamadı${said(detail)}. Önceki sürüm yeniden çalışıyor.`,
  "update.self-test": ({ detail }) =>
    `Yeni sürüm sınamasını geçemedi${said(detail)}. Önceki sürüm yeniden çalışıyor.`,
  "update.no-file": ({ detail }) => `Güncelleme dosyası okunamadı${said(detail)}.`,
  "update.agent": ({ detail }) =>
    `Bu makinenin ajanı güncellemeden sonra başlamadı${said(detail)}. Önceki sürüm yeniden çalışıyor.`,
  "update.killed": ({ detail }) =>
    `Güncelleme bitmeden sonlandırıldı${said(detail)}. Önceki sürüm yeniden çalışıyor.`,
  "update.power-loss": ({ detail }) =>
    `Makine güncelleme sırasında durdu${said(detail)}. Önceki sürüm yeniden çalışıyor.`,
  "update.no-previous": ({ detail }) => `Bu sunucuda önceki bir sürüm saklanmıyor${said(detail)}.`,
  "update.fault": ({ detail }) => `Güncelleme başarısız oldu${said(detail)}.`,
}
