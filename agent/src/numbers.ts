/** The agent's numbers for /metrics: one table, name by name; what they mean is the help beside them. */
import type { Buffer } from "./buffer/buffer.ts"
import type { Pinger } from "./collect/ping.ts"
import type { Sessions } from "./collect/routeros/sessions.ts"
import type { Schedule } from "./collect/schedule.ts"
import type { Syslog } from "./collect/syslog.ts"
import type { Snapshot } from "./health.ts"
import type { Normalizer } from "./normalize/normalize.ts"
import type { TaskCounts } from "./tasks/tasks.ts"
import type { Delivery } from "./transport/deliver.ts"

export type Counted = {
  readonly buffer: Buffer
  readonly delivery: Delivery
  readonly schedule: Schedule
  readonly sessions: Sessions["counts"]
  readonly rates: Normalizer["counts"]
  readonly pinger: Pinger
  readonly syslog: Syslog
  readonly tasks: TaskCounts
}

const row = (help: string, value: number) => ({ help, value })

const ofLooks = ({ schedule, sessions }: Counted): Snapshot => ({
  ispvm_agent_devices: row("devices assigned", schedule.devices),
  ispvm_agent_devices_failing: row("devices of which a source cannot be read", schedule.failing),
  ispvm_agent_looks_total: row("looks of collectors ended", schedule.counts.looks),
  ispvm_agent_looks_failed_total: row("looks of collectors failed", schedule.counts.failed),
  ispvm_agent_looks_hung_total: row("looks that did not end when told to", schedule.counts.hung),
  ispvm_agent_looks_stale_total: row("looks of devices that left or changed meanwhile", schedule.counts.stale),
  ispvm_agent_looks_running: row("looks under way", schedule.running),
  ispvm_agent_api_logins_total: row("logins to the API of routers", sessions.logins),
  ispvm_agent_api_login_failures_total: row("sessions with the API of routers that could not be opened", sessions.failures),
  ispvm_agent_api_answers_given_up_total: row("answers of the API given up for their size", sessions.answersGivenUp),
})

const ofRates = ({ rates }: Counted): Snapshot => ({
  ispvm_agent_rates_ok_total: row("readings of ports that gave rates", rates.ok),
  ispvm_agent_rates_first_total: row("readings of ports with nothing before them to compare with", rates.first),
  ispvm_agent_rates_rebooted_total: row("readings of ports without rates: the device restarted", rates.rebooted),
  ispvm_agent_rates_reset_total: row("readings of ports without rates: a counter went back", rates.reset),
  ispvm_agent_rates_clock_total: row("readings of ports without rates: this host's clock was set", rates.clock),
  ispvm_agent_rates_implausible_total: row("readings of ports without rates: more than any port carries", rates.implausible),
  ispvm_agent_values_impossible_total: row("readings of sensors that cannot be, and are left out", rates.impossible),
  ispvm_agent_rates_dynamic_total: row("readings of ports made for sessions, which do not travel", rates.dynamic),
})

const ofPings = ({ pinger: { counts } }: Counted): Snapshot => ({
  ispvm_agent_ping_rounds_total: row("rounds of pings begun", counts.rounds),
  ispvm_agent_ping_looks_total: row("whole looks after a missed probe or a hint", counts.looks),
  ispvm_agent_ping_tool_failures_total: row("runs of fping that failed or were killed", counts.toolFailures),
  ispvm_agent_ping_unknown_total: row("probes of which fping told nothing before it failed", counts.unknown),
  ispvm_agent_ping_rounds_late_total: row("rounds begun more than an interval late", counts.late),
})

const ofSyslog = ({ syslog: { counts, connections } }: Counted): Snapshot => ({
  ispvm_agent_syslog_lines_total: row("lines received", counts.lines),
  ispvm_agent_syslog_events_total: row("lines made events", counts.events),
  ispvm_agent_syslog_unknown_source_total: row("lines of senders that are no device", counts.unknownSource),
  ispvm_agent_syslog_several_devices_total: row(
    "lines that name none of several devices behind one address",
    counts.severalDevices,
  ),
  ispvm_agent_syslog_other_device_total: row("lines that name another device than they come from", counts.otherDevice),
  ispvm_agent_syslog_limited_total: row("lines over a sender's limit", counts.limited),
  ispvm_agent_syslog_over_time_total: row("lines over what reading a sender's lines may take", counts.overTime),
  ispvm_agent_syslog_repeated_total: row("lines sent twice by two logging rules", counts.repeated),
  ispvm_agent_syslog_debug_total: row("debug lines without a meaning, which are not kept", counts.debug),
  ispvm_agent_syslog_failed_total: row("lines that could not be read", counts.failed),
  ispvm_agent_syslog_tcp_connections: row("connections open for syslog by TCP", connections()),
  ispvm_agent_syslog_tcp_too_long_total: row("lines by TCP longer than a datagram", counts.tooLong),
  ispvm_agent_syslog_tcp_framing_total: row("connections by TCP ended for a length that was none", counts.framing),
  ispvm_agent_syslog_tcp_limit_total: row("connections by TCP over a limit", counts.connectionLimit),
})

const ofDelivery = ({ buffer, delivery: { counts }, tasks }: Counted, nowMs: number): Snapshot => {
  const { batches, bytes, oldestAtMs, droppedItems, asideItems } = buffer.depth()
  return {
    ispvm_agent_buffer_batches: row("pieces owed to the appliance", batches),
    ispvm_agent_buffer_bytes: row("bytes owed to the appliance", bytes),
    ispvm_agent_buffer_oldest_age_seconds: row(
      "age of the oldest item owed",
      oldestAtMs === null ? 0 : (nowMs - oldestAtMs) / 1_000,
    ),
    ispvm_agent_buffer_dropped_items: row("items dropped for want of room", droppedItems),
    ispvm_agent_buffer_aside_items: row("items the appliance called unusable", asideItems),
    ispvm_agent_batches_delivered_total: row("batches acknowledged", counts.delivered),
    ispvm_agent_items_rejected_total: row("items rejected one by one", counts.rejected),
    ispvm_agent_buffer_renamed_total: row("times the appliance wanted a new buffer id", counts.renamed),
    ispvm_agent_delivery_failures_total: row("deliveries that failed and were kept", counts.failures),
    ispvm_agent_tasks_total: row("tasks received", tasks.received),
  }
}

export const numbersOf = (parts: Counted, nowMs: number, skewMs: number): Snapshot => ({
  ...ofLooks(parts),
  ...ofRates(parts),
  ...ofPings(parts),
  ...ofSyslog(parts),
  ...ofDelivery(parts, nowMs),
  ispvm_agent_clock_skew_seconds: row("this clock minus the appliance's", skewMs / 1_000),
})
