/** The Nagios files for some networks: hosts with parents, ports as services with dependencies. */

import { type Host, hostsOf, type NetworkInventory, type Port, portsOf } from "./inventory.ts"
import type { Timing } from "./timing.ts"

/** A service with the state of the host, for ports to depend on. */
export const ALIVE = "alive"
/** A host is dead while this folder has a file with its name. */
export const DEAD_FOLDER = "dead"
export const PAGES_FILE = "pages"
export const COMMAND_FILE = "command"
export const STATUS_FILE = "status.dat"

export type Place = { readonly folder: string; readonly user: string; readonly group: string }

const block = (kind: string, lines: Readonly<Record<string, string | number>>): string =>
  [
    `define ${kind} {`,
    ...Object.entries(lines)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `  ${key} ${value}`),
    "}",
    "",
  ].join("\n")

const hostBlock = (host: Host): string =>
  block("host", { use: "any-host", host_name: host.name, parents: host.parents.join(",") })
const aliveBlock = (host: Host): string =>
  block("service", {
    use: "any-service",
    host_name: host.name,
    service_description: ALIVE,
    notifications_enabled: 0,
  })
/** A port does not notify while its remote host, or the upstream end of its link, is down. */
const portBlocks = (port: Port): string[] => {
  const depends = (host: string, service: string): string =>
    block("servicedependency", {
      host_name: host,
      service_description: service,
      dependent_host_name: port.host,
      dependent_service_description: port.link,
      execution_failure_criteria: "n",
      notification_failure_criteria: "w,u,c",
    })
  return [
    block("service", { use: "any-service", host_name: port.host, service_description: port.link }),
    depends(port.remote, ALIVE),
    ...(port.isDownstreamEnd ? [depends(port.remote, port.link)] : []),
  ]
}

const templates = (folder: string, timing: Timing): string[] => {
  const schedule = {
    check_interval: timing.checkEvery,
    retry_interval: 1,
    max_check_attempts: timing.attempts,
    first_notification_delay: timing.holdDown,
    notification_interval: 0,
    notification_period: "always",
    check_period: "always",
    contacts: "operator",
    flap_detection_enabled: 0,
    register: 0,
  }
  const page = (service: string, state: string): string =>
    `/bin/sh ${folder}/page.sh "$NOTIFICATIONTYPE$" "$HOSTNAME$" "${service}" "${state}"`
  return [
    block("timeperiod", {
      timeperiod_name: "always",
      alias: "always",
      ...Object.fromEntries(
        ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"].map(
          (day) => [day, "00:00-24:00"],
        ),
      ),
    }),
    block("command", {
      command_name: "check-host",
      command_line: `/bin/sh ${folder}/check.sh ${folder}/${DEAD_FOLDER}/$HOSTNAME$`,
    }),
    block("command", {
      command_name: "passive-check",
      command_line: `/bin/sh ${folder}/check.sh ${folder}/${DEAD_FOLDER}/-`,
    }),
    block("command", { command_name: "page-host", command_line: page("", "$HOSTSTATE$") }),
    block("command", {
      command_name: "page-service",
      command_line: page("$SERVICEDESC$", "$SERVICESTATE$"),
    }),
    block("contact", {
      contact_name: "operator",
      host_notification_period: "always",
      service_notification_period: "always",
      host_notification_options: "d,r",
      service_notification_options: "c,r",
      host_notification_commands: "page-host",
      service_notification_commands: "page-service",
    }),
    block("host", {
      name: "any-host",
      check_command: "check-host",
      notification_options: "d,r",
      ...schedule,
    }),
    block("service", {
      name: "any-service",
      check_command: "passive-check",
      active_checks_enabled: 0,
      passive_checks_enabled: 1,
      notification_options: "c,r",
      ...schedule,
    }),
  ]
}

const main = ({ folder, user, group }: Place): string =>
  [
    ...["objects", "templates"].map((name) => `cfg_file=${folder}/${name}.cfg`),
    `log_file=${folder}/nagios.log`,
    `status_file=${folder}/${STATUS_FILE}`,
    `command_file=${folder}/${COMMAND_FILE}`,
    `check_result_path=${folder}/results`,
    `object_cache_file=${folder}/objects.cache`,
    `precached_object_file=${folder}/objects.precache`,
    `state_retention_file=${folder}/retention.dat`,
    `query_socket=${folder}/query`,
    `lock_file=${folder}/lock`,
    `temp_file=${folder}/temp`,
    `temp_path=${folder}`,
    `nagios_user=${user}`,
    `nagios_group=${group}`,
    // Time is scaled: one second for each minute.
    "interval_length=1",
    "check_external_commands=1",
    "check_result_reaper_frequency=1",
    "status_update_interval=2",
    "cached_host_check_horizon=1",
    "cached_service_check_horizon=1",
    "enable_predictive_host_dependency_checks=1",
    "enable_predictive_service_dependency_checks=0",
    "soft_state_dependencies=1",
    "enable_flap_detection=0",
    "use_large_installation_tweaks=1",
    "retain_state_information=0",
    "check_for_updates=0",
    "use_syslog=0",
    "log_rotation_method=n",
    "log_passive_checks=0",
    "log_external_commands=0",
    "event_broker_options=0",
    "date_format=iso8601",
    "illegal_macro_output_chars=`~$&|'\"<>",
    "",
  ].join("\n")

/** File contents by name. */
export const nagiosFiles = (
  inventories: readonly NetworkInventory[],
  place: Place,
  timing: Timing,
): Readonly<Record<string, string>> => {
  const hosts = inventories.flatMap(hostsOf)
  return {
    "nagios.cfg": main(place),
    "templates.cfg": templates(place.folder, timing).join("\n"),
    "objects.cfg": [
      ...hosts.map(hostBlock),
      ...hosts.filter((host) => host.isRemoteEnd).map(aliveBlock),
      ...inventories.flatMap(portsOf).flatMap(portBlocks),
    ].join("\n"),
    "check.sh": `[ -e "$1" ] && { echo "no answer"; exit 2; }\necho "answers"\n`,
    "page.sh": `printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$@" "$(date +%s%3N)" >>${place.folder}/${PAGES_FILE}\n`,
  }
}
