package dev.whistler.compiler.check;

import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Parameter;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.FieldRef;
import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The semantic kinds of fields without {@code :as}, from what is written to them (section 9.7).
 *
 * <p>While bodies are analyzed, each write contributes what its value says; at the end the
 * contributions through fields and map values are followed until nothing changes.
 */
public final class KindInference {
  private static final int DEPTH = 32;

  /** What a write says about the kind of its target. */
  private sealed interface Contribution {
    /** A value of that kind. */
    record Known(Kind kind) implements Contribution {}

    /** The value of a field or of a scalar map. */
    record Through(String node) implements Contribution {}

    /** The constant 0, which suits every kind. */
    record Neutral() implements Contribution {}

    /** A value of no kind. */
    record None() implements Contribution {}
  }

  private static final Contribution NONE = new Contribution.None();
  private static final Contribution NEUTRAL = new Contribution.Neutral();

  private final Map<Expr, Contribution> values = new IdentityHashMap<>();
  private final Map<Expr, FieldRef> addresses = new IdentityHashMap<>();
  private final Map<Expr, Field<?>> recordArrays = new IdentityHashMap<>();
  private final Map<String, Set<Contribution>> contributions = new LinkedHashMap<>();

  private static String node(FieldRef field) {
    return node(field.struct(), field.field());
  }

  private static String node(StructLayout struct, StructField field) {
    return struct.name() + "." + field.name();
  }

  private static String node(MapDefinition map) {
    return ":" + map.name();
  }

  private static Contribution known(Kind.Simple kind) {
    return new Contribution.Known(kind);
  }

  private void contribute(String node, Contribution contribution) {
    contributions.computeIfAbsent(node, n -> new LinkedHashSet<>()).add(contribution);
  }

  // ---- sources

  /** Notes that an expression reads a field. */
  public void read(Expr load, FieldRef field) {
    values.put(load, new Contribution.Through(node(field)));
  }

  /** Notes that an expression reads the scalar value of a map. */
  public void mapRead(Expr value, MapDefinition map) {
    values.put(value, new Contribution.Through(node(map)));
  }

  /** Notes the C type of a tracepoint or kernel field that an expression reads. */
  public void cTyped(Expr value, String cType) {
    switch (cType) {
      case "pid_t" -> values.put(value, known(Kind.Simple.PID));
      case "uid_t", "kuid_t" -> values.put(value, known(Kind.Simple.UID));
      default -> {}
    }
  }

  /** Notes that an expression yields an IPv4 address in network order. */
  public void ipv4(Expr value) {
    values.put(value, known(Kind.Simple.IPV4));
  }

  /** Notes that an expression yields a part of an IPv6 address in network order. */
  public void ipv6(Expr value) {
    values.put(value, known(Kind.Simple.IPV6));
  }

  /** Notes that an expression is the address of a fixed array in a tracepoint record. */
  public void recordArray(Expr address, Field<?> field) {
    recordArrays.put(address, field);
  }

  /** Notes that an expression is the address of a field. */
  public void address(Expr address, FieldRef field) {
    addresses.put(address, field);
  }

  // ---- writes

  /** A store to a field, or to an element of it. */
  public void write(FieldRef field, Expr value, BindingTypes bindings) {
    FieldRef source = addressed(value, bindings);
    contribute(
        node(field),
        source != null
            ? new Contribution.Through(node(source))
            : of(value, field.field().type().size(), bindings, DEPTH));
  }

  /** A field changed by {@code incf} or {@code decf}. */
  public void computed(FieldRef field) {
    contribute(node(field), NONE);
  }

  /** A value stored in a map. */
  public void mapWrite(MapDefinition map, Expr value, BindingTypes bindings) {
    if (map.value().asScalar().isPresent()) {
      contribute(node(map), of(value, map.value().size(), bindings, DEPTH));
    }
  }

  /** A map value that was incremented. */
  public void mapComputed(MapDefinition map) {
    contribute(node(map), NONE);
  }

