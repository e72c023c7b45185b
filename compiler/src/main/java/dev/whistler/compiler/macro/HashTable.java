package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A hash table; it iterates in insertion order (section 18.6). */
final class HashTable implements Datum {
  /** What keys are compared by. */
  enum Test {
    EQ,
    EQL,
    EQUAL,
    EQUALP
  }

  /** A key with its hash and equality. */
  record Key(Datum datum, Test test, Equality equality) {
    @Override
    public boolean equals(@Nullable Object other) {
      // Keys may be made to collide: comparing them costs steps.
      equality.countComparison();
      return other instanceof Key key
          && switch (test) {
            case EQ, EQL -> Equality.eql(datum, key.datum);
            case EQUAL -> equality.equal(datum, key.datum);
            case EQUALP -> equality.equalp(datum, key.datum);
          };
    }

    @Override
    public int hashCode() {
      return switch (test) {
        case EQ, EQL -> Equality.eqlHash(datum);
        case EQUAL -> equality.hash(datum, false);
        case EQUALP -> equality.hash(datum, true);
      };
    }
  }

  private final Test test;
  private final Equality equality;
  private final Map<Key, Datum> entries = new LinkedHashMap<>();

  HashTable(Test test, Equality equality) {
    this.test = test;
    this.equality = equality;
  }

  Key key(Datum datum) {
    return new Key(datum, test, equality);
  }

  /** Changes show; iterate over a copy. */
  Map<Key, Datum> entries() {
    return entries;
  }

  @Override
  public @Nullable SourceRange range() {
    return null;
  }
}
