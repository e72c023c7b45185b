package dev.whistler.operator.status;

import dev.whistler.crds.ResourceCondition.Status;

/**
 * A condition before it is dated.
 *
 * @param type what is stated
 * @param status whether it holds
 * @param reason why, one word
 * @param message why, a sentence
 */
record Verdict(String type, Status status, String reason, String message) {
  static Verdict yes(String type, String reason, String message) {
    return new Verdict(type, Status.TRUE, reason, message);
  }

  static Verdict no(String type, String reason, String message) {
    return new Verdict(type, Status.FALSE, reason, message);
  }

  static Verdict unknown(String type, String reason, String message) {
    return new Verdict(type, Status.UNKNOWN, reason, message);
  }
}
