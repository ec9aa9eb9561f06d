/** Lines about the router itself. */
import type { Family } from "./family.ts"

const system: Family = {
  topics: [
    "system",
    "critical",
    "kernel",
    "watchdog",
    "account",
    "manager",
    "state",
    "event",
    "package",
    "certificate",
    "ssh",
    "web",
    "realm",
  ],
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
const health: Family = {
  topics: ["health", "ups", "system", "critical", "fan", "poe"],
  rows: [
    [
      "ups-battery",
      "{ups:name}[:] *(on battery|on-battery|utility power failed|utility power lost|power fail|power lost|AC lost|lost AC)*",
    ],
    [
      "ups-mains",
      "{ups:name}[:] *(on line|online|on-line|utility power restored|power restored|power ok|AC restored|back on)*",
    ],
    [
      "ups-problem",
      "!{ups:name}[:] *(battery low|low battery|replace battery|hibernat|overload|not connected|lost communication|communication lost|runtime|calibration|shutdown)*",
    ],
    ["health-problem", "{sensor:name} state changed: (fail|failed|failure|absent|error)*"],
    ["health-ok", "{sensor:name} state changed: (ok|good|present|normal)*"],
    [
      "health-problem",
      "!*(PSU|power supply|fan|voltage|temperature|cpu-overtemp|overheat|overtemp|thermal)*(fail|lost|too high|too low|exceed|critical|warning|stopped|absent|over|below|above|shutdown|high|low)*",
    ],
    [
      "health-ok",
      "!*(PSU|power supply|fan|voltage|temperature)*(ok|restored|normal|recovered|good|present)*",
    ],
    ["health-problem", "!*(PSU|power supply|fan|voltage|temperature|cpu-overtemp|overheat)*"],
  ],
}
const services: Family = {
  topics: [
    "ntp",
    "sntp",
    "snmp",
    "e-mail",
    "email",
    "smtp",
    "backup",
    "disk",
    "upgrade",
    "timer",
    "ptp",
    "certificate",
    "calc",
    "simulator",
    "read",
    "write",
  ],
  rows: [
    [
      "time-failed",
      "!*(ntp|server|peer|sync|response)*(no response|timeout|timed out|unreachable|failed|lost|rejected|wrong|invalid|refused|unsynchronized)*",
    ],
    [
      "snmp-rejected",
      "!*(unknown community|wrong community|unauthorized|unauthorised|unknown user|wrong digest|bad community|not allowed|authentication|decrypt|failed to parse|bad version)*",
    ],
    ["snmp-problem", "timeout while waiting for program {program}*"],
    ["mail-failed", "Error sending e-mail[ <{subject:name}>][: {reason}]"],
    ["mail-failed", "!*(e-mail|mail|smtp)*(error|failed|timeout|could not|refused|rejected)*"],
    ["mail-sent", "!*(e-mail|mail)*(sent|delivered)*"],
    ["backup-failed", "error (creating|restoring|loading|saving) backup[ file][: {reason}]"],
    ["disk-changed", "!*(attached|detached|mounted|unmounted|inserted|removed|formatted)*"],
    ["disk-problem", "!*(error|fail|space|full|smart|read-only|degraded)*"],
    ["service-step", "!*(server|peer|sync|poll|offset|stratum|request|connect)*"],
  ],
}
/** Last: what has no other meaning, but is an error of a known service. */
export const SYSTEM_FAMILIES: readonly Family[] = [
  scripts,
  scriptOutput,
  containers,
  health,
  system,
  services,
]
