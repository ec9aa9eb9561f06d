/** What is wrong with a field, in Turkish. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, FieldCode } from "./catalogue.ts"
import { many } from "./tr-phrases.ts"

const TYPES: Readonly<Record<Params["field.type"]["expected"], string>> = {
  text: "bir metin",
  number: "bir sayı",
  integer: "bir tam sayı",
  boolean: "evet ya da hayır",
  list: "bir liste",
  object: "bir nesne",
  null: "boş",
  other: "başka türden",
}
const BOUNDS: Readonly<Record<Params["field.bound"]["bound"], (limit: string) => string>> = {
  "at-least": (limit) => `en az ${limit}`,
  "at-most": (limit) => `en çok ${limit}`,
  "more-than": (limit) => `${limit} değerinden büyük`,
  "less-than": (limit) => `${limit} değerinden küçük`,
}
const UNITS = { character: "karakter", item: "öğe" } as const
const SECRETS: Readonly<Record<Params["field.secret-needed"]["secret"], string>> = {
  password: "parolayı",
  snmpCommunity: "SNMP topluluğunu",
  snmpAuthPassword: "SNMPv3 kimlik doğrulama parolasını",
  snmpPrivPassword: "SNMPv3 gizlilik parolasını",
}
const PASSWORDS: Readonly<Record<Params["field.weak-password"]["reason"], string>> = {
  common:
    "tek başına ya da sonuna rakam eklenmiş hâliyle ilk denenen parolalardan: birbiriyle ilgisiz birkaç sözcük seçin",
  repeated: "birkaç karakteri yineliyor: birbiriyle ilgisiz birkaç sözcük seçin",
  sequence: "yan yana harf veya rakamlardan oluşuyor: birbiriyle ilgisiz birkaç sözcük seçin",
  context:
    "adınızdan, e-posta adresinizden, kuruluşunuzdan veya bu ürünün adından oluşuyor: kimsenin sizinle ilişkilendirmediği sözcükler seçin",
}
const DESTINATIONS: Readonly<Record<Params["field.destination"]["kind"], string>> = {
  loopback: "bir geri döngü adresi: ajanın kendi makinesi",
  "link-local": "yalnızca yerel bağlantıda geçerli bir adres",
  metadata: "bir bulutun, ajanın makinesine ait kimlik bilgilerini verdiği adres",
  multicast: "bir çoklu yayın adresi",
  broadcast: "bir yayın adresi",
  unspecified: "bir makinenin adresi değil",
  own: "ajanın veya sunucunun kendi makinesinin adresi",
  "outside-allowed-networks": "bu ajanın bağlanabileceği ağların dışında",
}
const MISSING: Readonly<Record<Params["field.not-found"]["what"], string>> = {
  region: "böyle bir bölge yok",
  site: "böyle bir saha yok",
  device: "böyle bir cihaz yok",
  link: "böyle bir bağlantı yok",
  agent: "böyle bir ajan yok",
  credential: "böyle bir kimlik bilgisi yok",
  channel: "böyle bir kanal yok",
  schedule: "böyle bir nöbet çizelgesi yok",
  account: "böyle bir hesap yok",
  interface: "böyle bir arayüz yok",
}

export const trFields: Pick<Catalogue, FieldCode> = {
  "field.required": () => "gerekli",
  "field.empty": () => "boş olamaz",
  "field.unknown": () => "bu isteğin bir alanı değil",
  "field.format": () => "beklenen biçimde yazılmamış",
  "field.uuid": () => "geçerli bir kimlik değil",
  "field.email": () => "bir e-posta adresi değil",
  "field.url": () => "bir URL değil",
  "field.date": () => "bir tarih değil",
  "field.date-time": () => "saati olan bir tarih değil",
  "field.kind": () => "bilinen türlerden biri değil",
  "field.not-allowed": () => "izin verilmiyor",
  "field.unstorable": () => "saklanamayan bir karakter içeriyor",
  "field.control-characters": () => "denetim karakteri içeremez",
  "field.hidden-character": ({ character }) => `görünmeyen karakter içeremez (${character})`,
  "field.time-zone": () => "Europe/Istanbul gibi bir saat dilimi bekleniyor",
  "field.past": () => "tümü geçmişte kalıyor",
  "field.recurrence": () =>
    "FREQ=WEEKLY;BYDAY=TU gibi, gün ya da daha uzun aralıklı ve gerçekleşen bir RFC 5545 kuralı bekleniyor",
  "field.runbook": () =>
    "http:// ya da https:// adresi veya docs/runbooks/disk-full.md gibi bir sayfa bekleniyor",
  "field.always-quiet": () =>
    "her gün aynı saatte başlayıp biten sessizlik hiç bitmez: politikayı kapatın ya da daha az gün seçin",
  "field.address": () => "bir IP adresi veya makine adı bekleniyor",
  "field.network": () => "bir IP adresi veya 192.0.2.0/24 gibi bir ön ek bekleniyor",
  "field.wide-prefix": () => "çok geniş: en az 8 bitlik, IPv6 için 16 bitlik bir ön ek bekleniyor",
  "field.url-host": () => "bir URL içinde yer alabilecek bir makine değil",
  "field.fingerprint": () => "bir SHA-256 parmak izi bekleniyor: 64 onaltılık basamak",
  "field.collector": () => "snmp.health gibi bir ad bekleniyor",
  "field.release": () => "7.18.2 gibi bir sürüm bekleniyor",
  "field.release-unknown": () =>
    "gerekli: bu yönlendirici sürümünü bildirmedi. 7.18.2 gibi elle yazın",
  "field.nothing-to-harden": () => "neyin sıkılaştırılacağını seçin",
  "field.encryption-without-authentication": () => "şifreleme kimlik doğrulaması gerektirir",
  "field.same-device": () => "bir bağlantı iki farklı cihazı birleştirir",
  "field.taken": () => "zaten kullanılıyor",
  "field.setup-code": () => "konsoldaki kod değil",
  "field.current-password": () => "şimdiki parola değil",
  "field.secret-wrong": () => "kayıtlı olan değil",
  "field.secret-for-test": () => "başka bir adreste denemek için yeniden yazın",
  "field.cursor": () => "bilinmiyor: önceki sayfanın `next` değerini kullanın",
  "field.later-than-from": () => "`from` değerinden sonra olmalı",
  "field.interface-needed": () => "bu aile için gerekli",
  "field.device-needed": () =>
    "`interface`, `device` gerektirir: bir arayüz cihazı içinde adlandırılır",
  "field.type": ({ expected }) => `${TYPES[expected]} olmalı`,
  "field.choice": ({ choices }) =>
    choices.length === 1 ? `${choices[0]} olmalı` : `şunlardan biri olmalı: ${choices.join(", ")}`,
  "field.template": ({ field, choices }) =>
    `{${field}} diye bir alan yok. Olanlar: {${choices.join("}, {")}}`,
  "field.metric": ({ metric, family, choices }) =>
    `${family} ailesinde “${metric}” adlı bir metrik yok. Olanlar: ${choices.join(", ")}`,
  "field.bound": ({ bound, limit, unit }) =>
    unit === "none"
      ? `${BOUNDS[bound](String(limit))} olmalı`
      : `${BOUNDS[bound](many(limit, UNITS[unit]))} olmalı`,
  "field.multiple-of": ({ divisor }) => `${divisor} sayısının katı olmalı`,
  "field.max-bytes": ({ maxBytes, inflated }) =>
    `${inflated ? "açılmış" : "gönderilen"} hâliyle en çok ${maxBytes} bayt`,
  "field.not-found": ({ what }) => MISSING[what],
  "field.interface-linked": (params) => `arayüz ${params.interface} zaten bir bağlantıya ait`,
  "field.weak-password": ({ reason }) => PASSWORDS[reason],
  "field.secret-needed": ({ secret }) =>
    `başka bir adreste kullanmak için ${SECRETS[secret]} yeniden yazın`,
  "field.destination": ({ ip, kind, mayBeAllowed }) =>
    `adres ${ip}: ${DESTINATIONS[kind]}${mayBeAllowed ? ". Bir yönetici, ajanın izinli ağlarında buna izin verebilir" : ""}`,
  "field.between": ({ min, max }) => `${min} ile ${max} arasında olmalı`,
  "field.twice": ({ name }) => `${name} iki kez var`,
  "field.release-unsupported": ({ oldest, release }) =>
    `betikler ${oldest} ve 7 için hazırlanır, ${release} için değil`,
  "field.service-unknown": ({ name }) => `${name} yönlendiricinin bir servisi değil`,
  "field.service-in-use": () => "api-ssl servisini ajanlar kullanıyor",
  "field.interface-list": () => "bir arayüz listesinin adı bekleniyor",
  "field.absolute-path": () => "/ ile başlayan bir yol bekleniyor",
  "field.host-key": () =>
    "ssh-keygen -lf çıktısındaki gibi SHA256:… biçiminde parmak izi bekleniyor",
  "field.recipient": () => "bir age alıcısı bekleniyor: age1 ve 58 karakter",
  "field.text": ({ text }) => text,
}
