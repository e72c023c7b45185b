package dev.whistler.bpf;

import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object in the kernel. Owns its programs and maps; closing it closes them all. */
public final class LoadedObject implements AutoCloseable {
  private final Map<String, BpfMap> maps;
  private final Map<String, BpfProgram> programs;
  private final @Nullable LoadedBtf btf;

  LoadedObject(
      Map<String, BpfMap> maps, Map<String, BpfProgram> programs, @Nullable LoadedBtf btf) {
    this.maps = Collections.unmodifiableMap(new LinkedHashMap<>(maps));
    this.programs = Collections.unmodifiableMap(new LinkedHashMap<>(programs));
    this.btf = btf;
  }

  /** All maps by symbol, those of data sections by section name. */
  public Map<String, BpfMap> maps() {
    return maps;
  }

  /** All programs by symbol. */
  public Map<String, BpfProgram> programs() {
    return programs;
  }

  /**
   * A map.
   *
   * @throws IllegalArgumentException if the object has none of that name
   */
  public BpfMap map(String name) {
    BpfMap map = maps.get(name);
    if (map == null) {
      throw new IllegalArgumentException("no map " + name + "; there are " + maps.keySet());
    }
    return map;
  }

  /**
   * A program.
   *
   * @throws IllegalArgumentException if the object has none of that name
   */
  public BpfProgram program(String name) {
    BpfProgram program = programs.get(name);
    if (program == null) {
      throw new IllegalArgumentException("no program " + name + "; there are " + programs.keySet());
    }
    return program;
  }

  @Override
  public void close() {
    closeAll(maps, programs, btf);
  }

  static void closeAll(
      Map<String, BpfMap> maps, Map<String, BpfProgram> programs, @Nullable LoadedBtf btf) {
    programs.values().forEach(BpfProgram::close);
    maps.values().forEach(BpfMap::close);
    if (btf != null) {
      btf.close();
    }
  }
}
