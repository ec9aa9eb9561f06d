import type { Messages } from "../../translation.ts"

export const metrics: Messages["metrics"] = {
  charts: {
    "Round trip": "Gidiş dönüş",
    Loss: "Kayıp",
    "CPU and memory": "CPU ve bellek",
    "Busiest interfaces, in": "En yoğun arayüzler, gelen",
    "Busiest interfaces, out": "En yoğun arayüzler, giden",
    Sensors: "Algılayıcılar",
  },
  labels: {
    "ping.rtt_ms": "Gidiş dönüş",
    "ping.loss_pct": "Kayıp",
    "device.memory_pct": "Bellek",
  },
  inUnit: (title, unit) => `${title}, ${unit === "state" ? "durum" : unit}`,
  state: { ok: "Sağlam", failed: "Arızalı" },
}
