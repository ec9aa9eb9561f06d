# ISP Visual Monitor: set up the accounts of the agents: Z.rich "Nord" $1 \ core. (core)
# Made for RouterOS 7.18.2. To be pasted into a terminal or imported; run twice, it changes nothing. It holds passwords and keys:
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
  :if ($release >= 7000 and $release <= 7999) do={ :set ispvmGo true }
} on-error={}
:if (!$ispvmGo) do={ :local why "ISP Visual Monitor: this script is made for RouterOS 7.18.2 (it fits 7.0 or later) and this router runs another: nothing was changed. Have one made for the release that it runs."; :put $why; :log error $why; :error $why }

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

# -- diagnostics-account: Account for diagnostics
# For ping and traceroute that people start on the appliance: the group may read, use the API and test, and nothing else. The agents
# use it for these runs alone; polling goes on with the read-only account.
:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmNotes
  :if ($ispvmGo) do={
    :if ([:len [/user group find where name="ispvm-diagnostics"]] = 0) do={
      /user group add name="ispvm-diagnostics" policy=read,api,test,!local,!telnet,!ssh,!ftp,!reboot,!write,!policy,!winbox,!password,!web,!sniff,!sensitive,!romon,!rest-api
    } else={
      /user group set [/user group find where name="ispvm-diagnostics"] policy=read,api,test,!local,!telnet,!ssh,!ftp,!reboot,!write,!policy,!winbox,!password,!web,!sniff,!sensitive,!romon,!rest-api
    }
    :if ([:len [/user find where name="ispvm-diagnostics"]] > 0) do={
      :if ([:len [/user find where name="ispvm-diagnostics" and (comment="ispvm" or comment~"^ispvm: ")]] = 0) do={ :local why "a user ispvm-diagnostics is there already and is not ours: it was left alone. Choose another name for the account."; :set ispvmNotes ($ispvmNotes , $why); :error $why }
    }
    :if ([:len [/user find where name="ispvm-diagnostics"]] = 0) do={
      /user add name="ispvm-diagnostics" password="example-password-2" group="ispvm-diagnostics" address=192.0.2.10/32,192.0.2.11/32,2001:db8::10/128 comment="ispvm: account for diagnostics"
    } else={
      /user set [/user find where name="ispvm-diagnostics"] password="example-password-2" group="ispvm-diagnostics" address=192.0.2.10/32,192.0.2.11/32,2001:db8::10/128 comment="ispvm: account for diagnostics"
    }
    /user remove [/user find where comment="ispvm: account for diagnostics" and name!="ispvm-diagnostics"]
    :set ispvmDone ($ispvmDone , "diagnostics-account")
  }
} on-error={
  :global ispvmFailed
  :set ispvmFailed ($ispvmFailed , "diagnostics-account")
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
  :foreach part in=({"api-account";"diagnostics-account"}) do={
    :if ([:typeof [:find $ispvmDone $part]] = "nil" and [:typeof [:find $ispvmFailed $part]] = "nil") do={
      :set ispvmFailed ($ispvmFailed , ($part . ": refused by this router"))
    }
  }
  :put "ISP Visual Monitor: set up the accounts of the agents"
  :foreach each in=$ispvmDone do={ :put ("  done: " . $each) }
  :foreach each in=$ispvmFailed do={ :put ("  FAILED: " . $each) }
  :foreach each in=$ispvmNotes do={ :put ("  note: " . $each) }
  :log info ("ispvm: set up the accounts of the agents: " . [:len $ispvmDone] . " parts done, " . [:len $ispvmFailed] . " failed")
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
