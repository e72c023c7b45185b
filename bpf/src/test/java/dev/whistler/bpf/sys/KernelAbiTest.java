package dev.whistler.bpf.sys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.link.LinkType;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.ProgramType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numbers of the kernel's binary interface that stand in the code, against the running kernel's
 * types.
 */
class KernelAbiTest {
  private static final Pattern LITERAL =
      Pattern.compile(
          "\\b(?:put(?:Int|Long|Bytes|Text|Name|Buffer|Descriptor)|getInt)\\((\\d+)[,)]");

  @BeforeAll
  static void present() {
    Assumptions.assumeTrue(KernelBtf.isPresent(), "this kernel has no type information");
  }

  private static void assertNumbered(
      String enumeration, String prefix, Enum<?>[] ours, Set<String> otherNames) {
    Btf kernel = KernelBtf.running();
    Map<String, Long> theirs = new HashMap<>();
    for (int id : kernel.findAll(enumeration)) {
      if (kernel.type(id) instanceof BtfType.Enumeration found) {
        found.values().forEach(value -> theirs.put(value.name(), value.value()));
      }
    }
    assertThat(theirs).as(enumeration).isNotEmpty();
    int compared = 0;
    for (Enum<?> constant : ours) {
      Long number = theirs.get(prefix + constant.name());
      if (number == null) {
        // Newer than this kernel, or under another name: then its number has another owner or none.
        boolean taken = theirs.containsValue((long) constant.ordinal());
        assertThat(taken && !otherNames.contains(constant.name()))
            .as(prefix + constant.name() + " is number " + constant.ordinal())
            .isFalse();
      } else {
        assertThat((long) constant.ordinal()).as(prefix + constant.name()).isEqualTo(number);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(ours.length * 3 / 4);
  }

  @Test
  void enumerationsHaveTheKernelsNumbers() {
    assertNumbered("bpf_cmd", "BPF_", Command.values(), Set.of("PROG_TEST_RUN"));
    assertNumbered("bpf_map_type", "BPF_MAP_TYPE_", MapType.values(), Set.of());
    assertNumbered("bpf_prog_type", "BPF_PROG_TYPE_", ProgramType.values(), Set.of());
    assertNumbered(
        "bpf_attach_type",
        "BPF_",
        AttachType.values(),
        Arrays.stream(AttachType.values()).map(Enum::name).collect(Collectors.toSet()));
    assertNumbered("bpf_link_type", "BPF_LINK_TYPE_", LinkType.values(), Set.of());
  }

  /** The kernel's spelling of attach types differs in places only in "BPF_" before the name. */
  @Test
  void attachTypesAreAllThereInOrder() {
    Btf kernel = KernelBtf.running();
    int id = kernel.find("bpf_attach_type", BtfType.Enumeration.class).orElseThrow();
    BtfType.Enumeration theirs = (BtfType.Enumeration) kernel.type(id);
    for (BtfType.Enumerator value : theirs.values()) {
      if (!value.name().startsWith("__") && value.value() < AttachType.values().length) {
        assertThat(value.name()).isEqualTo("BPF_" + AttachType.of((int) value.value()).name());
      }
    }
  }

  /** Class, offset, members of union bpf_attr that the class means by it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MapCalls|0|map_type map_fd batch.in_batch",
        "MapCalls|4|key_size",
        "MapCalls|8|value_size batch.out_batch",
        "MapCalls|12|max_entries",
        "MapCalls|16|map_flags batch.keys",
        "MapCalls|20|inner_map_fd",
        "MapCalls|24|numa_node batch.values",
        "MapCalls|28|map_name",
        "MapCalls|32|batch.count",
        "MapCalls|36|batch.map_fd",
        "MapCalls|40|batch.elem_flags",
        "MapCalls|48|btf_fd",
        "MapCalls|52|btf_key_type_id",
        "MapCalls|56|btf_value_type_id",
        "MapCalls|64|map_extra",
        "ProgramCalls|0|prog_type test.prog_fd btf prog_bind_map.prog_fd",
        "ProgramCalls|4|insn_cnt test.retval prog_bind_map.map_fd",
        "ProgramCalls|8|insns test.data_size_in btf_log_buf",
        "ProgramCalls|12|test.data_size_out",
        "ProgramCalls|16|license test.data_in btf_size",
        "ProgramCalls|20|btf_log_size",
        "ProgramCalls|24|log_level test.data_out btf_log_level",
        "ProgramCalls|28|log_size",
        "ProgramCalls|32|log_buf test.repeat",
        "ProgramCalls|36|test.duration",
        "ProgramCalls|40|kern_version test.ctx_size_in",
        "ProgramCalls|44|prog_flags test.ctx_size_out",
        "ProgramCalls|48|prog_name test.ctx_in",
        "ProgramCalls|56|test.ctx_out",
        "ProgramCalls|64|test.flags",
        "ProgramCalls|68|expected_attach_type test.cpu",
        "ProgramCalls|72|prog_btf_fd",
        "ProgramCalls|76|func_info_rec_size",
        "ProgramCalls|80|func_info",
        "ProgramCalls|88|func_info_cnt",
        "ProgramCalls|92|line_info_rec_size",
        "ProgramCalls|96|line_info",
        "ProgramCalls|104|line_info_cnt",
        "ProgramCalls|108|attach_btf_id",
        "ProgramCalls|112|attach_prog_fd attach_btf_obj_fd",
        "ProgramCalls|140|log_true_size",
        "LinkCalls|0|link_create.prog_fd link_update.link_fd link_detach.link_fd iter_create.link_fd "
            + "raw_tracepoint.name target_fd query.target_fd",
        "LinkCalls|4|link_create.target_fd link_update.new_prog_fd attach_bpf_fd query.attach_type",
        "LinkCalls|8|link_create.attach_type attach_type raw_tracepoint.prog_fd",
        "LinkCalls|12|link_create.flags attach_flags",
        "LinkCalls|16|link_create.iter_info link_create.perf_event.bpf_cookie "
            + "link_create.netfilter.pf link_create.uprobe_multi.path "
            + "link_create.kprobe_multi.flags query.prog_ids",
        "LinkCalls|20|link_create.netfilter.hooknum link_create.kprobe_multi.cnt",
        "LinkCalls|24|link_create.iter_info_len link_create.tracing.cookie "
            + "link_create.netfilter.priority link_create.uprobe_multi.offsets "
            + "link_create.kprobe_multi.syms query.prog_cnt",
        "LinkCalls|28|link_create.netfilter.flags",
        "LinkCalls|40|link_create.uprobe_multi.cookies link_create.kprobe_multi.cookies",
        "LinkCalls|48|link_create.uprobe_multi.cnt",
        "LinkCalls|52|link_create.uprobe_multi.flags",
        "LinkCalls|56|link_create.uprobe_multi.pid",
        "ObjectCalls|0|info.bpf_fd prog_id map_id btf_id link_id start_id pathname",
        "ObjectCalls|4|info.info_len next_id",
        "ObjectCalls|8|info.info bpf_fd",
        "ObjectCalls|12|file_flags"
      })
  void attributesLieWhereTheKernelLooks(String calls, int offset, String members) {
    int attributes = union("bpf_attr");
    for (String member : members.split(" ")) {
      assertThat(offsets(attributes, member)).as(calls + " " + member).contains(offset * 8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bpf_map_info|type 0, id 4, key_size 8, value_size 12, max_entries 16, map_flags 20, name 24,"
            + " btf_id 64, btf_key_type_id 68, btf_value_type_id 72, map_extra 80",
        "bpf_prog_info|type 0, id 4, tag 8, jited_prog_len 16, xlated_prog_len 20, nr_map_ids 52,"
            + " map_ids 56, name 64, btf_id 128, run_time_ns 192, run_cnt 200, recursion_misses 208,"
            + " verified_insns 216",
        "bpf_link_info|type 0, id 4, prog_id 8, raw_tracepoint 16, tracing 16",
        "bpf_btf_info|btf 0, btf_size 8, id 12"
      })
  void informationIsReadWhereTheKernelWritesIt(String structure, String members) {
    Btf kernel = KernelBtf.running();
    int id = kernel.find(structure, BtfType.Composite.class).orElseThrow();
    for (String member : members.split(", ")) {
      String[] parts = member.split(" ");
      assertThat(offsets(id, parts[0]))
          .as(structure + "." + parts[0])
          .contains(Integer.parseInt(parts[1]) * 8);
    }
  }

  /** A number that somebody adds to the code must be added to the table above. */
  @Test
  void everyOffsetInTheCodeIsCompared() throws Exception {
    Map<String, Set<Integer>> compared = new HashMap<>();
    CsvSource table =
        KernelAbiTest.class
            .getDeclaredMethod(
                "attributesLieWhereTheKernelLooks", String.class, int.class, String.class)
            .getAnnotation(CsvSource.class);
    for (String row : table.value()) {
      String[] parts = row.split("\\|");
      compared.computeIfAbsent(parts[0], name -> new TreeSet<>()).add(Integer.parseInt(parts[1]));
    }
    for (String calls : compared.keySet()) {
      Path source = Path.of("src/main/java/dev/whistler/bpf/sys", calls + ".java");
      Assumptions.assumeTrue(Files.exists(source), "needs the sources");
      Set<Integer> used = new TreeSet<>();
      Matcher literal = LITERAL.matcher(Files.readString(source));
      while (literal.find()) {
        used.add(Integer.parseInt(literal.group(1)));
      }
      assertThat(compared.get(calls)).as(calls).containsAll(used);
      assertThat(used).as(calls).isNotEmpty();
    }
  }

  private static int union(String name) {
    Btf kernel = KernelBtf.running();
    return kernel.find(name, BtfType.Composite.class).orElseThrow();
  }

  /** Bit offsets of all members of a dotted name, through members without names. */
  private static Set<Integer> offsets(int type, String path) {
    Set<Integer> found = new TreeSet<>();
    collect(type, path, 0, found);
    return found;
  }

  private static void collect(int type, String path, int base, Set<Integer> found) {
    Btf kernel = KernelBtf.running();
    int dot = path.indexOf('.');
    String first = dot < 0 ? path : path.substring(0, dot);
    if (kernel.type(kernel.resolve(type)) instanceof BtfType.Composite composite) {
      for (BtfType.Member member : composite.members()) {
        int at = base + member.bitOffset();
        if (member.name().isEmpty()) {
          collect(member.type(), path, at, found);
        } else if (member.name().equals(first) && dot < 0) {
          found.add(at);
        } else if (member.name().equals(first)) {
          collect(member.type(), path.substring(dot + 1), at, found);
        }
      }
    }
  }
}
