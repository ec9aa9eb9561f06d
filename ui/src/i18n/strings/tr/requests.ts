import type { Messages } from "../../translation.ts"

export const requests: Messages["requests"] = {
  timeout: (seconds) => `Sunucu ${seconds} sn içinde yanıt vermedi.`,
  unreachable: "Sunucuya ulaşılamıyor. Çalıştığını ve bu makinenin ağa bağlı olduğunu denetleyin.",
  withoutReason: (status) => `Sunucu neden belirtmeden ${status} yanıtını verdi.`,
  answered: (status) => `Sunucu ${status} yanıtını verdi.`,
}
