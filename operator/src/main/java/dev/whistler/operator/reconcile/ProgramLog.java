package dev.whistler.operator.reconcile;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.status.Transition;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Lines about a program. A structured log has the program, its generation and the reason as fields
 * of their own, whatever thread writes it.
 */
final class ProgramLog {
  static final String PROGRAM = "program";
  static final String GENERATION = "generation";
  static final String REASON = "reason";

  private static final Logger LOG = Logger.getLogger(ProgramLog.class);

  private ProgramLog() {}

  /** One line for each change that is told; a warning is one for users, not for the operator. */
  static void changed(WhistlerProgram program, Transition transition) {
    with(program, transition.reason(), () -> LOG.info(line(program, transition)));
  }

  /** A line about what an administrator may have to look after. */
  static void warned(WhistlerProgram program, Transition transition) {
    with(program, transition.reason(), () -> LOG.warn(line(program, transition)));
  }

  private static String line(WhistlerProgram program, Transition transition) {
    return "Program " + program.getMetadata().getName() + ": " + transition.message();
  }

  private static void with(WhistlerProgram program, String reason, Runnable line) {
    MDC.put(PROGRAM, program.getMetadata().getName());
    MDC.put(GENERATION, String.valueOf(program.getMetadata().getGeneration()));
    MDC.put(REASON, reason);
    try {
      line.run();
    } finally {
      MDC.remove(PROGRAM);
      MDC.remove(GENERATION);
      MDC.remove(REASON);
    }
  }
}
