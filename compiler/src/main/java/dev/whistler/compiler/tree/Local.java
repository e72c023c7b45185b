package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import org.jspecify.annotations.Nullable;

/**
 * A lexical variable (section 6.1). Compared by identity: every binding is a local of its own, so
 * shadowing is settled here. Its static type and whether it lives in memory are settled when the
 * whole body was analyzed.
 */
public final class Local {
  private final String name;
  private final @Nullable ScalarType declared;
  private final Origin origin;
  private StaticType type;
  private boolean inMemory;

  public Local(String name, @Nullable ScalarType declared, StaticType type, Origin origin) {
    this.name = name;
    this.declared = declared;
    this.type = type;
    this.origin = origin;
  }

  /** The name as written. */
  public String name() {
    return name;
  }

  /** The written type, through which every assigned value passes; null for an inferred type. */
  public @Nullable ScalarType declared() {
    return declared;
  }

  public Origin origin() {
    return origin;
  }

  public StaticType type() {
    return type;
  }

  public void setType(StaticType type) {
    this.type = type;
  }

  /**
   * Whether {@code stack-addr} is applied to it: it then lives on the stack with the width of its
   * declared type (8 if none).
   */
  public boolean inMemory() {
    return inMemory;
  }

  public void setInMemory() {
    inMemory = true;
  }

  /** Width in bytes of its memory. */
  public int memoryWidth() {
    return declared == null ? 8 : declared.width();
  }

  @Override
  public String toString() {
    return name;
  }
}