  /** A {@code memcpy}. */
  public void copied(Expr target, Expr source, int length, BindingTypes bindings) {
    FieldRef to = addressed(target, bindings);
    if (to == null) {
      return;
    }
    FieldRef from = addressed(source, bindings);
    if (from != null && length == from.field().size() && length == to.field().size()) {
      contribute(node(to), new Contribution.Through(node(from)));
    } else {
      contribute(node(to), NONE);
    }
  }

  /** A helper call: what it writes to a field's address. */
  public void filled(Helper helper, List<Expr.Argument> arguments, BindingTypes bindings) {
    for (int i = 0; i < arguments.size(); i++) {
      boolean written =
          switch (helper.parameter(i)) {
            case Parameter.Memory memory -> memory.access() != Parameter.Access.READ;
            case Parameter.ValueBytes _ -> true;
            case null, default -> false;
          };
      if (written && arguments.get(i) instanceof Expr.Argument.Value target) {
        FieldRef field = addressed(target.value(), bindings);
        if (field != null) {
          contribute(node(field), fill(helper, arguments, bindings));
        }
      }
    }
  }

  private Contribution fill(Helper helper, List<Expr.Argument> arguments, BindingTypes bindings) {
    if (helper.has(Helper.Trait.TEXT)) {
      return known(Kind.Simple.STRING);
    }
    boolean copies =
        helper.name().equals("probe-read-kernel") || helper.name().equals("probe-read");
    if (!copies
        || arguments.size() < 3
        || !(arguments.get(2) instanceof Expr.Argument.Value source)) {
      return NONE;
    }
    Field<?> array = recordArrays.get(plain(source.value(), bindings));
    if (array != null) {
      long size = arguments.get(1) instanceof Expr.Argument.Value(Expr.Constant c) ? c.value() : -1;
      return switch (array.name()) {
        case "saddr_v6", "daddr_v6" -> known(Kind.Simple.IPV6);
        case "saddr", "daddr" -> size == 4 ? known(Kind.Simple.IPV4) : NONE;
        default -> array.cType().endsWith("char") ? known(Kind.Simple.STRING) : NONE;
      };
    }
    FieldRef from = addressed(source.value(), bindings);
    return from != null ? new Contribution.Through(node(from)) : NONE;
  }

  private @Nullable FieldRef addressed(Expr pointer, BindingTypes bindings) {
    return addresses.get(plain(pointer, bindings));
  }

  /** The expression behind variables that are assigned once. */
  private Expr plain(Expr expr, BindingTypes bindings) {
    Expr current = expr;
    for (int i = 0; i < DEPTH; i++) {
      if (addresses.containsKey(current) || recordArrays.containsKey(current)) {
        return current;
      }
      Expr next =
          switch (current) {
            case Expr.Retype r -> r.operand();
            case Expr.Sequence s -> s.forms().getLast();
            case Expr.Let let -> let.body();
            case Expr.Read read -> bindings.onlyValue(read.local());
            default -> null;
          };
      if (next == null) {
        return current;
      }
      current = next;
    }
    return current;
  }

  // ---- values

  private Contribution of(Expr value, int width, BindingTypes bindings, int depth) {
    Contribution noted = values.get(value);
    if (noted != null || depth == 0) {
      return noted != null ? noted : NONE;
    }
    Kind.@Nullable Simple half = halfOf(value, width, bindings);
    if (half != null) {
      return known(half);
    }
    return switch (value) {
      case Expr.Constant c -> c.value() == 0 ? NEUTRAL : NONE;
      case Expr.Retype r -> of(r.operand(), width, bindings, depth - 1);
      case Expr.Convert c ->
          of(c.operand(), Math.min(width, c.type().width()), bindings, depth - 1);
      case Expr.Sequence s -> of(s.forms().getLast(), width, bindings, depth - 1);
      case Expr.Let let -> of(let.body(), width, bindings, depth - 1);
      case Expr.Read read -> {
        Expr only = bindings.onlyValue(read.local());
        yield only == null ? NONE : of(only, width, bindings, depth - 1);
      }
      case Expr.If i ->
          merge(
              of(i.then(), width, bindings, depth - 1),
              of(i.otherwise(), width, bindings, depth - 1));
      case Expr.SwapBytes s when s.type() == ScalarType.U32 ->
          of(s.operand(), width, bindings, depth - 1).equals(known(Kind.Simple.IPV4))
              ? known(Kind.Simple.IPV4_HOST)
              : NONE;
      case Expr.Call call -> {
        Kind.Simple kind = call.helper().kinds().whole();
        yield kind == null ? NONE : known(kind);
      }
      default -> NONE;
    };
  }

