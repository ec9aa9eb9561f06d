# ISP Visual Monitor: connect this router: Z.rich "Nord" $1 \ core. (core)
# Made for RouterOS 7.13.5. To be pasted into a terminal or imported; run twice, it changes nothing. It holds passwords and keys:
# delete the file when it is done.

# -- preamble: Check the RouterOS release
# A script for another release would fail half way. Nothing is changed here but variables, which the last part takes away.
:global ispvmGo true
:global ispvmPush true
:global ispvmDone [:toarray ""]
:global ispvmFailed [:toarray ""]
:global ispvmNotes [:toarray ""]
# A text as it may stand between quotes.
:global ispvmQuote do={
  :local out ""
  :local text [:tostr $1]
  :if ([:len $text] > 0) do={
    :for i from=0 to=([:len $text] - 1) do={
      :local c [:pick $text $i ($i + 1)]
      :if ($c = "\"" or $c = "\\" or $c = "\$") do={ :set out ($out . "\\") }
      :set out ($out . $c)
    }
  }
  :return $out
}
# The items of a list with commas between.
:global ispvmJoin do={
  :local out ""
  :foreach item in=[:toarray $1] do={
    :if ([:len $out] > 0) do={ :set out ($out . ",") }
    :set out ($out . [:tostr $item])
  }
  :return $out
}
:do {
  :global ispvmGo
  :set ispvmGo false
  :local version [/system resource get version]
  :local dot [:find $version "."]
  :local major [:pick $version 0 $dot]
  :local rest [:pick $version ($dot + 1) [:len $version]]
  :local minor ""
  :local isNumber true
  :for i from=0 to=([:len $rest] - 1) do={
    :local c [:pick $rest $i ($i + 1)]
    :if ([:typeof [:find "0123456789" $c]] = "nil") do={ :set isNumber false }
    :if ($isNumber) do={ :set minor ($minor . $c) }
  }
  :local release ([:tonum $major] * 1000 + [:tonum $minor])
  :if ($release >= 7013 and $release <= 7015) do={ :set ispvmGo true }
} on-error={}
:if (!$ispvmGo) do={ :local why "ISP Visual Monitor: this script is made for RouterOS 7.13.5 (it fits 7.13 to 7.15) and this router runs another: nothing was changed. Have one made for the release that it runs."; :put $why; :log error $why; :error $why }

# -- clock: Check the clock
# Certificates are checked against the router's clock, so a router that takes this for 1970 cannot post. Nothing is changed: where
# the time comes from is the operator's choice.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    :local date [:tostr [/system clock get date]]
    :local year [:pick $date 7 11]
    :if ([:pick $date 4 5] = "-") do={ :set year [:pick $date 0 4] }
    :if ([:tonum $year] < 2025) do={
      :set ispvmNotes ($ispvmNotes , "the clock cannot be right, and certificates are checked against it: set it (/system clock set date= time=) and have it kept right (/system ntp client), else the router cannot report.")
    }
    :if (![/system ntp client get enabled]) do={
      :set ispvmNotes ($ispvmNotes , "the NTP client is off: the clock will drift (/system ntp client set enabled=yes servers=).")
    }
    :set ispvmDone ($ispvmDone , "clock")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "clock")
}

# -- undo-record: Record of the earlier configuration
# What is changed rather than added is noted beforehand in a stored script, as the commands that bring it back. A second run leaves
# the note alone; the removal runs it.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    :if ([:len [/system script find where name="ispvm-undo"]] = 0) do={
      /system script add name="ispvm-undo" policy=read,write source="# How it was before ISP Visual Monitor changed it.\n" comment="ispvm: brings back what was changed"
    }
    :set ispvmDone ($ispvmDone , "undo-record")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "undo-record")
}

# -- authority: CA certificate of the appliance
# The router posts only to who holds a certificate of this authority. It is imported by way of a file, which is removed at once, and
# compared by fingerprint; one that is there already stays as it is.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    /certificate remove [/certificate find where name="ispvm-ca" and fingerprint!="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
    :if ([:len [/certificate find where fingerprint="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]] = 0) do={
      /file remove [/file find where name="ispvm-ca.pem"]
      /file add name="ispvm-ca.pem" contents="\
        -----BEGIN CERTIFICATE-----\n\
        MIIBczCCARmgAwIBAgIUEXAMPLEONLYNOTACERTIFICATE00wCgYIKoZIzj0EAwIw\n\
        ETEPMA0GA1UEAwwGZXhhbXBsZTAeFw0yNTAxMDEwMDAwMDBaFw0zNTAxMDEwMDAw\n\
        -----END CERTIFICATE-----\n"
      :delay 1s
      /certificate import file-name="ispvm-ca.pem" passphrase=""
      /file remove [/file find where name="ispvm-ca.pem"]
      :if ([:len [/certificate find where fingerprint="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]] = 0) do={
        :local why "the appliance's certificate authority could not be imported: the router cannot report."; :set ispvmNotes ($ispvmNotes , $why); :error $why
      }
      /certificate set [/certificate find where fingerprint="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"] name="ispvm-ca" trusted=yes
    }
    :set ispvmDone ($ispvmDone , "authority")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "authority")
}

# -- api-account: Read-only API account for the agents
# The group may read and use the API and nothing else: no writing, no login by terminal or WinBox, no secrets. The account is good
# only from the agents' addresses, and a user of the same name that is not ours is left alone.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    :if ([:len [/user group find where name="ispvm"]] = 0) do={
      /user group add name="ispvm" policy=read,api,!local,!telnet,!ssh,!ftp,!reboot,!write,!policy,!test,!winbox,!password,!web,!sniff,!sensitive,!romon,!rest-api
    } else={
      /user group set [/user group find where name="ispvm"] policy=read,api,!local,!telnet,!ssh,!ftp,!reboot,!write,!policy,!test,!winbox,!password,!web,!sniff,!sensitive,!romon,!rest-api
    }
    :if ([:len [/user find where name="ispvm-agent"]] > 0) do={
      :if ([:len [/user find where name="ispvm-agent" and (comment="ispvm" or comment~"^ispvm: ")]] = 0) do={ :local why "a user ispvm-agent is there already and is not ours: it was left alone. Choose another name for the account."; :set ispvmNotes ($ispvmNotes , $why); :error $why }
    }
    :if ([:len [/user find where name="ispvm-agent"]] = 0) do={
      /user add name="ispvm-agent" password="example-password" group="ispvm" address=192.0.2.10/32,192.0.2.11/32,2001:db8::10/128 comment="ispvm: account for reading"
    } else={
      /user set [/user find where name="ispvm-agent"] password="example-password" group="ispvm" address=192.0.2.10/32,192.0.2.11/32,2001:db8::10/128 comment="ispvm: account for reading"
    }
    /user remove [/user find where comment="ispvm: account for reading" and name!="ispvm-agent"]
    :set ispvmDone ($ispvmDone , "api-account")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "api-account")
}

# -- api-tls: API over TLS for the agents
# Where the service has no certificate it gets one of its own, signed on the router. Where it was off, it is opened to the agents
# alone; where it was on with a list of addresses, the agents are added; where it was on for everybody, that stays the operator's
# choice; the certificate's fingerprint is told, so that the agents know whom to send the password to.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :global ispvmQuote
  :global ispvmJoin
  :if ($ispvmGo) do={
    :local service [:pick [/ip service find where name="api-ssl" and !(dynamic=yes)] 0]
    :local was "no"
    :if ([/ip service get $service disabled]) do={ :set was "yes" }
    :local sources [:toarray ""]
    :foreach each in=[:toarray [/ip service get $service address]] do={ :set sources ($sources , [:tostr $each]) }
    :local cert [:tostr [/ip service get $service certificate]]
    :if ([:len $cert] = 0) do={ :set cert "none" }
    :if ([:typeof [:find [/system script get [/system script find where name="ispvm-undo"] source] "# api-ssl\n"]] = "nil") do={
      /system script set [/system script find where name="ispvm-undo"] source=([/system script get [/system script find where name="ispvm-undo"] source] . "# api-ssl\n:do { " . "/ip service set [:pick [/ip service find where name=\"api-ssl\" and !(dynamic=yes)] 0] disabled=" . $was . " address=\"" . [$ispvmJoin $sources] . "\" certificate=\"" . [$ispvmQuote $cert] . "\"" . " } on-error={}\n")
    }
    :if ($cert = "none" or $cert = "*0") do={
      :if ([:len [/certificate find where name="ispvm-api"]] = 0) do={
        /certificate add name="ispvm-api" common-name="ispvm-api" key-size=2048 days-valid=3650 key-usage=digital-signature,key-encipherment,tls-server
        /certificate sign [/certificate find where name="ispvm-api"]
      }
      :local tries 0
      :while ([:len [:tostr [/certificate get [/certificate find where name="ispvm-api"] fingerprint]]] = 0 and $tries < 60) do={
        :set tries ($tries + 1)
        :delay 500ms
      }
      /ip service set $service certificate="ispvm-api"
    }
    :if ($was = "yes") do={ :set sources [:toarray ""] }
    :if ($was = "yes" or [:len $sources] > 0) do={
      :local isNew false
      :foreach agent in=({"192.0.2.10/32";"192.0.2.11/32";"2001:db8::10/128"}) do={
        :if ([:typeof [:find $sources $agent]] = "nil") do={
          :set sources ($sources , $agent)
          :set isNew true
        }
      }
      :if ($isNew) do={ /ip service set $service address=[$ispvmJoin $sources] }
    } else={
      :set ispvmNotes ($ispvmNotes , "the API over TLS was open to every address before and still is.")
    }
    :if ($was = "yes") do={ /ip service set $service disabled=no }
    :do {
      :local shown [/certificate find where name=[:tostr [/ip service get $service certificate]]]
      :set ispvmDone ($ispvmDone , ("api-tls: certificate " . [/certificate get $shown fingerprint]))
    } on-error={}
    :set ispvmDone ($ispvmDone , "api-tls")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "api-tls")
}

