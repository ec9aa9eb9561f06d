/** Why a request was rejected, in Turkish: what happened, why, and what to do. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, ProblemCode } from "./catalogue.ts"
import { diskSpace, grouped } from "./numbers.ts"
import { duration } from "./tr-phrases.ts"

const NOUNS: Readonly<Record<Params["problem.not-found"]["what"], string>> = {
  incident: "arıza",
  organisation: "kuruluş",
  device: "cihaz",
  link: "bağlantı",
  interface: "arayüz",
  key: "anahtar",
  agent: "ajan",
  collector: "toplayıcı",
  account: "kullanıcı",
  credential: "kimlik bilgisi",
  region: "bölge",
  site: "saha",
  token: "API anahtarı",
  channel: "kanal",
  browser: "tarayıcı",
  delivery: "teslimat",
  "alert-rule": "alarm kuralı",
  "alert-rule-version": "alarm kuralı sürümü",
  maintenance: "bakım penceresi",
  probe: "yoklama",
  filter: "filtre",
  "wall-display": "duvar ekranı",
  run: "çalıştırma",
}
const ROLES: Readonly<Record<Params["problem.no-permission"]["role"], string>> = {
  admin: "Yönetici",
  operator: "Operatör",
  viewer: "İzleyici",
}
const DIAGNOSTICS_AGENT: Readonly<
  Record<Params["problem.diagnostics-agent"]["state"], (name: string) => string>
> = {
  "no-agent": () => "Bu cihazı izleyen bir ajan yok. Ona ulaşan bir ajan verin.",
  offline: (name) => `${name} ajanı çevrimdışı; hiçbir şey çalıştırılmadı.`,
  "never-enrolled": (name) => `${name} ajanı hiç kaydedilmedi; hiçbir şey çalıştırılmadı.`,
  revoked: (name) => `${name} ajanı iptal edildi; hiçbir şey çalıştırılmadı.`,
  "too-old": (name) => `${name} ajanı bunu henüz yapamıyor. Ajanı güncelleyin.`,
}
const SECRETS: Readonly<Record<Params["problem.secret-wrong"]["secrets"][number], string>> = {
  password: "parola",
  snmpCommunity: "SNMP topluluğu",
  snmpAuthPassword: "SNMPv3 kimlik doğrulama parolası",
  snmpPrivPassword: "SNMPv3 gizlilik parolası",
}
const secretNames = ({ secrets }: Params["problem.secret-wrong"]): string =>
  secrets.map((each) => SECRETS[each]).join(" ve ")

export const trProblems: Pick<Catalogue, ProblemCode> = {
  "problem.rule-matches": ({ rule, count }) =>
    `${rule} ${count} nesneyle eşleşiyor. Kapsamını daraltın ya da bunun istendiğini onaylayın.`,
  "problem.not-found": ({ what, id }) => `Böyle bir ${NOUNS[what]} yok: ${id}.`,
  "problem.no-page": ({ path }) => `${path} adresinde bir sayfa yok.`,
  "problem.incident-closed": () => "Bu arıza kapandı ve değiştirilemez.",
  "problem.incident-not-acknowledged": () => "Bu arıza üstlenilmemiş.",
  "problem.incident-acknowledged": ({ by, agoMs }) =>
    `${by} bu arızayı ${agoMs < 1_000 ? "az önce" : `${duration(agoMs)} önce`} üstlendi. Devralmadan önce yeniden yükleyin.`,
  "problem.incident-of-appliance": () =>
    "Bu arıza sunucunun kendisiyle ilgili. Birleştirilemez ve bölünemez.",
  "problem.incident-merge-itself": () =>
    "Bir arıza kendisiyle birleştirilemez. Başka bir arıza seçin.",
  "problem.incident-split-nothing": () =>
    "Bu belirtilerin hiçbiri bu arızada artık etkin değil. Yeniden yükleyin.",
  "problem.incident-split-all": () => "Bunlar arızanın tüm belirtileri. En az birini bırakın.",
  "problem.too-many-filters": () => "50 filtre kaydettiniz. Önce birini kaldırın.",
  "problem.snooze-past": () => "Bu zaman geçti. Daha sonraki bir zaman seçin.",
  "problem.snooze-far": ({ days }) =>
    `Bir arıza en çok ${days} gün ertelenebilir. Daha erken bir zaman seçin.`,
  "problem.changed-meanwhile": () =>
    "Bunu bu arada başka biri değiştirdi. Yeniden yükleyin, sonra değişikliği yineleyin.",
  "problem.notification-loop": () =>
    "Bu istek bir bildirimin anahtarını taşıyor; alıcısı kendisine gönderilene göre işlem yapıyor. Bu isteniyorsa anahtarı çıkarın.",
  "problem.delivery-not-dead": () =>
    "Yalnızca vazgeçilmiş ve kanalı duran bir teslimat yeniden gönderilebilir.",
  "problem.foreign-origin": () =>
    "İstek başka bir sitenin sayfasından geldiği için reddedildi. Sunucunun kendi arayüzünü kullanın.",
  "problem.too-many-requests": () => "Çok fazla istek gönderildi. Biraz bekleyip yeniden deneyin.",
  "problem.no-desired-config": () =>
    "Bu yönlendiricinin istenen yapılandırması yok. Önce bir tane kaydedin.",
  "problem.no-push": () =>
    "İstenen yapılandırmada bildirim kapalı olduğu için bu yönlendiricinin anahtarı yok. Önce bildirimi açın.",
  "problem.script-is-secret": () =>
    "Bu betik bir parola ve bir anahtar içerir. Göstermek için secrets:reveal yetkisi gerekir. Bunun yerine tek kullanımlık bir bağlantı oluşturun: yönlendirici betiği kendisi indirir.",
  "problem.agent-name-taken": ({ name }) => `${name} adlı bir ajan zaten var. Başka bir ad seçin.`,
  "problem.name-taken": ({ what }) =>
    `Bu ad zaten kullanılıyor (${NOUNS[what]}). Başka bir ad seçin.`,
  "problem.already-set-up": () => "Bu sunucu zaten kurulmuş. Oturum açın.",
  "problem.setup-code": () =>
    "Kurulum kodu yanlış. Kod, sunucunun başlatıldığı konsolda gösterilir.",
  "problem.upload-no-space": () =>
    "Bu sunucunun diski bu yedek için fazla küçük. Daha büyük bir disk kullanıp yeniden deneyin.",
  "problem.upload-ended": () => "Bu yükleme sona erdi. Kurulum koduyla yeniden başlayın.",
  "problem.email-taken": () =>
    "Bu e-posta adresi başka bir kullanıcıya ait. Farklı bir adres kullanın.",
  "problem.current-password": () => "Geçerli parola yanlış. Yeniden yazın.",
  "problem.last-admin": () => "Oturum açabilen son yönetici bu. Önce başka bir yönetici ekleyin.",
  "problem.busy": ({ seconds }) =>
    `Aynı anda çok fazla oturum açılıyor. ${seconds} saniye sonra yeniden deneyin.`,
  "problem.too-many-tries": ({ seconds }) =>
    `Çok fazla deneme yapıldı. Yeni bir deneme için ${seconds} sn bekleyin.`,
  "problem.too-many-secrets": ({ minutes }) =>
    `Çok fazla yanlış parola girildi. ${minutes} dk bekleyin ya da bir yöneticiye danışın.`,
  "problem.wrong-login": () => "E-posta adresi ya da parola yanlış.",
  "problem.may-not-use": ({ name }) =>
    `Kayıtlı “${name}” kimlik bilgisini kullanamazsınız. Bunun için credentials:use yetkisi gerekir: bir yöneticiye danışın.`,
  "problem.secret-wrong": (params) =>
    `Yazılan ${secretNames(params)}, kayıtlı “${params.name}” kimlik bilgisi için yanlış. Yeniden yazın.`,
  "problem.secret-needed": (params) =>
    `“${params.name}” kimlik bilgisini başka bir adres, bağlantı noktası, sertifika veya ajan için kullanmak üzere yeniden yazın: ${secretNames(params)}. ` +
    "Kayıtlı bir parolayı yeni bir hedefe göndermek, kimlik bilgisi o ağa izin vermiyorsa credentials:write yetkisini gerektirir.",
  "problem.credential-in-use": ({ devices }) =>
    `Kimlik bilgisi kullanımda: ${devices} cihaz kullanıyor. Önce onlara başka bir kimlik bilgisi verin.`,
  "problem.diagnostics-agent": ({ state, name }) => DIAGNOSTICS_AGENT[state](name),
  "problem.credential-kind": () =>
    "Bu kimlik bilgisi başka bir türden. Bunun için olan bir kimlik bilgisi seçin.",
  "problem.interface-linked": () =>
    "Bu arayüzü başka bir bağlantı kullanıyor. Başka bir arayüz seçin ya da o bağlantıyı değiştirin.",
  "problem.database-away": () => "Veritabanı şu anda yanıt vermiyor.",
  "problem.too-slow": () => "Veritabanı bu istek için çok zaman harcadı: daha azını isteyin.",
  "problem.fault": ({ request }) =>
    `Sunucunun kendisinde bir hata var; nedeni günlüğünde ${request} isteği altında yazılı.`,
  "problem.not-logged-in": () => "Oturum açık değil ya da sona ermiş. Oturum açın.",
  "problem.token-unknown": () =>
    "Bu API anahtarı bilinmiyor: eksik ya da başka bir sunucuya ait. Ayarlar sayfasında yenisini oluşturun.",
  "problem.token-expired": () =>
    "Bu API anahtarının süresi doldu. Ayarlar sayfasında yenisini oluşturun.",
  "problem.token-revoked": () =>
    "Bu API anahtarı iptal edildi. Ayarlar sayfasında yenisini oluşturun.",
  "problem.token-blocked": () =>
    "Bu API anahtarını oluşturan hesap devre dışı. Başka bir hesapla yeni bir anahtar oluşturun.",
  "problem.wall-unknown": () =>
    "Bu duvar ekranı bağlantısı bilinmiyor: eksik ya da başka bir sunucuya ait. Ayarlar sayfasında yenisini oluşturun.",
  "problem.wall-expired": () =>
    "Bu duvar ekranı bağlantısının süresi doldu. Ayarlar sayfasında yenisini oluşturun.",
  "problem.wall-revoked": () =>
    "Bu duvar ekranı bağlantısı iptal edildi. Ayarlar sayfasında yenisini oluşturun.",
  "problem.wall-blocked": () =>
    "Bu duvar ekranını oluşturan hesap devre dışı. Başka bir hesapla yeni bağlantı oluşturun.",
  "problem.wall-read-only": () =>
    "Duvar ekranı yalnızca sayfalarının gösterdiğini okuyabilir. Bir hesapla oturum açın.",
  "problem.too-many-walls": ({ max }) =>
    `Zaten ${max} duvar ekranı var. Artık kullanılmayan birini iptal edin.`,
  "problem.token-scope": ({ name, permission }) =>
    `“${name}” API anahtarında ${permission} yetkisi yok. Bu yetkiyle yeni bir anahtar oluşturun.`,
  "problem.too-many-tokens": ({ max }) =>
    `${max} API anahtarı kullanımda. Artık gerekmeyenleri iptal edin.`,
  "problem.too-many-browsers": ({ max }) =>
    `${max} tarayıcınıza bildirim gönderiliyor. Artık kullanmadığınız birini kaldırın.`,
  "problem.backup-running": () => "Bir yedekleme sürüyor. Bitmesini bekleyin.",
  "problem.backup-no-key": () => "Henüz bir yedekleme anahtarı yok. Önce bir tane oluşturun.",
  "problem.update-running": () => "Bir güncelleme veya geri alma sürüyor. Bitmesini bekleyin.",
  "problem.update-unsupported": () =>
    "Bu sunucu paketlerden kurulmamış. Nasıl kurulduysa öyle güncelleyin.",
  "problem.update-no-bundle": () => "Güncelleme yüklenmedi. Önce dosyasını seçin.",
  "problem.update-no-previous": () => "Bu sunucuda önceki bir sürüm saklanmıyor.",
  "problem.update-no-space": ({ neededBytes, freeBytes }) =>
    `Yükleme için ${diskSpace(neededBytes)} gerekiyor, ancak diskte yalnızca ${diskSpace(freeBytes)} boş. Yer açıp yeniden deneyin.`,
  "problem.update-offset": ({ received }) =>
    `Bu parça kayıtlı olanın devamı değil (${grouped(received)} bayt). Dosyayı yeniden yükleyin.`,
  "problem.no-permission": ({ role, permission }) =>
    `${ROLES[role]} rolünde ${permission} yetkisi yok. Bir yöneticiye danışın.`,
}
