package dev.whistler.tier.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.tier.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The lowest tier of every section that libbpf 1.x knows (section_defs, src/libbpf.c). A new name
 * is refused until somebody decides on it here and in the table.
 */
class SectionRuleTest {
  private static final Set<String> OBSERVE =
      words(
          """
      socket sk_reuseport/migrate sk_reuseport kprobe uprobe uprobe.s kretprobe uretprobe
      uretprobe.s kprobe.multi kretprobe.multi kprobe.session uprobe.multi uretprobe.multi
      uprobe.session uprobe.multi.s uretprobe.multi.s uprobe.session.s ksyscall kretsyscall
      usdt usdt.s tc/ingress tc/egress tcx/ingress tcx/egress tc classifier action
      netkit/primary netkit/peer tracepoint tp raw_tracepoint raw_tp raw_tracepoint.w raw_tp.w
      tp_btf fentry fmod_ret fexit fentry.s fmod_ret.s fexit.s lsm lsm.s lsm_cgroup iter iter.s
      xdp.frags/devmap xdp/devmap xdp.frags/cpumap xdp/cpumap xdp.frags xdp perf_event lwt_in
      lwt_out lwt_xmit lwt_seg6local sockops sk_skb/stream_verdict sk_skb/verdict sk_skb sk_msg
      lirc_mode2 cgroup_skb/ingress cgroup_skb/egress cgroup/skb cgroup/sock_create
      cgroup/sock_release cgroup/sock cgroup/post_bind4 cgroup/post_bind6 cgroup/bind4
      cgroup/bind6 cgroup/connect4 cgroup/connect6 cgroup/connect_unix cgroup/sendmsg4
      cgroup/sendmsg6 cgroup/sendmsg_unix cgroup/recvmsg4 cgroup/recvmsg6 cgroup/recvmsg_unix
      cgroup/getpeername4 cgroup/getpeername6 cgroup/getpeername_unix cgroup/getsockname4
      cgroup/getsockname6 cgroup/getsockname_unix cgroup/sysctl cgroup/getsockopt
      cgroup/setsockopt cgroup/dev sk_lookup netfilter
          """);

  private static final Set<String> ACT = words("syscall sk_skb/stream_parser flow_dissector");

  private static final Set<String> UNRESTRICTED = words("freplace struct_ops struct_ops.s");

  /** What the language has, and libbpf has not. */
  private static final Set<String> OF_THE_LANGUAGE = words("classifier/ingress classifier/egress");

  private static final Path LIBBPF = Path.of("/usr/lib/x86_64-linux-gnu/libbpf.so.1");

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  private static Set<String> decided() {
    Set<String> all = new TreeSet<>();
    Stream.of(OBSERVE, ACT, UNRESTRICTED).forEach(all::addAll);
    return all;
  }

  @Test
  void everySectionIsDecidedOn() {
    Map<Tier, Set<String>> tiers =
        Map.of(Tier.OBSERVE, OBSERVE, Tier.ACT, ACT, Tier.UNRESTRICTED, UNRESTRICTED);
    tiers.forEach(
        (tier, names) ->
            assertThat(names)
                .allSatisfy(
                    name ->
                        assertThat(SectionRule.of(name))
                            .get()
                            .returns(name, SectionRule::name)
                            .returns(tier, SectionRule::tier)));
    Set<String> known = decided();
    known.addAll(OF_THE_LANGUAGE);
    assertThat(SectionRule.names()).containsExactlyInAnyOrderElementsOf(known);
  }

  /** The library writes a plus behind those that need something after the slash, or may have it. */
  @Test
  void everySectionOfTheInstalledLibraryIsDecidedOn() throws IOException {
    assumeTrue(Files.exists(LIBBPF), "libbpf is not installed");
    String text = new String(Files.readAllBytes(LIBBPF), StandardCharsets.ISO_8859_1);
    Set<String> names = new TreeSet<>();
    Pattern.compile("\0([a-z_]{2,}(?:\\.[a-z]+)*)\\+(?=\0)")
        .matcher(text)
        .results()
        .forEach(found -> names.add(found.group(1)));
    assertThat(names).contains("kprobe", "fmod_ret.s", "struct_ops");
    assertThat(decided()).containsAll(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "kprobes", "usdt.x", "cgroup", "cgroup/new", "struct_ops.x/a", "?"})
  void whatIsNotListedIsRefused(String name) {
    assertThat(SectionRule.of(name)).isEmpty();
  }
}
