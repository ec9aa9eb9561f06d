/**
 * The letters of the languages of routers' texts, by Windows code page, and how these letters occur
 * in words. Code pages are distinguished by the language a text would be in, never by a single
 * byte.
 */
import type { TextEncoding } from "@ispvm/wire"

export type Language = {
  readonly encoding: TextEncoding
  /** Non-ASCII letters in lower case. */
  readonly letters: string
  readonly script: "latin" | "cyrillic" | "greek" | "hebrew" | "arabic"
  /** Letter combinations that do not occur; `<` and `>` are the ends of a word. */
  readonly never: RegExp | null
  /** Typical letter groups, if the letters alone are ambiguous. */
  readonly hint: RegExp | null
  /** Subtracted: the language, or its code page, is rarer than similar ones. */
  readonly handicap: number
}

type More = Partial<Pick<Language, "never" | "hint" | "handicap">>
const language = (
  encoding: TextEncoding,
  script: Language["script"],
  letters: string,
  more: More,
): Language => ({
  encoding,
  script,
  letters,
  never: null,
  hint: null,
  handicap: 0,
  ...more,
})
const west = (letters: string, more: More = {}): Language =>
  language("windows-1252", "latin", letters, more)
const central = (letters: string, hint: RegExp): Language =>
  language("windows-1250", "latin", letters, { hint })
const baltic = (letters: string, hint: RegExp): Language =>
  language("windows-1257", "latin", letters, { hint })

const RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
const UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
const NOT_RUSSIAN = /<[ъыь]|[аеиоуыэюя]ъ|ъ[^еёюя]|[аеоуыэюя]ь|[^аеиоуыэюяё]й/
const NOT_UKRAINIAN = /<ь|[аеиоу]ь|[^аеиоуюяєії<]й/
const EAST = { never: NOT_RUSSIAN, hint: /ск|ст|ов|ен|ра|на|ть|ый|ий|ол|ин|пр|ло|ко/i }
/** KOI8 is older than these routers; Windows text in capitals looks like lower case in KOI8. */
const KOI8 = { ...EAST, handicap: 1.5 }

/** In order of preference: of two equally likely ones, the first is taken. */
export const LANGUAGES: readonly Language[] = [
  west("äöüß", { hint: /sch|ein|str|burg|haus/i }),
  west("àâçéèêëîïôùûüÿœæ", {
    never: /[èê][aeiouyéè>]|œ[^ui>]|œ>|û[ijõ]|[^aeiou>]ï/,
    hint: /eau|tion|ille|[eu]r>|<(?:la|le|de|du)>/i,
  }),
  west("áéíñóúü", {
    never: /ñ[^aeiouáéíóú]|[^aeiouáéíóúnr<]ñ/,
    hint: /cion|<(?:la|el|de|los|san)>/i,
  }),
  west("ãõáâàçéêíóôú", { never: /ã[^oes>]|õ[^e]/, hint: /ção|<(?:da|do|de)>/i }),
  west("åäöæøé", { never: /[aiouåæ]ø|ø[aiouåæ]|[eiouåø]æ|æ[aiouåø]/ }),
  west("àèéìòù", { never: /[ìòù][a-z]|[ìòùàè][aeiou]|[aeou][ìòù]/, hint: /zione|<di>/i }),
  west("ëç", { hint: /shq|[aeiou]n>|ë>/i }),
  west("áðéíóúýþæö", { never: /þ[^aeiouyáéíóúýræörjv]|<ð|þ>/, handicap: 0.5 }),
  central("ąćęłńóśźż", /cz|sz|rz|dz|sk[aio]|owa|nica|ów/i),
  central("áčďéěíňóřšťúůýž", /ice>|ov[aáyéoěů]?>|sk[áýéoay]|nad|hr[aá]d|vých|tř/i),
  central("áäčďéíĺľňóôŕšťúýž", /ovce>|ská|nica>/i),
  central("áéíóöőúüű", /sz|gy|ny|cs|zs|utca|tér/i),
  central("ăâîşţ", /esti>|escu>|ul>|ov>/i),
  central("čćđšž", /ica>|ski>|vac>|vo>|lje/i),
  language("windows-1254", "latin", "çğıöşüâîûİ", {
    never: /<ğ/,
    hint: /tepe|k[öo]y|mah|cad|merk|lar|ler|[ıi]k>|ye|ta[şs]|bul|[ıiuü]r>|şehir|li>|sı>|ğ[ıiu]/i,
  }),
  baltic("ąčęėįšųūž", /[aiu]s>|ai>/i),
  baltic("āčēģīķļņšūž", /[aei]s>|pils/i),
  baltic("äöõüšž", /aa|ee|linn/i),
  language("windows-1251", "cyrillic", RUSSIAN, EAST),
  language("windows-1251", "cyrillic", UKRAINIAN, { ...EAST, never: NOT_UKRAINIAN }),
  language("windows-1251", "cyrillic", "абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ", { handicap: 0.5 }),
  language("koi8-r", "cyrillic", RUSSIAN, KOI8),
  language("koi8-u", "cyrillic", UKRAINIAN, { ...KOI8, never: NOT_UKRAINIAN }),
  language("windows-1253", "greek", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", {
    never: /ς[α-ωά-ώ]|σ>|<[ϊϋΐΰς]|<[α-ω]{4,64}>/,
    hint: /[οαηιό]ς>|[άέήίόύώ]/i,
  }),
  language("windows-1255", "hebrew", "אבגדהוזחטיךכלםמןנסעףפץצקרשת", { never: /[ךםןףץ][א-ת]/ }),
  language("windows-1256", "arabic", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي", {
    never: /ة[ء-ي]|ى[ء-ي]|ءا|<[ءةى]|[أإآء][أإآ]/,
  }),
]
