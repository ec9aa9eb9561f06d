/**
 * Lines of other vendors' devices beside the routers: Cisco and those who write like it
 * (`%FACILITY-SEVERITY-MNEMONIC: …`), Huawei (`%%01MODULE/SEVERITY/MNEMONIC(l): …`), Junos.
 */
import type { Family } from "./family.ts"

const cisco: Family = {
  topics: [],
  rows: [
    [
      "interface-step",
      "*%(LINK|LINEPROTO)-{_:number}-UPDOWN: {_:text}Interface {interface:word}, changed state to {state:text}",
    ],
    [
      "interface-step",
      "*%LINK-{_:number}-CHANGED: Interface {interface:word}, changed state to {state:text}",
    ],
    ["interface-step", "*%(LINK|LINEPROTO|ETHPORT|PKT_INFRA-LINK|PKT_INFRA-LINEPROTO)-*"],
    ["peer-step", "*%(BGP|BGP_SESSION|ROUTING-BGP)-{_:number}-{step:word}: neighbor {peer} {text}"],
    [
      "peer-step",
      "*%(OSPF|OSPFv3|ROUTING-OSPF)-{_:number}-{step:word}: Process {process:word}, Nbr {peer} on {interface:word} from {text}",
    ],
    [
      "peer-step",
      "*%(BGP|OSPF|OSPFv3|ISIS|CLNS|LDP|DUAL|EIGRP|BFD|PIM|TDP|MPLS|ROUTING-BGP|ROUTING-OSPF|ROUTING-ISIS|L2-BFD)-*",
    ],
    ["vrrp-step", "*%(HSRP|STANDBY|VRRP|GLBP)-*"],
    ["loop-detected", "*%SW_MATM-{_:number}-MACFLAP_NOTIF: {text}"],
    ["loop-detected", "*%(PM|SPANTREE|ETHCNTR)-*(loop|LOOPBACK|LOOP_)*"],
    ["bridge-rejected", "*%PM-{_:number}-ERR_DISABLE: {reason}"],
    ["stp-changed", "*%SPANTREE-*"],
    ["bond-changed", "*%(EC|LACP|ETH_PORT_CHANNEL|PAGP)-*"],
    ["restarting", "*%SYS-{_:number}-(RESTART|RELOAD|BOOTTIME): {text}"],
    ["config-problem", "*%SYS-{_:number}-CONFIG_{_:word} failed*"],
    ["login-step", "*%SEC_LOGIN-{_:number}-LOGIN_SUCCESS*"],
    ["access-rejected", "*%SEC_LOGIN-{_:number}-LOGIN_FAILED*"],
    ["access-rejected", "*%(SEC|AAA|SSH|LOGIN|AUTHMGR|DOT1X)-*(fail|denied|reject)*"],
    ["service-step", "*%SEC-{_:number}-IPACCESSLOG*"],
    ["service-step", "*%SYS-{_:number}-CONFIG_I: {text}"],
    ["crashed", "*%(SYS|OS|PLATFORM)-{_:number}-*(CRASH|MALLOCFAIL|CPUHOG|SIGNAL|WATCHDOG)*"],
    [
      "health-problem",
      "*%(ENVMON|ENVIRONMENT|PLATFORM_ENV|ENVM|FAN|PSU|PWR|CHASSIS|IOSXE_PEM|ILPOWER_CONTROLLER|C4K_IOSMODPORTMAN)-{_:number}-*(fail|over|critical|fault|low|high|warn|remove)*",
    ],
    [
      "health-ok",
      "*%(ENVMON|ENVIRONMENT|PLATFORM_ENV|ENVM|FAN|PSU|PWR|IOSXE_PEM)-{_:number}-*(ok|normal|recover|insert|good)*",
    ],
    ["optic-problem", "*%(SFF8472|GBIC|SFP|TRANSCEIVER|OPTICS)-*"],
    ["poe-changed", "*%ILPOWER-*"],
    ["address-conflict", "*%IP-{_:number}-DUPADDR*"],
    ["session-step", "*%(PPP|PPPOE|SSS|SSSMGR|VPDN|L2TP)-*"],
    ["ipsec-step", "*%(CRYPTO|IKEV2|IPSEC|DMVPN|IKE)-*"],
    ["lease-step", "*%(DHCP|DHCPD|DHCP_SNOOPING)-*"],
    ["time-changed", "*%(NTP|SYS)-{_:number}-(CLOCKUPDATE|CLOCK_UPDATE)*"],
    ["snmp-rejected", "*%SNMP-{_:number}-AUTHFAIL*"],
    ["service-step", "*%{_:cisco}: {text}"],
  ],
}

