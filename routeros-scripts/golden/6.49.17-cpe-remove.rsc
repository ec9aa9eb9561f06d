# ISP Visual Monitor: take out all that was added and bring back what was changed: cpe-1 (cpe)
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

# -- remove-push-start: Remove: Start of the monitor script
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /system scheduler remove [/system scheduler find where name="ispvm-start"]
    :set ispvmDone ($ispvmDone , "remove-push-start")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-push-start")
}

# -- remove-push-self-test: Remove: Self-test of scheduled scripts
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /system scheduler remove [/system scheduler find where name="ispvm-self-test"]
    /system script remove [/system script find where name="ispvm-self-test"]
    :set ispvmDone ($ispvmDone , "remove-push-self-test")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-push-self-test")
}

# -- remove-push-heartbeat: Remove: Heartbeat script
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /system scheduler remove [/system scheduler find where name="ispvm-heartbeat"]
    :do { /system script job remove [/system script job find where script="ispvm-heartbeat"] } on-error={}
    /system script remove [/system script find where name="ispvm-heartbeat"]
    :set ispvmDone ($ispvmDone , "remove-push-heartbeat")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-push-heartbeat")
}

# -- remove-push-netwatch: Remove: Netwatch hosts
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /tool netwatch remove [/tool netwatch find where comment~"^ispvm: "]
    /system script remove [/system script find where name="ispvm-netwatch"]
    :set ispvmDone ($ispvmDone , "remove-push-netwatch")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-push-netwatch")
}

# -- remove-push-watch: Remove: Monitor script for interfaces and neighbours
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    :do { /system script job remove [/system script job find where script="ispvm-watch"] } on-error={}
    /system script remove [/system script find where name="ispvm-watch"]
    :do { /system script job remove [/system script job find where script="ispvm-peers"] } on-error={}
    /system script remove [/system script find where name="ispvm-peers"]
    :do { /system script job remove [/system script job find where script="ispvm-sessions"] } on-error={}
    /system script remove [/system script find where name="ispvm-sessions"]
    :set ispvmDone ($ispvmDone , "remove-push-watch")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-push-watch")
}

# -- remove-push: Remove: Push script
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /system script remove [/system script find where name="ispvm-push"]
    /system script remove [/system script find where name="ispvm-sent"]
    :do { /system script job remove [/system script job find where script="ispvm-functions"] } on-error={}
    /system script remove [/system script find where name="ispvm-functions"]
    :do { /system script job remove [/system script job find where script="ispvm-push-netwatch"] } on-error={}
    /system script remove [/system script find where name="ispvm-push-netwatch"]
    /system scheduler remove [/system scheduler find where name="ispvm-watch"]
    /system scheduler remove [/system scheduler find where name="ispvm-heartbeat"]
    :do { /system script environment remove [/system script environment find where name~"^ispvm(Router|Netwatch)" and name!="ispvmRouterState" and name!="ispvmRouterAt"] } on-error={}
    :do { /system script environment remove [/system script environment find where name~"^ispvmRouter"] } on-error={}
    :set ispvmDone ($ispvmDone , "remove-push")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-push")
}

# -- bring-back: Restore the earlier configuration
# Runs the notes that were taken before anything was changed, newest first. A thing that is gone meanwhile is passed over.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    :local kept ""
    /system scheduler remove [/system scheduler find where name="ispvm-harden-undo"]
    :if ([:len [/system script find where name="ispvm-harden-undo"]] > 0) do={
      :do { /system script run [/system script find where name="ispvm-harden-undo"] } on-error={ :set kept "ispvm-harden-undo" }
    }
    :if ([:len [/system script find where name="ispvm-undo"]] > 0) do={
      :do { /system script run [/system script find where name="ispvm-undo"] } on-error={ :set kept "ispvm-undo" }
    }
    :if ([:len $kept] > 0) do={
      :local why "not everything that was changed could be brought back. The commands that do it were kept: /system script print where name~\"undo\". Run them, then this script again."; :set ispvmNotes ($ispvmNotes , $why); :error $why
    }
    :set ispvmDone ($ispvmDone , "bring-back")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "bring-back")
}