# -- api-plain: API without TLS, disabled if only the agents used it
# It shows passwords on the wire. It is switched off only where its list of addresses names nobody but the agents; where others may
# use it, or everybody, it is theirs and is not touched.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    :local service [:pick [/ip service find where name="api" and !(dynamic=yes)] 0]
    :local was "no"
    :if ([/ip service get $service disabled]) do={ :set was "yes" }
    :local sources [:toarray ""]
    :foreach each in=[:toarray [/ip service get $service address]] do={ :set sources ($sources , [:tostr $each]) }
    :local ours ({"192.0.2.10";"192.0.2.10/32";"192.0.2.11";"192.0.2.11/32";"2001:db8::10";"2001:db8::10/128"})
    :local others false
    :foreach each in=$sources do={ :if ([:typeof [:find $ours $each]] = "nil") do={ :set others true } }
    :if ($was = "no" and [:len $sources] > 0 and !$others) do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-undo"] source] "# api\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-undo"] source=([/system script get [/system script find where name="ispvm-undo"] source] . "# api\n:do { " . "/ip service set [:pick [/ip service find where name=\"api\" and !(dynamic=yes)] 0] disabled=no" . " } on-error={}\n")
      }
      /ip service set $service disabled=yes
    }
    :set ispvmDone ($ispvmDone , "api-plain")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "api-plain")
}

# -- snmp: SNMP version 3 for the agents
# A user with authentication (SHA1) and privacy (AES), the best that every release has, who may read and not write, from the agents'
# addresses alone. SNMP itself is switched on if it was off, and that is noted.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    :if ([:len [/snmp community find where name="ispvm-snmp"]] > 0) do={
      :if ([:len [/snmp community find where name="ispvm-snmp" and (comment="ispvm" or comment~"^ispvm: ")]] = 0) do={ :local why "an SNMP community ispvm-snmp is there already and is not ours: it was left alone. Choose another name."; :set ispvmNotes ($ispvmNotes , $why); :error $why }
    }
    /snmp community remove [/snmp community find where (comment="ispvm" or comment~"^ispvm: ") and name!="ispvm-snmp"]
    :if ([:len [/snmp community find where name="ispvm-snmp"]] = 0) do={
      /snmp community add name="ispvm-snmp" security=private authentication-protocol=SHA1 authentication-password="example-auth" encryption-protocol=AES encryption-password="example-priv" addresses=192.0.2.10/32,192.0.2.11/32,2001:db8::10/128 read-access=yes write-access=no comment="ispvm: agents may read"
    } else={
      /snmp community set [/snmp community find where name="ispvm-snmp"] security=private authentication-protocol=SHA1 authentication-password="example-auth" encryption-protocol=AES encryption-password="example-priv" addresses=192.0.2.10/32,192.0.2.11/32,2001:db8::10/128 read-access=yes write-access=no comment="ispvm: agents may read"
    }
    :local was "no"
    :if ([/snmp get enabled]) do={ :set was "yes" }
    :if ([:typeof [:find [/system script get [/system script find where name="ispvm-undo"] source] "# snmp\n"]] = "nil") do={
      /system script set [/system script find where name="ispvm-undo"] source=([/system script get [/system script find where name="ispvm-undo"] source] . "# snmp\n:do { " . "/snmp set enabled=" . $was . " } on-error={}\n")
    }
    :if ($was = "no") do={ /snmp set enabled=yes }
    :set ispvmDone ($ispvmDone , "snmp")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "snmp")
}

# -- firewall: Firewall rules for the agents
# Rules for the agents' addresses alone, ahead of the first rule that drops what comes in, so that nothing else is opened. A router
# whose chain input drops nothing gets none.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    :local apiPort [/ip service get [:pick [/ip service find where name="api-ssl" and !(dynamic=yes)] 0] port]
    :local dropRules [/ip firewall filter find where chain=input and (action=drop or action=reject) and !disabled and !dynamic]
    :if ([:len $dropRules] > 0) do={
      :local firstDrop [:pick $dropRules 0]
      /ip firewall address-list remove [/ip firewall address-list find where list="ispvm-agents" and (comment="ispvm" or comment~"^ispvm: ") and comment!="ispvm: agent 192.0.2.10" and comment!="ispvm: agent 192.0.2.11"]
      :if ([:len [/ip firewall address-list find where list="ispvm-agents" and comment="ispvm: agent 192.0.2.10"]] = 0) do={
        /ip firewall address-list add list="ispvm-agents" comment="ispvm: agent 192.0.2.10" address=192.0.2.10
      }
      :if ([:len [/ip firewall address-list find where list="ispvm-agents" and comment="ispvm: agent 192.0.2.11"]] = 0) do={
        /ip firewall address-list add list="ispvm-agents" comment="ispvm: agent 192.0.2.11" address=192.0.2.11
      }
      :if ([:len [/ip firewall filter find where comment="ispvm: agents may use the API over TLS"]] = 0) do={
        /ip firewall filter add chain=input action=accept protocol=tcp dst-port=$apiPort src-address-list="ispvm-agents" comment="ispvm: agents may use the API over TLS" place-before=$firstDrop
      }
      :if ([:len [/ip firewall filter find where comment="ispvm: agents may use SNMP"]] = 0) do={
        /ip firewall filter add chain=input action=accept protocol=udp dst-port=161 src-address-list="ispvm-agents" comment="ispvm: agents may use SNMP" place-before=$firstDrop
      }
      :if ([:len [/ip firewall filter find where comment="ispvm: agents may ping"]] = 0) do={
        /ip firewall filter add chain=input action=accept protocol=icmp src-address-list="ispvm-agents" comment="ispvm: agents may ping" place-before=$firstDrop
      }
    } else={
      :set ispvmNotes ($ispvmNotes , "no rule of /ip firewall filter drops what comes in: the agents need none that lets them in, and none was added.")
    }
    :local dropRules6 [/ipv6 firewall filter find where chain=input and (action=drop or action=reject) and !disabled and !dynamic]
    :if ([:len $dropRules6] > 0) do={
      :local firstDrop6 [:pick $dropRules6 0]
      /ipv6 firewall address-list remove [/ipv6 firewall address-list find where list="ispvm-agents" and (comment="ispvm" or comment~"^ispvm: ") and comment!="ispvm: agent 2001:db8::10"]
      :if ([:len [/ipv6 firewall address-list find where list="ispvm-agents" and comment="ispvm: agent 2001:db8::10"]] = 0) do={
        /ipv6 firewall address-list add list="ispvm-agents" comment="ispvm: agent 2001:db8::10" address=2001:db8::10
      }
      :if ([:len [/ipv6 firewall filter find where comment="ispvm: agents may use the API over TLS"]] = 0) do={
        /ipv6 firewall filter add chain=input action=accept protocol=tcp dst-port=$apiPort src-address-list="ispvm-agents" comment="ispvm: agents may use the API over TLS" place-before=$firstDrop6
      }
      :if ([:len [/ipv6 firewall filter find where comment="ispvm: agents may use SNMP"]] = 0) do={
        /ipv6 firewall filter add chain=input action=accept protocol=udp dst-port=161 src-address-list="ispvm-agents" comment="ispvm: agents may use SNMP" place-before=$firstDrop6
      }
      :if ([:len [/ipv6 firewall filter find where comment="ispvm: agents may ping"]] = 0) do={
        /ipv6 firewall filter add chain=input action=accept protocol=icmpv6 src-address-list="ispvm-agents" comment="ispvm: agents may ping" place-before=$firstDrop6
      }
    } else={
      :set ispvmNotes ($ispvmNotes , "no rule of /ipv6 firewall filter drops what comes in: the agents need none that lets them in, and none was added.")
    }
    :set ispvmDone ($ispvmDone , "firewall")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "firewall")
}

