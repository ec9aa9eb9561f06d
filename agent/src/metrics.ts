/** The agent's metrics for /metrics, with their help texts. */
import type { Buffer } from "./buffer/buffer.ts"
import type { Probes } from "./collect/probes/probes.ts"
import type { Pinger } from "./collect/reachability/ping.ts"
import type { Sessions } from "./collect/routeros/client/sessions.ts"
import type { Streams } from "./collect/routeros/streams/streams.ts"
import type { Schedule } from "./collect/scheduler/scheduler.ts"
import type { Syslog } from "./collect/syslog/syslog.ts"
import type { Traps } from "./collect/traps/traps.ts"
import type { Snapshot } from "./health.ts"
import type { Normalizer } from "./normalize/normalize.ts"
import type { TaskCounts } from "./tasks/tasks.ts"
import type { Delivery } from "./transport/deliver.ts"

export type MetricSources = {
  readonly buffer: Buffer
  readonly delivery: Delivery
  readonly schedule: Schedule
  readonly sessions: Sessions["counts"]
  readonly listening: Streams | null
  readonly rates: Normalizer["counts"]
  readonly pinger: Pinger
  readonly probes: Probes
  readonly syslog: Syslog
  readonly traps: Traps
  readonly tasks: TaskCounts
}

const metric = (help: string, value: number) => ({ help, value })

const streamMetrics = ({ listening }: MetricSources): Snapshot =>
  listening === null
    ? {}
    : {
        ispvm_agent_streams: metric("menus whose changes routers report", listening.listening),
        ispvm_agent_stream_rows_total: metric("changes reported by routers", listening.counts.rows),
        ispvm_agent_stream_fallbacks_total: metric(
          "times that a menu was polled again instead",
          listening.counts.fellBack,
        ),
        ispvm_agent_stream_rows_skipped_total: metric(
          "changes of session tables left to their next complete reading",
          listening.counts.skipped,
        ),
      }

const pollMetrics = ({ schedule, sessions }: MetricSources): Snapshot => ({
  ispvm_agent_devices: metric("devices assigned", schedule.devices),
  ispvm_agent_devices_failing: metric(
    "devices with a source that cannot be read",
    schedule.failing,
  ),
  ispvm_agent_polls_total: metric("polls finished", schedule.counts.polls),
  ispvm_agent_polls_failed_total: metric("polls failed", schedule.counts.failed),
  ispvm_agent_polls_hung_total: metric("polls that did not end when aborted", schedule.counts.hung),
  ispvm_agent_polls_stale_total: metric(
    "polls of devices that were removed or changed meanwhile",
    schedule.counts.stale,
  ),
  ispvm_agent_polls_running: metric("polls running", schedule.running),
  ispvm_agent_api_logins_total: metric("logins to the RouterOS API", sessions.logins),
  ispvm_agent_api_login_failures_total: metric(
    "RouterOS API sessions that could not be opened",
    sessions.failures,
  ),
  ispvm_agent_api_answers_aborted_total: metric(
    "RouterOS API answers aborted for their size",
    sessions.answersAborted,
  ),
})

const serviceProbeMetrics = ({ probes }: MetricSources): Snapshot => ({
  ispvm_agent_service_probes: metric("probes of services assigned", probes.size()),
  ispvm_agent_service_probes_run_total: metric("probes of services run", probes.counts.run),
  ispvm_agent_service_probes_failed_total: metric(
    "probes of services with another outcome than expected",
    probes.counts.failed,
  ),
  ispvm_agent_service_probes_skipped_total: metric(
    "probes of services that were due while their last run was not over",
    probes.counts.skipped,
  ),
  ispvm_agent_service_probes_ignored: metric(
    "assigned probes that this release cannot read",
    probes.counts.ignored,
  ),
})

const rateMetrics = ({ rates }: MetricSources): Snapshot => ({
  ispvm_agent_rates_ok_total: metric("interface readings with rates", rates.ok),
  ispvm_agent_rates_first_total: metric(
    "interface readings without an earlier one to compare with",
    rates.first,
  ),
  ispvm_agent_rates_rebooted_total: metric(
    "interface readings without rates: the device restarted",
    rates.rebooted,
  ),
  ispvm_agent_rates_reset_total: metric(
    "interface readings without rates: a counter went back",
    rates.reset,
  ),
  ispvm_agent_rates_clock_total: metric(
    "interface readings without rates: the host's clock was set",
    rates.clock,
  ),
  ispvm_agent_rates_implausible_total: metric(
    "interface readings without rates: more than any port can carry",
    rates.implausible,
  ),
  ispvm_agent_values_impossible_total: metric(
    "impossible values of sensors and metric families, omitted",
    rates.impossible,
  ),
  ispvm_agent_rates_dynamic_total: metric(
    "readings of interfaces created for sessions, not sent",
    rates.dynamic,
  ),
})

const pingMetrics = ({ pinger: { counts } }: MetricSources): Snapshot => ({
  ispvm_agent_ping_rounds_total: metric("probe rounds started", counts.rounds),
  ispvm_agent_ping_confirmation_bursts_total: metric(
    "confirmation bursts after a missed probe or a hint",
    counts.confirmationBursts,
  ),
  ispvm_agent_ping_tool_failures_total: metric(
    "fping runs that failed or were killed",
    counts.toolFailures,
  ),
  ispvm_agent_ping_unknown_total: metric(
    "probes without a result because fping failed",
    counts.unknown,
  ),
  ispvm_agent_ping_deferred_total: metric(
    "missed replies that waited for the next probe, because the host was overloaded",
    counts.deferred,
  ),
  ispvm_agent_ping_rounds_late_total: metric(
    "probe rounds started more than an interval late",
    counts.late,
  ),
})

