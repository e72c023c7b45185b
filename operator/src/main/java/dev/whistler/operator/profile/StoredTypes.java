package dev.whistler.operator.profile;

import dev.whistler.compiler.kernel.MalformedKernelException;
import dev.whistler.compiler.kernel.ParsedTypes;
import dev.whistler.compiler.kernel.TypeSource;
import dev.whistler.crds.KernelTypesContent;
import dev.whistler.crds.KernelTypesSpec;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.TypesPieces;
import dev.whistler.operator.cache.WeighedCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The kernel types that the cluster holds, in pieces. Each piece is checked when it comes and kept
 * compressed; a part is put together and parsed when a program asks for it, and again when it had
 * to make room for others. Safe for use by several threads.
 */
public final class StoredTypes {
  /** Of pieces as they are kept: those of some thirty kernels of today. */
  static final long MAX_STORED_BYTES = 48 << 20;

  /** Of parts that are parsed: two and a half megabytes a kernel, seven with its functions. */
  private static final long MAX_PARSED_BYTES = 80 << 20;

  private static final long MAX_KERNEL_BYTES =
      2L * TypesPieces.MAX_PIECES * KernelTypesSpec.MAX_PIECE_BYTES;

  private final Map<String, byte[]> pieces = new ConcurrentHashMap<>();

  /** Why a piece that is there is of no use, by its name. */
  private final Map<String, String> useless = new ConcurrentHashMap<>();

  private final Quarantine refused;
  private final WeighedCache<Part, Weighed> parsed =
      new WeighedCache<>(MAX_PARSED_BYTES, Weighed::bytes);
  private final UploadBudget budget;

  /**
   * What is parsed.
   *
   * @param pieces of which its types are made
   */
  private record Part(TypesPieces pieces, boolean withFunctions) {}

  private record Weighed(ParsedTypes types, long bytes) {}

  /**
   * None.
   *
   * @param clock nanoseconds from any beginning, as {@link System#nanoTime}
   */
  StoredTypes(LongSupplier clock) {
    budget = new UploadBudget(UploadBudget.TYPES, clock);
    refused = new Quarantine(clock);
  }

  /**
   * A piece was written.
   *
   * @return whether that is news
   */
  public synchronized boolean put(String name, KernelTypesSpec spec) {
    byte[] piece;
    try {
      piece = KernelTypesContent.checked(name, spec);
    } catch (MalformedContentException e) {
      pieces.remove(name);
      useless.put(name, "KernelTypes " + name + " is refused: " + e.getMessage());
      return true;
    }
    if (pieces.containsKey(name)) {
      // Its name is its content.
      return false;
    }
    if (storedBytes() + piece.length > MAX_STORED_BYTES) {
      useless.put(name, "There is no room for KernelTypes " + name + ".");
    } else {
      pieces.put(name, piece);
      useless.remove(name);
    }
    return true;
  }

  /** A piece was deleted. */
  public synchronized void remove(String name) {
    pieces.remove(name);
    useless.remove(name);
  }

  /** How many pieces there are. */
  public int count() {
    return pieces.size() + useless.size();
  }

  /** Names of all pieces that there are. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(pieces.keySet());
    names.addAll(useless.keySet());
    return names;
  }

  /** Why a piece is to be deleted, as a sentence, by its name. */
  public Map<String, String> useless() {
    return Map.copyOf(useless);
  }

  /** A piece is deleted because it is of no use; see {@link Quarantine}. */
  public void refuse(String name) {
    refused.begin(name);
  }

  /** Bytes of all pieces as they are kept. */
  long storedBytes() {
    return pieces.values().stream().mapToLong(piece -> piece.length).sum();
  }

  /** Bytes of what is parsed. */
  long parsedBytes() {
    return parsed.bytes();
  }

  /** Whether there are so many that no more are asked for. */
  public boolean isFull() {
    return storedBytes() + MAX_KERNEL_BYTES > MAX_STORED_BYTES;
  }

  /** Whether a kernel's types are all there, or will be. */
  boolean willHold(TypesPieces kernel) {
    return isHeld(kernel) || !isFull();
  }

  private boolean isHeld(TypesPieces kernel) {
    return kernel.names().allMatch(pieces::containsKey);
  }

  /**
   * Names of pieces that nodes announce, the cluster lacks and these nodes may still upload,
   * sorted: those of at most {@code limit} kernels, and of no more than there is room for. Called
   * by one thread.
   *
   * @param announced names of nodes by the types that each announces
   */
  public SortedSet<String> wanted(
      Map<TypesPieces, ? extends Collection<String>> announced, int limit) {
    SortedMap<String, Collection<String>> missing = new TreeMap<>();
    announced.forEach(
        (kernel, nodes) -> {
          if (!isHeld(kernel)) {
            missing.put(kernel.digest(), nodes);
          }
        });
    Set<String> granted = budget.granted(missing);
    long room = (MAX_STORED_BYTES - storedBytes()) / MAX_KERNEL_BYTES;
    SortedSet<String> wanted = new TreeSet<>();
    announced.keySet().stream()
        .filter(kernel -> granted.contains(kernel.digest()))
        .sorted(Comparator.comparing(TypesPieces::digest))
        .limit(Math.min(limit, room))
        .flatMap(TypesPieces::names)
        .filter(
            name -> !pieces.containsKey(name) && !useless.containsKey(name) && !refused.holds(name))
        .forEach(wanted::add);
    return wanted;
  }

  /** A kernel's types, if all pieces are there; they stay its types when these are deleted. */
  Optional<TypeSource> source(TypesPieces kernel) {
    List<byte[]> types = held(kernel.types());
    List<byte[]> functions = held(kernel.functions());
    return types.size() < kernel.types().size() || functions.size() < kernel.functions().size()
        ? Optional.empty()
        : Optional.of(new Source(kernel, types, functions));
  }

  private List<byte[]> held(List<String> names) {
    List<byte[]> held = new ArrayList<>();
    for (String name : names) {
      byte[] piece = pieces.get(name);
      if (piece != null) {
        held.add(piece);
      }
    }
    return held;
  }

  /** The types of one kernel. */
  private final class Source implements TypeSource {
    private final TypesPieces kernel;
    private final List<byte[]> types;
    private final List<byte[]> functions;

    Source(TypesPieces kernel, List<byte[]> types, List<byte[]> functions) {
      this.kernel = kernel;
      this.types = types;
      this.functions = functions;
    }

    @Override
    public synchronized ParsedTypes types() {
      return remembered(
          false,
          () -> {
            ParsedTypes read = ParsedTypes.parse(joined(types), null);
            return new Weighed(read, read.base().length + read.indexBytes());
          });
    }

    @Override
    public synchronized ParsedTypes withFunctions() {
      return remembered(
          true,
          () -> {
            // What both have in common is in memory once.
            byte[] split = joined(functions);
            ParsedTypes read = ParsedTypes.parse(types().base(), split);
            return new Weighed(read, split.length + read.indexBytes());
          });
    }

    private ParsedTypes remembered(boolean withFunctions, Supplier<Weighed> read) {
      Part part = new Part(kernel, withFunctions);
      return parsed
          .get(part)
          .orElseGet(
              () -> {
                Weighed now = read.get();
                parsed.put(part, now);
                return now;
              })
          .types();
    }

    private static byte[] joined(List<byte[]> pieces) {
      try {
        return KernelTypesContent.joined(pieces);
      } catch (MalformedContentException e) {
        throw new MalformedKernelException(
            "the kernel's type information is damaged: " + e.getMessage());
      }
    }
  }
}
