package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.status.Transition;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.MDC;
import org.jboss.logmanager.formatters.JsonFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A structured log tells by fields, not by text, which program a line is about. */
final class ProgramLogTest {
  private final Logger log = Logger.getLogger(ProgramLog.class.getName());
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(new JsonFormatter().format(ExtLogRecord.wrap(line)));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    log.addHandler(listener);
  }

  @AfterEach
  void stopListening() {
    log.removeHandler(listener);
  }

  @Test
  void aChangeIsOneLineWithItsFieldsAndNothingIsLeftOnTheThread() {
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName("forks");
    program.getMetadata().setGeneration(3L);
    ProgramLog.changed(program, new Transition(true, "AttachFailed", "Attached: Node a: 100 %d."));

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("\"program\":\"forks\"", "\"generation\":\"3\"", "\"reason\":\"AttachFailed\"")
        .contains("Program forks: Attached: Node a: 100 %d.")
        .contains("\"level\":\"INFO\"");
    assertThat(MDC.copy()).isEmpty();
  }
}
