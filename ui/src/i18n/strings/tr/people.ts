import type { Messages } from "../../translation.ts"

export const people: Messages["people"] = {
  title: "Ayarlar",
  accounts: "Kullanıcılar",
  lead: "Hesaplar ve rolleri. Yöneticiler her şeyi yapabilir. Operatörler ağı değiştirebilir ve arızalarla ilgilenebilir. İzleyiciler yalnızca okuyabilir.",
  failed: "Kullanıcılar yüklenemedi",
  add: "Kullanıcı ekle",
  name: "Ad",
  email: "E-posta",
  role: "Rol",
  password: "İlk parola",
  passwordHint:
    "En az 12 karakter. Kullanıcıya elden verin. Kullanıcı onu hesap menüsünden değiştirebilir.",
  make: "Kullanıcı ekle",
  made: (name) => `${name} artık oturum açabilir.`,
  you: "siz",
  disabled: "Devre dışı",
  lastLogin: "son oturum",
  never: "hiç oturum açmadı",
  changeRole: (name) => `${name} rolü`,
  changed: (name) => `${name} değiştirildi.`,
  disable: "Devre dışı bırak",
  enable: "Etkinleştir",
  reset: "Parolayı sıfırla",
  resetHeading: (name) => `${name} için yeni parola`,
  resetText: "Bu kullanıcının tüm oturumları kapatılır.",
  newPassword: "Yeni parola",
  set: "Parolayı ayarla",
  wasReset: (name) => `${name} parolası değiştirildi.`,
  disableHeading: (name) => `${name} devre dışı bırakılsın mı?`,
  disableText:
    "Bu kullanıcının tüm oturumları kapatılır. Etkinleştirilene kadar oturum açamaz. Denetim kaydındaki girdileri kalır.",
}
