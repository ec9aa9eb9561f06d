/** What messages say besides the catalogue: labels, and what to do next. */
import type { Severity } from "../../../api/incidents.ts"
import type { DeliveryKind } from "../../../api/notifications.ts"
import type { Language } from "../../../messages/text.ts"

export type Texts = {
  readonly severity: Readonly<Record<Severity, string>>
  /** What has happened to the incident, before its title; empty: it is new. */
  readonly happened: Readonly<Record<DeliveryKind, string>>
  /** In place of "Over". */
  readonly merged: (into: number) => string
  /** `wrong`: the unknown field; empty: the text would be empty. */
  readonly templateFailed: (wrong: string) => string
  readonly since: string
  readonly lasted: string
  readonly cause: string
  /** Between components that are indistinguishable. */
  readonly or: string
  readonly causes: (names: string, percent: number | null) => string
  readonly impact: string
  readonly unreachable: (devices: number, names: string) => string
  readonly owner: string
  /** By the kind of the cause. */
  readonly next: Readonly<Record<"link" | "device" | "site" | "agent" | "appliance", string>>
  readonly repeat: string
  readonly test: { readonly title: string; readonly reason: string }
}

const EN: Texts = {
  severity: { critical: "CRITICAL", major: "MAJOR", minor: "MINOR", warning: "WARNING" },
  happened: {
    opened: "",
    reminder: "Still open: ",
    updated: "Changed: ",
    acknowledged: "Acknowledged: ",
    resolved: "Over: ",
    test: "Test: ",
    mentioned: "You are mentioned: ",
  },
  merged: (into) => `Merged into #${into}: `,
  templateFailed: (wrong) =>
    wrong === ""
      ? "The template of this channel gives an empty text, so this is the usual one."
      : `The template of this channel has an unknown field ${wrong}, so this is the usual text.`,
  since: "Since",
  lasted: "Lasted",
  cause: "Likely cause",
  or: " or ",
  causes: (names, percent) => (percent === null ? names : `${names} (${percent} %)`),
  impact: "Out of reach",
  unreachable: (devices, names) => {
    const text = devices === 1 ? "1 device" : `${devices} devices`
    return names === "" ? text : `${text} (${names})`
  },
  owner: "Acknowledged by",
  next: {
    link: "Next: check the ports and optics at both ends, then the cable or fibre between them.",
    device: "Next: check its power and its console, then whether it restarts.",
    site: "Next: check the power of the site.",
    agent: "Next: check the agent's machine and its uplink. Its devices may be up.",
    appliance: "Next: open Health and follow the runbook.",
  },
  repeat: "Sent again: it is not known whether the first one arrived.",
  test: {
    title: "Notifications from ISP Visual Monitor arrive here",
    reason: "Somebody pressed Send test. No incident is behind this.",
  },
}
const TR: Texts = {
  severity: { critical: "KRİTİK", major: "ÖNEMLİ", minor: "KÜÇÜK", warning: "UYARI" },
  happened: {
    opened: "",
    reminder: "Hâlâ açık: ",
    updated: "Değişti: ",
    acknowledged: "Üstlenildi: ",
    resolved: "Sona erdi: ",
    test: "Deneme: ",
    mentioned: "Sizden söz edildi: ",
  },
  merged: (into) => `#${into} ile birleştirildi: `,
  templateFailed: (wrong) =>
    wrong === ""
      ? "Bu kanalın şablonu boş metin veriyor; bu, olağan metindir."
      : `Bu kanalın şablonunda bilinmeyen alan var: ${wrong}; bu, olağan metindir.`,
  since: "Başlangıç",
  lasted: "Süre",
  cause: "Olası neden",
  or: " veya ",
  causes: (names, percent) => (percent === null ? names : `${names} (%${percent})`),
  impact: "Erişilemeyen",
  unreachable: (devices, names) =>
    names === "" ? `${devices} cihaz` : `${devices} cihaz (${names})`,
  owner: "Üstlenen",
  next: {
    link: "Sıradaki adım: iki uçtaki portları ve optikleri, sonra aradaki kabloyu ya da fiberi denetleyin.",
    device:
      "Sıradaki adım: elektriğini ve konsolunu, sonra yeniden başlayıp başlamadığını denetleyin.",
    site: "Sıradaki adım: sahanın elektriğini denetleyin.",
    agent:
      "Sıradaki adım: aracının makinesini ve bağlantısını denetleyin. Cihazları çalışıyor olabilir.",
    appliance: "Sıradaki adım: Sağlık sayfasını açın ve yönergeyi izleyin.",
  },
  repeat: "Yeniden gönderildi: ilkinin ulaşıp ulaşmadığı bilinmiyor.",
  test: {
    title: "ISP Visual Monitor bildirimleri buraya ulaşıyor",
    reason: "Biri deneme gönder düğmesine bastı. Arkasında bir arıza yok.",
  },
}
export const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, tr: TR }
