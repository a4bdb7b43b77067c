/** Programs that are worth a trojan: those that show what is there, let people in, run by themselves, or are asked for the truth. */
export const programNames: readonly string[] = [
  "ls dir du df find stat file cat less more head tail grep egrep strings ldd",
  "ps top htop w who last lastb uptime free vmstat pidof pgrep pkill pstree kill killall fuser lsof",
  "netstat ss ip ifconfig route arp tcpdump ping nft iptables lsmod modprobe insmod rmmod dmesg",
  "login su sudo passwd sshd ssh scp sftp agetty getty newgrp gpasswd chsh chfn useradd usermod chpasswd",
  "sh bash dash env id whoami uname date hostname mount umount cp mv rm ln chmod chown chgrp chattr lsattr",
  "cron crond crontab at atd init systemctl journalctl rsyslogd sendmail inetd xinetd",
  "dpkg dpkg-query apt apt-get gpgv md5sum sha1sum sha256sum cmp diff curl wget",
].flatMap((line) => line.split(" "));

/** The same of what is in no folder of programs; a "*" at the start is the folder of libraries for this machine. */
export const programsElsewhere: readonly string[] = [
  "/usr/lib/systemd/systemd",
  "/usr/lib/systemd/systemd-logind",
  "/usr/lib/openssh/sshd-session",
  "/usr/lib/openssh/sshd-auth",
  "*/libc.so.6",
  "*/libdl.so.2",
  "*/libcrypt.so.1",
  "*/libcrypto.so.3",
  "*/libkeyutils.so.1",
  "*/liblzma.so.5",
  "*/libnss_files.so.2",
  "*/libpam.so.0",
  "*/libproc2.so.0",
  "*/libselinux.so.1",
  "*/security/pam_unix.so",
  "*/security/pam_permit.so",
];
