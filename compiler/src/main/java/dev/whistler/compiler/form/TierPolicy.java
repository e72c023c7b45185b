package dev.whistler.compiler.form;

import dev.whistler.compiler.CompilationOptions.Tier;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.ProgramTypes;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.StaticType;
import java.util.OptionalLong;
import java.util.Set;

/** What the tier that the caller states forbids (section 19.8). */
final class TierPolicy {
  /** Write memory of the kernel or of a process, or change what a kernel function returns. */
  private static final Set<String> BEYOND_ACT =
      Set.of("probe-write-user", "override-return", "sys-bpf");

  /** Further helpers that change something: signals, redirection, packets, sockets. */
  private static final Set<String> BEYOND_OBSERVE =
      Set.of(
          "send-signal",
          "send-signal-thread",
          "tail-call",
          "skb-store-bytes",
          "l3-csum-replace",
          "l4-csum-replace",
          "clone-redirect",
          "skb-vlan-push",
          "skb-vlan-pop",
          "skb-set-tunnel-key",
          "skb-set-tunnel-opt",
          "redirect",
          "skb-change-proto",
          "skb-change-type",
          "skb-change-tail",
          "csum-update",
          "set-hash-invalid",
          "skb-change-head",
          "xdp-adjust-head",
          "xdp-adjust-tail",
          "xdp-adjust-meta",
          "set-hash",
          "setsockopt",
          "skb-adjust-room",
          "redirect-map",
          "sk-redirect-map",
          "sock-map-update",
          "sock-ops-cb-flags-set",
          "msg-redirect-map",
          "msg-apply-bytes",
          "msg-cork-bytes",
          "msg-pull-data",
          "bind",
          "sock-hash-update",
          "msg-redirect-hash",
          "sk-redirect-hash",
          "lwt-push-encap",
          "lwt-seg6-store-bytes",
          "lwt-seg6-adjust-srh",
          "lwt-seg6-action",
          "rc-repeat",
          "rc-keydown",
          "rc-pointer-rel",
          "sk-select-reuseport",
          "msg-push-data",
          "msg-pop-data",
          "skb-ecn-set-ce",
          "sysctl-set-new-value",
          "tcp-send-ack",
          "sk-assign",
          "csum-level",
          "store-hdr-opt",
          "reserve-hdr-opt",
          "load-hdr-opt",
          "redirect-neigh",
          "redirect-peer",
          "bprm-opts-set",
          "set-retval",
          "xdp-store-bytes",
          "skb-set-tstamp",
          "sys-close",
          "skb-pull-data");

  private TierPolicy() {}

  private static Tier tier(BodyAnalyzer body) {
    return body.unit().request().options().tier();
  }

  /** Refuses a helper that the tier forbids. */
  static void checkHelper(Helper helper, BodyAnalyzer body, Origin at) {
    Tier tier = tier(body);
    boolean forbidden =
        switch (tier) {
          case OBSERVE ->
              BEYOND_ACT.contains(helper.name()) || BEYOND_OBSERVE.contains(helper.name());
          case ACT -> BEYOND_ACT.contains(helper.name());
          case UNRESTRICTED -> false;
        };
    if (forbidden) {
      refuse("the helper " + helper.name(), tier, body, at);
    }
  }

  private static void refuse(String what, Tier tier, BodyAnalyzer body, Origin at) {
    body.report(
        Code.E_POLICY,
        at,
        what + " is not allowed in the tier " + tier.name().toLowerCase(java.util.Locale.ROOT),
        "ask for a higher tier, or only observe");
  }

  /** Refuses a store to a packet. */
  static void checkStore(BodyAnalyzer body, StaticType pointer, Origin at) {
    if (tier(body) == Tier.OBSERVE
        && pointer instanceof PointerType p
        && (p.region() == Region.PACKET || p.region() == Region.CONTEXT)) {
      refuse("a store to a packet", Tier.OBSERVE, body, at);
    }
  }

  static void checkContextStore(BodyAnalyzer body, Origin at) {
    if (tier(body) == Tier.OBSERVE) {
      refuse("a store to the context", Tier.OBSERVE, body, at);
    }
  }

  /** The constant that every exit of a program must return, if the tier says so. */
  static OptionalLong passValue(Tier tier, String programType) {
    return tier == Tier.OBSERVE ? ProgramTypes.passValue(programType) : OptionalLong.empty();
  }
}
