package dev.whistler.testbed.machine;

import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.ObjectCalls.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The ids of all BPF objects in the kernel at one moment. Ids are never used twice, so that two
 * moments can be compared.
 */
public record KernelObjects(Map<Kind, SortedSet<Integer>> ids) {

  /** Those of this moment; listing them needs CAP_SYS_ADMIN. */
  public static KernelObjects now() {
    Map<Kind, SortedSet<Integer>> ids = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      SortedSet<Integer> found = new TreeSet<>();
      for (int id = ObjectCalls.nextId(kind, 0); id != 0; id = ObjectCalls.nextId(kind, id)) {
        found.add(id);
      }
      ids.put(kind, found);
    }
    return new KernelObjects(ids);
  }

  /** What is there now and was not there {@code before}; kinds without any are absent. */
  public Map<Kind, SortedSet<Integer>> since(KernelObjects before) {
    Map<Kind, SortedSet<Integer>> added = new EnumMap<>(Kind.class);
    ids.forEach(
        (kind, now) -> {
          SortedSet<Integer> fresh = new TreeSet<>(now);
          fresh.removeAll(before.ids.getOrDefault(kind, new TreeSet<>()));
          if (!fresh.isEmpty()) {
            added.put(kind, fresh);
          }
        });
    return added;
  }

  /** Of {@code some} objects those that are there; kinds without any are absent. */
  public Map<Kind, SortedSet<Integer>> among(Map<Kind, SortedSet<Integer>> some) {
    Map<Kind, SortedSet<Integer>> found = new EnumMap<>(Kind.class);
    some.forEach(
        (kind, wanted) -> {
          SortedSet<Integer> here = new TreeSet<>(wanted);
          here.retainAll(ids.getOrDefault(kind, new TreeSet<>()));
          if (!here.isEmpty()) {
            found.put(kind, here);
          }
        });
    return found;
  }
}