# -- remove-harden-timer: Remove: Revert the hardening after 10 minutes
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    :if ([:typeof [:find $ispvmDone "bring-back"]] = "nil") do={ :error stop }
    /system scheduler remove [/system scheduler find where name="ispvm-harden-undo"]
    /system script remove [/system script find where name="ispvm-harden-undo"]
    :set ispvmDone ($ispvmDone , "remove-harden-timer")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-harden-timer")
}

# -- remove-diagnostics-account: Remove: Account for diagnostics
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /user remove [/user find where comment="ispvm: account for diagnostics"]
    /user group remove [/user group find where name="ispvm-diagnostics"]
    :set ispvmDone ($ispvmDone , "remove-diagnostics-account")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-diagnostics-account")
}

# -- remove-syslog: Remove: Syslog to the agent
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /system logging remove [/system logging find where action="ispvm"]
    /system logging action remove [/system logging action find where name="ispvm"]
    :set ispvmDone ($ispvmDone , "remove-syslog")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-syslog")
}

# -- remove-firewall: Remove: Firewall rules for the agents
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /ip firewall filter remove [/ip firewall filter find where (comment="ispvm" or comment~"^ispvm: ")]
    /ip firewall address-list remove [/ip firewall address-list find where (comment="ispvm" or comment~"^ispvm: ")]
    :set ispvmDone ($ispvmDone , "remove-firewall")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-firewall")
}

# -- remove-snmp: Remove: SNMP for the agents
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /snmp community remove [/snmp community find where (comment="ispvm" or comment~"^ispvm: ")]
    :set ispvmDone ($ispvmDone , "remove-snmp")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-snmp")
}

# -- remove-api-tls: Remove: API over TLS for the agents
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /certificate remove [/certificate find where name="ispvm-api"]
    :set ispvmDone ($ispvmDone , "remove-api-tls")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-api-tls")
}

# -- remove-api-account: Remove: Read-only API account for the agents
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /user remove [/user find where (comment="ispvm" or comment~"^ispvm: ")]
    /user group remove [/user group find where name="ispvm"]
    :set ispvmDone ($ispvmDone , "remove-api-account")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-api-account")
}

# -- remove-authority: Remove: CA certificate of the appliance
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    /certificate remove [/certificate find where name="ispvm-ca"]
    /file remove [/file find where name="ispvm-ca.txt"]
    :set ispvmDone ($ispvmDone , "remove-authority")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-authority")
}

# -- remove-undo-record: Remove: Record of the earlier configuration
# By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.
:do {
  :global ispvmGo
  :global ispvmDone
  :if ($ispvmGo) do={
    :if ([:typeof [:find $ispvmDone "bring-back"]] = "nil") do={ :error stop }
    /system script remove [/system script find where (name="ispvm" or name~"^ispvm-")]
    :set ispvmDone ($ispvmDone , "remove-undo-record")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "remove-undo-record")
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
  :foreach part in=({"remove-push-start";"remove-push-self-test";"remove-push-heartbeat";"remove-push-netwatch";"remove-push-watch";"remove-push";"bring-back";"remove-harden-timer";"remove-diagnostics-account";"remove-syslog";"remove-firewall";"remove-snmp";"remove-api-tls";"remove-api-account";"remove-authority";"remove-undo-record"}) do={
    :if ([:typeof [:find $ispvmDone $part]] = "nil" and [:typeof [:find $ispvmFailed $part]] = "nil") do={
      :set ispvmFailed ($ispvmFailed , ($part . ": refused by this router"))
    }
  }
  :put "ISP Visual Monitor: take out all that was added and bring back what was changed"
  :foreach each in=$ispvmDone do={ :put ("  done: " . $each) }
  :foreach each in=$ispvmFailed do={ :put ("  FAILED: " . $each) }
  :foreach each in=$ispvmNotes do={ :put ("  note: " . $each) }
  :log info ("ispvm: take out all that was added and bring back what was changed: " . [:len $ispvmDone] . " parts done, " . [:len $ispvmFailed] . " failed")
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