# -- syslog: Syslog to the agent
# Links, logins, routing and sessions as they are logged, and all that is a warning or worse; nothing of level debug. An action of
# our own with rules of our own: the router's other logs stay as they are.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    :if ([:len [/system logging action find where name="ispvm"]] = 0) do={
      /system logging action add name="ispvm" target=remote remote=192.0.2.10 remote-port=514 bsd-syslog=yes syslog-facility=daemon
    } else={
      /system logging action set [/system logging action find where name="ispvm"] target=remote remote=192.0.2.10 remote-port=514 bsd-syslog=yes syslog-facility=daemon
    }
    :if ([:len [/system logging find where action="ispvm"]] != 8) do={
      /system logging remove [/system logging find where action="ispvm"]
      /system logging add action="ispvm" topics=critical,!debug,!packet,!raw
      /system logging add action="ispvm" topics=error,!critical,!debug,!packet,!raw
      /system logging add action="ispvm" topics=warning,!critical,!error,!debug,!packet,!raw
      /system logging add action="ispvm" topics=interface,!critical,!error,!warning,!debug,!packet,!raw
      /system logging add action="ispvm" topics=system,!critical,!error,!warning,!interface,!debug,!packet,!raw
      /system logging add action="ispvm" topics=account,!critical,!error,!warning,!interface,!system,!debug,!packet,!raw
      /system logging add action="ispvm" topics=ospf,!critical,!error,!warning,!interface,!system,!account,!debug,!packet,!raw
      /system logging add action="ispvm" topics=bgp,!critical,!error,!warning,!interface,!system,!account,!ospf,!debug,!packet,!raw
    }
    :set ispvmDone ($ispvmDone , "syslog")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "syslog")
}

# -- push: Push script
# Stores the script that posts a message to the appliance over HTTPS: at most 20 requests a minute, and at most 200 items kept while
# the appliance cannot be reached. It holds the router's own key, which whoever may read scripts on this router can read.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :if ($ispvmGo and $ispvmPush) do={
    :do { /system script job remove [/system script job find where script="ispvm-functions"] } on-error={}
    /system script remove [/system script find where name="ispvm-functions"]
    :do { /system script job remove [/system script job find where script="ispvm-push-netwatch"] } on-error={}
    /system script remove [/system script find where name="ispvm-push-netwatch"]
    /system scheduler remove [/system scheduler find where name="ispvm-watch"]
    /system scheduler remove [/system scheduler find where name="ispvm-heartbeat"]
    :do { /system script environment remove [/system script environment find where name~"^ispvm(Router|Netwatch)" and name!="ispvmRouterState" and name!="ispvmRouterAt"] } on-error={}
    {
      :local text "\
        # ISP Visual Monitor: posts one message, for ispvm-watch. Holds the router's key.\n\
        :local ok false\n\
        :do {\n\
        \_ :local told ([/tool fetch url=\"https://192.0.2.1:8445/push/v1\" http-method=post http-data=\$body http-header-field=\"Authorization: Bearer ispvmr1.exampleexample00.exampleexampleexampleexampleexampleexample0,Content-Type: application/json\" check-certificate=yes-without-crl output=none as-value]->\"status\")\n\
        \_ :if ([:typeof \$told] != \"str\" or \$told = \"finished\") do={ :set ok true }\n\
        } on-error={}\n\
        :return \$ok\n"
      :local row [/system script find where name="ispvm-push"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-push" policy=read,write,test comment="ispvm: posts one message" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: posts one message") do={ /system script set $row comment="ispvm: posts one message" }
      }
    }
    {
      :local text "# ISP Visual Monitor: ispvm-push runs this when the appliance has accepted a message; run-count is read back by ispvm-watch.\n"
      :local row [/system script find where name="ispvm-sent"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-sent" policy=read,write,test comment="ispvm: counts what was accepted" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: counts what was accepted") do={ /system script set $row comment="ispvm: counts what was accepted" }
      }
    }
    :set ispvmDone ($ispvmDone , "push")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push")
}