  private static Contribution merge(Contribution a, Contribution b) {
    return a.equals(NEUTRAL) ? b : b.equals(NEUTRAL) || a.equals(b) ? a : NONE;
  }

  /** The kind of a half of a helper's result. */
  private static Kind.@Nullable Simple halfOf(Expr value, int width, BindingTypes bindings) {
    Helper whole = helper(value, bindings);
    if (width <= 4 && whole != null) {
      return whole.kinds().low();
    }
    if (!(value instanceof Expr.Binary b) || !(b.right() instanceof Expr.Constant c)) {
      return null;
    }
    Helper left = helper(b.left(), bindings);
    if (left == null) {
      return null;
    }
    if (b.operator() == Expr.Operator.AND && c.value() == Words.LOW) {
      return left.kinds().low();
    }
    boolean high = b.operator() == Expr.Operator.SHIFT_RIGHT && c.value() == 32;
    return high ? left.kinds().high() : null;
  }

  /** The helper that a value comes from unchanged, or null. */
  private static @Nullable Helper helper(Expr value, BindingTypes bindings) {
    Expr current = value;
    for (int i = 0; i < DEPTH && current != null; i++) {
      switch (current) {
        case Expr.Call call -> {
          return call.helper();
        }
        case Expr.Retype r -> current = r.operand();
        case Expr.Read read -> current = bindings.onlyValue(read.local());
        default -> {
          return null;
        }
      }
    }
    return null;
  }

  // ---- result

  public void add(KindInference other) {
    other.contributions.forEach((node, set) -> set.forEach(c -> contribute(node, c)));
  }

  /** What is known of a node: nothing yet, a kind, or that there is none. */
  private record Finding(@Nullable Kind kind, boolean none) {
    static final Finding NOTHING = new Finding(null, false);
    static final Finding NO_KIND = new Finding(null, true);

    public Finding join(Finding other) {
      if (equals(NOTHING)) {
        return other;
      }
      return other.equals(NOTHING) || equals(other) ? this : NO_KIND;
    }
  }

  /** The inferred kinds by {@code struct.field}. */
  public Map<String, Kind> solve(Collection<StructLayout> structs) {
    Map<String, Finding> found = new HashMap<>();
    for (StructLayout struct : structs) {
      for (StructField field : struct.fields()) {
        Kind declared = field.kind();
        if (declared != null) {
          found.put(node(struct, field), new Finding(declared, false));
        }
      }
    }
    Set<String> declared = Set.copyOf(found.keySet());
    // Findings only go from nothing to a kind to none, so this ends.
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<String, Set<Contribution>> entry : contributions.entrySet()) {
        if (!declared.contains(entry.getKey())) {
          Finding joined = join(entry.getValue(), found);
          changed |= !Objects.equals(found.put(entry.getKey(), joined), joined);
        }
      }
    }
    Map<String, Kind> kinds = new LinkedHashMap<>();
    for (StructLayout struct : structs) {
      for (StructField field : struct.fields()) {
        Finding finding = found.getOrDefault(node(struct, field), Finding.NOTHING);
        Kind kind = finding.kind();
        if (field.kind() == null && kind != null && kind.suits(field.type(), field.count())) {
          kinds.put(node(struct, field), kind);
        }
      }
    }
    return kinds;
  }

  private static Finding join(Set<Contribution> contributions, Map<String, Finding> found) {
    Finding result = Finding.NOTHING;
    for (Contribution contribution : contributions) {
      result =
          result.join(
              switch (contribution) {
                case Contribution.Known k -> new Finding(k.kind(), false);
                case Contribution.Through t -> found.getOrDefault(t.node(), Finding.NOTHING);
                case Contribution.Neutral n -> Finding.NOTHING;
                case Contribution.None n -> Finding.NO_KIND;
              });
    }
    return result;
  }
}
