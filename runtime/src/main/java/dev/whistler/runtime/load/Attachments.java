package dev.whistler.runtime.load;

import dev.whistler.bpf.link.Attachment;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Exchangeable;
import dev.whistler.bpf.link.LinkInfo;
import dev.whistler.bpf.link.LinkType;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ProgramSchema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What of a program is attached where, by a key of program and place. Made in place of earlier ones
 * it exchanges the programs at the same places without a gap; until {@link #commit} closing it puts
 * the earlier programs back.
 */
public final class Attachments implements AutoCloseable {
  /** Before the key, in the names under which an entry program and its slots are pinned. */
  private static final String ENTRY = "entry:";

  /** Links on what can go while they last. */
  private static final Set<LinkType> PERISHABLE =
      Set.of(LinkType.XDP, LinkType.TCX, LinkType.CGROUP, LinkType.NETNS);

  private final Map<String, Held> held = new LinkedHashMap<>();
  private final Map<String, BinaryFile> files = new HashMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final List<String> warnings = new ArrayList<>();
  private @Nullable Attachments earlier;

  /** What was missed by parts that are closed, by symbol of the program. */
  private final Map<String, Long> missedBefore = new HashMap<>();

  /** Of programs whose kernel does not count all. */
  private final Set<String> uncounted = new HashSet<>();

  private record Held(Attachment attachment, @Nullable EntryProgram entry, BpfProgram program) {
    /** What may count events that did not run the program. */
    List<Object> counting() {
      return entry == null
          ? List.of(program, attachment)
          : List.of(program, entry.program(), attachment);
    }

    /**
     * Whether the kernel counts all events that do not run the program. Those of perf events it
     * leaves out uncounted (kernel/events/core.c, bpf_overflow_handler), those of tracepoints and
     * probes before 6.7; the others it never leaves out or always counted.
     */
    boolean isCounted() {
      return switch (program.type()) {
        case PERF_EVENT -> false;
        case TRACEPOINT, KPROBE -> attachment instanceof BpfLink link && link.info().countsMisses();
        default -> true;
      };
    }

    void close() {
      attachment.close();
      if (entry != null) {
        entry.close();
      }
    }
  }

  /** How the program at a place is exchanged. */
  enum Exchange {
    /** Behind an {@link EntryProgram}. */
    ENTRY,
    /** {@code BPF_LINK_UPDATE}, or what netlink has like it. */
    LINK,
    /** The new one is attached before the old one is detached: a short overlap. */
    OVERLAP;

    /**
     * How programs like this one are exchanged.
     *
     * @param type the attach type that the program is loaded with
     */
    static Exchange of(ProgramSchema program, @Nullable AttachType type) {
      return switch (program.attach()) {
        // The kernel checks at attach how far a writable record is written to.
        case Attach.RawTracepoint(String _, boolean writable) when writable -> OVERLAP;
        case Attach.Tracepoint _,
            Attach.RawTracepoint _,
            Attach.Kprobe _,
            Attach.Ksyscall _,
            Attach.KprobeMulti _,
            Attach.Uprobe _,
            Attach.UprobeMulti _ ->
            // Programs that may sleep cannot be in a program array. How far a program reads its
            // context the kernel checks at attach if we cannot.
            program.sleepable() || program.contextBytes() == ProgramSchema.UNKNOWN_CONTEXT
                ? OVERLAP
                : ENTRY;
        case Attach.Lsm _ -> type == AttachType.LSM_CGROUP ? LINK : OVERLAP;
        case Attach.Xdp _, Attach.Tc _, Attach.Cgroup _, Attach.SkLookup _, Attach.Sockmap _ ->
            LINK;
        case Attach.Tracing _, Attach.PerfEvent _, Attach.None _ -> OVERLAP;
      };
    }
  }

  /** Attaches a program at a place. */
  @FunctionalInterface
  interface Opener {
    Attachment open(BpfProgram program);
  }

  /**
   * @param earlier whose places are taken over; null for a program that was not attached yet
   */
  public Attachments(@Nullable Attachments earlier) {
    this.earlier = earlier;
  }

  /** Keeps a sentence about a place for whoever started the program. */
  void warn(String sentence) {
    warnings.add(sentence);
  }

  /** What may be wrong with the places, a sentence each. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Attaches a program, or exchanges the one at this place for it.
   *
   * @param key names program and place, the same in every revision
   * @param attachType the attach type that the program was loaded with
   */
  synchronized void attach(
      String key,
      Exchange exchange,
      BpfProgram program,
      @Nullable AttachType attachType,
      Opener opener) {
    Held here = held.get(key);
    if (here != null && here.program().id() == program.id()) {
      return; // adopted, or named twice
    }
    Held old = earlier == null ? null : earlier.at(key);
    if (old != null && old.entry() != null && exchange == Exchange.ENTRY) {
      EntryProgram entry = old.entry();
      entry.run(program);
      undo.push(() -> entry.run(old.program()));
      held.put(key, new Held(old.attachment(), entry, program));
    } else if (old != null
        && exchange == Exchange.LINK
        && old.attachment() instanceof Exchangeable l) {
      l.update(program);
      undo.push(() -> l.update(old.program()));
      held.put(key, new Held(l, null, program));
    } else {
      attachAnew(key, exchange, program, attachType, opener);
    }
  }

  /** What is at a place; null if nothing is, or if the place is not the same any more. */
  private @Nullable Held at(String key) {
    BinaryFile file = files.get(key);
    return file != null && file.isReplaced() ? null : held.get(key);
  }

  private void attachAnew(
      String key,
      Exchange exchange,
      BpfProgram program,
      @Nullable AttachType attachType,
      Opener opener) {
    EntryProgram entry =
        exchange == Exchange.ENTRY ? EntryProgram.before(program, attachType).orElse(null) : null;
    try {
      Attachment attachment = opener.open(entry == null ? program : entry.program());
      Held fresh = new Held(attachment, entry, program);
      undo.push(fresh::close);
      held.put(key, fresh);
    } catch (RuntimeException e) {
      if (entry != null) {
        entry.close();
      }
      throw e;
    }
  }

  /** Detaches what was attached earlier and is attached no more. */
  public synchronized void commit() {
    undo.clear();
    Attachments before = earlier;
    earlier = null;
    if (before != null) {
      missedBefore.putAll(before.missedWithout(this));
      uncounted.addAll(before.uncounted);
      before.keepCounts();
      List<Runnable> steps = new ArrayList<>();
      before.held.forEach(
          (key, old) -> {
            Held now = held.get(key);
            if (now == null || now.attachment() != old.attachment()) {
              steps.add(old::close);
            }
          });
      before.held.clear();
      runAll(steps);
    }
  }

  /**
   * Events that each program missed at its places, by symbol, with those of the programs that it
   * took the place of; empty where the kernel does not count all of them.
   */
  public synchronized Map<String, OptionalLong> missed() {
    Map<String, Long> counts = new LinkedHashMap<>(missedBefore);
    parts().forEach(part -> counts.merge(part.symbol(), part.missed(), Long::sum));
    Map<String, OptionalLong> missed = new LinkedHashMap<>();
    counts.forEach(
        (symbol, count) ->
            missed.put(
                symbol,
                uncounted.contains(symbol) ? OptionalLong.empty() : OptionalLong.of(count)));
    return missed;
  }

  /**
   * Events missed by what is not attached any more, by symbol: of earlier revisions, or of the
   * current one where these attachments take the places of others.
   */
  public synchronized Map<String, Long> missedBefore() {
    Attachments before = earlier;
    return before == null ? Map.copyOf(missedBefore) : before.missedWithout(this);
  }

  /** What an earlier process knew to be missed by what is not attached any more. */
  public synchronized void goOnFrom(Map<String, Long> missed) {
    missedBefore.putAll(missed);
  }

  /** The counts of all parts but those that another one goes on with. */
  private synchronized Map<String, Long> missedWithout(Attachments next) {
    Map<String, Long> counts = new HashMap<>(missedBefore);
    Set<Object> carried = Collections.newSetFromMap(new IdentityHashMap<>());
    next.held.values().forEach(one -> carried.addAll(one.counting()));
    parts().stream()
        .filter(part -> !carried.contains(part.source()))
        .forEach(part -> counts.merge(part.symbol(), part.missed(), Long::sum));
    return counts;
  }

  /**
   * Something that counts what a program missed.
   *
   * @param source a program, the entry before one, or a link
   */
  private record Part(String symbol, Object source, long missed) {}

  private List<Part> parts() {
    Map<Object, Part> parts = new IdentityHashMap<>();
    held.forEach(
        (key, one) -> {
          String symbol = symbol(key);
          try {
            if (!one.isCounted()) {
              uncounted.add(symbol);
            }
            for (Object source : one.counting()) {
              parts.put(source, new Part(symbol, source, missed(source)));
            }
          } catch (BpfException _) {
            // What the kernel does not tell is absent.
            uncounted.add(symbol);
          }
        });
    return List.copyOf(parts.values());
  }

  /** Before what counts is closed. */
  private synchronized void keepCounts() {
    parts().forEach(part -> missedBefore.merge(part.symbol(), part.missed(), Long::sum));
  }

  private static long missed(Object source) {
    return switch (source) {
      case BpfProgram program -> program.info().recursionMisses();
      case BpfLink link -> link.info().missed().orElse(0);
      default -> 0;
    };
  }

  /** The links that can be pinned, by key. */
  public Map<String, BpfLink> links() {
    Map<String, BpfLink> links = new LinkedHashMap<>();
    held.forEach(
        (key, one) -> {
          if (one.attachment() instanceof BpfLink link) {
            links.put(key, link);
          }
        });
    return links;
  }

  /** The keys of what is attached without a link: it ends with this process, or stays for ever. */
  public List<String> unlinked() {
    List<String> keys = new ArrayList<>();
    held.forEach(
        (key, one) -> {
          if (!(one.attachment() instanceof BpfLink)) {
            keys.add(key);
          }
        });
    return keys;
  }

  /** Lets go of what others hold as well; a place that they do not name is not given up by us. */
  public void releaseHeldBy(Collection<Integer> links) {
    held.values()
        .removeIf(
            one -> {
              boolean shared =
                  one.attachment() instanceof BpfLink link && links.contains(link.id());
              if (shared) {
                one.close();
              }
              return shared;
            });
  }

  /** Ids of the links. */
  public Set<Integer> linkIds() {
    Set<Integer> ids = new HashSet<>();
    links().values().forEach(link -> ids.add(link.id()));
    return ids;
  }

  /** Probes go into the file that has the path now. */
  void watch(String key, BinaryFile file) {
    files.put(key, file);
  }

  /** The places that can go while programs are attached there, with how to see that they did. */
  Map<String, BooleanSupplier> places() {
    Map<String, BooleanSupplier> places = new LinkedHashMap<>();
    held.forEach(
        (key, one) -> {
          BinaryFile file = files.get(key);
          if (file != null) {
            places.put(key, file::isReplaced);
          } else if (one.attachment() instanceof BpfLink link && PERISHABLE.contains(link.type())) {
            places.put(key, () -> link.info().targetIsGone());
          }
        });
    return places;
  }

  /** The maps of a program with those of its entry programs, by name of a pin. */
  public Map<String, BpfMap> withSlots(Map<String, BpfMap> maps) {
    Map<String, BpfMap> all = new LinkedHashMap<>(maps);
    held.forEach(
        (key, one) -> {
          if (one.entry() != null) {
            all.put(ENTRY + key, one.entry().slots());
          }
        });
    return all;
  }

  /** The programs of an object with its entry programs, by name of a pin. */
  public Map<String, BpfProgram> withEntries(Map<String, BpfProgram> programs) {
    Map<String, BpfProgram> all = new LinkedHashMap<>(programs);
    held.forEach(
        (key, one) -> {
          if (one.entry() != null) {
            all.put(ENTRY + key, one.entry().program());
          }
        });
    return all;
  }

  /**
   * What an earlier process attached and pinned.
   *
   * @param links by key; owned from now on
   * @param maps with those of entry programs
   * @param programs with entry programs
   */
  public static Attachments adopted(
      Map<String, BpfLink> links, Map<String, BpfMap> maps, Map<String, BpfProgram> programs) {
    Attachments adopted = new Attachments(null);
    try {
      links.forEach(
          (key, link) -> {
            BpfMap slots = maps.get(ENTRY + key);
            BpfProgram entry = programs.get(ENTRY + key);
            BpfProgram runs = programs.get(symbol(key));
            if (runs == null) {
              throw new IllegalArgumentException(link + " is of a program that is not pinned");
            }
            adopted.held.put(
                key,
                new Held(
                    link,
                    entry == null || slots == null ? null : EntryProgram.adopted(entry, slots),
                    runs));
          });
      return adopted;
    } catch (RuntimeException e) {
      adopted.close();
      links.values().forEach(BpfLink::close);
      throw e;
    }
  }

  /**
   * Gives its places back to this revision where one of another revision runs: a process that
   * exchanges them may end half way.
   *
   * @param beside ids of the programs that may be found there
   * @throws IllegalArgumentException if a place runs any other program, which nobody of us put
   *     there
   */
  public void putBack(Set<Integer> beside) {
    held.values().forEach(one -> putBack(one, beside));
  }

  private static void putBack(Held one, Set<Integer> beside) {
    if (!(one.attachment() instanceof BpfLink link)) {
      return;
    }
    EntryProgram entry = one.entry();
    LinkInfo info = link.info();
    int attached = entry == null ? one.program().id() : entry.program().id();
    if (info.programId() != attached && !info.targetIsGone()) {
      if (entry != null || !beside.contains(info.programId())) {
        throw new IllegalArgumentException(
            "%s runs program %d, which is not among them".formatted(link, info.programId()));
      }
      link.update(one.program());
    }
    int current = entry == null ? 0 : entry.current();
    if (entry != null && current != one.program().id()) {
      if (current != 0 && !beside.contains(current)) {
        throw new IllegalArgumentException(
            "the slot before %s holds program %d, which is not among them"
                .formatted(link, current));
      }
      entry.run(one.program());
    }
  }

  /** The key of a program at a place. */
  static String key(String symbol, Object... place) {
    StringBuilder key = new StringBuilder(symbol);
    for (Object part : place) {
      key.append(' ').append(part);
    }
    return key.toString();
  }

  private static String symbol(String key) {
    int end = key.indexOf(' ');
    return end < 0 ? key : key.substring(0, end);
  }

  /** Detaches everything; before {@link #commit}, leaves what was attached earlier as it was. */
  @Override
  public synchronized void close() {
    List<Runnable> steps = new ArrayList<>();
    if (earlier == null) {
      keepCounts();
      held.values().forEach(one -> steps.addFirst(one::close));
    } else {
      steps.addAll(undo);
    }
    held.clear();
    undo.clear();
    earlier = null;
    runAll(steps);
  }

  /** The failure of one step does not keep the others. */
  private static void runAll(List<Runnable> steps) {
    RuntimeException failure = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
