/** Words of log lines that name nobody. Every other word of a line about customers is left out. */
export const PLAIN_WORDS: ReadonlySet<string> = new Set(
  `a about absent accept accepted accepting account action active add added address addresses
  admin administrator after alert already an and api arp as assigned at attempt authenticated
  authentication authorised authorized backup bad bad-password blocked bound bridge by bytes
  call called caller cannot carrier certificate chain change changed chap clear client close
  closed code cold command config configuration conflict connect connected connecting connection
  connection-state console could count created date deassigned declined default delete deleted
  denied deny detected dhcp dhcp-client dhcp-server dialing disable disabled disconnect
  disconnected disconnecting discover discovered dns down drop dropped due duplicate duration
  enable enabled encoding end entry error established event exceeded exit expired fail failed
  failure filter find finished firewall first for force forward from full gave get got group has
  host hotspot http https hung hw id idle in inactive info initializing input instance interface
  invalid ip ipsec ipv4 ipv6 is item keepalive key l2tp last lcp lease leased left len limit
  limit-at line link list listen local log logged login logout lost mac mangle match max-limit
  memory menu mode more moved mschap mtu nas nat netwatch network new no none not off offer
  offered offering on open option or ospf out output ovpn packet packets pap password peer ping
  policy pool port ppp pppoe pptp prefix print profile proper proto protocol queue radius range
  raw rcvd ready reason reauthentication reboot rebooted received refused reject rejected
  released remote remove removed renew request requested reset responding response restart route
  router rule running s same schedule scheduled scheduler script seconds secret secrets sending
  sent server service session session-timeout sessions set settings shutdown simple snmp src-mac
  ssh sstp started start starting state static status step stop stopped strong success successful
  successfully syn system tcp telnet terminate terminated terminating the time timed timeout to
  too traffic tree trying tunnel udp unable unauthorized unknown unreachable up update updated
  use used user user-request users using via vlan vpn waiting warning was watchdog webfig winbox
  wired wireless with without wrong`.split(/\s+/),
)
