# ISP Visual Monitor: connect this router: edge-1 (edge)
# Made for RouterOS 7.12.2. To be pasted into a terminal or imported; run twice, it changes nothing. It holds passwords and keys:
# delete the file when it is done.

# -- preamble: Check the router's release
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
  :if ($release >= 7009 and $release <= 7012) do={ :set ispvmGo true }
} on-error={}
:if (!$ispvmGo) do={ :local why "ISP Visual Monitor: this script is made for RouterOS 7.12.2 (it fits 7.9 to 7.12) and this router runs another: nothing was changed. Have one made for the release that it runs."; :put $why; :log error $why; :error $why }

# -- clock: Look at the clock
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

# -- undo-record: A place to note how things were
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

# -- authority: Trust the appliance's certificate authority
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

# -- api-account: An account that may read, from the agents alone
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
      /user add name="ispvm-agent" password="example-password" group="ispvm" address=192.0.2.10/32,2001:db8::10/128 comment="ispvm: account for reading"
    } else={
      /user set [/user find where name="ispvm-agent"] password="example-password" group="ispvm" address=192.0.2.10/32,2001:db8::10/128 comment="ispvm: account for reading"
    }
    /user remove [/user find where (comment="ispvm" or comment~"^ispvm: ") and name!="ispvm-agent"]
    :set ispvmDone ($ispvmDone , "api-account")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "api-account")
}

