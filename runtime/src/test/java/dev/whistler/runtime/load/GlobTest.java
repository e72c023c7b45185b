package dev.whistler.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "vfs_*,vfs_read,true",
    "vfs_*,vfs,false",
    "*,anything,true",
    "*,'',true",
    "'',x,false",
    "'','',true",
    "a?c,abc,true",
    "a?c,ac,false",
    "a*b*c,a1b2b3c,true",
    "a*b*c,a1b2b3,false",
    "*read,vfs_read,true",
    "**,x,true",
    "[,[,true",
    "[,a,false",
    "{a,'{a',true",
    "\\,\\,true",
    "a/b,a/b,true"
  })
  void starsAndQuestionMarksStandForOtherText(String pattern, String name, boolean matches) {
    assertThat(new Glob(pattern).matches(name)).isEqualTo(matches);
  }

  /** A matcher that tries all ways would not come back. */
  @Test
  void noPatternTakesLong() {
    assertThat(new Glob("*a".repeat(500) + "b").matches("a".repeat(4096))).isFalse();
  }
}
