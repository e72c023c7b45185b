package dev.whistler.runtime.load;

import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.link.Attachment;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.AttachTarget;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Attaches the programs of an object as their sections and the given targets say. */
public final class Attaching {
  private final ObjectSchema schema;
  private final List<AttachTarget> targets;

  /**
   * @throws StartException {@code ATTACH_FAILED} if a target names a program that is not there, or
   *     does not suit it
   */
  public Attaching(ObjectSchema schema, List<AttachTarget> targets) throws StartException {
    this.schema = schema;
    this.targets = targets;
    for (AttachTarget target : targets) {
      if (schema.program(target.program()).isEmpty()) {
        throw new StartException(
            FailureReason.ATTACH_FAILED,
            "There is no program '%s' to attach; there are: %s."
                .formatted(
                    target.program(),
                    schema.programs().stream()
                        .map(ProgramSchema::name)
                        .collect(Collectors.joining(", "))));
      }
    }
  }

  /**
   * Attaches every program. On failure those attached before stay with {@code resources}.
   *
   * @param resources takes the attachments over
   * @return how many attachments there are
   */
  public int attach(LoadedObject loaded, Resources resources) throws StartException {
    int count = 0;
    try (TracefsOnDemand tracefs = new TracefsOnDemand()) {
      for (ProgramSchema program : schema.programs()) {
        for (Attachment attachment : attach(program, loaded, tracefs)) {
          resources.own(attachment);
          count++;
        }
      }
    }
    return count;
  }

  private List<Attachment> attach(
      ProgramSchema program, LoadedObject loaded, TracefsOnDemand tracefs) throws StartException {
    BpfProgram kernelProgram = loaded.program(program.symbol());
    List<Attachment> attachments = new ArrayList<>();
    try {
      switch (program.attach()) {
        case Attach.Tracepoint(String category, String event) ->
            attachments.add(Tracepoint.attach(kernelProgram, tracefs.get(), category, event));
        case Attach.RawTracepoint(String event, boolean _) ->
            attachments.add(Tracepoint.attachRaw(kernelProgram, event));
        case Attach.None _ -> {}
        default ->
            throw new StartException(
                FailureReason.UNSUPPORTED,
                "Program %s has the section '%s', which this runtime cannot attach yet."
                    .formatted(program.name(), program.section()));
      }
      return attachments;
    } catch (BpfException e) {
      throw Failures.of(
          FailureReason.ATTACH_FAILED, "Program " + program.name() + " cannot be attached", e);
    }
  }
}
