package dev.whistler.bpf.verifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of a refusal, as Linux 6.1 to 6.18 write it: visited instructions, register states and
 * source lines, then one or two lines that say what is not accepted, then statistics.
 */
public final class VerifierLog {
  private static final Pattern INSTRUCTION = Pattern.compile("(\\d{1,7}): \\([0-9a-f]{2}\\) .*");
  private static final Pattern STATE = Pattern.compile("(from )?\\d+( to \\d+)?: .*R\\d+.*=.*");
  private static final Pattern NAMED = Pattern.compile("\\binsn (?:#|idx )?(\\d{1,7})");
  private static final Pattern REGISTER = Pattern.compile("\\b[Rr](\\d{1,2})\\b");
  private static final Pattern CALL =
      Pattern.compile("(caller|callee|returning from callee|frame\\d+|from \\d+ to \\d+).*");

  /** What the verifier says of functions that it takes on their own, and of how far it looks. */
  private static final Pattern REMARK =
      Pattern.compile(
          "Func#\\d+ .*(is global|is safe for any args).*|Validating \\S+ func#\\d+.*"
              + "|(last_idx \\d|regs=|parent (didn't|already|state)|force_precise:|\\d+: safe).*");

  private static final int MAXIMUM_MESSAGE_LINES = 3;

  /** What follows in a line is not looked at; the kernel writes at most 1 KiB at once. */
  private static final int MAXIMUM_LINE = 4096;

  private static final List<String> STATISTICS =
      List.of(
          "processed ",
          "verification time ",
          "stack depth ",
          "insns processed ",
          "-- END PROG LOAD LOG",
          "mark_precise:",
          "max_states");

  /** How the verifier writes the helper that takes the place of what does not fit. */
  private static final String POISON = "unknown#195896080";

  private static final String NO_FIT = "CO-RE: ";

  private VerifierLog() {}

  /**
   * What the verifier did not accept.
   *
   * @param instruction slot of the instruction, if the log says
   * @param reason kind of reason
   * @param registers registers named in the message, in order
   * @param message the verifier's own line
   * @param source the source line last printed before, or empty
   */
  public record Verdict(
      OptionalInt instruction,
      Reason reason,
      List<Integer> registers,
      String message,
      String source) {}

  /**
   * Takes a log apart.
   *
   * @return empty if the log says nothing but statistics
   */
  public static Optional<Verdict> parse(String log) {
    List<String> lines = log.lines().map(VerifierLog::line).toList();
    int last = lines.size() - 1;
    while (last >= 0 && isNoise(lines.get(last))) {
      last--;
    }
    if (last < 0) {
      return Optional.empty();
    }
    // Some refusals take two lines: the reason, then details such as the bounds of a register.
    int first = last;
    while (first > 0
        && last - first < MAXIMUM_MESSAGE_LINES - 1
        && !isNoise(lines.get(first - 1))
        && !isTrace(lines.get(first - 1))) {
      first--;
    }
    int message = last;
    for (int i = last; i >= first; i--) {
      if (Reason.of(lines.get(i)) != Reason.OTHER) {
        message = i;
      }
    }
    String text = lines.get(message);
    return Optional.of(
        new Verdict(
            instruction(lines, message, text),
            Reason.of(text),
            registers(text),
            text.startsWith(NO_FIT) ? text.substring(NO_FIT.length()) : text,
            source(lines, message)));
  }

  /**
   * Replaces what the verifier says about calls of the helper that CO-RE puts in place of
   * instructions which do not fit the kernel.
   *
   * @param why slot of such a call → the sentence to be told instead
   */
  public static String explain(String log, Map<Integer, String> why) {
    if (!log.contains(POISON)) {
      return log;
    }
    OptionalInt at = OptionalInt.empty();
    StringBuilder explained = new StringBuilder(log.length());
    for (String text : log.split("(?<=\n)")) {
      Matcher instruction = INSTRUCTION.matcher(line(text));
      if (instruction.matches()) {
        at = OptionalInt.of(Integer.parseInt(instruction.group(1)));
      }
      String sentence = at.isPresent() ? why.get(at.getAsInt()) : null;
      boolean told = sentence != null && text.contains(POISON) && !instruction.matches();
      explained.append(told ? NO_FIT + sentence + "\n" : text);
    }
    return explained.toString();
  }

  private static String line(String text) {
    String line = text.strip();
    return line.length() > MAXIMUM_LINE ? line.substring(0, MAXIMUM_LINE) : line;
  }

  private static OptionalInt instruction(List<String> lines, int message, String text) {
    Matcher named = NAMED.matcher(text);
    if (named.find()) {
      return OptionalInt.of(Integer.parseInt(named.group(1)));
    }
    for (int i = message; i >= 0; i--) {
      Matcher instruction = INSTRUCTION.matcher(lines.get(i));
      if (instruction.matches()) {
        return OptionalInt.of(Integer.parseInt(instruction.group(1)));
      }
    }
    return OptionalInt.empty();
  }

  private static String source(List<String> lines, int message) {
    for (int i = message; i >= 0; i--) {
      if (lines.get(i).startsWith("; ")) {
        return lines.get(i).substring(2);
      }
    }
    return "";
  }

  private static List<Integer> registers(String text) {
    List<Integer> registers = new ArrayList<>();
    Matcher matcher = REGISTER.matcher(text);
    while (matcher.find()) {
      int register = Integer.parseInt(matcher.group(1));
      if (register <= 10 && !registers.contains(register)) {
        registers.add(register);
      }
    }
    return registers;
  }

  private static boolean isNoise(String line) {
    return line.isEmpty() || STATISTICS.stream().anyMatch(line::startsWith);
  }

  private static boolean isTrace(String line) {
    return line.startsWith(";")
        || line.startsWith("func#")
        || INSTRUCTION.matcher(line).matches()
        || STATE.matcher(line).matches()
        || CALL.matcher(line).matches()
        || REMARK.matcher(line).matches();
  }
}
