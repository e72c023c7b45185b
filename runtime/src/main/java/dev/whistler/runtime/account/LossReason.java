package dev.whistler.runtime.account;

/** Why a decoded record did not reach a sink. The texts are stable. */
public enum LossReason {
  /** The sink was too slow: its queue had no room within the sink's patience. */
  QUEUE_FULL("queue-full"),
  /** The sink refused or failed. */
  SINK_FAILED("sink-failed"),
  /** One record is larger than the whole queue. */
  TOO_LARGE("too-large"),
  /** The program was stopped before the sink had taken it. */
  STOPPED("stopped");

  private final String text;

  LossReason(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
