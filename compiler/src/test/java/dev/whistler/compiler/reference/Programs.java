package dev.whistler.compiler.reference;

import dev.whistler.compiler.tree.TypedUnit;

/** The random programs of this package as typed units, for tests of other packages. */
public final class Programs {
  /** What a program is about. */
  public enum Kind {
    /** Nothing but shapes that passes look for. */
    SHAPES,
    /** One word, as a whole and in parts. */
    WIDTHS,
    /** Run-time indices. */
    INDICES,
    /** Everything. */
    ANY
  }

  private Programs() {}

  /** The source of a random program. */
  public static String source(Kind kind, long seed) {
    return switch (kind) {
      case SHAPES -> ProgramGenerator.unit(new ProgramGenerator(seed).shapes());
      case WIDTHS -> ProgramGenerator.unit(new ProgramGenerator(seed).testsAtWidths());
      case INDICES -> IndexPrograms.unit(new IndexPrograms(seed).body());
      case ANY -> ProgramGenerator.unit(new ProgramGenerator(seed).program());
    };
  }

  /** A unit around a body, with the definitions that all these programs have. */
  public static String around(String body) {
    return ProgramGenerator.unit(Form.read(body));
  }

  public static TypedUnit unit(String source) {
    return Compilation.analyze(source);
  }
}