const syslogMetrics = ({ syslog: { counts, connections, udp } }: MetricSources): Snapshot => ({
  ispvm_agent_syslog_receive_buffer_bytes: metric(
    "receive buffer for syslog datagrams that the kernel granted",
    udp?.receiveBytes ?? 0,
  ),
  ispvm_agent_syslog_kernel_dropped_total: metric(
    "syslog datagrams that the kernel dropped, because the receive buffer was full",
    udp?.dropped() ?? 0,
  ),
  ispvm_agent_syslog_lines_total: metric("syslog lines received", counts.lines),
  ispvm_agent_log_rows_total: metric("lines of routers' log menus", counts.read),
  ispvm_agent_syslog_events_total: metric("syslog lines that became events", counts.events),
  ispvm_agent_syslog_unknown_source_total: metric(
    "lines of senders that are not a device",
    counts.unknownSource,
  ),
  ispvm_agent_syslog_several_devices_total: metric(
    "lines that match none of several devices with one address",
    counts.severalDevices,
  ),
  ispvm_agent_syslog_other_device_total: metric(
    "lines that name another device than the sender's",
    counts.otherDevice,
  ),
  ispvm_agent_syslog_limited_total: metric("lines over a sender's limit", counts.limited),
  ispvm_agent_syslog_over_time_total: metric(
    "lines over the time limit of a sender",
    counts.overTime,
  ),
  ispvm_agent_syslog_repeated_total: metric(
    "lines sent twice by two logging rules",
    counts.repeated,
  ),
  ispvm_agent_syslog_combined_total: metric(
    "frequent lines that one event a minute reports together",
    counts.combined,
  ),
  ispvm_agent_syslog_debug_total: metric("debug lines, not kept", counts.debug),
  ispvm_agent_syslog_failed_total: metric("lines that could not be parsed", counts.failed),
  ispvm_agent_syslog_tcp_connections: metric("open syslog TCP connections", connections()),
  ispvm_agent_syslog_tcp_too_long_total: metric("TCP lines longer than a datagram", counts.tooLong),
  ispvm_agent_syslog_tcp_framing_total: metric(
    "TCP connections closed for an invalid length",
    counts.framing,
  ),
  ispvm_agent_syslog_tcp_limit_total: metric(
    "TCP connections over a limit",
    counts.connectionLimit,
  ),
})

const forwardMetrics = ({ syslog: { forward } }: MetricSources): Snapshot =>
  forward === null
    ? {}
    : {
        ispvm_agent_syslog_forwarded_total: metric("lines forwarded", forward.counts.sent),
        ispvm_agent_syslog_forward_dropped_total: metric(
          "lines not forwarded because the other system did not take them",
          forward.counts.dropped,
        ),
      }

const trapMetrics = ({ traps: { counts } }: MetricSources): Snapshot => ({
  ispvm_agent_traps_total: metric("SNMP traps and informs received", counts.received),
  ispvm_agent_trap_events_total: metric("traps and informs that became events", counts.events),
  ispvm_agent_trap_answers_total: metric("informs that were answered", counts.answered),
  ispvm_agent_traps_rejected_total: metric(
    "traps of strangers, with other credentials, repeated, or malformed",
    counts.unknownSource + counts.credentials + counts.replayed + counts.malformed,
  ),
  ispvm_agent_traps_limited_total: metric("traps over a device's limit", counts.limited),
})

const deliveryMetrics = (
  { buffer, delivery: { counts }, tasks }: MetricSources,
  nowMs: number,
): Snapshot => {
  const { batches, bytes, oldestAtMs, droppedItems, quarantinedItems } = buffer.depth()
  return {
    ispvm_agent_buffer_batches: metric("segments waiting for the appliance", batches),
    ispvm_agent_buffer_bytes: metric("bytes waiting for the appliance", bytes),
    ispvm_agent_buffer_oldest_age_seconds: metric(
      "age of the oldest waiting item",
      oldestAtMs === null ? 0 : (nowMs - oldestAtMs) / 1_000,
    ),
    ispvm_agent_buffer_dropped_items: metric(
      "items dropped because the buffer was full",
      droppedItems,
    ),
    ispvm_agent_buffer_quarantined_items: metric("items in quarantine", quarantinedItems),
    ispvm_agent_batches_delivered_total: metric("batches acknowledged", counts.delivered),
    ispvm_agent_items_rejected_total: metric("items rejected individually", counts.rejected),
    ispvm_agent_buffer_renamed_total: metric(
      "times the appliance required a new buffer id",
      counts.renamed,
    ),
    ispvm_agent_delivery_failures_total: metric(
      "failed deliveries, to be retried",
      counts.failures,
    ),
    ispvm_agent_tasks_total: metric("tasks received", tasks.received),
  }
}

export const metricsOf = (parts: MetricSources, nowMs: number, skewMs: number): Snapshot => ({
  ...pollMetrics(parts),
  ...streamMetrics(parts),
  ...serviceProbeMetrics(parts),
  ...rateMetrics(parts),
  ...pingMetrics(parts),
  ...syslogMetrics(parts),
  ...forwardMetrics(parts),
  ...trapMetrics(parts),
  ...deliveryMetrics(parts, nowMs),
  ispvm_agent_clock_skew_seconds: metric("the host's clock minus the appliance's", skewMs / 1_000),
})
