package dev.whistler.runtime.load;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.ProgramSchema;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of an event's record a program may read. The kernel compares that when a program is
 * attached (kernel/events/core.c, {@code max_ctx_offset}), but sees only the entry program there
 * and not what runs behind it, so that we must.
 */
final class ContextSize {
  private static final Pattern FIELD = Pattern.compile("offset:(\\d{1,6});\\s*size:(\\d{1,6});");
  private static final int WORD = 8;

  private ContextSize() {}

  /**
   * An event that this kernel does not have is for the attachment to tell.
   *
   * @throws StartException {@code ATTACH_FAILED} if the program reads beyond the event's fields
   */
  static void checkTracepoint(ProgramSchema program, Tracefs tracefs, String category, String event)
      throws StartException {
    if (program.contextBytes() > 0) {
      Optional<String> format = tracefs.format(category, event);
      if (format.isPresent()) {
        require(program, size(format.get()), category + "/" + event);
      }
    }
  }

  /** Bytes up to the end of the last field. */
  static int size(String format) {
    int size = 0;
    Matcher field = FIELD.matcher(format);
    while (field.find()) {
      size = Math.max(size, Integer.parseInt(field.group(1)) + Integer.parseInt(field.group(2)));
    }
    return size;
  }

  /**
   * @throws StartException {@code ATTACH_FAILED} if the program reads more arguments than there are
   */
  static void checkRawTracepoint(ProgramSchema program, String event) throws StartException {
    if (program.contextBytes() > 0 && KernelBtf.isPresent()) {
      OptionalInt arguments = arguments(KernelBtf.running(), event);
      if (arguments.isPresent()) {
        require(program, arguments.getAsInt() * WORD, event);
      }
    }
  }

  /** The first parameter of {@code btf_trace_*} is the tracepoint's own data. */
  private static OptionalInt arguments(Btf kernel, String event) {
    OptionalInt id = kernel.find("btf_trace_" + event, BtfType.Typedef.class);
    return id.isPresent()
            && kernel.type(id.getAsInt()) instanceof BtfType.Typedef(_, int pointer)
            && kernel.type(pointer) instanceof BtfType.Pointer(int target)
            && kernel.type(target) instanceof BtfType.Prototype(_, var parameters)
        ? OptionalInt.of(parameters.size() - 1)
        : OptionalInt.empty();
  }

  private static void require(ProgramSchema program, int size, String event) throws StartException {
    if (program.contextBytes() > size) {
      throw new StartException(
          FailureReason.ATTACH_FAILED,
          "Program %s reads %d bytes of its context and the record of %s has %d on this kernel; compile it for this kernel."
              .formatted(program.name(), program.contextBytes(), event, size));
    }
  }
}