# -- push-watch: Monitor script for interfaces and neighbours
# A job that asks three times a second which ports have a link, and every five seconds after neighbours and sessions, and has what it
# saw posted. It needs no global variables, changes nothing else on the router, and runs with the rights of who imports this.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :if ($ispvmGo and $ispvmPush) do={
    /system script remove [/system script find where name="ispvm-sessions"]
    {
      :local text "\
        # ISP Visual Monitor: which BGP and OSPF neighbours came up or went, for the resident script.\n\
        :local inside do={\n\
        \_ :local special \"\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0A\\0B\\0C\\0D\\0E\\0F\\10\\11\\12\\13\\14\\15\\16\\17\\18\\19\\1A\\1B\\1C\\1D\\1E\\1F\\\"\\\\\"\n\
        \_ :local out \"\"\n\
        \_ :if ([:len \$text] > 0) do={\n\
        \_   :for at from=0 to=([:len \$text] - 1) do={\n\
        \_     :local letter [:pick \$text \$at (\$at + 1)]\n\
        \_     :local code [:find \$special \$letter]\n\
        \_     :if ([:typeof \$code] != \"num\") do={ :set out (\$out . \$letter) } else={\n\
        \_       :if (\$code > 30) do={ :set out (\$out . \"\\\\\" . \$letter) } else={\n\
        \_         :set code (\$code + 1)\n\
        \_         :set out (\$out . \"\\\\u00\" . [:pick \"01\" (\$code / 16) (\$code / 16 + 1)] . [:pick \"0123456789abcdef\" (\$code % 16) (\$code % 16 + 1)])\n\
        \_       }\n\
        \_     }\n\
        \_   }\n\
        \_ }\n\
        \_ :return \$out\n\
        }\n\
        :local added [:toarray \"\"]\n\
        :local bgpUp (\$state->\"bgpUp\")\n\
        :local bgpRows (\$state->\"bgpRows\")\n\
        :local bgpLooks (\$state->\"bgpLooks\")\n\
        :do {\n\
        \_ :local rows [:tostr [/routing bgp session find where established]]\n\
        \_ :local isFirst ([:typeof \$bgpUp] != \"array\")\n\
        \_ :if (\$isFirst) do={\n\
        \_   :set bgpUp [:toarray \"\"]\n\
        \_   :set bgpLooks 0\n\
        \_ }\n\
        \_ :set bgpLooks (\$bgpLooks + 1)\n\
        \_ :if (\$isFirst or \$rows != \$bgpRows or \$bgpLooks >= 12) do={\n\
        \_   :local before \$bgpUp\n\
        \_   :local up [:toarray \"\"]\n\
        \_   :local came [:toarray \"\"]\n\
        \_   :local went [:toarray \"\"]\n\
        \_   :foreach row in=[/routing bgp session find where established] do={\n\
        \_     :do {\n\
        \_       :local is [/routing bgp session get \$row]\n\
        \_       :local called [:tostr (\$is->\"name\")]\n\
        \_       :local who (\"\\\"kind\\\":\\\"peer\\\",\\\"protocol\\\":\\\"bgp\\\",\\\"name\\\":\\\"\" . [\$inside text=\$called])\n\
        \_       :set who (\$who . \"\\\",\\\"address\\\":\\\"\" . [\$inside text=[:tostr (\$is->\"remote.address\")]] . \"\\\"\")\n\
        \_       :local detail \"established\"\n\
        \_       :set (\$up->\$who) \$called\n\
        \_       :if (!\$isFirst and [:typeof (\$before->\$who)] != \"str\") do={\n\
        \_         :set came (\$came , (\$who . \",\\\"state\\\":\\\"up\\\",\\\"detail\\\":\\\"\" . [\$inside text=\$detail] . \"\\\"\"))\n\
        \_       }\n\
        \_     } on-error={}\n\
        \_   }\n\
        \_   :foreach who,called in=\$before do={\n\
        \_     :if ([:typeof (\$up->\$who)] != \"str\") do={\n\
        \_       :local detail \"gone\"\n\
        \_       :do {\n\
        \_         :foreach row in=[/routing bgp session find where name=\$called] do={ :set detail \"not established\" }\n\
        \_       } on-error={}\n\
        \_       :set went (\$went , (\$who . \",\\\"state\\\":\\\"down\\\",\\\"detail\\\":\\\"\" . [\$inside text=\$detail] . \"\\\"\"))\n\
        \_     }\n\
        \_   }\n\
        \_   :set bgpLooks 0\n\
        \_   :set bgpUp \$up\n\
        \_   :set bgpRows \$rows\n\
        \_   :foreach item in=\$went do={ :set added (\$added , \$item) }\n\
        \_   :foreach item in=\$came do={ :set added (\$added , \$item) }\n\
        \_ }\n\
        } on-error={}\n\
        :local ospfUp (\$state->\"ospfUp\")\n\
        :local ospfRows (\$state->\"ospfRows\")\n\
        :local ospfLooks (\$state->\"ospfLooks\")\n\
        :do {\n\
        \_ :local rows [:tostr [/routing ospf neighbor find where (state=\"Full\" or state=\"2-Way\")]]\n\
        \_ :local isFirst ([:typeof \$ospfUp] != \"array\")\n\
        \_ :if (\$isFirst) do={\n\
        \_   :set ospfUp [:toarray \"\"]\n\
        \_   :set ospfLooks 0\n\
        \_ }\n\
        \_ :set ospfLooks (\$ospfLooks + 1)\n\
        \_ :if (\$isFirst or \$rows != \$ospfRows or \$ospfLooks >= 12) do={\n\
        \_   :local before \$ospfUp\n\
        \_   :local up [:toarray \"\"]\n\
        \_   :local came [:toarray \"\"]\n\
        \_   :local went [:toarray \"\"]\n\
        \_   :foreach row in=[/routing ospf neighbor find where (state=\"Full\" or state=\"2-Way\")] do={\n\
        \_     :do {\n\
        \_       :local is [/routing ospf neighbor get \$row]\n\
        \_       :local called [:tostr (\$is->\"router-id\")]\n\
        \_       :local who (\"\\\"kind\\\":\\\"peer\\\",\\\"protocol\\\":\\\"ospf\\\",\\\"name\\\":\\\"\" . [\$inside text=\$called])\n\
        \_       :set who (\$who . \"\\\",\\\"address\\\":\\\"\" . [\$inside text=[:tostr (\$is->\"address\")]] . \"\\\"\")\n\
        \_       :local detail [:tostr (\$is->\"state\")]\n\
        \_       :set (\$up->\$who) \$called\n\
        \_       :if (!\$isFirst and [:typeof (\$before->\$who)] != \"str\") do={\n\
        \_         :set came (\$came , (\$who . \",\\\"state\\\":\\\"up\\\",\\\"detail\\\":\\\"\" . [\$inside text=\$detail] . \"\\\"\"))\n\
        \_       }\n\
        \_     } on-error={}\n\
        \_   }\n\
        \_   :foreach who,called in=\$before do={\n\
        \_     :if ([:typeof (\$up->\$who)] != \"str\") do={\n\
        \_       :local detail \"gone\"\n\
        \_       :do {\n\
        \_         :foreach row in=[/routing ospf neighbor find where router-id=[:toip \$called]] do={ :set detail [:tostr [/routing ospf neighbor get \$row state]] }\n\
        \_       } on-error={}\n\
        \_       :set went (\$went , (\$who . \",\\\"state\\\":\\\"down\\\",\\\"detail\\\":\\\"\" . [\$inside text=\$detail] . \"\\\"\"))\n\
        \_     }\n\
        \_   }\n\
        \_   :set ospfLooks 0\n\
        \_   :set ospfUp \$up\n\
        \_   :set ospfRows \$rows\n\
        \_   :foreach item in=\$went do={ :set added (\$added , \$item) }\n\
        \_   :foreach item in=\$came do={ :set added (\$added , \$item) }\n\
        \_ }\n\
        } on-error={}\n\
        :return ({\"bgpUp\"=\$bgpUp;\"bgpRows\"=\$bgpRows;\"bgpLooks\"=\$bgpLooks;\"ospfUp\"=\$ospfUp;\"ospfRows\"=\$ospfRows;\"ospfLooks\"=\$ospfLooks;\"added\"=\$added})\n"
      :local row [/system script find where name="ispvm-peers"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-peers" policy=read,write,test comment="ispvm: looks at BGP and OSPF neighbours" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: looks at BGP and OSPF neighbours") do={ /system script set $row comment="ispvm: looks at BGP and OSPF neighbours" }
      }
    }
    {
      :local text "\
        # ISP Visual Monitor: the resident script. Looks at ports three times a second, at neighbours and sessions every five seconds, and has what it saw posted.\n\
        :local inside do={\n\
        \_ :local special \"\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0A\\0B\\0C\\0D\\0E\\0F\\10\\11\\12\\13\\14\\15\\16\\17\\18\\19\\1A\\1B\\1C\\1D\\1E\\1F\\\"\\\\\"\n\
        \_ :local out \"\"\n\
        \_ :if ([:len \$text] > 0) do={\n\
        \_   :for at from=0 to=([:len \$text] - 1) do={\n\
        \_     :local letter [:pick \$text \$at (\$at + 1)]\n\
        \_     :local code [:find \$special \$letter]\n\
        \_     :if ([:typeof \$code] != \"num\") do={ :set out (\$out . \$letter) } else={\n\
        \_       :if (\$code > 30) do={ :set out (\$out . \"\\\\\" . \$letter) } else={\n\
        \_         :set code (\$code + 1)\n\
        \_         :set out (\$out . \"\\\\u00\" . [:pick \"01\" (\$code / 16) (\$code / 16 + 1)] . [:pick \"0123456789abcdef\" (\$code % 16) (\$code % 16 + 1)])\n\
        \_       }\n\
        \_     }\n\
        \_   }\n\
        \_ }\n\
        \_ :return \$out\n\
        }\n\
        :local quoted do={\n\
        \_ :local out \"\"\n\
        \_ :local from 0\n\
        \_ :local size [:len \$text]\n\
        \_ :if (\$size > 0) do={\n\
        \_   :for at from=0 to=(\$size - 1) do={\n\
        \_     :local letter [:pick \$text \$at (\$at + 1)]\n\
        \_     :if (\$letter = \"\\\"\" or \$letter = \"\\\\\" or \$letter = \"\\\$\") do={\n\
        \_       :set out (\$out . [:pick \$text \$from \$at] . \"\\\\\")\n\
        \_       :set from \$at\n\
        \_     }\n\
        \_   }\n\
        \_   :set out (\$out . [:pick \$text \$from \$size])\n\
        \_ }\n\
        \_ :return \$out\n\
        }\n\
        :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
        :do {\n\
        \_ :local seen 0\n\
        \_ :foreach link in=[/interface ethernet find where running] do={\n\
        \_   :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
        \_ }\n\
        \_ :set boot (\$boot . \".\" . \$seen)\n\
        } on-error={}\n\
        :local queue [:toarray \"\"]\n\
        :local lost 0\n\
        :local seq 0\n\
        :local sent [:toarray \"\"]\n\
        :local batch 0\n\
        :local busy false\n\
        :local job \"\"\n\
        :local ranBefore 0\n\
        :local startedAt [/system resource get uptime]\n\
        :local fails 0\n\
        :local notBefore \$startedAt\n\
        :local urgent false\n\
        :local linkUp [:toarray \"\"]\n\
        :local linkDowns [:toarray \"\"]\n\
        :local linkText \"\"\n\
        :local watchState [:toarray \"\"]\n\
        :local watchText \"\"\n\
        :local peerState [:toarray \"\"]\n\
        :local sessionState [:toarray \"\"]\n\
        :local beats 0\n\
        :local beatJob \"\"\n\
        :local beatDue (\$startedAt + 5s)\n\
        :local changed true\n\
        :local slow false\n\
        :local added [:toarray \"\"]\n\
        # The baseline: what is seen now is not news.\n\
        :local nowText (\";\" . [:tostr [/interface ethernet find where running]] . \";\")\n\
        :if (\$slow or \$nowText != \$linkText) do={\n\
        \_ :set linkText \$nowText\n\
        \_ :foreach port in=[/interface ethernet find] do={\n\
        \_   :do {\n\
        \_     :local key [:tostr \$port]\n\
        \_     :local was (\$linkUp->\$key)\n\
        \_     :local is ([:typeof [:find \$nowText (\";\" . \$key . \";\")]] = \"num\")\n\
        \_     :if (\$slow or [:typeof \$was] != \"bool\" or \$is != \$was) do={\n\
        \_       :local called [/interface ethernet get \$port name]\n\
        \_       :local row [/interface find where name=\$called]\n\
        \_       :local count [/interface get \$row link-downs]\n\
        \_       :set is [/interface get \$row running]\n\
        \_       :local fell 0\n\
        \_       :if ([:typeof \$count] = \"num\" and [:typeof (\$linkDowns->\$key)] = \"num\") do={ :set fell (\$count - (\$linkDowns->\$key)) }\n\
        \_       :if ([:typeof \$was] = \"bool\") do={\n\
        \_         :local about (\"\\\"kind\\\":\\\"link\\\",\\\"name\\\":\\\"\" . [\$inside text=\$called] . \"\\\",\\\"state\\\":\\\"\")\n\
        \_         :local state \$was\n\
        \_         :if (!\$state and \$fell > 0) do={ :set added (\$added , (\$about . \"up\\\"\")); :set state true }\n\
        \_         :if (\$state and (\$fell > 0 or !\$is)) do={\n\
        \_           :if (\$fell > 1) do={ :set added (\$added , (\$about . \"down\\\",\\\"downs\\\":\" . \$fell)) } else={ :set added (\$added , (\$about . \"down\\\"\")) }\n\
        \_           :set state false\n\
        \_         }\n\
        \_         :if (!\$state and \$is) do={ :set added (\$added , (\$about . \"up\\\"\")) }\n\
        \_       }\n\
        \_       :set (\$linkUp->\$key) \$is\n\
        \_       :if ([:typeof \$count] = \"num\") do={\n\
        \_         :if ([:typeof \$was] = \"bool\" and \$was and !\$is and \$fell <= 0) do={ :set (\$linkDowns->\$key) (\$count + 1) } else={\n\
        \_           :if (\$slow or \$fell > 0 or [:typeof (\$linkDowns->\$key)] != \"num\") do={ :set (\$linkDowns->\$key) \$count }\n\
        \_         }\n\
        \_       }\n\
        \_     }\n\
        \_   } on-error={}\n\
        \_ }\n\
        }\n\
        :local peers \"\"\n\
        :local peersRuns false\n\
        :do {\n\
        \_ :set peers [:parse [/system script get ispvm-peers source]]\n\
        \_ :set peersRuns true\n\
        } on-error={}\n\
        :local watches \"\"\n\
        :local watchesRuns false\n\
        :do {\n\
        \_ :set watches [:parse [/system script get ispvm-netwatch source]]\n\
        \_ :set watchesRuns true\n\
        } on-error={}\n\
        :local source ([/system script get ispvm-watch source] . [/system script get ispvm-peers source] . [/system script get ispvm-netwatch source])\n\
        # The one before ends first. Where jobs have no names, this one ends before the scheduler starts the next.\n\
        :local goes true\n\
        :local others [:len [/system script job find where script=\"ispvm-watch\"]]\n\
        :local endsAt (\$startedAt + 9s)\n\
        :local isNamed (\$others > 0)\n\
        :local left 50\n\
        :while (\$others > 1 and \$left > 0) do={\n\
        \_ :delay 200ms\n\
        \_ :set left (\$left - 1)\n\
        \_ :set others [:len [/system script job find where script=\"ispvm-watch\"]]\n\
        }\n\
        :if (\$others > 1) do={ :set goes false }\n\
        :do {\n\
        \_ :global ispvmRouterState\n\
        \_ :global ispvmRouterAt\n\
        \_ :local now [/system resource get uptime]\n\
        \_ :if ([:typeof \$ispvmRouterState] = \"array\" and [:typeof \$ispvmRouterAt] = \"time\") do={\n\
        \_   :if (\$now >= \$ispvmRouterAt and (\$now - \$ispvmRouterAt) < 1m) do={\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"boot\")] = \"str\") do={ :set boot (\$ispvmRouterState->\"boot\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"seq\")] = \"num\") do={ :set seq (\$ispvmRouterState->\"seq\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"lost\")] = \"num\") do={ :set lost (\$ispvmRouterState->\"lost\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"queue\")] = \"array\") do={ :set queue (\$ispvmRouterState->\"queue\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"beats\")] = \"num\") do={ :set beats (\$ispvmRouterState->\"beats\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"linkUp\")] = \"array\") do={ :set linkUp (\$ispvmRouterState->\"linkUp\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"linkDowns\")] = \"array\") do={ :set linkDowns (\$ispvmRouterState->\"linkDowns\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"watchState\")] = \"array\") do={ :set watchState (\$ispvmRouterState->\"watchState\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"peerState\")] = \"array\") do={ :set peerState (\$ispvmRouterState->\"peerState\") }\n\
        \_     :if ([:typeof (\$ispvmRouterState->\"sessionState\")] = \"array\") do={ :set sessionState (\$ispvmRouterState->\"sessionState\") }\n\
        \_     :if ([:len \$queue] > 0) do={ :set urgent true }\n\
        \_     :set linkText \"\"\n\
        \_   }\n\
        \_ }\n\
        } on-error={}\n\
        :local tick 15\n\
        :local looks 0\n\
        :local staleAt \"\"\n\
        :local heir false\n\
        :local leaving false\n\
        :while (\$goes) do={\n\
        \_ :local now [/system resource get uptime]\n\
        \_ :set tick (\$tick + 1)\n\
        \_ :set slow (\$tick >= 16)\n\
        \_ :set added [:toarray \"\"]\n\
        \_ :do {\n\
        \_   :local nowText (\";\" . [:tostr [/interface ethernet find where running]] . \";\")\n\
        \_   :if (\$slow or \$nowText != \$linkText) do={\n\
        \_     :set linkText \$nowText\n\
        \_     :foreach port in=[/interface ethernet find] do={\n\
        \_       :do {\n\
        \_         :local key [:tostr \$port]\n\
        \_         :local was (\$linkUp->\$key)\n\
        \_         :local is ([:typeof [:find \$nowText (\";\" . \$key . \";\")]] = \"num\")\n\
        \_         :if (\$slow or [:typeof \$was] != \"bool\" or \$is != \$was) do={\n\
        \_           :local called [/interface ethernet get \$port name]\n\
        \_           :local row [/interface find where name=\$called]\n\
        \_           :local count [/interface get \$row link-downs]\n\
        \_           :set is [/interface get \$row running]\n\
        \_           :local fell 0\n\
        \_           :if ([:typeof \$count] = \"num\" and [:typeof (\$linkDowns->\$key)] = \"num\") do={ :set fell (\$count - (\$linkDowns->\$key)) }\n\
        \_           :if ([:typeof \$was] = \"bool\") do={\n\
        \_             :local about (\"\\\"kind\\\":\\\"link\\\",\\\"name\\\":\\\"\" . [\$inside text=\$called] . \"\\\",\\\"state\\\":\\\"\")\n\
        \_             :local state \$was\n\
        \_             :if (!\$state and \$fell > 0) do={ :set added (\$added , (\$about . \"up\\\"\")); :set state true }\n\
        \_             :if (\$state and (\$fell > 0 or !\$is)) do={\n\
        \_               :if (\$fell > 1) do={ :set added (\$added , (\$about . \"down\\\",\\\"downs\\\":\" . \$fell)) } else={ :set added (\$added , (\$about . \"down\\\"\")) }\n\
        \_               :set state false\n\
        \_             }\n\
        \_             :if (!\$state and \$is) do={ :set added (\$added , (\$about . \"up\\\"\")) }\n\
        \_           }\n\
        \_           :set (\$linkUp->\$key) \$is\n\
        \_           :if ([:typeof \$count] = \"num\") do={\n\
        \_             :if ([:typeof \$was] = \"bool\" and \$was and !\$is and \$fell <= 0) do={ :set (\$linkDowns->\$key) (\$count + 1) } else={\n\
        \_               :if (\$slow or \$fell > 0 or [:typeof (\$linkDowns->\$key)] != \"num\") do={ :set (\$linkDowns->\$key) \$count }\n\
        \_             }\n\
        \_           }\n\
        \_         }\n\
        \_       } on-error={}\n\
        \_     }\n\
        \_   }\n\
        \_   :local watchNow ([:tostr [/tool netwatch find where comment~\"^ispvm: \" and status=\"up\"]] . \"/\" . [:tostr [/tool netwatch find where comment~\"^ispvm: \" and status=\"down\"]])\n\
        \_   :if (\$slow or \$watchNow != \$watchText) do={\n\
        \_     :set watchText \$watchNow\n\
        \_     :if (\$watchesRuns) do={\n\
        \_       :do {\n\
        \_         :local after [\$watches state=\$watchState]\n\
        \_         :if ([:typeof \$after] = \"array\") do={\n\
        \_           :foreach item in=(\$after->\"added\") do={ :set added (\$added , \$item) }\n\
        \_           :set (\$after->\"added\") [:toarray \"\"]\n\
        \_           :set watchState \$after\n\
        \_           :set changed true\n\
        \_         } else={ :set watchesRuns false }\n\
        \_       } on-error={}\n\
        \_     }\n\
        \_   }\n\
        \_   :if (\$slow) do={\n\
        \_     :set tick 0\n\
        \_     :set looks (\$looks + 1)\n\
        \_     :if (\$peersRuns) do={\n\
        \_       :do {\n\
        \_         :local after [\$peers state=\$peerState]\n\
        \_         :if ([:typeof \$after] = \"array\") do={\n\
        \_           :foreach item in=(\$after->\"added\") do={ :set added (\$added , \$item) }\n\
        \_           :set (\$after->\"added\") [:toarray \"\"]\n\
        \_           :set peerState \$after\n\
        \_           :set changed true\n\
        \_         } else={ :set peersRuns false }\n\
        \_       } on-error={}\n\
        \_     }\n\
        \_   }\n\
        \_ } on-error={}\n\
        \_ :if ([:len \$added] > 0) do={\n\
        \_   :foreach item in=\$added do={\n\
        \_     :set seq (\$seq + 1)\n\
        \_     :set queue (\$queue , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
        \_     :if ([:typeof [:find \$item \"\\\"because\\\":\\\"test\\\"\"]] != \"num\") do={ :set urgent true }\n\
        \_   }\n\
        \_   :local over ([:len \$queue] - 200)\n\
        \_   :if (\$over > 0) do={\n\
        \_     :set lost (\$lost + \$over)\n\
        \_     :set queue [:pick \$queue \$over [:len \$queue]]\n\
        \_     :if (\$batch > 0) do={\n\
        \_       :set batch (\$batch - \$over)\n\
        \_       :if (\$batch < 0) do={ :set batch 0 }\n\
        \_     }\n\
        \_   }\n\
        \_   :set changed true\n\
        \_ }\n\
        \_ :do {\n\
        \_   :if (\$busy or \$batch > 0) do={\n\
        \_     :local isThere true\n\
        \_     :do { :set isThere ([:len [/system script job find where .id=\$job]] > 0) } on-error={}\n\
        \_     :if ([:tonum [/system script get [/system script find where name=\"ispvm-sent\"] run-count]] > \$ranBefore) do={\n\
        \_       :if (\$batch < [:len \$queue]) do={ :set queue [:pick \$queue \$batch [:len \$queue]] } else={ :set queue [:toarray \"\"] }\n\
        \_       :if ([:len \$queue] = 0) do={ :set urgent false }\n\
        \_       :if (\$fails > 0) do={ :set notBefore (\$now + 3s) } else={ :set notBefore \$now }\n\
        \_       :set batch 0\n\
        \_       :set busy false\n\
        \_       :set fails 0\n\
        \_       :set changed true\n\
        \_     } else={\n\
        \_       :if (\$busy and ((!\$isThere and (\$now - \$startedAt) >= 3s) or (\$now - \$startedAt) > 1m)) do={\n\
        \_         :do { :if (\$isThere) do={ /system script job remove \$job } } on-error={}\n\
        \_         :set busy false\n\
        \_         :set fails (\$fails + 1)\n\
        \_         :local pause 30s\n\
        \_         :if (\$fails < 4) do={ :set pause ({5s;10s;20s}->(\$fails - 1)) }\n\
        \_         :set notBefore (\$now + \$pause)\n\
        \_       }\n\
        \_     }\n\
        \_   }\n\
        \_   :if (!\$busy) do={\n\
        \_     :local turn false\n\
        \_     :if ([:len \$queue] > 0 and \$now >= \$notBefore) do={\n\
        \_       :local recent [:toarray \"\"]\n\
        \_       :foreach one in=\$sent do={ :if ((\$now - \$one) < 1m) do={ :set recent (\$recent , \$one) } }\n\
        \_       :set sent \$recent\n\
        \_       :local sends [:len \$recent]\n\
        \_       :if (\$sends < 10) do={ :set turn true } else={\n\
        \_         :if (\$sends < 20) do={ :if ((\$now - (\$recent->(\$sends - 1))) >= 6s) do={ :set turn true } }\n\
        \_       }\n\
        \_       :if (!\$urgent and \$sends > 0 and [:len \$queue] < 10) do={\n\
        \_         :if ((\$now - (\$recent->(\$sends - 1))) < 15s) do={ :set turn false }\n\
        \_       }\n\
        \_     }\n\
        \_     :if (\$turn) do={\n\
        \_       :if (\$batch > [:len \$queue]) do={ :set batch [:len \$queue] }\n\
        \_       :local items (\$queue->0)\n\
        \_       :local next 1\n\
        \_       :local fits true\n\
        \_       :while (\$fits) do={\n\
        \_         :set fits false\n\
        \_         :if (\$next < [:len \$queue] and \$next < 10 and (\$batch = 0 or \$next < \$batch)) do={\n\
        \_           :local more (\$queue->\$next)\n\
        \_           :if (\$batch > 0 or ([:len \$items] + [:len \$more]) < 3000) do={\n\
        \_             :set items (\$items . \",\" . \$more)\n\
        \_             :set next (\$next + 1)\n\
        \_             :set fits true\n\
        \_           }\n\
        \_         }\n\
        \_       }\n\
        \_       :set batch \$next\n\
        \_       :local gmt \"null\"\n\
        \_       :do { :set gmt (\"\\\"\" . [/system clock get gmt-offset] . \"\\\"\") } on-error={}\n\
        \_       :local body (\"{\\\"v\\\":1,\\\"queue\\\":\\\"router\\\",\\\"boot\\\":\\\"\" . \$boot . \"\\\",\\\"up\\\":\\\"\" . [/system resource get uptime] . \"\\\",\\\"clock\\\":\\\"\" . [/system clock get date] . \" \" . [/system clock get time] . \"\\\",\\\"gmt\\\":\" . \$gmt)\n\
        \_       :set body (\$body . \",\\\"lost\\\":\" . \$lost . \",\\\"items\\\":[\" . \$items . \"]}\")\n\
        \_       :local text (\":local post [:parse [/system script get ispvm-push source]]; :if ([\\\$post body=\\\"\" . [\$quoted text=\$body] . \"\\\"]) do={ /system script run ispvm-sent }\")\n\
        \_       :set ranBefore [:tonum [/system script get [/system script find where name=\"ispvm-sent\"] run-count]]\n\
        \_       :set sent (\$sent , \$now)\n\
        \_       :set startedAt \$now\n\
        \_       :set job [:execute \$text]\n\
        \_       :set busy true\n\
        \_     }\n\
        \_   }\n\
        \_ } on-error={}\n\
        \_ :if (\$changed or (\$tick % 6) = 0) do={\n\
        \_   :do {\n\
        \_     :global ispvmRouterState\n\
        \_     :global ispvmRouterAt\n\
        \_     :if (\$changed) do={ :set ispvmRouterState ({\"boot\"=\$boot;\"seq\"=\$seq;\"lost\"=\$lost;\"queue\"=\$queue;\"beats\"=\$beats;\"linkUp\"=\$linkUp;\"linkDowns\"=\$linkDowns;\"watchState\"=\$watchState;\"peerState\"=\$peerState;\"sessionState\"=\$sessionState}) }\n\
        \_     :set ispvmRouterAt \$now\n\
        \_   } on-error={}\n\
        \_   :set changed false\n\
        \_ }\n\
        \_ :if (\$slow) do={\n\
        \_   # Another text, or none: another job takes over, when what is queued has been sent or after half a minute.\n\
        \_   :local same false\n\
        \_   :do { :set same (\$source = ([/system script get ispvm-watch source] . [/system script get ispvm-peers source] . [/system script get ispvm-netwatch source])) } on-error={ :set goes false }\n\
        \_   :if (!\$same and [:typeof \$staleAt] != \"time\") do={ :set staleAt \$now }\n\
        \_   :if ([:typeof \$staleAt] = \"time\") do={\n\
        \_     :if (([:len \$queue] = 0 and !\$busy) or (\$now - \$staleAt) > 30s) do={ :set heir true }\n\
        \_   }\n\
        \_   :if (\$looks >= 720 and [:len \$queue] = 0 and !\$busy) do={ :set heir true }\n\
        \_ }\n\
        \_ :if (!\$isNamed and \$now >= \$endsAt) do={ :set goes false }\n\
        \_ :if (\$leaving and (([:len \$queue] = 0 and !\$busy) or \$now >= \$endsAt)) do={ :set goes false }\n\
        \_ :if (\$heir and \$goes and !\$leaving) do={\n\
        \_   :set heir false\n\
        \_   :set looks 0\n\
        \_   :do { :execute \"/system script run ispvm-watch\" } on-error={}\n\
        \_   :local left 10\n\
        \_   :while (\$left > 0) do={\n\
        \_     :delay 200ms\n\
        \_     :set left (\$left - 1)\n\
        \_     :if ([:len [/system script job find where script=\"ispvm-watch\"]] > 1) do={\n\
        \_       # It has its baseline and waits: one more look at everything, so that nothing falls between the two.\n\
        \_       :set left 0\n\
        \_       :set leaving true\n\
        \_       :set endsAt (\$now + 8s)\n\
        \_       :set tick 15\n\
        \_     }\n\
        \_   }\n\
        \_ } else={ :if (\$goes) do={ :delay 300ms } }\n\
        }\n"
      :local row [/system script find where name="ispvm-watch"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-watch" policy=read,write,test comment="ispvm: watches ports, neighbours, sessions and netwatch, and reports" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: watches ports, neighbours, sessions and netwatch, and reports") do={ /system script set $row comment="ispvm: watches ports, neighbours, sessions and netwatch, and reports" }
      }
    }
    :set ispvmDone ($ispvmDone , "push-watch")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-watch")
}

# -- push-netwatch: Netwatch hosts
# Adds one entry of netwatch without scripts of its own, and a function with which the watcher reads what they found.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo and $ispvmPush) do={
    {
      :local text "\
        # ISP Visual Monitor: what netwatch found of the entries with our tag, for the resident script.\n\
        :local inside do={\n\
        \_ :local special \"\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0A\\0B\\0C\\0D\\0E\\0F\\10\\11\\12\\13\\14\\15\\16\\17\\18\\19\\1A\\1B\\1C\\1D\\1E\\1F\\\"\\\\\"\n\
        \_ :local out \"\"\n\
        \_ :if ([:len \$text] > 0) do={\n\
        \_   :for at from=0 to=([:len \$text] - 1) do={\n\
        \_     :local letter [:pick \$text \$at (\$at + 1)]\n\
        \_     :local code [:find \$special \$letter]\n\
        \_     :if ([:typeof \$code] != \"num\") do={ :set out (\$out . \$letter) } else={\n\
        \_       :if (\$code > 30) do={ :set out (\$out . \"\\\\\" . \$letter) } else={\n\
        \_         :set code (\$code + 1)\n\
        \_         :set out (\$out . \"\\\\u00\" . [:pick \"01\" (\$code / 16) (\$code / 16 + 1)] . [:pick \"0123456789abcdef\" (\$code % 16) (\$code % 16 + 1)])\n\
        \_       }\n\
        \_     }\n\
        \_   }\n\
        \_ }\n\
        \_ :return \$out\n\
        }\n\
        :local micros do={\n\
        \_ :local us \$value\n\
        \_ :if ([:typeof \$us] = \"str\") do={ :set us [:totime \$us] }\n\
        \_ :if ([:typeof \$us] = \"time\") do={\n\
        \_   :local text [:tostr \$us]\n\
        \_   :local dot [:find \$text \".\"]\n\
        \_   :if ([:typeof \$dot] = \"num\") do={\n\
        \_     :local part ([:pick \$text (\$dot + 1) [:len \$text]] . \"000000\")\n\
        \_     :set us ([:tonum [:pick \$text (\$dot - 2) \$dot]] * 1000000 + [:tonum (\"1\" . [:pick \$part 0 6])] - 1000000)\n\
        \_   } else={ :set us ([:tonum [:pick \$text ([:len \$text] - 2) [:len \$text]]] * 1000000) }\n\
        \_ }\n\
        \_ :return \$us\n\
        }\n\
        :local added [:toarray \"\"]\n\
        :local states (\$state->\"states\")\n\
        :local tests (\$state->\"tests\")\n\
        :local fails (\$state->\"fails\")\n\
        :if ([:typeof \$states] != \"array\") do={\n\
        \_ :set states [:toarray \"\"]\n\
        \_ :set tests [:toarray \"\"]\n\
        \_ :set fails [:toarray \"\"]\n\
        }\n\
        :local measured ({\"\"})\n\
        :foreach row in=[/tool netwatch find where comment~\"^ispvm: \"] do={\n\
        \_ :do {\n\
        \_   :local is [/tool netwatch get \$row]\n\
        \_   :local key (\$is->\"comment\")\n\
        \_   :local now (\$is->\"status\")\n\
        \_   :local failed (\$is->\"failed-tests\")\n\
        \_   :local done (\$is->\"done-tests\")\n\
        \_   :local probe (\$is->\"type\")\n\
        \_   :if ([:typeof \$probe] != \"str\") do={ :set probe \"simple\" }\n\
        \_   :if (\$now = \"up\" or \$now = \"down\") do={\n\
        \_     :local was (\$states->\$key)\n\
        \_     :local figures \"\"\n\
        \_     :local rtt [\$micros value=(\$is->\"rtt-avg\")]\n\
        \_     :if (\$probe = \"tcp-conn\") do={ :set rtt [\$micros value=(\$is->\"tcp-connect-time\")] }\n\
        \_     :if ([:typeof \$rtt] = \"num\") do={ :set figures (\",\\\"rtt\\\":\" . \$rtt) }\n\
        \_     :local loss (\$is->\"loss-percent\")\n\
        \_     :if ([:typeof (\$is->\"sent-count\")] = \"num\" and [:typeof (\$is->\"loss-count\")] = \"num\") do={ :if ((\$is->\"sent-count\") > 0) do={ :set loss ((\$is->\"loss-count\") * 100 / (\$is->\"sent-count\")) } }\n\
        \_     :if (\$probe = \"icmp\" and [:typeof \$loss] = \"num\") do={ :set figures (\$figures . \",\\\"loss\\\":\" . \$loss) }\n\
        \_     :local about (\"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"\" . [\$inside text=[:pick \$key 7 [:len \$key]]] . \"\\\",\\\"host\\\":\\\"\" . [\$inside text=[:tostr (\$is->\"host\")]] . \"\\\",\\\"type\\\":\\\"\" . [\$inside text=\$probe] . \"\\\",\\\"because\\\":\\\"\")\n\
        \_     :if (\$was = \"up\" and \$now = \"up\" and [:typeof \$failed] = \"num\" and [:typeof (\$fails->\$key)] = \"num\") do={\n\
        \_       :if (\$failed > (\$fails->\$key)) do={ :set added (\$added , (\$about . \"change\\\",\\\"state\\\":\\\"\" . \"down\" . \"\\\"\")); :set was \"down\" }\n\
        \_     }\n\
        \_     :if (\$was != \$now) do={ :set added (\$added , (\$about . \"change\\\",\\\"state\\\":\\\"\" . \$now . \"\\\"\" . \$figures)) } else={\n\
        \_       :if (\$done != (\$tests->\$key) and [:typeof [:find \$measured \$key]] != \"nil\") do={ :set added (\$added , (\$about . \"test\\\",\\\"state\\\":\\\"\" . \$now . \"\\\"\" . \$figures)) }\n\
        \_     }\n\
        \_     :set (\$states->\$key) \$now\n\
        \_     :set (\$tests->\$key) \$done\n\
        \_     :set (\$fails->\$key) \$failed\n\
        \_   }\n\
        \_ } on-error={}\n\
        }\n\
        :return ({\"states\"=\$states;\"tests\"=\$tests;\"fails\"=\$fails;\"added\"=\$added})\n"
      :local row [/system script find where name="ispvm-netwatch"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-netwatch" policy=read,write,test comment="ispvm: reads what netwatch found" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: reads what netwatch found") do={ /system script set $row comment="ispvm: reads what netwatch found" }
      }
    }
    /tool netwatch remove [/tool netwatch find where comment~"^ispvm: " and comment!="ispvm: gateway"]
    :local failed false
    {
      :local isSet false
      :do {
        :local row [/tool netwatch find where comment="ispvm: gateway"]
        :if ([:len $row] = 1) do={
          :if ([:tostr [/tool netwatch get $row host]] != "198.51.100.1" or [/tool netwatch get $row interval] != 10s or [/tool netwatch get $row type] != "icmp" or [:totime [/tool netwatch get $row startup-delay]] != 30s or [:len [/tool netwatch get $row up-script]] > 0 or [:len [/tool netwatch get $row down-script]] > 0 or [:len [/tool netwatch get $row test-script]] > 0 or [:tostr [/tool netwatch get $row disabled]] = "true") do={
            /tool netwatch set $row disabled=no host="198.51.100.1" interval=10s timeout=3s type=icmp startup-delay=30s thr-loss-percent=50 thr-avg=200ms up-script="" down-script="" test-script=""
          }
        } else={
          /tool netwatch remove $row
          /tool netwatch add comment="ispvm: gateway" disabled=no host="198.51.100.1" interval=10s timeout=3s type=icmp startup-delay=30s thr-loss-percent=50 thr-avg=200ms up-script="" down-script="" test-script=""
        }
        :set isSet true
      } on-error={}
      :if (!$isSet) do={
        :set failed true
        :set ispvmNotes ($ispvmNotes , "netwatch refused the entry \"gateway\" (host 198.51.100.1); the others are not touched by that.")
      }
    }
    :if ($failed) do={ :error stop }
    :set ispvmDone ($ispvmDone , "push-netwatch")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-netwatch")
}

# -- push-heartbeat: Heartbeat script
# None is wished for: an agent reads the same things. One that is there from before is taken out.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :if ($ispvmGo and $ispvmPush) do={
    /system scheduler remove [/system scheduler find where name="ispvm-heartbeat"]
    :do { /system script job remove [/system script job find where script="ispvm-heartbeat"] } on-error={}
    /system script remove [/system script find where name="ispvm-heartbeat"]
    :set ispvmDone ($ispvmDone , "push-heartbeat")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-heartbeat")
}

