/** Alert rules in Turkish: what they found, what is wrong with them, why one is not active. */
import type { Params } from "../api/messages.ts"
import type { Catalogue, RuleCode } from "./catalogue.ts"
import { createMeasure, fillPlaceholders, TR_FORMATS } from "./numbers.ts"
import { duration, nameOf, thing } from "./tr-phrases.ts"

const measure = createMeasure(TR_FORMATS)
const ADDRESS_AND_PORT = /^([\da-f.:]+) (?![\da-f.:]+$)(.+)$/i
const oneOf = (choices: readonly string[]): string => choices.join(", ")

type Finding = Params["symptom.rule"]
/** Null: there is none, or that it is so is all that it says. */
const shownValue = ({ value, unit, state }: Finding): string | null => {
  return state ?? (value === null || unit === "bool" ? null : measure(value, unit))
}
/** "core-2 (10.255.0.2), ether1": the other end of a session before how its router calls it. */
const partOf = (part: string | null, peer: Finding["peer"]): string | null => {
  if (part === null || peer?.name == null || part.includes(peer.name)) return part
  const at = ADDRESS_AND_PORT.exec(part)
  return at === null ? `${peer.name} (${part})` : `${peer.name} (${at[1]}), ${at[2]}`
}
export const ruleFinding = (finding: Finding): string => {
  const { rule, device, subject, peer, limit, unit, text, forMs } = finding
  const part = partOf(subject, peer)
  const value = shownValue(finding)
  if (text !== null)
    return fillPlaceholders(text.tr, {
      device: nameOf(device),
      interface: subject ?? "",
      name: part ?? "",
      value: value ?? "?",
      limit: limit === null ? "?" : measure(limit, unit),
      for: duration(forMs),
      rule: rule.tr,
    })
  const where = part === null ? nameOf(device) : `${nameOf(device)} üzerinde ${part}`
  const bound = limit === null ? "" : `, sınır ${measure(limit, unit)}`
  return `${rule.tr}: ${where}${value === null ? "" : ` (${value}${bound})`}`
}
export const ruleTitle = (params: Params["title.rule"]): string => {
  const { rule, thing: failed, interface: port, subject, peer, more, tense } = params
  const part = partOf(subject ?? port, peer)
  const others = more === 0 ? "" : ` ve ${more} tane daha`
  const over = tense === "past" ? " (bitti)" : ""
  if (params.found !== undefined && part !== null)
    return `${fillPlaceholders(params.found.text.tr, {
      ...{ device: thing(failed), interface: subject ?? "", name: part },
      ...{ value: params.found.state, rule: rule.tr },
    })}${others}${over}`
  const where = part === null ? thing(failed) : `${thing(failed)} üzerinde ${part}`
  return `${rule.tr}: ${where}${others}${over}`
}

const YAML_FAULTS: Readonly<Record<Params["rule.yaml"]["fault"], string>> = {
  alias: "bu takma adın (`*ad`) öncesinde çapası (`&ad`) yok ya da çok fazla takma ad var",
  bracket: "açılan bir ayraç kapatılmamış ya da satırları içeriden başlamıyor",
  character: "burada boşluk, virgül ya da tire gibi bir karakter eksik",
  colon: "bu addan sonra iki nokta üst üste eksik",
  documents: "dosyada `---` ile ayrılmış birden çok belge var; tüm kuralları birine koyun",
  escape: "bu ters eğik çizgi dizisi bilinmiyor; ters eğik çizgi için tek tırnak kullanın",
  indent: "girinti üstteki satırlara uymuyor",
  "key-lines": "bir ad tek satırda olmalıdır; iki nokta üst üste mi eksik?",
  "no-rules": "bir kural listesi beklenir",
  quote: "açılan bir tırnak kapatılmamış",
  "same-key": "bu ad iki kez var; birini kaldırın",
  start: "bir metin bu karakterle başlayamaz; metni tırnak içine alın",
  tab: "satır sekmeyle girintilenmiş; boşluk kullanın",
  tag: "bu tür adı (`!ad`) ya da çapa (`&ad`) burada kullanılamaz",
  "too-deep": "50 düzeyden derin iç içe geçmiş",
  "too-long": "dosya çok uzun",
  "too-many-marks": "1000 taneden fazla çapa, takma ad ve tür adı var",
  "two-colons": "satırda iki tane iki nokta üst üste var; böyle bir metni tırnak içine alın",
  unexpected: "burada beklenmiyor; satır üsttekiler gibi girintili mi, metin tırnak içinde mi?",
}

