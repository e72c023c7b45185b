package dev.whistler.compiler.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelNamesTest {
  /** A kernel may be older than the table, or newer; what both name has one number. */
  @Test
  void theRunningKernelHasTheSameNumbers() {
    assumeTrue(KernelBtf.isPresent(), "the types of this kernel cannot be read");
    Map<String, Integer> kernel = numbers(KernelBtf.running());
    Map<String, Integer> table = new HashMap<>(KernelNames.all());
    table.keySet().retainAll(kernel.keySet());

    assertThat(table).containsKeys("BPF_PROG_TYPE_XDP", "BPF_XDP", "BPF_FUNC_map_lookup_elem");
    assertThat(kernel).containsAllEntriesOf(table);
  }

  private static Map<String, Integer> numbers(Btf btf) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String name : List.of("bpf_prog_type", "bpf_attach_type", "bpf_func_id")) {
      int id = btf.find(name, BtfType.Enumeration.class).orElseThrow();
      for (BtfType.Enumerator value : ((BtfType.Enumeration) btf.type(id)).values()) {
        numbers.put(value.name(), (int) value.value());
      }
    }
    return numbers;
  }
}
