/** Lines about the router itself. */
import type { Family } from "./family.ts"

const system: Family = {
  topics: ["system", "critical", "kernel", "watchdog", "account", "manager", "state", "event"],
  rows: [
    ["crashed", "[System rebooted because of |router was rebooted because of ]kernel failure*"],
    ["crashed", "(kernel panic|kernel failure|kernel oops|kernel crash){text}"],
    ["crashed", "(out of memory condition|out of memory) *"],
    ["crashed", "!*(panic|supout|core dump|crash|terminated unexpectedly|program died)*"],
    ["watchdog", "!*watchdog*"],
    ["watchdog", "!*watch-address*"],
    ["watchdog", "!(ping|pinging) *fail*"],
    ["software-installed", "installed {package}[ {text}]"],
    [
      "software-installed",
      "(upgraded|downgraded|uninstalled|verified|installing|uninstalling|downloaded) {package}*",
    ],
    ["software-installed", "!*(firmware upgraded|firmware updated|routerboot|please reboot)*"],
    ["software-available", "!*new version*available*"],
    [
      "software-failed",
      "!(upgrade|can not install|cannot install|could not install|package|broken package|missing package)[ ]*",
    ],
    ["time-changed", "(ntp|sntp|cloud|system) change time {from:name} => {to:text}"],
    ["time-changed", "time change {from:name} => {to:text}"],
    ["time-changed", "(time|system time) (was changed|changed|set)*"],
    ["time-changed", "!*(clock|time zone|time-zone|timezone) *(changed|set|step|adjust)*"],
    ["access-rejected", "denied {via} connect from {client}"],
    ["access-rejected", "denied {text}"],
    [
      "access-rejected",
      "!*(brute force|too many|blocked|not allowed|rejected|bad username|auth failed|authentication failed)*",
    ],
    ["login-step", "!user {user} *"],
    ["config-problem", "error while running *default configuration script*"],
    ["config-problem", "!*(default configuration|defconf|defconf:)*"],
    [
      "certificate-failed",
      "!*(certificate|CRL|acme|let's encrypt|OCSP|SCEP)*(failed|error|expired|invalid|revoked|not trusted|unable|timeout)*",
    ],
    ["certificate-changed", "!*(certificate|CRL|acme|let's encrypt|OCSP|SCEP)*"],
    ["ssl-failed", "!*(ssl|tls)*(fail|error|alert|unknown|handshake)*"],
    ["licence-problem", "!*(license|licence|trial)*"],
    ["device-mode", "!*device-mode*"],
    ["reset-button", "!*(reset button|reset-button|mode button|mode-button)*"],
    ["restarting", "!*(shutting down|shutdown|rebooting|going down)*"],
    [
      "disk-problem",
      "!*(no space|disk full|low space|low disk|read-only|bad block|filesystem|file system|flash|sector|I/O error|i/o error)*",
    ],
    [
      "disk-changed",
      "!*(disk|usb|partition|drive)*(attached|detached|mounted|unmounted|added|removed|formatted|inserted|ejected)*",
    ],
    ["backup-made", "!*(backup)*(saved|created|finished|done|loaded|restored|uploaded)*"],
    ["backup-failed", "!*(backup)*(error|failed|could not|corrupt)*"],
    ["ssh-step", "!*(ssh|sftp|session|connection|key exchange|host key)*"],
  ],
}
const scripts: Family = {
  topics: ["script", "scheduler", "netwatch"],
  rows: [
    [
      "script-failed",
      "executing script {script:name} from {from} [\\({how}\\) ]failed, please check it manually",
    ],
    ["script-failed", "executing script {script:name} (from|failed)*"],
    ["script-failed", "(script error|action failed|syntax error|error in){text}"],
    ["watch-step", "event {state} *"],
    ["watch-step", "!{address} *"],
  ],
}
const scriptOutput: Family = { topics: ["script"], rows: [["script-output", "!{text}"]] }
const containers: Family = {
  topics: ["container"],
  rows: [
    ["service-failed", "!*(exited|status failed|import failed|could not|unable to|oom|killed)*"],
    ["container-output", "!{text}"],
  ],
}
const ups: Family = {
  topics: ["ups"],
  rows: [
    [
      "ups-battery",
      "![{ups:word}: ]*(on battery|on-battery|power fail|power lost|AC lost|lost AC)*",
    ],
    ["ups-mains", "!*(on line|online|on-line|power restored|power ok|AC restored|back on)*"],
    ["ups-battery", "{ups:word}: (on battery|utility power failed)*"],
    ["ups-mains", "{ups:word}: (on line|utility power restored)*"],
  ],
  rest: ["ups-problem", "ups-problem"],
}
const health: Family = {
  topics: ["health", "system", "critical", "fan", "poe"],
  rows: [
    ["health-problem", "{sensor:name} state changed: (fail|failed|failure|absent|error)*"],
    ["health-ok", "{sensor:name} state changed: (ok|good|present|normal)*"],
    [
      "health-ok",
      "!*(PSU|power supply|fan|voltage|temperature)*(ok|restored|normal|recovered|good|present)*",
    ],
    [
      "health-problem",
      "!*(PSU|power supply|fan|voltage|temperature|cpu-overtemp|overheat|overtemp|thermal)*",
    ],
  ],
}
const certificates: Family = {
  topics: ["certificate", "acme"],
  rows: [
    [
      "certificate-failed",
      "!*(failed|error|expire|invalid|revoked|not trusted|unable|timeout|rejected)*",
    ],
  ],
  rest: ["certificate-failed", "certificate-changed"],
}
const time: Family = {
  topics: ["ntp", "sntp"],
  rows: [
    [
      "time-failed",
      "!*(no response|timeout|timed out|unreachable|failed|lost|rejected|wrong|invalid|refused|unsynchron|no-sys-peer)*",
    ],
  ],
  rest: ["time-failed", "service-step"],
}
const snmp: Family = {
  topics: ["snmp"],
  rows: [
    [
      "snmp-rejected",
      "!*(community|unauthorized|unauthorised|unknown user|UnknownUser|WrongDigest|wrong digest|not allowed|authentication|decrypt|bad version)*",
    ],
    ["snmp-problem", "timeout while waiting for program {program}*"],
  ],
  rest: ["snmp-problem", "service-step"],
}
const mail: Family = {
  topics: ["e-mail", "email", "smtp"],
  rows: [
    ["mail-failed", "Error sending e-mail[ <{subject:name}>][: {reason}]"],
    ["mail-failed", "!*(error|failed|timeout|could not|refused|rejected)*"],
    ["mail-sent", "!*(sent|delivered)*"],
  ],
  rest: ["mail-failed", "service-step"],
}
const storage: Family = {
  topics: ["disk", "raid", "btrfs"],
  rows: [
    ["disk-changed", "!*(attached|detached|mounted|unmounted|inserted|removed|formatted)*"],
    ["disk-problem", "!*(error|fail|space|full|smart|read-only|degraded)*"],
  ],
  rest: ["disk-problem", "disk-changed"],
}
const backups: Family = {
  topics: ["backup"],
  rows: [
    ["backup-failed", "error (creating|restoring|loading|saving) backup[ file][: {reason}]"],
    ["backup-made", "!*(saved|created|finished|done|loaded|restored|uploaded)*"],
  ],
  rest: ["backup-failed", "service-step"],
}
const software: Family = {
  topics: ["upgrade", "package"],
  rows: [["software-installed", "!*(installed|upgraded|downgraded|verified)*"]],
  rest: ["software-failed", "service-step"],
}
const accounts: Family = {
  topics: ["ssh", "web", "read", "write"],
  rows: [["access-rejected", "!*(denied|failed|rejected|not allowed|refused)*"]],
  rest: ["access-rejected", "ssh-step"],
}
export const SYSTEM_FAMILIES: readonly Family[] = [
  scripts,
  scriptOutput,
  containers,
  certificates,
  ups,
  health,
  storage,
  backups,
  system,
  time,
  snmp,
  mail,
  software,
  accounts,
]