const huawei: Family = {
  topics: [],
  rows: [
    ["interface-step", "*%%01(IFNET|IFPDT|IF)/*"],
    ["peer-step", "*%%01(BGP|OSPF|OSPFV3|ISIS|LDP|BFD|PIM|RM|MPLS)/*"],
    ["vrrp-step", "*%%01VRRP/*"],
    ["loop-detected", "*%%01*(LOOP|MACFLAP|MFLP)*"],
    ["stp-changed", "*%%01(MSTP|STP|RSTP)/*"],
    ["bond-changed", "*%%01(LACP|TRUNK|ETRUNK)/*"],
    [
      "health-problem",
      "*%%01(DEVM|SRM|ENTITYTRAP|ALML|FIB|BASETRAP|POWER|FAN)/*(fail|abnormal|invalid|fault|overheat|exceed|over)*",
    ],
    ["health-ok", "*%%01(DEVM|SRM|ENTITYTRAP|ALML|BASETRAP|POWER|FAN)/*(resume|normal|recover)*"],
    ["access-rejected", "*%%01(SSH|AAA|SHELL|TELNETD|LINE)/*(fail|denied|reject|lock)*"],
    ["login-step", "*%%01(SSH|AAA|SHELL|TELNETD|LINE)/*"],
    ["time-changed", "*%%01(NTP|CLKM)/*"],
    ["lease-step", "*%%01DHCP/*"],
    ["session-step", "*%%01(PPP|PPPOE|BRASAM|CM|L2TP|UCM)/*"],
    ["snmp-rejected", "*%%01SNMP/*(fail|unauth)*"],
    ["service-step", "*%%01{_:word} {text}"],
  ],
}

const junos: Family = {
  topics: [],
  rows: [
    ["interface-step", "*SNMP_TRAP_LINK_DOWN: {text}"],
    ["interface-step", "*SNMP_TRAP_LINK_UP: {text}"],
    ["peer-step", "*RPD_(OSPF|BGP|ISIS|LDP|RSVP|MPLS|BFD)_*"],
    ["peer-step", "*BGP_{step:word}: {text}"],
    ["peer-step", "*bgp_{step:word}: *peer {peer} *"],
    ["peer-step", "*BFDD_(TRAP_SHOP|TRAP_MHOP)_STATE_(UP|DOWN)*"],
    ["stp-changed", "*(L2CPD|ESWD|STP)*(ROLE|STATE|TOPOLOGY)*change*"],
    ["loop-detected", "*L2ALD_MAC_MOVE_*"],
    ["access-rejected", "*(SSHD_LOGIN_FAILED|LOGIN_FAILED|SSHD_LOGIN_ATTEMPTS_THRESHOLD)*"],
    ["login-step", "*(UI_LOGIN_EVENT|UI_LOGOUT_EVENT|UI_AUTH_EVENT)*"],
    ["service-step", "*(UI_COMMIT|UI_COMMIT_COMPLETED|UI_CFG_AUDIT_OTHER)*"],
    [
      "health-problem",
      "*(CHASSISD_FAN_FAILURE|CHASSISD_OVER_TEMP|CHASSISD_PSU|CHASSISD_SNMP_TRAP)*",
    ],
    ["health-ok", "*(Alarm cleared: |alarm cleared)*"],
    ["health-problem", "*(Alarm set: |alarm set)*"],
  ],
}
export const VENDOR_FAMILIES: readonly Family[] = [cisco, huawei, junos]