# -- push-self-test: Self-test of scheduled scripts
# For a few seconds a scheduler looks for a global variable of this script. The result is printed and reported; the scripts that
# report work either way. Nothing of it stays.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :global ispvmNotes
  :global ispvmProbe
  :global ispvmSelfTest
  :if ($ispvmGo and $ispvmPush) do={
    /system scheduler remove [/system scheduler find where name="ispvm-self-test"]
    /system script remove [/system script find where name="ispvm-self-test"]
    :global ispvmProbe 1
    :global ispvmSelfTest "untested"
    {
      :local text "# ISP Visual Monitor: that it runs is the result.\n"
      :local row [/system script find where name="ispvm-self-test"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-self-test" policy=read,write,test comment="ispvm: a test, taken away at once" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: a test, taken away at once") do={ /system script set $row comment="ispvm: a test, taken away at once" }
      }
    }
    {
      :local text "\
        :global ispvmProbe\n\
        :if ([:typeof \$ispvmProbe] = \"num\") do={ :do { /system script run ispvm-self-test } on-error={ } }\n"
      :local row [/system scheduler find where name="ispvm-self-test"]
      :if ([:len $row] = 0) do={
        /system scheduler add name="ispvm-self-test" start-time=startup comment="ispvm: a test, taken away at once" interval=1s policy=read,write,test on-event=$text
      } else={
        :if ([/system scheduler get $row on-event] != $text or [/system scheduler get $row interval] != 1s or [:tostr [/system scheduler get $row disabled]] = "true") do={
          /system scheduler set $row disabled=no start-time=startup interval=1s policy=read,write,test on-event=$text
        }
      }
    }
    :local left 10
    :while ($left > 0 and [:tonum [/system scheduler get [/system scheduler find where name="ispvm-self-test"] run-count]] = 0) do={
      :delay 500ms
      :set left ($left - 1)
    }
    :delay 500ms
    :if ([:tonum [/system scheduler get [/system scheduler find where name="ispvm-self-test"] run-count]] > 0) do={ :set ispvmSelfTest "not-seen" }
    :if ([:tonum [/system script get [/system script find where name="ispvm-self-test"] run-count]] > 0) do={ :set ispvmSelfTest "seen" }
    /system scheduler remove [/system scheduler find where name="ispvm-self-test"]
    /system script remove [/system script find where name="ispvm-self-test"]
    :if ($ispvmSelfTest = "not-seen") do={ :set ispvmNotes ($ispvmNotes , "scheduled scripts cannot see global variables on this router. The reporting script does not need them: after a restart of that script it only begins anew.") }
    :if ($ispvmSelfTest = "untested") do={ :set ispvmNotes ($ispvmNotes , "no scheduled script ran within five seconds: whether they see global variables is not known. If the router does not report in, look at /system scheduler and at device-mode.") }
    :set ispvmDone ($ispvmDone , "push-self-test")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-self-test")
}