# -- api-tls: The API over TLS, for the agents
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
      :foreach agent in=({"192.0.2.10/32";"2001:db8::10/128"}) do={
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

# -- api-plain: The API in the clear, off if only the agents used it
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
    :local ours ({"192.0.2.10";"192.0.2.10/32";"2001:db8::10";"2001:db8::10/128"})
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
      /snmp community add name="ispvm-snmp" security=private authentication-protocol=SHA1 authentication-password="example-auth" encryption-protocol=AES encryption-password="example-priv" addresses=192.0.2.10/32,2001:db8::10/128 read-access=yes write-access=no comment="ispvm: agents may read"
    } else={
      /snmp community set [/snmp community find where name="ispvm-snmp"] security=private authentication-protocol=SHA1 authentication-password="example-auth" encryption-protocol=AES encryption-password="example-priv" addresses=192.0.2.10/32,2001:db8::10/128 read-access=yes write-access=no comment="ispvm: agents may read"
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

# -- firewall: Let the agents in
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
      /ip firewall address-list remove [/ip firewall address-list find where list="ispvm-agents" and (comment="ispvm" or comment~"^ispvm: ") and comment!="ispvm: agent 192.0.2.10"]
      :if ([:len [/ip firewall address-list find where list="ispvm-agents" and comment="ispvm: agent 192.0.2.10"]] = 0) do={
        /ip firewall address-list add list="ispvm-agents" comment="ispvm: agent 192.0.2.10" address=192.0.2.10
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

# -- syslog: Send the log to the agent
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

# -- push: The sender
# Stores the scripts that queue what has happened and post it to the appliance over HTTPS: at most 20 requests a minute, and at most
# 200 items kept while the appliance cannot be reached. The sender holds the router's own key, which whoever may read scripts on this
# router can read.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :if ($ispvmGo and $ispvmPush) do={
    {
      :local text "\
        # ISP Visual Monitor: what its scripts share. Nothing is done here but naming.\n\
        # A text as it stands inside a JSON string.\n\
        :global ispvmRouterText do={\n\
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
        # A counter as a member of a JSON object, of two perhaps the sum; what is not counted is nothing.\n\
        :global ispvmRouterCount do={\n\
        \_ :local sum 0\n\
        \_ :if ([:typeof \$value] = \"num\") do={ :set sum \$value }\n\
        \_ :if ([:typeof \$more] = \"num\") do={ :set sum (\$sum + \$more) }\n\
        \_ :return (\",\\\"\" . \$key . \"\\\":\" . \$sum)\n\
        }\n\
        # Queues the items in \$added and has them sent.\n\
        :global ispvmRouterPut do={\n\
        \_ :global ispvmRouterQueue\n\
        \_ :global ispvmRouterTaken\n\
        \_ :global ispvmRouterLost\n\
        \_ :global ispvmRouterBoot\n\
        \_ :global ispvmRouterPushAt\n\
        \_ :local now [/system resource get uptime]\n\
        \_ :if ([:typeof \$ispvmRouterQueue] != \"array\" or [:typeof \$ispvmRouterBoot] != \"str\") do={\n\
        \_   :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
        \_   :do {\n\
        \_     :local seen 0\n\
        \_     :foreach link in=[/interface ethernet find where running] do={\n\
        \_       :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
        \_     }\n\
        \_     :set boot (\$boot . \".\" . \$seen)\n\
        \_   } on-error={}\n\
        \_   :set ispvmRouterBoot \$boot\n\
        \_   :set ispvmRouterTaken 0\n\
        \_   :set ispvmRouterLost 0\n\
        \_   :set ispvmRouterQueue [:toarray \"\"]\n\
        \_ }\n\
        \_ :local waiting \$ispvmRouterQueue\n\
        \_ :local have [:len \$waiting]\n\
        \_ :local seq \$ispvmRouterTaken\n\
        \_ :local from 0\n\
        \_ :if (\$have > 0) do={\n\
        \_   :local tail (\$waiting->(\$have - 1))\n\
        \_   :local head (\$waiting->0)\n\
        \_   :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
        \_   :set from (\$ispvmRouterTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
        \_   :if (\$from < 0) do={ :set from 0 }\n\
        \_ }\n\
        \_ :local kept [:toarray \"\"]\n\
        \_ :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
        \_ :foreach item in=\$added do={\n\
        \_   :set seq (\$seq + 1)\n\
        \_   :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
        \_ }\n\
        \_ :set have [:len \$kept]\n\
        \_ :if (\$have > 200) do={\n\
        \_   :set ispvmRouterLost (\$ispvmRouterLost + \$have - 200)\n\
        \_   :set kept [:pick \$kept (\$have - 200) \$have]\n\
        \_ }\n\
        \_ :set ispvmRouterQueue \$kept\n\
        \_ :local busy false\n\
        \_ :if ([:typeof \$ispvmRouterPushAt] = \"time\") do={ :if ((\$now - \$ispvmRouterPushAt) < 2m) do={ :set busy true } }\n\
        \_ :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push\" }\n\
        }\n"
      :local row [/system script find where name="ispvm-functions"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-functions" policy=read,write,test comment="ispvm: what the scripts share" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: what the scripts share") do={ /system script set $row comment="ispvm: what the scripts share" }
      }
    }
    {
      :local text "\
        # ISP Visual Monitor: sends what waits in the queue \"router\". Holds the router's key.\n\
        :global ispvmRouterQueue\n\
        :global ispvmRouterTaken\n\
        :global ispvmRouterLost\n\
        :global ispvmRouterBoot\n\
        :global ispvmRouterPushAt\n\
        :global ispvmRouterPushRun\n\
        :global ispvmRouterSent\n\
        :global ispvmRouterFails\n\
        :local now [/system resource get uptime]\n\
        :local busy false\n\
        :if ([:typeof \$ispvmRouterPushAt] = \"time\") do={ :if ((\$now - \$ispvmRouterPushAt) < 2m) do={ :set busy true } }\n\
        :if (!\$busy and [:typeof \$ispvmRouterQueue] = \"array\") do={\n\
        \_ :set ispvmRouterPushAt \$now\n\
        \_ :if ([:typeof \$ispvmRouterPushRun] != \"num\") do={ :set ispvmRouterPushRun 0 }\n\
        \_ :set ispvmRouterPushRun (\$ispvmRouterPushRun + 1)\n\
        \_ :local mine \$ispvmRouterPushRun\n\
        \_ :if ([:typeof \$ispvmRouterSent] != \"array\") do={ :set ispvmRouterSent [:toarray \"\"] }\n\
        \_ :if ([:typeof \$ispvmRouterFails] != \"num\") do={ :set ispvmRouterFails 0 }\n\
        \_ :local goes true\n\
        \_ :while (\$goes) do={\n\
        \_   :local turn false\n\
        \_   :while (\$goes and !\$turn) do={\n\
        \_     :set now [/system resource get uptime]\n\
        \_     :set ispvmRouterPushAt \$now\n\
        \_     :local recent [:toarray \"\"]\n\
        \_     :foreach sent in=\$ispvmRouterSent do={ :if ((\$now - \$sent) < 1m) do={ :set recent (\$recent , \$sent) } }\n\
        \_     :set ispvmRouterSent \$recent\n\
        \_     :local sends [:len \$recent]\n\
        \_     :if (\$sends < 10) do={ :set turn true } else={\n\
        \_       :if (\$sends < 20) do={ :if ((\$now - (\$recent->(\$sends - 1))) >= 6s) do={ :set turn true } }\n\
        \_       :if (!\$turn) do={ :delay 1s }\n\
        \_     }\n\
        \_     :if (\$ispvmRouterPushRun != \$mine) do={ :set goes false }\n\
        \_   }\n\
        \_   :local waiting \$ispvmRouterQueue\n\
        \_   :local have [:len \$waiting]\n\
        \_   :local at \$have\n\
        \_   :local head \"\"\n\
        \_   :if (\$have > 0) do={\n\
        \_     :set head (\$waiting->0)\n\
        \_     :set at (\$ispvmRouterTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
        \_     :if (\$at < 0) do={ :set at 0 }\n\
        \_   }\n\
        \_   :if (\$at >= \$have) do={ :set goes false }\n\
        \_   :if (\$goes) do={\n\
        \_     :local items (\$waiting->\$at)\n\
        \_     :local next (\$at + 1)\n\
        \_     :local fits true\n\
        \_     :while (\$fits) do={\n\
        \_       :set fits false\n\
        \_       :if (\$next < \$have and (\$next - \$at) < 10) do={\n\
        \_         :local more (\$waiting->\$next)\n\
        \_         :if (([:len \$items] + [:len \$more]) < 3000) do={\n\
        \_           :set items (\$items . \",\" . \$more)\n\
        \_           :set next (\$next + 1)\n\
        \_           :set fits true\n\
        \_         }\n\
        \_       }\n\
        \_     }\n\
        \_     :local last ([:tonum [:pick \$head 7 [:find \$head \",\"]]] + \$next - 1)\n\
        \_     :local boot \$ispvmRouterBoot\n\
        \_     :local gmt \"null\"\n\
        \_     :do { :set gmt (\"\\\"\" . [/system clock get gmt-offset] . \"\\\"\") } on-error={}\n\
        \_     :local body (\"{\\\"v\\\":1,\\\"queue\\\":\\\"router\\\",\\\"boot\\\":\\\"\" . \$boot . \"\\\",\\\"up\\\":\\\"\" . [/system resource get uptime] . \"\\\",\\\"clock\\\":\\\"\" . [/system clock get date] . \" \" . [/system clock get time] . \"\\\",\\\"gmt\\\":\" . \$gmt)\n\
        \_     :set body (\$body . \",\\\"lost\\\":\" . \$ispvmRouterLost . \",\\\"items\\\":[\" . \$items . \"]}\")\n\
        \_     :set ispvmRouterSent (\$ispvmRouterSent , \$now)\n\
        \_     :local ok false\n\
        \_     :do {\n\
        \_       :local told ([/tool fetch url=\"https://192.0.2.1:8445/push/v1\" http-method=post http-data=\$body http-header-field=\"Authorization: Bearer ispvmr1.exampleexample00.exampleexampleexampleexampleexampleexample0,Content-Type: application/json\" check-certificate=yes-without-crl output=none as-value]->\"status\")\n\
        \_       :if ([:typeof \$told] != \"str\" or \$told = \"finished\") do={ :set ok true }\n\
        \_     } on-error={}\n\
        \_     :if (\$ispvmRouterPushRun != \$mine) do={ :set goes false } else={\n\
        \_       :set ispvmRouterPushAt [/system resource get uptime]\n\
        \_       :if (\$ok) do={\n\
        \_         :if (\$ispvmRouterBoot = \$boot) do={ :set ispvmRouterTaken \$last }\n\
        \_         :set ispvmRouterFails 0\n\
        \_       } else={\n\
        \_         :set goes false\n\
        \_         :set ispvmRouterFails (\$ispvmRouterFails + 1)\n\
        \_         :local pause 30\n\
        \_         :if (\$ispvmRouterFails < 4) do={ :set pause ({5;10;20}->(\$ispvmRouterFails - 1)) }\n\
        \_         :while (\$pause > 0 and \$ispvmRouterPushRun = \$mine) do={\n\
        \_           :delay 1s\n\
        \_           :set pause (\$pause - 1)\n\
        \_           :set ispvmRouterPushAt [/system resource get uptime]\n\
        \_         }\n\
        \_       }\n\
        \_     }\n\
        \_   }\n\
        \_ }\n\
        \_ :if (\$ispvmRouterPushRun = \$mine) do={\n\
        \_   :set ispvmRouterPushAt false\n\
        \_   :local left [:len \$ispvmRouterQueue]\n\
        \_   :if (\$left > 0) do={\n\
        \_     :local tail (\$ispvmRouterQueue->(\$left - 1))\n\
        \_     :if ([:tonum [:pick \$tail 7 [:find \$tail \",\"]]] > \$ispvmRouterTaken) do={ :execute \"/system script run ispvm-push\" }\n\
        \_   }\n\
        \_ }\n\
        }\n"
      :local row [/system script find where name="ispvm-push"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-push" policy=read,write,test comment="ispvm: sends what waits" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: sends what waits") do={ /system script set $row comment="ispvm: sends what waits" }
      }
    }
    :set ispvmDone ($ispvmDone , "push")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push")
}

# -- push-watch: The watcher
# A job that asks three times a second which ports have a link, and every five seconds after neighbours and sessions; a scheduler
# starts it again when it has stopped. It changes nothing else on the router, and runs with the rights of who imports this.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :if ($ispvmGo and $ispvmPush) do={
    /system script remove [/system script find where name="ispvm-sessions"]
    {
      :local text "\
        # ISP Visual Monitor: tells which BGP and OSPF neighbours came up or went.\n\
        :do {\n\
        \_ :global ispvmRouterText\n\
        \_ :global ispvmRouterPut\n\
        \_ :global ispvmRouterBgpUp\n\
        \_ :global ispvmRouterBgpRows\n\
        \_ :global ispvmRouterBgpLooks\n\
        \_ :local rows [:tostr [/routing bgp session find where established]]\n\
        \_ :local isFirst ([:typeof \$ispvmRouterBgpUp] != \"array\")\n\
        \_ :if (\$isFirst) do={\n\
        \_   :set ispvmRouterBgpUp [:toarray \"\"]\n\
        \_   :set ispvmRouterBgpLooks 0\n\
        \_ }\n\
        \_ :set ispvmRouterBgpLooks (\$ispvmRouterBgpLooks + 1)\n\
        \_ :if (\$isFirst or \$rows != \$ispvmRouterBgpRows or \$ispvmRouterBgpLooks >= 12) do={\n\
        \_   :set ispvmRouterBgpLooks 0\n\
        \_   :local before \$ispvmRouterBgpUp\n\
        \_   :local up [:toarray \"\"]\n\
        \_   :local came [:toarray \"\"]\n\
        \_   :local added [:toarray \"\"]\n\
        \_   :foreach row in=[/routing bgp session find where established] do={\n\
        \_     :do {\n\
        \_       :local is [/routing bgp session get \$row]\n\
        \_       :local called [:tostr (\$is->\"name\")]\n\
        \_       :local who (\"\\\"kind\\\":\\\"peer\\\",\\\"protocol\\\":\\\"bgp\\\",\\\"name\\\":\\\"\" . [\$ispvmRouterText text=\$called])\n\
        \_       :set who (\$who . \"\\\",\\\"address\\\":\\\"\" . [\$ispvmRouterText text=[:tostr (\$is->\"remote.address\")]] . \"\\\"\")\n\
        \_       :local detail \"established\"\n\
        \_       :set (\$up->\$who) \$called\n\
        \_       :if (!\$isFirst and [:typeof (\$before->\$who)] != \"str\") do={\n\
        \_         :set came (\$came , (\$who . \",\\\"state\\\":\\\"up\\\",\\\"detail\\\":\\\"\" . [\$ispvmRouterText text=\$detail] . \"\\\"\"))\n\
        \_       }\n\
        \_     } on-error={}\n\
        \_   }\n\
        \_   :foreach who,called in=\$before do={\n\
        \_     :if ([:typeof (\$up->\$who)] != \"str\") do={\n\
        \_       :local detail \"gone\"\n\
        \_       :do {\n\
        \_         :foreach row in=[/routing bgp session find where name=\$called] do={ :set detail \"not established\" }\n\
        \_       } on-error={}\n\
        \_       :set added (\$added , (\$who . \",\\\"state\\\":\\\"down\\\",\\\"detail\\\":\\\"\" . [\$ispvmRouterText text=\$detail] . \"\\\"\"))\n\
        \_     }\n\
        \_   }\n\
        \_   :set ispvmRouterBgpUp \$up\n\
        \_   :set ispvmRouterBgpRows \$rows\n\
        \_   :set added (\$added , \$came)\n\
        \_   :if ([:len \$added] > 0) do={ \$ispvmRouterPut added=\$added }\n\
        \_ }\n\
        } on-error={}\n\
        :do {\n\
        \_ :global ispvmRouterText\n\
        \_ :global ispvmRouterPut\n\
        \_ :global ispvmRouterOspfUp\n\
        \_ :global ispvmRouterOspfRows\n\
        \_ :global ispvmRouterOspfLooks\n\
        \_ :local rows [:tostr [/routing ospf neighbor find where (state=\"Full\" or state=\"2-Way\")]]\n\
        \_ :local isFirst ([:typeof \$ispvmRouterOspfUp] != \"array\")\n\
        \_ :if (\$isFirst) do={\n\
        \_   :set ispvmRouterOspfUp [:toarray \"\"]\n\
        \_   :set ispvmRouterOspfLooks 0\n\
        \_ }\n\
        \_ :set ispvmRouterOspfLooks (\$ispvmRouterOspfLooks + 1)\n\
        \_ :if (\$isFirst or \$rows != \$ispvmRouterOspfRows or \$ispvmRouterOspfLooks >= 12) do={\n\
        \_   :set ispvmRouterOspfLooks 0\n\
        \_   :local before \$ispvmRouterOspfUp\n\
        \_   :local up [:toarray \"\"]\n\
        \_   :local came [:toarray \"\"]\n\
        \_   :local added [:toarray \"\"]\n\
        \_   :foreach row in=[/routing ospf neighbor find where (state=\"Full\" or state=\"2-Way\")] do={\n\
        \_     :do {\n\
        \_       :local is [/routing ospf neighbor get \$row]\n\
        \_       :local called [:tostr (\$is->\"router-id\")]\n\
        \_       :local who (\"\\\"kind\\\":\\\"peer\\\",\\\"protocol\\\":\\\"ospf\\\",\\\"name\\\":\\\"\" . [\$ispvmRouterText text=\$called])\n\
        \_       :set who (\$who . \"\\\",\\\"address\\\":\\\"\" . [\$ispvmRouterText text=[:tostr (\$is->\"address\")]] . \"\\\"\")\n\
        \_       :local detail [:tostr (\$is->\"state\")]\n\
        \_       :set (\$up->\$who) \$called\n\
        \_       :if (!\$isFirst and [:typeof (\$before->\$who)] != \"str\") do={\n\
        \_         :set came (\$came , (\$who . \",\\\"state\\\":\\\"up\\\",\\\"detail\\\":\\\"\" . [\$ispvmRouterText text=\$detail] . \"\\\"\"))\n\
        \_       }\n\
        \_     } on-error={}\n\
        \_   }\n\
        \_   :foreach who,called in=\$before do={\n\
        \_     :if ([:typeof (\$up->\$who)] != \"str\") do={\n\
        \_       :local detail \"gone\"\n\
        \_       :do {\n\
        \_         :foreach row in=[/routing ospf neighbor find where router-id=[:toip \$called]] do={ :set detail [:tostr [/routing ospf neighbor get \$row state]] }\n\
        \_       } on-error={}\n\
        \_       :set added (\$added , (\$who . \",\\\"state\\\":\\\"down\\\",\\\"detail\\\":\\\"\" . [\$ispvmRouterText text=\$detail] . \"\\\"\"))\n\
        \_     }\n\
        \_   }\n\
        \_   :set ispvmRouterOspfUp \$up\n\
        \_   :set ispvmRouterOspfRows \$rows\n\
        \_   :set added (\$added , \$came)\n\
        \_   :if ([:len \$added] > 0) do={ \$ispvmRouterPut added=\$added }\n\
        \_ }\n\
        } on-error={}\n"
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
        # ISP Visual Monitor: watches the links of the ports, and has ispvm-peers look every five seconds.\n\
        /system script run ispvm-functions\n\
        :global ispvmRouterText\n\
        :global ispvmRouterPut\n\
        :global ispvmRouterWatchAt\n\
        :global ispvmRouterWatchRun\n\
        :global ispvmRouterLinks\n\
        :global ispvmRouterQueue\n\
        :if ([:typeof \$ispvmRouterWatchRun] != \"num\") do={ :set ispvmRouterWatchRun 0 }\n\
        :set ispvmRouterWatchRun (\$ispvmRouterWatchRun + 1)\n\
        :set ispvmRouterWatchAt [/system resource get uptime]\n\
        :local mine \$ispvmRouterWatchRun\n\
        :local source ([/system script get ispvm-watch source] . [/system script get ispvm-functions source])\n\
        :if ([:typeof \$ispvmRouterLinks] != \"array\") do={ :set ispvmRouterLinks [:toarray [/interface ethernet find where running]] }\n\
        :local before \$ispvmRouterLinks\n\
        :local beforeText (\";\" . [:tostr \$before] . \";\")\n\
        :local tick 0\n\
        :local looks 0\n\
        :while (\$ispvmRouterWatchRun = \$mine) do={\n\
        \_ :local now [:toarray [/interface ethernet find where running]]\n\
        \_ :local nowText (\";\" . [:tostr \$now] . \";\")\n\
        \_ :if (\$nowText != \$beforeText and \$ispvmRouterWatchRun = \$mine) do={\n\
        \_   :local added [:toarray \"\"]\n\
        \_   :foreach port in=\$before do={\n\
        \_     :if ([:typeof [:find \$nowText (\";\" . \$port . \";\")]] != \"num\") do={\n\
        \_       :do { :set added (\$added , (\"\\\"kind\\\":\\\"link\\\",\\\"name\\\":\\\"\" . [\$ispvmRouterText text=[/interface ethernet get \$port name]] . \"\\\",\\\"state\\\":\\\"down\\\"\")) } on-error={}\n\
        \_     }\n\
        \_   }\n\
        \_   :foreach port in=\$now do={\n\
        \_     :if ([:typeof [:find \$beforeText (\";\" . \$port . \";\")]] != \"num\") do={\n\
        \_       :do { :set added (\$added , (\"\\\"kind\\\":\\\"link\\\",\\\"name\\\":\\\"\" . [\$ispvmRouterText text=[/interface ethernet get \$port name]] . \"\\\",\\\"state\\\":\\\"up\\\"\")) } on-error={}\n\
        \_     }\n\
        \_   }\n\
        \_   :set before \$now\n\
        \_   :set beforeText \$nowText\n\
        \_   :set ispvmRouterLinks \$now\n\
        \_   :if ([:len \$added] > 0) do={ \$ispvmRouterPut added=\$added }\n\
        \_ }\n\
        \_ :set tick (\$tick + 1)\n\
        \_ :if ((\$tick % 6) = 0) do={ :set ispvmRouterWatchAt [/system resource get uptime] }\n\
        \_ :if (\$tick >= 16) do={\n\
        \_   :set tick 0\n\
        \_   :set looks (\$looks + 1)\n\
        \_   :if (\$looks = 720) do={ :execute \"/system script run ispvm-watch\" }\n\
        \_   :do { /system script run ispvm-peers } on-error={}\n\
        \_   # A sender that was stopped half way is started again.\n\
        \_   :if ([:len \$ispvmRouterQueue] > 0) do={ \$ispvmRouterPut added=[:toarray \"\"] }\n\
        \_   # Changed or taken out: the scheduler starts the new one, if there is one.\n\
        \_   :local same false\n\
        \_   :do { :set same (\$source = ([/system script get ispvm-watch source] . [/system script get ispvm-functions source])) } on-error={}\n\
        \_   :if (!\$same and \$ispvmRouterWatchRun = \$mine) do={\n\
        \_     :set ispvmRouterWatchRun (\$mine + 1)\n\
        \_     :set ispvmRouterWatchAt false\n\
        \_   }\n\
        \_ }\n\
        \_ :if (\$ispvmRouterWatchRun = \$mine) do={ :delay 300ms }\n\
        }\n"
      :local row [/system script find where name="ispvm-watch"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-watch" policy=read,write,test comment="ispvm: watches the links of the ports" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: watches the links of the ports") do={ /system script set $row comment="ispvm: watches the links of the ports" }
      }
    }
    {
      :local text "\
        :global ispvmRouterWatchAt\n\
        :local alive false\n\
        :if ([:typeof \$ispvmRouterWatchAt] = \"time\") do={ :if (([/system resource get uptime] - \$ispvmRouterWatchAt) < 6s) do={ :set alive true } }\n\
        :if (!\$alive and [:len [/system script job find where script=\"ispvm-watch\"]] < 3 and [:len [/system script job find]] < 50) do={\n\
        \_ :execute \"/system script run ispvm-watch\"\n\
        }\n"
      :local row [/system scheduler find where name="ispvm-watch"]
      :if ([:len $row] = 0) do={
        /system scheduler add name="ispvm-watch" start-time=startup comment="ispvm: keeps the watcher alive" interval=3s policy=read,write,test on-event=$text
      } else={
        :if ([/system scheduler get $row on-event] != $text or [/system scheduler get $row interval] != 3s or [:tostr [/system scheduler get $row disabled]] = "true") do={
          /system scheduler set $row disabled=no start-time=startup interval=3s policy=read,write,test on-event=$text
        }
      }
    }
    :set ispvmDone ($ispvmDone , "push-watch")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-watch")
}

# -- push-netwatch: What the router watches
# Adds 5 entries of netwatch whose scripts queue what they see and have a stored script send it; none of them waits for the network.
# The sender holds the router's own key.
:do {
  :global ispvmGo
  :global ispvmPush
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo and $ispvmPush) do={
    /tool netwatch remove [/tool netwatch find where comment~"^ispvm: " and comment!="ispvm: upstream \"A\"" and comment!="ispvm: upstream B: Gr\C3\B6\C3\9Fe" and comment!="ispvm: mail" and comment!="ispvm: portal" and comment!="ispvm: names"]
    {
      :local text "\
        # ISP Visual Monitor: sends what waits in the queue \"netwatch\". Holds the router's key.\n\
        :global ispvmNetwatchQueue\n\
        :global ispvmNetwatchTaken\n\
        :global ispvmNetwatchLost\n\
        :global ispvmNetwatchBoot\n\
        :global ispvmNetwatchPushAt\n\
        :global ispvmNetwatchPushRun\n\
        :global ispvmNetwatchSent\n\
        :global ispvmNetwatchFails\n\
        :local now [/system resource get uptime]\n\
        :local busy false\n\
        :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
        :if (!\$busy and [:typeof \$ispvmNetwatchQueue] = \"array\") do={\n\
        \_ :set ispvmNetwatchPushAt \$now\n\
        \_ :if ([:typeof \$ispvmNetwatchPushRun] != \"num\") do={ :set ispvmNetwatchPushRun 0 }\n\
        \_ :set ispvmNetwatchPushRun (\$ispvmNetwatchPushRun + 1)\n\
        \_ :local mine \$ispvmNetwatchPushRun\n\
        \_ :if ([:typeof \$ispvmNetwatchSent] != \"array\") do={ :set ispvmNetwatchSent [:toarray \"\"] }\n\
        \_ :if ([:typeof \$ispvmNetwatchFails] != \"num\") do={ :set ispvmNetwatchFails 0 }\n\
        \_ :local goes true\n\
        \_ :while (\$goes) do={\n\
        \_   :local turn false\n\
        \_   :while (\$goes and !\$turn) do={\n\
        \_     :set now [/system resource get uptime]\n\
        \_     :set ispvmNetwatchPushAt \$now\n\
        \_     :local recent [:toarray \"\"]\n\
        \_     :foreach sent in=\$ispvmNetwatchSent do={ :if ((\$now - \$sent) < 1m) do={ :set recent (\$recent , \$sent) } }\n\
        \_     :set ispvmNetwatchSent \$recent\n\
        \_     :local sends [:len \$recent]\n\
        \_     :if (\$sends < 10) do={ :set turn true } else={\n\
        \_       :if (\$sends < 20) do={ :if ((\$now - (\$recent->(\$sends - 1))) >= 6s) do={ :set turn true } }\n\
        \_       :if (!\$turn) do={ :delay 1s }\n\
        \_     }\n\
        \_     :if (\$ispvmNetwatchPushRun != \$mine) do={ :set goes false }\n\
        \_   }\n\
        \_   :local waiting \$ispvmNetwatchQueue\n\
        \_   :local have [:len \$waiting]\n\
        \_   :local at \$have\n\
        \_   :local head \"\"\n\
        \_   :if (\$have > 0) do={\n\
        \_     :set head (\$waiting->0)\n\
        \_     :set at (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
        \_     :if (\$at < 0) do={ :set at 0 }\n\
        \_   }\n\
        \_   :if (\$at >= \$have) do={ :set goes false }\n\
        \_   :if (\$goes) do={\n\
        \_     :local items (\$waiting->\$at)\n\
        \_     :local next (\$at + 1)\n\
        \_     :local fits true\n\
        \_     :while (\$fits) do={\n\
        \_       :set fits false\n\
        \_       :if (\$next < \$have and (\$next - \$at) < 10) do={\n\
        \_         :local more (\$waiting->\$next)\n\
        \_         :if (([:len \$items] + [:len \$more]) < 3000) do={\n\
        \_           :set items (\$items . \",\" . \$more)\n\
        \_           :set next (\$next + 1)\n\
        \_           :set fits true\n\
        \_         }\n\
        \_       }\n\
        \_     }\n\
        \_     :local last ([:tonum [:pick \$head 7 [:find \$head \",\"]]] + \$next - 1)\n\
        \_     :local boot \$ispvmNetwatchBoot\n\
        \_     :local gmt \"null\"\n\
        \_     :do { :set gmt (\"\\\"\" . [/system clock get gmt-offset] . \"\\\"\") } on-error={}\n\
        \_     :local body (\"{\\\"v\\\":1,\\\"queue\\\":\\\"netwatch\\\",\\\"boot\\\":\\\"\" . \$boot . \"\\\",\\\"up\\\":\\\"\" . [/system resource get uptime] . \"\\\",\\\"clock\\\":\\\"\" . [/system clock get date] . \" \" . [/system clock get time] . \"\\\",\\\"gmt\\\":\" . \$gmt)\n\
        \_     :set body (\$body . \",\\\"lost\\\":\" . \$ispvmNetwatchLost . \",\\\"items\\\":[\" . \$items . \"]}\")\n\
        \_     :set ispvmNetwatchSent (\$ispvmNetwatchSent , \$now)\n\
        \_     :local ok false\n\
        \_     :do {\n\
        \_       :local told ([/tool fetch url=\"https://192.0.2.1:8445/push/v1\" http-method=post http-data=\$body http-header-field=\"Authorization: Bearer ispvmr1.exampleexample00.exampleexampleexampleexampleexampleexample0,Content-Type: application/json\" check-certificate=yes-without-crl output=none as-value]->\"status\")\n\
        \_       :if ([:typeof \$told] != \"str\" or \$told = \"finished\") do={ :set ok true }\n\
        \_     } on-error={}\n\
        \_     :if (\$ispvmNetwatchPushRun != \$mine) do={ :set goes false } else={\n\
        \_       :set ispvmNetwatchPushAt [/system resource get uptime]\n\
        \_       :if (\$ok) do={\n\
        \_         :if (\$ispvmNetwatchBoot = \$boot) do={ :set ispvmNetwatchTaken \$last }\n\
        \_         :set ispvmNetwatchFails 0\n\
        \_       } else={\n\
        \_         :set goes false\n\
        \_         :set ispvmNetwatchFails (\$ispvmNetwatchFails + 1)\n\
        \_         :local pause 30\n\
        \_         :if (\$ispvmNetwatchFails < 4) do={ :set pause ({5;10;20}->(\$ispvmNetwatchFails - 1)) }\n\
        \_         :while (\$pause > 0 and \$ispvmNetwatchPushRun = \$mine) do={\n\
        \_           :delay 1s\n\
        \_           :set pause (\$pause - 1)\n\
        \_           :set ispvmNetwatchPushAt [/system resource get uptime]\n\
        \_         }\n\
        \_       }\n\
        \_     }\n\
        \_   }\n\
        \_ }\n\
        \_ :if (\$ispvmNetwatchPushRun = \$mine) do={\n\
        \_   :set ispvmNetwatchPushAt false\n\
        \_   :local left [:len \$ispvmNetwatchQueue]\n\
        \_   :if (\$left > 0) do={\n\
        \_     :local tail (\$ispvmNetwatchQueue->(\$left - 1))\n\
        \_     :if ([:tonum [:pick \$tail 7 [:find \$tail \",\"]]] > \$ispvmNetwatchTaken) do={ :execute \"/system script run ispvm-push-netwatch\" }\n\
        \_   }\n\
        \_ }\n\
        }\n"
      :local row [/system script find where name="ispvm-push-netwatch"]
      :if ([:len $row] = 0) do={
        /system script add name="ispvm-push-netwatch" policy=read,write,test comment="ispvm: sends what netwatch has seen" source=$text
      } else={
        :if ([/system script get $row source] != $text) do={ /system script set $row source=$text }
        :if ([:tostr [/system script get $row policy]] != "read;write;test") do={ /system script set $row policy=read,write,test }
        :if ([/system script get $row comment] != "ispvm: sends what netwatch has seen") do={ /system script set $row comment="ispvm: sends what netwatch has seen" }
      }
    }
    :local failed false
    {
      :local isSet false
      :do {
        :local up "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"upstream \\\\\\\"A\\\\\\\"\\\",\\\"host\\\":\\\"198.51.100.1\\\",\\\"type\\\":\\\"icmp\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"up\\\"\"\n\
          :local rtt \$\"rtt-avg\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local loss \$\"loss-percent\"\n\
          :if ([:typeof \$\"sent-count\"] = \"num\" and [:typeof \$\"loss-count\"] = \"num\") do={ :if (\$\"sent-count\" > 0) do={ :set loss (\$\"loss-count\" * 100 / \$\"sent-count\") } }\n\
          :if ([:typeof \$loss] = \"str\") do={ :set loss [:tonum \$loss] }\n\
          :if ([:typeof \$loss] = \"num\") do={ :set item (\$item . \",\\\"loss\\\":\" . \$loss) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local down "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"upstream \\\\\\\"A\\\\\\\"\\\",\\\"host\\\":\\\"198.51.100.1\\\",\\\"type\\\":\\\"icmp\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"down\\\"\"\n\
          :local rtt \$\"rtt-avg\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local loss \$\"loss-percent\"\n\
          :if ([:typeof \$\"sent-count\"] = \"num\" and [:typeof \$\"loss-count\"] = \"num\") do={ :if (\$\"sent-count\" > 0) do={ :set loss (\$\"loss-count\" * 100 / \$\"sent-count\") } }\n\
          :if ([:typeof \$loss] = \"str\") do={ :set loss [:tonum \$loss] }\n\
          :if ([:typeof \$loss] = \"num\") do={ :set item (\$item . \",\\\"loss\\\":\" . \$loss) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local test "\
          :if (\$status = \"up\" or \$status = \"down\") do={\n\
          \_ :local item (\"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"upstream \\\\\\\"A\\\\\\\"\\\",\\\"host\\\":\\\"198.51.100.1\\\",\\\"type\\\":\\\"icmp\\\",\\\"because\\\":\\\"test\\\",\\\"state\\\":\\\"\" . \$status . \"\\\"\")\n\
          \_ :local rtt \$\"rtt-avg\"\n\
          \_ :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          \_ :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          \_ :local loss \$\"loss-percent\"\n\
          \_ :if ([:typeof \$\"sent-count\"] = \"num\" and [:typeof \$\"loss-count\"] = \"num\") do={ :if (\$\"sent-count\" > 0) do={ :set loss (\$\"loss-count\" * 100 / \$\"sent-count\") } }\n\
          \_ :if ([:typeof \$loss] = \"str\") do={ :set loss [:tonum \$loss] }\n\
          \_ :if ([:typeof \$loss] = \"num\") do={ :set item (\$item . \",\\\"loss\\\":\" . \$loss) }\n\
          \_ :local added [:toarray \"\"]\n\
          \_ :set added (\$added , \$item)\n\
          \_ :global ispvmNetwatchQueue\n\
          \_ :global ispvmNetwatchTaken\n\
          \_ :global ispvmNetwatchLost\n\
          \_ :global ispvmNetwatchBoot\n\
          \_ :global ispvmNetwatchPushAt\n\
          \_ :local now [/system resource get uptime]\n\
          \_ :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_   :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_   :do {\n\
          \_     :local seen 0\n\
          \_     :foreach link in=[/interface ethernet find where running] do={\n\
          \_       :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_     }\n\
          \_     :set boot (\$boot . \".\" . \$seen)\n\
          \_   } on-error={}\n\
          \_   :set ispvmNetwatchBoot \$boot\n\
          \_   :set ispvmNetwatchTaken 0\n\
          \_   :set ispvmNetwatchLost 0\n\
          \_   :set ispvmNetwatchQueue [:toarray \"\"]\n\
          \_ }\n\
          \_ :local waiting \$ispvmNetwatchQueue\n\
          \_ :local have [:len \$waiting]\n\
          \_ :local seq \$ispvmNetwatchTaken\n\
          \_ :local from 0\n\
          \_ :if (\$have > 0) do={\n\
          \_   :local tail (\$waiting->(\$have - 1))\n\
          \_   :local head (\$waiting->0)\n\
          \_   :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_   :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_   :if (\$from < 0) do={ :set from 0 }\n\
          \_ }\n\
          \_ :local kept [:toarray \"\"]\n\
          \_ :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          \_ :foreach item in=\$added do={\n\
          \_   :set seq (\$seq + 1)\n\
          \_   :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          \_ }\n\
          \_ :set have [:len \$kept]\n\
          \_ :if (\$have > 200) do={\n\
          \_   :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_   :set kept [:pick \$kept (\$have - 200) \$have]\n\
          \_ }\n\
          \_ :set ispvmNetwatchQueue \$kept\n\
          \_ :local busy false\n\
          \_ :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          \_ :global ispvmNetwatchSent\n\
          \_ :local sends [:len \$ispvmNetwatchSent]\n\
          \_ :if (\$sends > 0 and \$have < 10) do={\n\
          \_   :if ((\$now - (\$ispvmNetwatchSent->(\$sends - 1))) < 15s) do={ :set busy true }\n\
          \_ }\n\
          \_ :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n\
          }\n"
        :local row [/tool netwatch find where comment="ispvm: upstream \"A\""]
        :if ([:len $row] = 1) do={
          :if ([:tostr [/tool netwatch get $row host]] != "198.51.100.1" or [/tool netwatch get $row interval] != 10s or [/tool netwatch get $row type] != "icmp" or [:totime [/tool netwatch get $row startup-delay]] != 30s or [/tool netwatch get $row up-script] != $up or [/tool netwatch get $row down-script] != $down or [/tool netwatch get $row test-script] != $test or [:tostr [/tool netwatch get $row disabled]] = "true") do={
            /tool netwatch set $row disabled=no host="198.51.100.1" interval=10s timeout=3s type=icmp startup-delay=30s thr-loss-percent=20 thr-avg=80ms up-script=$up down-script=$down test-script=$test
          }
        } else={
          /tool netwatch remove $row
          /tool netwatch add comment="ispvm: upstream \"A\"" disabled=no host="198.51.100.1" interval=10s timeout=3s type=icmp startup-delay=30s thr-loss-percent=20 thr-avg=80ms up-script=$up down-script=$down test-script=$test
        }
        :set isSet true
      } on-error={}
      :if (!$isSet) do={
        :set failed true
        :set ispvmNotes ($ispvmNotes , "netwatch refused the entry \"upstream \"A\"\" (host 198.51.100.1); the others are not touched by that.")
      }
    }
    {
      :local isSet false
      :do {
        :local up "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"upstream B: Gr\\C3\\B6\\C3\\9Fe\\\",\\\"host\\\":\\\"198.51.100.5\\\",\\\"type\\\":\\\"icmp\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"up\\\"\"\n\
          :local rtt \$\"rtt-avg\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local loss \$\"loss-percent\"\n\
          :if ([:typeof \$\"sent-count\"] = \"num\" and [:typeof \$\"loss-count\"] = \"num\") do={ :if (\$\"sent-count\" > 0) do={ :set loss (\$\"loss-count\" * 100 / \$\"sent-count\") } }\n\
          :if ([:typeof \$loss] = \"str\") do={ :set loss [:tonum \$loss] }\n\
          :if ([:typeof \$loss] = \"num\") do={ :set item (\$item . \",\\\"loss\\\":\" . \$loss) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local down "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"upstream B: Gr\\C3\\B6\\C3\\9Fe\\\",\\\"host\\\":\\\"198.51.100.5\\\",\\\"type\\\":\\\"icmp\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"down\\\"\"\n\
          :local rtt \$\"rtt-avg\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local loss \$\"loss-percent\"\n\
          :if ([:typeof \$\"sent-count\"] = \"num\" and [:typeof \$\"loss-count\"] = \"num\") do={ :if (\$\"sent-count\" > 0) do={ :set loss (\$\"loss-count\" * 100 / \$\"sent-count\") } }\n\
          :if ([:typeof \$loss] = \"str\") do={ :set loss [:tonum \$loss] }\n\
          :if ([:typeof \$loss] = \"num\") do={ :set item (\$item . \",\\\"loss\\\":\" . \$loss) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local row [/tool netwatch find where comment="ispvm: upstream B: Gr\C3\B6\C3\9Fe"]
        :if ([:len $row] = 1) do={
          :if ([:tostr [/tool netwatch get $row host]] != "198.51.100.5" or [/tool netwatch get $row interval] != 10s or [/tool netwatch get $row type] != "icmp" or [:totime [/tool netwatch get $row startup-delay]] != 30s or [/tool netwatch get $row up-script] != $up or [/tool netwatch get $row down-script] != $down or [:tostr [/tool netwatch get $row disabled]] = "true") do={
            /tool netwatch set $row disabled=no host="198.51.100.5" interval=10s timeout=3s type=icmp startup-delay=30s up-script=$up down-script=$down
          }
        } else={
          /tool netwatch remove $row
          /tool netwatch add comment="ispvm: upstream B: Gr\C3\B6\C3\9Fe" disabled=no host="198.51.100.5" interval=10s timeout=3s type=icmp startup-delay=30s up-script=$up down-script=$down
        }
        :set isSet true
      } on-error={}
      :if (!$isSet) do={
        :set failed true
        :set ispvmNotes ($ispvmNotes , "netwatch refused the entry \"upstream B: Gr\C3\B6\C3\9Fe\" (host 198.51.100.5); the others are not touched by that.")
      }
    }
    {
      :local isSet false
      :do {
        :local up "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"mail\\\",\\\"host\\\":\\\"203.0.113.25\\\",\\\"type\\\":\\\"tcp-conn\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"up\\\"\"\n\
          :local rtt \$\"tcp-connect-time\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local down "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"mail\\\",\\\"host\\\":\\\"203.0.113.25\\\",\\\"type\\\":\\\"tcp-conn\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"down\\\"\"\n\
          :local rtt \$\"tcp-connect-time\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local row [/tool netwatch find where comment="ispvm: mail"]
        :if ([:len $row] = 1) do={
          :if ([:tostr [/tool netwatch get $row host]] != "203.0.113.25" or [/tool netwatch get $row interval] != 10s or [/tool netwatch get $row type] != "tcp-conn" or [:totime [/tool netwatch get $row startup-delay]] != 30s or [/tool netwatch get $row up-script] != $up or [/tool netwatch get $row down-script] != $down or [:tostr [/tool netwatch get $row disabled]] = "true") do={
            /tool netwatch set $row disabled=no host="203.0.113.25" interval=10s timeout=3s type=tcp-conn startup-delay=30s port=25 up-script=$up down-script=$down
          }
        } else={
          /tool netwatch remove $row
          /tool netwatch add comment="ispvm: mail" disabled=no host="203.0.113.25" interval=10s timeout=3s type=tcp-conn startup-delay=30s port=25 up-script=$up down-script=$down
        }
        :set isSet true
      } on-error={}
      :if (!$isSet) do={
        :set failed true
        :set ispvmNotes ($ispvmNotes , "netwatch refused the entry \"mail\" (host 203.0.113.25); the others are not touched by that.")
      }
    }
    {
      :local isSet false
      :do {
        :local up "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"portal\\\",\\\"host\\\":\\\"portal.example.net\\\",\\\"type\\\":\\\"https-get\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"up\\\"\"\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local down "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"portal\\\",\\\"host\\\":\\\"portal.example.net\\\",\\\"type\\\":\\\"https-get\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"down\\\"\"\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local row [/tool netwatch find where comment="ispvm: portal"]
        :if ([:len $row] = 1) do={
          :if ([:tostr [/tool netwatch get $row host]] != "portal.example.net" or [/tool netwatch get $row interval] != 1m or [/tool netwatch get $row type] != "https-get" or [:totime [/tool netwatch get $row startup-delay]] != 30s or [/tool netwatch get $row up-script] != $up or [/tool netwatch get $row down-script] != $down or [:tostr [/tool netwatch get $row disabled]] = "true") do={
            /tool netwatch set $row disabled=no host="portal.example.net" interval=1m timeout=3s type=https-get startup-delay=30s up-script=$up down-script=$down
          }
        } else={
          /tool netwatch remove $row
          /tool netwatch add comment="ispvm: portal" disabled=no host="portal.example.net" interval=1m timeout=3s type=https-get startup-delay=30s up-script=$up down-script=$down
        }
        :set isSet true
      } on-error={}
      :if (!$isSet) do={
        :set failed true
        :set ispvmNotes ($ispvmNotes , "netwatch refused the entry \"portal\" (host portal.example.net); the others are not touched by that.")
      }
    }
    {
      :local isSet false
      :do {
        :local up "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"names\\\",\\\"host\\\":\\\"203.0.113.53\\\",\\\"type\\\":\\\"tcp-conn\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"up\\\"\"\n\
          :local rtt \$\"tcp-connect-time\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local down "\
          :local item \"\\\"kind\\\":\\\"watch\\\",\\\"name\\\":\\\"names\\\",\\\"host\\\":\\\"203.0.113.53\\\",\\\"type\\\":\\\"tcp-conn\\\",\\\"because\\\":\\\"change\\\",\\\"state\\\":\\\"down\\\"\"\n\
          :local rtt \$\"tcp-connect-time\"\n\
          :if ([:typeof \$rtt] = \"str\") do={ :set rtt [:tonum \$rtt] }\n\
          :if ([:typeof \$rtt] = \"num\") do={ :set item (\$item . \",\\\"rtt\\\":\" . \$rtt) }\n\
          :local added [:toarray \"\"]\n\
          :set added (\$added , \$item)\n\
          :global ispvmNetwatchQueue\n\
          :global ispvmNetwatchTaken\n\
          :global ispvmNetwatchLost\n\
          :global ispvmNetwatchBoot\n\
          :global ispvmNetwatchPushAt\n\
          :local now [/system resource get uptime]\n\
          :if ([:typeof \$ispvmNetwatchQueue] != \"array\" or [:typeof \$ispvmNetwatchBoot] != \"str\") do={\n\
          \_ :local boot ([/system clock get date] . \".\" . [/system clock get time] . \".\" . [/system resource get uptime] . \".\" . [/system resource get free-memory])\n\
          \_ :do {\n\
          \_   :local seen 0\n\
          \_   :foreach link in=[/interface ethernet find where running] do={\n\
          \_     :set seen (\$seen + [/interface get [/interface ethernet get \$link name] rx-byte])\n\
          \_   }\n\
          \_   :set boot (\$boot . \".\" . \$seen)\n\
          \_ } on-error={}\n\
          \_ :set ispvmNetwatchBoot \$boot\n\
          \_ :set ispvmNetwatchTaken 0\n\
          \_ :set ispvmNetwatchLost 0\n\
          \_ :set ispvmNetwatchQueue [:toarray \"\"]\n\
          }\n\
          :local waiting \$ispvmNetwatchQueue\n\
          :local have [:len \$waiting]\n\
          :local seq \$ispvmNetwatchTaken\n\
          :local from 0\n\
          :if (\$have > 0) do={\n\
          \_ :local tail (\$waiting->(\$have - 1))\n\
          \_ :local head (\$waiting->0)\n\
          \_ :set seq [:tonum [:pick \$tail 7 [:find \$tail \",\"]]]\n\
          \_ :set from (\$ispvmNetwatchTaken + 1 - [:tonum [:pick \$head 7 [:find \$head \",\"]]])\n\
          \_ :if (\$from < 0) do={ :set from 0 }\n\
          }\n\
          :local kept [:toarray \"\"]\n\
          :if (\$from < \$have) do={ :set kept [:pick \$waiting \$from \$have] }\n\
          :foreach item in=\$added do={\n\
          \_ :set seq (\$seq + 1)\n\
          \_ :set kept (\$kept , (\"{\\\"seq\\\":\" . \$seq . \",\\\"up\\\":\\\"\" . \$now . \"\\\",\" . \$item . \"}\"))\n\
          }\n\
          :set have [:len \$kept]\n\
          :if (\$have > 200) do={\n\
          \_ :set ispvmNetwatchLost (\$ispvmNetwatchLost + \$have - 200)\n\
          \_ :set kept [:pick \$kept (\$have - 200) \$have]\n\
          }\n\
          :set ispvmNetwatchQueue \$kept\n\
          :local busy false\n\
          :if ([:typeof \$ispvmNetwatchPushAt] = \"time\") do={ :if ((\$now - \$ispvmNetwatchPushAt) < 2m) do={ :set busy true } }\n\
          :if (!\$busy and \$have > 0) do={ :execute \"/system script run ispvm-push-netwatch\" }\n"
        :local row [/tool netwatch find where comment="ispvm: names"]
        :if ([:len $row] = 1) do={
          :if ([:tostr [/tool netwatch get $row host]] != "203.0.113.53" or [/tool netwatch get $row interval] != 30s or [/tool netwatch get $row type] != "tcp-conn" or [:totime [/tool netwatch get $row startup-delay]] != 30s or [/tool netwatch get $row up-script] != $up or [/tool netwatch get $row down-script] != $down or [:tostr [/tool netwatch get $row disabled]] = "true") do={
            /tool netwatch set $row disabled=no host="203.0.113.53" interval=30s timeout=3s type=tcp-conn startup-delay=30s port=53 up-script=$up down-script=$down
          }
        } else={
          /tool netwatch remove $row
          /tool netwatch add comment="ispvm: names" disabled=no host="203.0.113.53" interval=30s timeout=3s type=tcp-conn startup-delay=30s port=53 up-script=$up down-script=$down
        }
        :set isSet true
      } on-error={}
      :if (!$isSet) do={
        :set failed true
        :set ispvmNotes ($ispvmNotes , "netwatch refused the entry \"names\" (host 203.0.113.53); the others are not touched by that.")
      }
    }
    :if ($failed) do={ :error stop }
    :set ispvmDone ($ispvmDone , "push-netwatch")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "push-netwatch")
}

# -- push-heartbeat: The heartbeat
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

# -- report: Say what was done
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
    :foreach part in=({"push";"push-watch";"push-netwatch";"push-heartbeat"}) do={
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
      :set hello ($hello . "\",\"identity\":\"" . [$inside text=[/system identity get name]] . "\",\"done\":[" . $done . "],\"failed\":[" . $failed . "]}")
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
} on-error={}
