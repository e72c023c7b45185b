package dev.whistler.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.verifier.Reason;
import dev.whistler.bpf.verifier.VerifierLog;
import dev.whistler.runtime.StartException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the verifier has against a program, said at the form of its source. */
@Timeout(300)
class RejectedSourcesTest {
  private static final Pattern PLACE = Pattern.compile("Program p was refused: (\\d+:\\d+) .*");

  @Test
  void theVerdictIsThatOfTheAnswerKey() throws Exception {
    List<RejectedSources.Source> sources = RejectedSources.all();
    assertThat(sources).hasSizeGreaterThanOrEqualTo(45);
    List<String> wrong = new ArrayList<>();
    for (RejectedSources.Source source : sources) {
      String wanted = source.reason() + " at " + source.place();
      String got = verdict(source.object());
      if (!got.startsWith(wanted + "\n")) {
        wrong.add("%n%s: wanted %s, got %s".formatted(source.name(), wanted, got));
      }
    }
    int exact = sources.size() - wrong.size();
    System.out.println(
        exact + " of " + sources.size() + " verdicts on programs in Lisp exact; " + wrong);
    assertThat(exact).as(wrong.toString()).isGreaterThanOrEqualTo((sources.size() * 95 + 99) / 100);
  }

  private static String verdict(byte[] object) throws StartException {
    try (var loaded = ObjectLoading.read(object).load(LoadOptions.defaults())) {
      return "accepted as " + loaded.programs();
    } catch (StartException e) {
      Reason reason =
          VerifierLog.parse(e.detail()).map(VerifierLog.Verdict::reason).orElse(Reason.OTHER);
      Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
      return reason + " at " + (place.matches() ? place.group(1) : "?") + "\n" + e.getMessage();
    }
  }
}