# -- push-start: Start of the monitor script
# A scheduler looks every 10 seconds whether the watcher runs, and starts it where it does not. Here it is started at once and waited
# for, so that nothing is missed from then on.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :if ($ispvmGo and $ispvmPush) do={
    {
      :local text "\
        :if ([:len [/system script job find where script=\"ispvm-watch\"]] = 0 and [:len [/system script job find]] < 50) do={\n\
        \_ :execute \"/system script run ispvm-watch\"\n\
        }\n"
      :local row [/system scheduler find where name="ispvm-start"]
      :if ([:len $row] = 0) do={
        /system scheduler add name="ispvm-start" start-time=startup comment="ispvm: starts the watcher where it does not run" interval=10s policy=read,write,test on-event=$text
      } else={
        :if ([/system scheduler get $row on-event] != $text or [/system scheduler get $row interval] != 10s or [:tostr [/system scheduler get $row disabled]] = "true") do={
          /system scheduler set $row disabled=no start-time=startup interval=10s policy=read,write,test on-event=$text
        }
      }
    }
    :if ([:len [/system script job find where script="ispvm-watch"]] = 0) do={ :execute "/system script run ispvm-watch" }
    :local left 20
    :while ($left > 0 and [:len [/system script job find where script="ispvm-watch"]] = 0) do={
      :delay 250ms
      :set left ($left - 1)
    }
    :delay 1s
    :set ispvmDone ($ispvmDone , "push-start")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-start")
}

