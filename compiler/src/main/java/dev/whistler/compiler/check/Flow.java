package dev.whistler.compiler.check;

import dev.whistler.compiler.check.Resource.State;
import dev.whistler.compiler.tree.Local;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known on the current path through a body: whether it goes on at all, which nullable
 * variables were tested (section 6.3), and the state of acquired resources (11.4). Immutable.
 *
 * @param reachable false after {@code return}
 * @param nonNull variables known to be non-null
 * @param holders the resource that a variable holds
 * @param states the state of each resource acquired on this path
 */
public record Flow(
    boolean reachable,
    Set<Local> nonNull,
    Map<Local, Resource> holders,
    Map<Resource, State> states) {

  public static final Flow START = new Flow(true, Set.of(), Map.of(), Map.of());

  public Flow unreachable() {
    return new Flow(false, nonNull, holders, states);
  }

  public @Nullable State state(Resource resource) {
    return states.get(resource);
  }

  public @Nullable Resource heldBy(Local local) {
    return holders.get(local);
  }

  public Flow withState(Resource resource, State state) {
    Map<Resource, State> changed = new LinkedHashMap<>(states);
    changed.put(resource, state);
    return new Flow(reachable, nonNull, holders, changed);
  }

  public Flow withHolder(Local local, Resource resource) {
    Map<Local, Resource> changed = new HashMap<>(holders);
    changed.put(local, resource);
    return new Flow(reachable, nonNull, changed, states);
  }

  public Flow withNonNull(Local local) {
    if (nonNull.contains(local)) {
      return this;
    }
    Set<Local> changed = new HashSet<>(nonNull);
    changed.add(local);
    return new Flow(reachable, changed, holders, states);
  }

  /** Forgets what was known about a variable, when it is assigned or leaves its scope. */
  public Flow without(Local local) {
    if (!nonNull.contains(local) && !holders.containsKey(local)) {
      return this;
    }
    Set<Local> fewer = new HashSet<>(nonNull);
    fewer.remove(local);
    Map<Local, Resource> fewerHolders = new HashMap<>(holders);
    fewerHolders.remove(local);
    return new Flow(reachable, fewer, fewerHolders, states);
  }

  /** Forgets a resource that is settled on all paths. */
  public Flow withoutResource(Resource resource) {
    Map<Resource, State> fewer = new LinkedHashMap<>(states);
    fewer.remove(resource);
    return new Flow(reachable, nonNull, holders, fewer);
  }

  /** Resources that must still be given back on this path. */
  public List<Resource> pending() {
    List<Resource> pending = new ArrayList<>();
    states.forEach(
        (resource, state) -> {
          if (state == State.LIVE || state == State.UNCHECKED) {
            pending.add(resource);
          }
        });
    return pending;
  }

  /**
   * What holds where two paths meet.
   *
   * @param contradiction told of each resource that is live on one path and dead on the other
   */
  public static Flow join(Flow a, Flow b, Consumer<Resource> contradiction) {
    if (a == b || !b.reachable) {
      return a;
    }
    if (!a.reachable) {
      return b;
    }
    Set<Local> nonNull = a.nonNull;
    if (!a.nonNull.equals(b.nonNull)) {
      nonNull = new HashSet<>(a.nonNull);
      nonNull.retainAll(b.nonNull);
    }
    Map<Local, Resource> holders = a.holders;
    if (!a.holders.equals(b.holders)) {
      holders = new HashMap<>(a.holders);
      holders.entrySet().retainAll(b.holders.entrySet());
    }
    Map<Resource, State> states = a.states;
    if (!a.states.equals(b.states)) {
      states = new LinkedHashMap<>(a.states);
      for (Map.Entry<Resource, State> entry : b.states.entrySet()) {
        states.merge(
            entry.getKey(),
            entry.getValue(),
            (x, y) -> joinStates(x, y, entry.getKey(), contradiction));
      }
    }
    return new Flow(true, nonNull, holders, states);
  }

  private static State joinStates(
      State a, State b, Resource resource, Consumer<Resource> contradiction) {
    if (a == b) {
      return a;
    }
    boolean alive =
        a == State.LIVE || a == State.UNCHECKED || b == State.LIVE || b == State.UNCHECKED;
    boolean dead = a == State.DEAD || b == State.DEAD;
    if (alive && dead) {
      contradiction.accept(resource);
      return State.DEAD;
    }
    return alive ? State.UNCHECKED : State.DEAD;
  }
}
