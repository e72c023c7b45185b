package dev.whistler.agent.work;

import dev.whistler.runtime.Identity;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.maps.ProgramMaps;
import dev.whistler.runtime.schema.ObjectSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A program that runs in memory: what it is told to do, it writes into a journal. */
public final class FakeProgram implements RunningProgram {

  private final Identity identity;
  private final Consumer<String> journal;
  private volatile ProgramCounters counters;
  private final boolean pinned;
  private volatile ProgramState state = new ProgramState.Running(Instant.EPOCH);
  private volatile Consumer<ProgramState> listener = ignored -> {};

  public FakeProgram(Identity identity, Consumer<String> journal, RingCounters... rings) {
    this(identity, journal, false, rings);
  }

  FakeProgram(Identity identity, Consumer<String> journal, boolean pinned, RingCounters... rings) {
    this.pinned = pinned;
    this.identity = identity;
    this.journal = journal;
    this.counters = new ProgramCounters(List.of(rings));
  }

  /** Has these counts from now on. */
  public FakeProgram counting(ProgramCounters next) {
    counters = next;
    return this;
  }

  void become(ProgramState next) {
    state = next;
    listener.accept(next);
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public ObjectSchema schema() {
    throw new UnsupportedOperationException("not needed here");
  }

  @Override
  public ProgramState state() {
    return state;
  }

  @Override
  public void onStateChange(Consumer<ProgramState> changed) {
    listener = changed;
  }

  @Override
  public ProgramCounters counters() {
    return counters;
  }

  @Override
  public List<RingAccount.UndecodableRecord> undecodable() {
    return List.of();
  }

  @Override
  public ProgramMaps maps() {
    throw new UnsupportedOperationException("not needed here");
  }

  @Override
  public ProgramCounters stop(Duration drain) {
    journal.accept("stop " + identity.program() + " " + identity.revision());
    return counters;
  }

  @Override
  public boolean isPinned() {
    return pinned;
  }

  @Override
  public Optional<String> notAdopted() {
    return Optional.empty();
  }

  @Override
  public void leave(Duration drain) {
    journal.accept("leave " + identity.program() + " " + identity.revision());
  }

  @Override
  public void close() {
    journal.accept("close " + identity.program() + " " + identity.revision());
  }
}