# -- report: Report of the result
# Prints what was done, what could not be and why, and notes it in the log. The variables of this script are taken away; those that
# report stay.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmFailed
  :global ispvmNotes
  :global ispvmPush
  :if (!$ispvmGo) do={ :error stop }
  :foreach part in=({"clock";"undo-record";"authority";"api-account";"api-tls";"api-plain";"snmp";"firewall";"syslog"}) do={
    :if ([:typeof [:find $ispvmDone $part]] = "nil" and [:typeof [:find $ispvmFailed $part]] = "nil") do={
      :set ispvmFailed ($ispvmFailed , ($part . ": refused by this router"))
    }
  }
  :if ($ispvmPush) do={
    :foreach part in=({"push";"push-watch";"push-netwatch";"push-heartbeat";"push-self-test";"push-start"}) do={
      :if ([:typeof [:find $ispvmDone $part]] = "nil" and [:typeof [:find $ispvmFailed $part]] = "nil") do={
        :set ispvmFailed ($ispvmFailed , ($part . ": refused by this router"))
      }
    }
  }
  :put "ISP Visual Monitor: connect this router"
  :foreach each in=$ispvmDone do={ :put ("  done: " . $each) }
  :foreach each in=$ispvmFailed do={ :put ("  FAILED: " . $each) }
  :foreach each in=$ispvmNotes do={ :put ("  note: " . $each) }
  :log info ("ispvm: connect this router: " . [:len $ispvmDone] . " parts done, " . [:len $ispvmFailed] . " failed")
  :foreach each in=$ispvmFailed do={ :log warning ("ispvm: failed: " . $each) }
} on-error={}
:do {
  :global ispvmGo
  :global ispvmPush
  :if ($ispvmGo and $ispvmPush) do={
    :do {
      :global ispvmDone
      :global ispvmFailed
      :global ispvmSelfTest
      :local seen "untested"
      :if ($ispvmSelfTest = "seen" or $ispvmSelfTest = "not-seen") do={ :set seen $ispvmSelfTest }
      :local inside do={
        :local special "\01\02\03\04\05\06\07\08\09\0A\0B\0C\0D\0E\0F\10\11\12\13\14\15\16\17\18\19\1A\1B\1C\1D\1E\1F\"\\"
        :local out ""
        :if ([:len $text] > 0) do={
          :for at from=0 to=([:len $text] - 1) do={
            :local letter [:pick $text $at ($at + 1)]
            :local code [:find $special $letter]
            :if ([:typeof $code] != "num") do={ :set out ($out . $letter) } else={
              :if ($code > 30) do={ :set out ($out . "\\" . $letter) } else={
                :set code ($code + 1)
                :set out ($out . "\\u00" . [:pick "01" ($code / 16) ($code / 16 + 1)] . [:pick "0123456789abcdef" ($code % 16) ($code % 16 + 1)])
              }
            }
          }
        }
        :return $out
      }
      :local boot ([/system clock get date] . "." . [/system clock get time] . "." . [/system resource get uptime] . "." . [/system resource get free-memory])
      :do {
        :local seen 0
        :foreach link in=[/interface ethernet find where running] do={
          :set seen ($seen + [/interface get [/interface ethernet get $link name] rx-byte])
        }
        :set boot ($boot . "." . $seen)
      } on-error={}
      :local done ""
      :local count 0
      :foreach each in=$ispvmDone do={
        :if ($count < 40) do={
          :if ($count > 0) do={ :set done ($done . ",") }
          :set done ($done . "\"" . [$inside text=[:pick [:tostr $each] 0 500]] . "\"")
        }
        :set count ($count + 1)
      }
      :local failed ""
      :set count 0
      :foreach each in=$ispvmFailed do={
        :if ($count < 40) do={
          :if ($count > 0) do={ :set failed ($failed . ",") }
          :set failed ($failed . "\"" . [$inside text=[:pick [:tostr $each] 0 500]] . "\"")
        }
        :set count ($count + 1)
      }
      :local hello ("{\"seq\":1,\"up\":\"" . [/system resource get uptime] . "\",\"kind\":\"hello\",\"version\":\"" . [$inside text=[/system resource get version]])
      :set hello ($hello . "\",\"identity\":\"" . [$inside text=[/system identity get name]] . "\",\"done\":[" . $done . "],\"failed\":[" . $failed . "],\"globals\":\"" . $seen . "\"}")
      :local gmt "null"
      :do { :set gmt ("\"" . [/system clock get gmt-offset] . "\"") } on-error={}
      :local body ("{\"v\":1,\"queue\":\"hello\",\"boot\":\"" . $boot . "\",\"up\":\"" . [/system resource get uptime] . "\",\"clock\":\"" . [/system clock get date] . " " . [/system clock get time] . "\",\"gmt\":" . $gmt)
      :set body ($body . ",\"lost\":" . 0 . ",\"items\":[" . $hello . "]}")
      :local ok false
      :do {
        :local told ([/tool fetch url="https://192.0.2.1:8445/push/v1" http-method=post http-data=$body http-header-field="Authorization: Bearer ispvmr1.exampleexample00.exampleexampleexampleexampleexampleexample0,Content-Type: application/json" check-certificate=yes-without-crl output=none as-value]->"status")
        :if ([:typeof $told] != "str" or $told = "finished") do={ :set ok true }
      } on-error={}
      :if ($ok) do={ :put "ISP Visual Monitor: the appliance has heard from this router." } else={ :put "ISP Visual Monitor: the appliance could not be reached, or did not take what was said; what is queued is sent later." }
    } on-error={ :put "ISP Visual Monitor: the appliance could not be told." }
  }
} on-error={}
:do {
  /system script environment remove [/system script environment find where name="ispvmGo"]
  /system script environment remove [/system script environment find where name="ispvmPush"]
  /system script environment remove [/system script environment find where name="ispvmDone"]
  /system script environment remove [/system script environment find where name="ispvmFailed"]
  /system script environment remove [/system script environment find where name="ispvmNotes"]
  /system script environment remove [/system script environment find where name="ispvmQuote"]
  /system script environment remove [/system script environment find where name="ispvmJoin"]
  /system script environment remove [/system script environment find where name="ispvmArm"]
  /system script environment remove [/system script environment find where name="ispvmProbe"]
  /system script environment remove [/system script environment find where name="ispvmSelfTest"]
} on-error={}
