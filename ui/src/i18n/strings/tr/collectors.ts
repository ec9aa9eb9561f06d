import type { Messages } from "../../translation.ts"

export const collectors: Messages["collectors"] = {
  title: "Toplama aralıkları",
  lead: "Ajanlar her cihazı ne sıklıkla okur. Bir değişiklik ajanlara birkaç saniyede ulaşır. Yoklamalar etkilenmez: her saniye yapılır.",
  failed: "Toplama aralıkları yüklenemedi",
  names: {
    "routeros-api.interface": "Arayüzler, RouterOS API",
    "routeros-api.health": "CPU, bellek ve algılayıcılar, RouterOS API",
    "routeros-api.facts": "Model ve sürüm, RouterOS API",
    "snmp.interface": "Arayüzler, SNMP",
    "snmp.health": "CPU, bellek ve algılayıcılar, SNMP",
    "snmp.facts": "Model ve sürüm, SNMP",
  },
  unknown: "Bu sürümde böyle bir toplayıcı yok. Aralığı kaldırmak için varsayılanı seçin.",
  interval: (name) => `Aralık: ${name}`,
  byDefault: (interval) => `Varsayılan (${interval})`,
  none: "yok",
  changed: (name, interval) => `${name}: her ${interval}.`,
  removed: (name) => `${name}: varsayılan aralık.`,
}
