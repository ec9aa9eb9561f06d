/** What the appliance says about itself and its agents, and what to do, in Turkish. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, NoticeCode } from "./catalogue.ts"
import { duration } from "./tr-phrases.ts"

const STORAGE: Readonly<Record<Params["health.storage-failing"]["fault"], string>> = {
  "disk-full": "Veritabanının diski dolu.",
  "read-only": "Veritabanı salt okunur.",
  unreachable: "Veritabanı yanıt vermiyor.",
  failing: "Veritabanı yazmayı reddediyor.",
}
const clockSkew = ({ direction, byMs, isCorrected }: Params["agent.clock-skew"]): string => {
  const what = `Bu ajanın makinesinin saati, sunucunun saatinden ${duration(byMs)} ${direction === "ahead" ? "ileri" : "geri"}.`
  const effect = isCorrected
    ? "Ölçümleri buna göre düzeltiliyor."
    : "Ölçümlerinin zamanı yanlış olabilir ya da reddedilebilir: ajanı güncelleyin."
  return `${what} ${effect} O saati ayarlayın (timedatectl set-ntp true) ya da yanlış olan sunucununki ise onu.`
}
const identityShared = ({ machines }: Params["agent.identity-shared"]): string => {
  const [first] = machines
  const decider =
    first === undefined ? "" : ` İlk gelen ${first}; neye ulaşılabildiğine o karar veriyor.`
  const count = machines.length === 2 ? "iki" : machines.length
  return `Bu ajanın kimliğini ${count} makine kullanıyor: ${machines.join(" ve ")}. Biri büyük olasılıkla diğerinin kopyası ya da geri yüklenmiş bir anlık görüntüsü. Veri kaybı yok: hepsi gönderiyor.${decider} Biri dışında hepsini durdurun ya da diğerini yeniden kaydedin: ajanını durdurun, veri klasörünü silin, bu sayfada yeni bir ajan ekleyin ve komutunu orada çalıştırın.`
}
const SEED_FAULTS: Readonly<Record<Params["health.seed"]["problems"][number]["fault"], string>> = {
  "unknown-key": "bilinmeyen anahtar",
  "wrong-value": "yanlış değer",
  unreadable: "okunamıyor",
  "not-supported": "desteklenmiyor",
  "not-applied": "uygulanamadı",
}
const CERTIFICATE: Readonly<Record<Params["health.certificate"]["fault"], string>> = {
  "not-pem": "Sertifika ya da anahtar PEM biçiminde değil.",
  "key-does-not-fit": "Anahtar bu sertifikaya ait değil.",
  expired: "Sertifikanın süresi dolmuş.",
}
const seed = ({ problems }: Params["health.seed"]): string => {
  const all = problems.map(
    ({ key, fault, detail }) =>
      `${key}: ${SEED_FAULTS[fault]}${detail === null ? "" : ` (${detail})`}`,
  )
  return `Bu makinenin ön yapılandırmasının bazı bölümleri uygulanmadı, kalanı uygulandı. ${all.join("; ")}. Dosyayı düzeltip makineyi yeniden başlatın ya da dosyayı kaldırın.`
}

export const trNotices: Pick<Catalogue, NoticeCode> = {
  "health.storage-failing": ({ fault }) =>
    `Hiçbir şey kaydedilemiyor. ${STORAGE[fault]} Ajanlar ölçümlerini tamponlarında tutup sonra gönderir; o zamana kadar cihazların durumu bilinmez. Yer açın ya da veritabanını onarın.`,
  "health.clock-set": ({ direction, byMs, at }) =>
    `Bu sunucunun saati ${at} anında ${duration(byMs)} ${direction === "back" ? "geri" : "ileri"} alındı. Süreler etkilenmez; önceki zamanlar kaydedildikleri gibi gösterilir.`,
  "health.clock-unsynchronised": () =>
    "Bu sunucunun saati hiçbir zaman sunucusunu izlemiyor. Ölçümlerin ve sertifikaların zamanı yanlış olabilir. Zaman sunucularını (konsol: Time) ve onlara UDP 123 bağlantı noktasının açık olduğunu denetleyin.",
  "health.seed": seed,
  "health.certificate": ({ fault }) =>
    `Bu sayfa için verdiğiniz sertifika kullanılmıyor. ${CERTIFICATE[fault]} Sunucu kendi sertifikasını kullanıyor. Geçerli bir çift kurun (ispvm certificate install) ya da kaldırın.`,
  "health.certificate-expires": ({ days }) =>
    `Bu sayfanın sertifikasının süresi ${days} gün içinde doluyor. Yenisini ispvm certificate install ile kurun.`,

  "agent.identity-shared": identityShared,
  "agent.samples-rejected": ({ items, why }) =>
    `Sunucu bu ajanın ölçümlerini reddediyor: bir dakikada ${items} tane, sonuncusunun nedeni: ${why}. Cihazları bilinmiyor olarak gösteriliyor. İki makinenin saatini denetleyin ve ikisine de aynı sürümü kurun.`,
  "agent.clock-skew": clockSkew,
  "agent.data-restored": () =>
    "Bu ajanın verisi eski bir durumda: makinesi bir anlık görüntüden geri yüklendi ya da bir kopya. Yeni bir tampon kimliğiyle sürüyor ve hiçbir şey kaybolmadı. Başka bir makine hâlâ aynı veriyle çalışıyorsa birini yeniden kaydedin.",
  "agent.own-note": ({ text }) => text,

  "remedy.name-not-found": () =>
    "Ajanın makinesi bu adı çözemiyor. IP adresini yazın ya da ajanın makinesindeki DNS sunucusunu düzeltin.",
  "remedy.no-route": () =>
    "Ajanın makinesinden bu adrese yol yok. Adresi denetleyin ya da yönlendiriciye daha yakın bir ajan seçin.",
  "remedy.no-answer": () =>
    "Yanıt yok. Adresi ve yönlendiricinin açık olduğunu denetleyin. Sonra güvenlik duvarını (chain input) ve /ip service içindeki Available From listesini denetleyin: ajanın adresine izin vermeliler.",
  "remedy.refused": () =>
    "Yönlendirici bu bağlantı noktasındaki istekleri reddediyor: orada dinleyen yok. Bağlantı noktasını ve yönlendiricide /ip service print çıktısını denetleyin.",
  "remedy.not-routeros": () =>
    "Bu bağlantı noktasındaki hizmet RouterOS API değil. API, TLS olmadan 8728, TLS ile 8729 numaralıdır; 8291 Winbox, 80 ve 443 web sayfalarıdır.",
  "remedy.tls-failed": () =>
    "Hizmet TLS kullanmıyor. api-ssl bir sertifika ister: /certificate ile oluşturup /ip service set api-ssl certificate=… ile atayın ya da TLS olmadan 8728 bağlantı noktasını seçin.",
  "remedy.wrong-certificate": () =>
    "Yönlendiricinin sertifikası onaylanmış olan değil. Yönlendirici ya da sertifikası değiştirildiyse yeni parmak izini kabul edin. Değiştirilmediyse bu bir saldırı olabilir: sürdürmeyin.",
  "remedy.unconfirmed-certificate": () =>
    "Bu yönlendiricinin sertifikası henüz onaylanmadı. Erişimi sınayın, orada gösterilen parmak izini yönlendiricininkiyle (/certificate print detail) karşılaştırın ve onaylayın.",
  "remedy.wrong-credentials": () =>
    "Yönlendirici bu kullanıcı adını ya da parolayı reddediyor. Winbox veya SSH ile denetleyin; /user bu kullanıcının adreslerini sınırlıyor mu, ona da bakın.",
  "remedy.not-permitted": () =>
    "Oturum açılıyor ama bu kullanıcı gerekenleri okuyamıyor. Grubuna read ve api politikalarını verin (RouterOS: /user group set <group> policy=read,api).",
  "remedy.timed-out": () =>
    "Yönlendiricinin yanıtı zamanında bitmedi. Aşırı yüklü olabilir ya da yolda paket kaybı vardır. Yeniden deneyin, sonra CPU yükünü denetleyin.",
  "remedy.icmp-unavailable": () =>
    "Bu ajan ping gönderemiyor, bu yüzden erişilebilirlik yalnızca TCP ile yoklanıyor. Ajanın makinesine fping kurun (apt install fping) ve ajanı yeniden başlatın.",
  "remedy.failed": () => "Sınama başka bir nedenle başarısız oldu; iletiye bakın.",
  "remedy.ping-no-answer": () =>
    "Ping yanıtsız. Diğer adımlar çalışıyorsa yönlendiricinin güvenlik duvarı ICMP paketlerini atıyor: ajanın adresinden gelenlere izin verin (/ip firewall filter add chain=input protocol=icmp action=accept) ya da bu cihaz için pingi kapatın.",
  "remedy.snmp-no-answer": () =>
    "Yanlış bir toplulukta olduğu gibi, hiçbir SNMP sürümünde yanıt yok. Cihazda SNMP açık mı, topluluk veya kullanıcı var mı, ajanın adresine izin veriliyor mu, denetleyin (RouterOS: /snmp print, /snmp community print). Sonra bu bağlantı noktasında UDP paketlerini atan bir güvenlik duvarı arayın.",
  "remedy.snmp-timed-out": () =>
    "SNMP yanıtları zamanında bitmedi. Yönlendirici aşırı yüklü olabilir. Yeniden deneyin.",
  "remedy.snmp-wrong-credentials": () =>
    "Cihazın SNMP ajanı isteği reddediyor. Topluluğu ya da kullanıcıyı ve izin verilen adresleri denetleyin (RouterOS: /snmp community print). Neden bir güvenlik duvarı değil.",
  "remedy.snmp-not-permitted": () =>
    "Topluluğun ya da kullanıcının değerleri okuma yetkisi yok: görünümünü, güvenlik düzeyini ve okuma iznini denetleyin (RouterOS: /snmp community set <name> read-access=yes).",
  "remedy.login-refused": () =>
    "Yönlendirici bağlantıyı kabul edip hemen kapattı. /ip service içindeki Available From listesinde ajanın adresi yok ya da boş API oturumu kalmadı (/ip service set api max-sessions=…).",
  "remedy.login-timed-out": () =>
    "Bağlantı noktası açık ama oturum açma isteği yanıtsız. Bunun API bağlantı noktası (8728 ya da 8729) olduğunu ve yönlendiricide boş oturum bulunduğunu denetleyin.",
  "remedy.snmp-unknown-user": () =>
    "Cihazda bu adla bir SNMPv3 kullanıcısı yok. Yazımı ve büyük-küçük harfleri denetleyin ya da kullanıcıyı oluşturun (RouterOS: /snmp community add name=… security=private).",
  "remedy.snmp-authentication": () =>
    "Kullanıcı var ama kimlik doğrulama parolası ya da protokolü başka. Cihazın gösterdiği protokolü seçin (MD5, SHA1, SHA256 …), sonra parolayı yeniden yazın.",
  "remedy.snmp-privacy": () =>
    "Kullanıcı ve kimlik doğrulama doğru ama gizlilik parolası ya da protokolü farklı. Cihazda DES veya AES seçimini denetleyin; AES-256’nın biri yaygın, biri Cisco’nun olmak üzere iki türü vardır.",
  "remedy.snmp-security-level": () =>
    "Kullanıcının güvenlik düzeyi başka. Cihaz şifrelemiyorsa gizlilik olmadan seçin ya da cihazda şifrelemeyi açın.",
  "remedy.snmp-time-window": () =>
    "Cihaz kendi SNMP motorunun zamanını reddediyor. Bu, yeniden başlatmadan sonra ya da kopyalanmış iki cihazın motor kimliği aynıysa olur. Bir dakika sonra yeniden deneyin; sürerse benzersiz bir motor kimliği verin.",
  "remedy.snmp-engine-id": () =>
    "Cihaz kendi motor kimliğini tanımıyor. Yeniden başlıyor olabilir ya da arada bir SNMP vekili vardır. Bir dakika sonra yeniden deneyin.",
  "remedy.confirm-certificate": () =>
    "Burada gösterilen parmak izini yönlendiricininkiyle (/certificate print detail) karşılaştırın. Aynıysa onaylayıp yeniden sınayın. Değilse bu bir saldırı olabilir: sürdürmeyin.",
  "remedy.no-account": () => "Cihaza RouterOS API ve kullanıcı adı olan bir kimlik bilgisi verin.",
  "remedy.login-secret-missing": () =>
    "Kullanıcı adı ve parolası olan bir kimlik bilgisi seçin ya da bunları yazın.",
  "remedy.snmp-secret-missing": () =>
    "Topluluğu ya da SNMP kullanıcısı olan bir kimlik bilgisi seçin ya da yazın.",
  "remedy.agent-offline": () =>
    "Ajanın makinesinde çalıştığını ve bu sunucuya ulaştığını denetleyin ya da başka bir ajan seçin.",
  "remedy.agent-never-enrolled": () =>
    "Ajanlar sayfasında bir kayıt anahtarı oluşturup orada gösterilen komutu ajanın makinesinde çalıştırın ya da başka bir ajan seçin.",
  "remedy.agent-revoked": () =>
    "Yeniden kullanmak için Ajanlar sayfasında ona yeni bir kayıt anahtarı oluşturun ya da başka bir ajan seçin.",
  "remedy.agent-no-result": () =>
    "Yeniden deneyin. Yine başarısız olursa ajanın günlüğünü okuyun: aşırı yüklü olabilir ya da bağlantısını yitirmiştir.",
}
