/** The profiles of vendors. A new one is a file of this folder and a line here. */
import type { Profile } from "../profile.ts"
import { arista } from "./arista.ts"
import { arubaCx } from "./aruba-cx.ts"
import { broadcom } from "./broadcom.ts"
import { calix } from "./calix.ts"
import { cambium } from "./cambium.ts"
import { accedian, bdcom, dell, eltex, radlanSwitches, ruijie, saos8, voss } from "./campus.ts"
import { cienaCes } from "./ciena-ces.ts"
import { cisco } from "./cisco.ts"
import { a10, checkPoint, f5, sonicWall } from "./gateways.ts"
import { huawei } from "./huawei.ts"
import { juniper } from "./juniper.ts"
import { aviat, ceragon, mimosa, saf, siklu } from "./microwave.ts"
import { alcatelEnterprise, nokia } from "./nokia.ts"
import { adva, cdata, dasan, fiberhome, raisecom, vsol, zte } from "./pon.ts"
import { apc, cyberPower, eaton, ict, trippLite } from "./power.ts"
import { cnwave, exalt, ligowave, ltu, racom, radwin, siae } from "./radios.ts"
import {
  adtran,
  arubaController,
  dlinkOptics,
  fsp3000,
  packetFilter,
  paloAlto,
  peplink,
  ruckus,
  teltonika,
} from "./routers.ts"
import {
  brocade,
  ciena,
  dlink,
  extreme,
  fortinet,
  h3c,
  hpe,
  netonix,
  tplink,
  zyxel,
} from "./switches.ts"
import { tachyon } from "./tachyon.ts"
import { ubiquiti } from "./ubiquiti.ts"

export const VENDOR_PROFILES: readonly Profile[] = [
  cisco,
  juniper,
  huawei,
  nokia,
  alcatelEnterprise,
  arista,
  zte,
  fiberhome,
  raisecom,
  vsol,
  cdata,
  dasan,
  adva,
  ubiquiti,
  broadcom,
  cambium,
  tachyon,
  mimosa,
  siklu,
  aviat,
  ceragon,
  saf,
  hpe,
  h3c,
  extreme,
  tplink,
  dlink,
  zyxel,
  ciena,
  netonix,
  brocade,
  fortinet,
  voss,
  radlanSwitches,
  eltex,
  dell,
  bdcom,
  saos8,
  ruijie,
  accedian,
  apc,
  eaton,
  trippLite,
  ict,
  ltu,
  cnwave,
  radwin,
  racom,
  exalt,
  ligowave,
  siae,
  adtran,
  peplink,
  teltonika,
  paloAlto,
  packetFilter,
  fsp3000,
  ruckus,
  arubaController,
  dlinkOptics,
  arubaCx,
  calix,
  cienaCes,
  cyberPower,
  checkPoint,
  f5,
  sonicWall,
  a10,
]
