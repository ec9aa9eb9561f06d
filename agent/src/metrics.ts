/** The agent's numbers for /metrics: one table, name by name; what they mean is the help beside them. */
import type { Buffer } from "./buffer/buffer.ts"
import type { Pinger } from "./collect/reachability/ping.ts"
import type { Sessions } from "./collect/routeros/client/sessions.ts"
import type { Schedule } from "./collect/scheduler/scheduler.ts"
import type { Syslog } from "./collect/syslog/syslog.ts"
import type { Snapshot } from "./health.ts"
import type { Normalizer } from "./normalize/normalize.ts"
import type { TaskCounts } from "./tasks/tasks.ts"
import type { Delivery } from "./transport/deliver.ts"

export type MetricSources = {
  readonly buffer: Buffer
  readonly delivery: Delivery
  readonly schedule: Schedule
  readonly sessions: Sessions["counts"]
  readonly rates: Normalizer["counts"]
  readonly pinger: Pinger
  readonly syslog: Syslog
  readonly tasks: TaskCounts
}

const metric = (help: string, value: number) => ({ help, value })

const pollMetrics = ({ schedule, sessions }: MetricSources): Snapshot => ({
  ispvm_agent_devices: metric("devices assigned", schedule.devices),
  ispvm_agent_devices_failing: metric("devices of which a source cannot be read", schedule.failing),
  ispvm_agent_polls_total: metric("looks of collectors ended", schedule.counts.polls),
  ispvm_agent_polls_failed_total: metric("looks of collectors failed", schedule.counts.failed),
  ispvm_agent_polls_hung_total: metric("looks that did not end when told to", schedule.counts.hung),
  ispvm_agent_polls_stale_total: metric(
    "looks of devices that left or changed meanwhile",
    schedule.counts.stale,
  ),
  ispvm_agent_polls_running: metric("looks under way", schedule.running),
  ispvm_agent_api_logins_total: metric("logins to the API of routers", sessions.logins),
  ispvm_agent_api_login_failures_total: metric(
    "sessions with the API of routers that could not be opened",
    sessions.failures,
  ),
  ispvm_agent_api_answers_aborted_total: metric(
    "answers of the API given up for their size",
    sessions.answersAborted,
  ),
})

const rateMetrics = ({ rates }: MetricSources): Snapshot => ({
  ispvm_agent_rates_ok_total: metric("readings of ports that gave rates", rates.ok),
  ispvm_agent_rates_first_total: metric(
    "readings of ports with nothing before them to compare with",
    rates.first,
  ),
  ispvm_agent_rates_rebooted_total: metric(
    "readings of ports without rates: the device restarted",
    rates.rebooted,
  ),
  ispvm_agent_rates_reset_total: metric(
    "readings of ports without rates: a counter went back",
    rates.reset,
  ),
  ispvm_agent_rates_clock_total: metric(
    "readings of ports without rates: this host's clock was set",
    rates.clock,
  ),
  ispvm_agent_rates_implausible_total: metric(
    "readings of ports without rates: more than any port carries",
    rates.implausible,
  ),
  ispvm_agent_values_impossible_total: metric(
    "readings of sensors that cannot be, and are left out",
    rates.impossible,
  ),
  ispvm_agent_rates_dynamic_total: metric(
    "readings of ports made for sessions, which do not travel",
    rates.dynamic,
  ),
})

const pingMetrics = ({ pinger: { counts } }: MetricSources): Snapshot => ({
  ispvm_agent_ping_rounds_total: metric("rounds of pings begun", counts.rounds),
  ispvm_agent_ping_confirmation_bursts_total: metric(
    "whole looks after a missed probe or a hint",
    counts.confirmationBursts,
  ),
  ispvm_agent_ping_tool_failures_total: metric(
    "runs of fping that failed or were killed",
    counts.toolFailures,
  ),
  ispvm_agent_ping_unknown_total: metric(
    "probes of which fping told nothing before it failed",
    counts.unknown,
  ),
  ispvm_agent_ping_rounds_late_total: metric(
    "rounds begun more than an interval late",
    counts.late,
  ),
})

const syslogMetrics = ({ syslog: { counts, connections } }: MetricSources): Snapshot => ({
  ispvm_agent_syslog_lines_total: metric("lines received", counts.lines),
  ispvm_agent_syslog_events_total: metric("lines made events", counts.events),
  ispvm_agent_syslog_unknown_source_total: metric(
    "lines of senders that are no device",
    counts.unknownSource,
  ),
  ispvm_agent_syslog_several_devices_total: metric(
    "lines that name none of several devices behind one address",
    counts.severalDevices,
  ),
  ispvm_agent_syslog_other_device_total: metric(
    "lines that name another device than they come from",
    counts.otherDevice,
  ),
  ispvm_agent_syslog_limited_total: metric("lines over a sender's limit", counts.limited),
  ispvm_agent_syslog_over_time_total: metric(
    "lines over what reading a sender's lines may take",
    counts.overTime,
  ),
  ispvm_agent_syslog_repeated_total: metric(
    "lines sent twice by two logging rules",
    counts.repeated,
  ),
  ispvm_agent_syslog_debug_total: metric(
    "debug lines without a meaning, which are not kept",
    counts.debug,
  ),
  ispvm_agent_syslog_failed_total: metric("lines that could not be read", counts.failed),
  ispvm_agent_syslog_tcp_connections: metric("connections open for syslog by TCP", connections()),
  ispvm_agent_syslog_tcp_too_long_total: metric(
    "lines by TCP longer than a datagram",
    counts.tooLong,
  ),
  ispvm_agent_syslog_tcp_framing_total: metric(
    "connections by TCP ended for a length that was none",
    counts.framing,
  ),
  ispvm_agent_syslog_tcp_limit_total: metric(
    "connections by TCP over a limit",
    counts.connectionLimit,
  ),
})

const deliveryMetrics = (
  { buffer, delivery: { counts }, tasks }: MetricSources,
  nowMs: number,
): Snapshot => {
  const { batches, bytes, oldestAtMs, droppedItems, quarantinedItems } = buffer.depth()
  return {
    ispvm_agent_buffer_batches: metric("pieces owed to the appliance", batches),
    ispvm_agent_buffer_bytes: metric("bytes owed to the appliance", bytes),
    ispvm_agent_buffer_oldest_age_seconds: metric(
      "age of the oldest item owed",
      oldestAtMs === null ? 0 : (nowMs - oldestAtMs) / 1_000,
    ),
    ispvm_agent_buffer_dropped_items: metric("items dropped for want of room", droppedItems),
    ispvm_agent_buffer_quarantined_items: metric(
      "items the appliance called unusable",
      quarantinedItems,
    ),
    ispvm_agent_batches_delivered_total: metric("batches acknowledged", counts.delivered),
    ispvm_agent_items_rejected_total: metric("items rejected one by one", counts.rejected),
    ispvm_agent_buffer_renamed_total: metric(
      "times the appliance wanted a new buffer id",
      counts.renamed,
    ),
    ispvm_agent_delivery_failures_total: metric(
      "deliveries that failed and were kept",
      counts.failures,
    ),
    ispvm_agent_tasks_total: metric("tasks received", tasks.received),
  }
}

export const metricsOf = (parts: MetricSources, nowMs: number, skewMs: number): Snapshot => ({
  ...pollMetrics(parts),
  ...rateMetrics(parts),
  ...pingMetrics(parts),
  ...syslogMetrics(parts),
  ...deliveryMetrics(parts, nowMs),
  ispvm_agent_clock_skew_seconds: metric("this clock minus the appliance's", skewMs / 1_000),
})
