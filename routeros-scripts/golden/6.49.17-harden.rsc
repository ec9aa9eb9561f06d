# ISP Visual Monitor: harden this router: Z.rich "Nord" $1 \ core. (core)
# Made for RouterOS 6.49.17. To be pasted into a terminal or imported; run twice, it changes nothing.

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
  :if ($release >= 6000 and $release <= 6999) do={ :set ispvmGo true }
} on-error={}
:if (!$ispvmGo) do={ :local why "ISP Visual Monitor: this script is made for RouterOS 6.49.17 (it fits 6.0 or later) and this router runs another: nothing was changed. Have one made for the release that it runs."; :put $why; :log error $why; :error $why }

# -- harden-timer: Revert the hardening after 10 minutes
# The timer is started by the first thing that is changed. Unless it is confirmed before (script confirm-harden), the router itself
# brings everything back as it was, so that nobody is locked out for good.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmArm
  :if ($ispvmGo) do={
    :global ispvmArm do={
      :if ([:len [/system scheduler find where name="ispvm-harden-undo"]] = 0) do={
        /system scheduler add name="ispvm-harden-undo" interval=10m policy=read,write on-event="/system script run [/system script find where name=\"ispvm-harden-undo\"]\n/system script remove [/system script find where name=\"ispvm-harden-undo\"]\n/system scheduler remove [/system scheduler find where name=\"ispvm-harden-undo\"]\n:log warning \"ispvm: nobody confirmed what was hardened, and it was undone\"\n" comment="ispvm: undoes what was hardened unless it is confirmed"
      }
    }
    :if ([:len [/system script find where name="ispvm-harden-undo"]] = 0) do={
      /system script add name="ispvm-harden-undo" policy=read,write source="# How it was before it was hardened.\n" comment="ispvm: brings back what was hardened"
    }
    :set ispvmDone ($ispvmDone , "harden-timer")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "harden-timer")
}

# -- harden-services: Disable telnet, ftp, www
# Ways in that nobody uses. Each that is on is noted, then switched off; one that is off already is not touched.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmArm
  :if ($ispvmGo) do={
    :if (![/ip service get [:pick [/ip service find where name="telnet"] 0] disabled]) do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-harden-undo"] source] "# service telnet\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-harden-undo"] source=([/system script get [/system script find where name="ispvm-harden-undo"] source] . "# service telnet\n:do { " . "/ip service set [:pick [/ip service find where name=\"telnet\"] 0] disabled=no" . " } on-error={}\n")
      }
      $ispvmArm
      /ip service set [:pick [/ip service find where name="telnet"] 0] disabled=yes
    }
    :if (![/ip service get [:pick [/ip service find where name="ftp"] 0] disabled]) do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-harden-undo"] source] "# service ftp\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-harden-undo"] source=([/system script get [/system script find where name="ispvm-harden-undo"] source] . "# service ftp\n:do { " . "/ip service set [:pick [/ip service find where name=\"ftp\"] 0] disabled=no" . " } on-error={}\n")
      }
      $ispvmArm
      /ip service set [:pick [/ip service find where name="ftp"] 0] disabled=yes
    }
    :if (![/ip service get [:pick [/ip service find where name="www"] 0] disabled]) do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-harden-undo"] source] "# service www\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-harden-undo"] source=([/system script get [/system script find where name="ispvm-harden-undo"] source] . "# service www\n:do { " . "/ip service set [:pick [/ip service find where name=\"www\"] 0] disabled=no" . " } on-error={}\n")
      }
      $ispvmArm
      /ip service set [:pick [/ip service find where name="www"] 0] disabled=yes
    }
    :set ispvmDone ($ispvmDone , "harden-services")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "harden-services")
}

# -- harden-discovery: Neighbour discovery and MAC access only on LAN
# Elsewhere the router does not say what it is, and takes no login by MAC address. How each was set is noted; an interface list that
# does not exist is not used.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :global ispvmQuote
  :global ispvmArm
  :if ($ispvmGo) do={
    :if ([:len [/interface list find where name="LAN"]] = 0) do={
      :local why "there is no interface list LAN: discovery and MAC access were left as they are."; :set ispvmNotes ($ispvmNotes , $why); :error $why
    }
    :local before [:tostr [/ip neighbor discovery-settings get discover-interface-list]]
    :if ($before != "LAN") do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-harden-undo"] source] "# /ip neighbor discovery-settings\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-harden-undo"] source=([/system script get [/system script find where name="ispvm-harden-undo"] source] . "# /ip neighbor discovery-settings\n:do { " . "/ip neighbor discovery-settings set discover-interface-list=\"" . [$ispvmQuote $before] . "\"" . " } on-error={}\n")
      }
      $ispvmArm
      /ip neighbor discovery-settings set discover-interface-list="LAN"
    }
    :set before [:tostr [/tool mac-server get allowed-interface-list]]
    :if ($before != "LAN") do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-harden-undo"] source] "# /tool mac-server\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-harden-undo"] source=([/system script get [/system script find where name="ispvm-harden-undo"] source] . "# /tool mac-server\n:do { " . "/tool mac-server set allowed-interface-list=\"" . [$ispvmQuote $before] . "\"" . " } on-error={}\n")
      }
      $ispvmArm
      /tool mac-server set allowed-interface-list="LAN"
    }
    :set before [:tostr [/tool mac-server mac-winbox get allowed-interface-list]]
    :if ($before != "LAN") do={
      :if ([:typeof [:find [/system script get [/system script find where name="ispvm-harden-undo"] source] "# /tool mac-server mac-winbox\n"]] = "nil") do={
        /system script set [/system script find where name="ispvm-harden-undo"] source=([/system script get [/system script find where name="ispvm-harden-undo"] source] . "# /tool mac-server mac-winbox\n:do { " . "/tool mac-server mac-winbox set allowed-interface-list=\"" . [$ispvmQuote $before] . "\"" . " } on-error={}\n")
      }
      $ispvmArm
      /tool mac-server mac-winbox set allowed-interface-list="LAN"
    }
    :set ispvmDone ($ispvmDone , "harden-discovery")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "harden-discovery")
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
  :foreach part in=({"harden-timer";"harden-services";"harden-discovery"}) do={
    :if ([:typeof [:find $ispvmDone $part]] = "nil" and [:typeof [:find $ispvmFailed $part]] = "nil") do={
      :set ispvmFailed ($ispvmFailed , ($part . ": refused by this router"))
    }
  }
  :put "ISP Visual Monitor: harden this router"
  :foreach each in=$ispvmDone do={ :put ("  done: " . $each) }
  :foreach each in=$ispvmFailed do={ :put ("  FAILED: " . $each) }
  :foreach each in=$ispvmNotes do={ :put ("  note: " . $each) }
  :log info ("ispvm: harden this router: " . [:len $ispvmDone] . " parts done, " . [:len $ispvmFailed] . " failed")
  :foreach each in=$ispvmFailed do={ :log warning ("ispvm: failed: " . $each) }
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