export const trRules: Pick<Catalogue, RuleCode> = {
  "rule.yaml": ({ fault }) => `YAML olarak okunamıyor: ${YAML_FAULTS[fault]}`,
  "rule.twice": ({ rule, line }) => `${rule} zaten ${line}. satırda var`,
  "rule.no-condition": () => "koşulu yok: `when`, `when` içeren `levels` ya da `evaluator` ekleyin",
  "rule.condition-unknown": ({ choices }) =>
    `bir koşul değil; şunlardan biri beklenir: ${oneOf(choices)}`,
  "rule.condition-and-evaluator": () =>
    "değerlendiricinin kendi koşulu vardır: `when` ve `levels` alanlarını kaldırın",
  "rule.evaluator-always-on": () =>
    "devre dışı bırakılamaz: durumlar ve arızalar bu koşula dayanır",
  "rule.evaluator-id": ({ evaluator }) => `değerlendiricinin adı olmalı: ${evaluator}`,
  "rule.evaluator-needed": () =>
    "bir değerlendiricinin adıdır: `evaluator` ekleyin ya da başka bir `id` kullanın",
  "rule.field-unknown": ({ field }) => `${field}, kuralın burada alabileceği bir alan değil`,
  "rule.severity": () => "ya `severity` ya da `levels` gerekir",
  "rule.metric-unknown": ({ metric, choices }) =>
    `${metric} bir ölçüm değil; şunlardan biri beklenir: ${oneOf(choices)}`,
  "rule.bounds": ({ metric }) =>
    `${metric} için \`above\` ya da \`below\`, veya \`is\` ya da \`not\` gerekir`,
  "rule.state-unknown": ({ metric, choices }) =>
    `${metric} için geçerli bir değer değil; beklenen: ${choices.length === 0 ? "`above` ya da `below` ile bir sayı" : oneOf(choices)}`,
  "rule.clear": ({ clear, bound }) =>
    `${clear}, ${bound} sınırının yanlış tarafında: alarm başlamadan biterdi`,
  "rule.entities": ({ metric, of, other }) =>
    `${metric} her ${of} için, kural ise her ${other} için: iki kural kullanın`,
  "rule.window-needed": ({ by }) => `${by} bir pencere gerektirir: \`over\` ekleyin`,
  "rule.window-shorter-than-hold": ({ over, for: hold }) =>
    `\`for\` gibi en az ${hold} olmalı: bir kez olan şey ${over} boyunca sayılır, kural hiç alarm vermezdi`,
  "rule.window-too-long": ({ longest }) => `en fazla ${longest} olabilir`,
  "rule.placeholder": ({ placeholder, choices }) =>
    `{${placeholder}} bir yer tutucu değil; şunlardan biri beklenir: ${choices.map((one) => `{${one}}`).join(", ")}`,
  "rule.level-bounds": () =>
    "bir düzeyin sınırları, kuralın `when` alanında tek bir eşik gerektirir ve düzeyin kendi `when` alanı olamaz",
  "rule.inactive.disabled": () => "devre dışı",
  "rule.inactive.not-collected": ({ metrics }) => `veri bekliyor: ${metrics.join(", ")}`,
  "rule.inactive.customers": () => "müşterileri ve tarifeleri bekliyor",
  "rule.inactive.unreadable": () => "bu sürüm metnini okuyamıyor: varsa paketteki kural geçerlidir",
}
