import type { KnownFile } from "../formats/rootkit-files.ts";

/** Files that rootkits, worms and miners for Linux are known to leave, from what was published of each of them. */
export function knownFiles(): KnownFile[] {
  return Object.entries(byRootkit).flatMap(([rootkit, paths]) =>
    paths.map((path): KnownFile => ({ path, rootkit })),
  );
}

/** Absolute paths; a name without a slash is looked for in every folder. */
const byRootkit: Readonly<Record<string, readonly string[]>> = {
  // Those that load a library into every program.
  "Azazel or BEURK": ["/lib/libselinux.so"],
  Father: ["/lib/selinux.so.3"],
  HiddenWasp: ["/lib/libselinux.a", "/sbin/.ifup-local"],
  Jynx: ["/xochikit", "/XxJynx", "ld_poison.so", "jynx2.so"],
  libprocesshider: ["libprocesshider.so"],
  OrBit: ["/lib/libntpVnQE6mk", "/dev/shm/ldx"],
  Symbiote: ["/usr/include/certbot.h", "/usr/include/java.h"],
  "Pygmy Goat": ["/lib/libsophos.so"],
  "Auto-color": ["/var/log/cross/auto-color", "/lib/libcext.so.2"],
  Winnti: ["/lib/libxselinux", "/lib/libxselinux.so"],
  // Those that load a module into the kernel.
  Diamorphine: ["diamorphine.ko", "/sys/module/diamorphine"],
  Reptile: ["/reptile", "/lib/udev/reptile", "/sys/module/reptile_module"],
  PUMAKIT: ["/usr/share/zov_f"],
  Syslogk: ["/etc/rc-Zobk0jpi"],
  KBeast: ["/usr/_h4x_"],
  Phalanx: ["/etc/khubd.p2", "/usr/share/.home.ph1"],
  Knark: ["/proc/knark"],
  SucKIT: ["/sbin/initsk12", "/usr/share/locale/sk/.sk12"],
  "enye LKM": ["/etc/.enyelkmHIDE^IT.ko"],
  HCRootkit: ["/proc/.inl"],
  // Those that take the place of programs and libraries.
  Ebury: ["/lib/libns2.so", "/lib64/libns2.so", "/lib/libns5.so", "/lib64/libns5.so"],
  t0rn: ["/usr/src/.puta", "/usr/info/.t0rn", "/etc/ttyhash", "/lib/ldlib.tk"],
  "Linux Rootkit (lrk)": ["/dev/ida/.inet", "/usr/src/linux/modules/autod.o"],
  // Backdoors, worms and miners.
  BPFDoor: ["/dev/shm/kdmtmpflush", "/dev/shm/kdumpflush", "/var/run/haldrund.pid"],
  XorDDoS: ["/etc/cron.hourly/gcc.sh", "/etc/cron.hourly/udev.sh", "/lib/libkill.so"],
  Kinsing: [
    "/etc/libsystem.so",
    "/etc/kinsing",
    "/tmp/kinsing",
    "/var/tmp/kinsing",
    "/tmp/kdevtmpfsi",
  ],
  Skidmap: ["/usr/bin/kaudited"],
  Rocke: ["/usr/local/lib/libioset.so", "/usr/sbin/kthrotlds", "/usr/sbin/watchdogs"],
  perfctl: ["/lib/libgcwrap.so", "/bin/perfcc", "/bin/wizlmsh", "/root/.config/cron/perfcc"],
  Outlaw: ["/tmp/.X25-unix", "/tmp/.X19-unix", "/tmp/dota3.tar.gz"],
  Slapper: ["/tmp/.bugtraq", "/tmp/.bugtraq.c", "/tmp/.cinik", "/tmp/.unlock"],
  Ramen: ["/usr/src/.poop", "/etc/xinetd.d/asp"],
  Lion: ["/dev/.lib/1iOn.sh"],
};
