/** Why a line of an imported list is rejected, in Turkish. */
import type { Message, Params } from "../api/messages.ts"
import type { Catalogue, ImportCode } from "./catalogue.ts"

const BROKEN: Readonly<Record<Params["import.not-a-table"]["why"], string>> = {
  "quote-open": "bir tırnak işareti açılmış, hiç kapanmamış",
  "quote-inside":
    "bir hücrenin ortasında tırnak işareti var: hücrenin tamamını tırnak içine alın ve içteki işareti iki kez yazın",
  "text-after-quote":
    "bir hücrenin kapanış tırnağından sonra metin var: hücre içindeki tırnak işaretini iki kez yazın",
  other: "tablo olarak okunamıyor",
}
const NOUNS = { agent: "ajan", credential: "kimlik bilgisi", device: "cihaz" } as const
const AXES = { latitude: "latitude (enlem)", longitude: "longitude (boylam)" } as const

/** `text` renders a message within another. */
export const trImport = (text: (message: Message) => string): Pick<Catalogue, ImportCode> => ({
  "import.too-many": ({ limit }) => `bir defada en çok ${limit} satır`,
  "import.unreadable-character": () =>
    "okunamayan bir karakter içeriyor: listeyi UTF-8 olarak kaydedin",
  "import.fingerprint-without-tls": () =>
    "api_tls no ile çelişiyor: TLS olmadan yönlendiricinin sertifikası yoktur",
  "import.half-position": ({ other }) => `boş, ama ${AXES[other]} dolu`,
  "import.position-without-site": () => "boş: enlem ve boylam için bir saha gerekir",
  "import.name-twice": ({ name, line }) => `${name} zaten ${line}. satırda var`,
  "import.other-position": ({ line, latitude, longitude, site }) =>
    `${line}. satırda ${site} için ${latitude}, ${longitude} yazıyor`,
  "import.no-header": () => "başlık eksik: ilk satır sütun adlarını içermeli",
  "import.cell-without-column-name": ({ cell }) => `${cell}, başlıkta adı olmayan bir sütunda`,
  "import.too-many-cells": ({ cells, columns, cell }) =>
    `${cells} hücre var, ama başlıkta ${columns} sütun var: ${cell} için sütun yok`,
  "import.column-missing": () => "başlıkta eksik",
  "import.column-unknown": ({ columns }) => `bir sütun değil; beklenenler: ${columns}`,
  "import.column-twice": () => "başlıkta iki kez var",
  "import.not-a-table": ({ why }) => BROKEN[why],
  "import.not-found": ({ what, cell }) => `böyle bir ${NOUNS[what]} yok: ${cell}`,
  "import.text": ({ cell, why }) => {
    const faults = why.map(text).join(" ve ")
    return cell === "" ? faults : `${cell}: ${faults}`
  },
  "import.empty": () => "boş olamaz",
  "import.address": ({ cell }) => `${cell} ne bir IP adresi ne de bir makine adı`,
  "import.degrees": ({ cell }) => `${cell}, 46.5 gibi bir derece sayısı değil`,
  "import.degrees-range": ({ cell, side, limit }) =>
    `${cell}, ${limit} değerinden ${side === "above" ? "büyük" : "küçük"}`,
  "import.port": ({ cell }) => `${cell} bir bağlantı noktası değil; 1 ile 65535 arasında olmalı`,
  "import.yes-no": ({ cell }) => `${cell} ne yes ne de no`,
  "import.roles": ({ cells, roles }) => `böyle bir rol yok: ${cells.join(", ")}; roller: ${roles}`,
  "import.tags": ({ cells }) =>
    `${cells.join(", ")} etiket değil: yalnızca harf, rakam ve ._:-, en çok 64 karakter; etiketlerin arasında ;`,
  "import.too-many-tags": ({ tags, limit }) => `${tags} etiket var; en çok ${limit}`,
  "import.tags-without-site": () => "boş: site_tags için bir saha gerekir",
  "import.other-tags": ({ line, tags, site }) => `${line}. satırda ${site} için ${tags} yazıyor`,
  "import.fingerprint": ({ cell }) =>
    `${cell} bir SHA-256 parmak izi değil: iki noktalı ya da iki noktasız 64 onaltılık basamak`,
  "import.capacity": ({ cell }) => `${cell} sıfırdan büyük bir bit/s sayısı değil`,
  "import.choice": ({ cell, choices }) => `${cell} şunlardan biri değil: ${choices}`,
  "import.same-device": () => "öteki ucun cihazı",
  "import.link-twice": ({ line }) => `aynı hat zaten ${line}. satırda var`,
  "import.interface-linked": ({ cell }) => `${cell} başka bir hattın ucu`,
})
