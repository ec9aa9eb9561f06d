/** The icons in use, inlined one by one from lucide, so that no others ship. */

import activity from "lucide-static/icons/activity.svg?raw"
import arrowDown from "lucide-static/icons/arrow-down.svg?raw"
import arrowRight from "lucide-static/icons/arrow-right.svg?raw"
import arrowUp from "lucide-static/icons/arrow-up.svg?raw"
import bell from "lucide-static/icons/bell.svg?raw"
import bellOff from "lucide-static/icons/bell-off.svg?raw"
import bot from "lucide-static/icons/bot.svg?raw"
import cable from "lucide-static/icons/cable.svg?raw"
import calendarClock from "lucide-static/icons/calendar-clock.svg?raw"
import check from "lucide-static/icons/check.svg?raw"
import chevronDown from "lucide-static/icons/chevron-down.svg?raw"
import chevronLeft from "lucide-static/icons/chevron-left.svg?raw"
import chevronRight from "lucide-static/icons/chevron-right.svg?raw"
import circleCheck from "lucide-static/icons/circle-check.svg?raw"
import circleDashed from "lucide-static/icons/circle-dashed.svg?raw"
import circleUser from "lucide-static/icons/circle-user.svg?raw"
import circleX from "lucide-static/icons/circle-x.svg?raw"
import clock from "lucide-static/icons/clock.svg?raw"
import command from "lucide-static/icons/command.svg?raw"
import copy from "lucide-static/icons/copy.svg?raw"
import download from "lucide-static/icons/download.svg?raw"
import ellipsis from "lucide-static/icons/ellipsis.svg?raw"
import eye from "lucide-static/icons/eye.svg?raw"
import eyeOff from "lucide-static/icons/eye-off.svg?raw"
import fileText from "lucide-static/icons/file-text.svg?raw"
import gitCompare from "lucide-static/icons/git-compare.svg?raw"
import hash from "lucide-static/icons/hash.svg?raw"
import house from "lucide-static/icons/house.svg?raw"
import info from "lucide-static/icons/info.svg?raw"
import keyRound from "lucide-static/icons/key-round.svg?raw"
import keyboard from "lucide-static/icons/keyboard.svg?raw"
import languages from "lucide-static/icons/languages.svg?raw"
import link from "lucide-static/icons/link.svg?raw"
import list from "lucide-static/icons/list.svg?raw"
import lock from "lucide-static/icons/lock.svg?raw"
import logIn from "lucide-static/icons/log-in.svg?raw"
import logOut from "lucide-static/icons/log-out.svg?raw"
import mail from "lucide-static/icons/mail.svg?raw"
import map from "lucide-static/icons/map.svg?raw"
import mapPin from "lucide-static/icons/map-pin.svg?raw"
import maximize from "lucide-static/icons/maximize.svg?raw"
import messageSquare from "lucide-static/icons/message-square.svg?raw"
import minus from "lucide-static/icons/minus.svg?raw"
import monitor from "lucide-static/icons/monitor.svg?raw"
import moon from "lucide-static/icons/moon.svg?raw"
import pencil from "lucide-static/icons/pencil.svg?raw"
import play from "lucide-static/icons/play.svg?raw"
import plus from "lucide-static/icons/plus.svg?raw"
import power from "lucide-static/icons/power.svg?raw"
import radar from "lucide-static/icons/radar.svg?raw"
import radio from "lucide-static/icons/radio.svg?raw"
import rotateCw from "lucide-static/icons/rotate-cw.svg?raw"
import router from "lucide-static/icons/router.svg?raw"
import rss from "lucide-static/icons/rss.svg?raw"
import search from "lucide-static/icons/search.svg?raw"
import send from "lucide-static/icons/send.svg?raw"
import server from "lucide-static/icons/server.svg?raw"
import settings from "lucide-static/icons/settings.svg?raw"
import shieldCheck from "lucide-static/icons/shield-check.svg?raw"
import shieldOff from "lucide-static/icons/shield-off.svg?raw"
import siren from "lucide-static/icons/siren.svg?raw"
import smartphone from "lucide-static/icons/smartphone.svg?raw"
import sun from "lucide-static/icons/sun.svg?raw"
import terminal from "lucide-static/icons/terminal.svg?raw"
import trash2 from "lucide-static/icons/trash-2.svg?raw"
import triangleAlert from "lucide-static/icons/triangle-alert.svg?raw"
import undo2 from "lucide-static/icons/undo-2.svg?raw"
import unplug from "lucide-static/icons/unplug.svg?raw"
import upload from "lucide-static/icons/upload.svg?raw"
import userPlus from "lucide-static/icons/user-plus.svg?raw"
import users from "lucide-static/icons/users.svg?raw"
import webhook from "lucide-static/icons/webhook.svg?raw"
import wifiOff from "lucide-static/icons/wifi-off.svg?raw"
import workflow from "lucide-static/icons/workflow.svg?raw"
import wrench from "lucide-static/icons/wrench.svg?raw"
import x from "lucide-static/icons/x.svg?raw"
import zap from "lucide-static/icons/zap.svg?raw"

export const ICONS = {
  house,
  map,
  workflow,
  wrench,
  router,
  siren,
  bot,
  settings,
  search,
  bell,
  sun,
  moon,
  maximize,
  minus,
  monitor,
  "circle-user": circleUser,
  x,
  check,
  copy,
  "chevron-down": chevronDown,
  "chevron-right": chevronRight,
  "chevron-left": chevronLeft,
  "arrow-up": arrowUp,
  "arrow-down": arrowDown,
  plus,
  download,
  upload,
  "trash-2": trash2,
  pencil,
  "rotate-cw": rotateCw,
  "triangle-alert": triangleAlert,
  info,
  keyboard,
  languages,
  "log-out": logOut,
  "wifi-off": wifiOff,
  radio,
  cable,
  ellipsis,
  "arrow-right": arrowRight,
  link,
  "circle-check": circleCheck,
  "circle-x": circleX,
  clock,
  "calendar-clock": calendarClock,
  eye,
  "eye-off": eyeOff,
  command,
  "map-pin": mapPin,
  list,
  "file-text": fileText,
  unplug,
  zap,
  power,
  play,
  "circle-dashed": circleDashed,
  server,
  "undo-2": undo2,
  "user-plus": userPlus,
  "shield-check": shieldCheck,
  "message-square": messageSquare,
  "key-round": keyRound,
  activity,
  "git-compare": gitCompare,
  lock,
  "log-in": logIn,
  radar,
  rss,
  "shield-off": shieldOff,
  terminal,
  users,
  hash,
  mail,
  send,
  smartphone,
  webhook,
  "bell-off": bellOff,
} as const
export type IconName = keyof typeof ICONS
