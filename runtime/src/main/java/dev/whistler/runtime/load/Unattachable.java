package dev.whistler.runtime.load;

import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ProgramSchema;
import java.util.Map;
import java.util.Optional;

/** Sections whose programs this runtime attaches to nothing, and what to do instead. */
final class Unattachable {
  private static final String ROUTE = "it belongs to a route, which ip-route(8) makes with '%s'";
  private static final String ITERATOR = "it runs when a process reads it, and nothing here does";
  private static final String ENTRIES = "it runs for the entries of a %s, which are not supported";

  /** By what a section begins with. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry(
              "socket",
              "a socket filter belongs to a socket of another process, which must attach it"),
          Map.entry(
              "action",
              "actions of traffic control are made with tc(8); write the program for tc/ingress or"
                  + " tc/egress"),
          Map.entry("usdt", "USDT probes are not supported; use uprobe/FILE:SYMBOL+OFFSET"),
          Map.entry("netfilter", "netfilter hooks are not supported; use xdp, tc or cgroup_skb"),
          Map.entry(
              "flow_dissector",
              "a flow dissector replaces the kernel's own for a whole network namespace, which is"
                  + " not supported"),
          Map.entry("lwt_in", ROUTE.formatted("encap bpf")),
          Map.entry("lwt_out", ROUTE.formatted("encap bpf")),
          Map.entry("lwt_xmit", ROUTE.formatted("encap bpf")),
          Map.entry("lwt_seg6local", ROUTE.formatted("seg6local")),
          Map.entry(
              "sk_reuseport",
              "it belongs to a group of listening sockets of another process, which must attach"
                  + " it"),
          Map.entry("lirc_mode2", "infrared receivers are not supported"),
          Map.entry("syscall", "it runs only when a process asks the kernel to run it"),
          Map.entry("struct_ops", "structures of kernel operations are not supported"),
          Map.entry("freplace", "replacing functions of other programs is not supported"),
          Map.entry("iter", ITERATOR),
          Map.entry("iter.s", ITERATOR),
          Map.entry("netkit", "netkit devices are not supported; use tcx/ingress or tcx/egress"),
          Map.entry("xdp/devmap", ENTRIES.formatted("devmap")),
          Map.entry("xdp/cpumap", ENTRIES.formatted("cpumap")),
          Map.entry("xdp.frags/devmap", ENTRIES.formatted("devmap")),
          Map.entry("xdp.frags/cpumap", ENTRIES.formatted("cpumap")));

  private Unattachable() {}

  /** Why a program cannot be attached; empty if it can. */
  static Optional<String> reason(ProgramSchema program) {
    boolean attaches =
        switch (program.attach()) {
          case Attach.None _ -> false;
          case Attach.Xdp(String mode) -> !mode.equals("devmap") && !mode.equals("cpumap");
          case Attach.Tc(String direction) ->
              !direction.equals("primary") && !direction.equals("peer");
          case Attach.Tracing(String mode, String _) ->
              !mode.equals("iter") && !mode.equals("freplace");
          default -> true;
        };
    if (attaches) {
      return Optional.empty();
    }
    String section = program.section();
    int slash = section.indexOf('/');
    String head = slash < 0 ? section : section.substring(0, slash);
    return Optional.of(
        REASONS.getOrDefault(
            section, REASONS.getOrDefault(head, "this runtime knows no place for it")));
  }
}
