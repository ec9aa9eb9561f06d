/** How backups and restores ended, in Turkish. */
import type { BackupCode, Catalogue } from "./catalogue.ts"

export const trBackup: Pick<Catalogue, BackupCode> = {
  "backup.failed": ({ reason }) => `Yedekleme veya geri yükleme başarısız oldu: ${reason}.`,
  "backup.disk-full": () =>
    "Yedeğin saklandığı yerde veya veritabanının diskinde yer kalmadı. Yarım kalan yedekten hiçbir şey tutulmaz. Yer açın veya eski yedekleri silin, sonra yeniden deneyin.",
  "backup.no-recipient": () =>
    "Henüz bir yedekleme anahtarı yok. Ayarlar, Yedekleme bölümünde bir anahtar oluşturun ve özel kısmını güvenli bir yerde saklayın.",
  "backup.no-key": () => "Bu yedek şifreli. Özel anahtarın dosyasını verin: --key DOSYA.",
  "backup.wrong-key": () =>
    "Bu anahtar yedeği açmıyor. Yedekleme anahtarı oluşturulurken gösterilen özel anahtarı kullanın.",
  "backup.not-a-backup": () => "Bu dosya bir ISP Visual Monitor yedeği değil.",
  "backup.cut-short": () =>
    "Yedek eksik: dosya erken bitiyor. Dosyayı yeniden kopyalayın veya başka bir yedek kullanın.",
  "backup.damaged": ({ what }) =>
    `Yedek bozuk (${what}): en az bir bayt değişmiş. Dosyayı yeniden kopyalayın veya başka bir yedek kullanın.`,
  "backup.newer": ({ backup, build }) =>
    `Yedek daha yeni bir sürümle alınmış: son geçişi ${backup}, bu sürümünki ise ${build}. O sürümü veya daha yenisini kurup geri yükleyin.`,
  "backup.other-build": ({ migration }) =>
    `Yedek başka bir derlemeyle alınmış: ${migration} geçişi bu sürümdekiyle aynı değil.`,
  "backup.unknown-column": ({ table, column }) =>
    `Yedekte bu sürümün bilmediği bir sütun var: ${table}.${column}. Yedeği alan sürümü kurun.`,
  "backup.differs": ({ table }) =>
    `Geri yüklenen veritabanında ${table} satırları yedektekilerle aynı değil. Bu yedeğe güvenmeyin. Yeni bir yedek alın ve diski denetleyin.`,
  "backup.not-empty": () =>
    "Bu cihaz zaten kurulmuş; geri yükleme bütün verilerinin yerini alır. Bunu istiyorsanız --replace ekleyin.",
  "backup.running": () => "Başka bir yedekleme sürüyor. Bitmesini bekleyin.",
  "backup.interrupted": () => "Bu yedek alınırken cihaz durdu.",
  "backup.no-scratch": ({ reason }) =>
    `Yedek saklandı ama doğrulanmadı: deneme veritabanı oluşturulamadı (${reason}). DATABASE_URL kullanıcısına CREATEDB yetkisi verin.`,
  "backup.target": ({ reason }) =>
    `Yedek saklanamadı: ${reason}. Ayarlar, Yedekleme bölümünde hedefi denetleyin.`,
  "backup.target-differs": () =>
    "Hedeften geri okunan, gönderilenle aynı değil. Bu yedeğe güvenmeyin; depolamayı denetleyin.",
  "backup.host-key": ({ fingerprint }) =>
    `SFTP sunucusunun anahtarı ${fingerprint}. Sunucunun kendi anahtarıyla karşılaştırın (ssh-keygen -lf), sonra ana makine anahtarı olarak kaydedin.`,
}
