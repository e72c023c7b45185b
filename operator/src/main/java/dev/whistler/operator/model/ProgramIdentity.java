package dev.whistler.operator.model;

import dev.whistler.crds.WhistlerProgram;

/**
 * Which program, in which version.
 *
 * @param name its name
 * @param uid its UID
 * @param generation of the spec
 */
public record ProgramIdentity(String name, String uid, long generation) {
  /** The identity of a resource that the API server stores. */
  public static ProgramIdentity of(WhistlerProgram program) {
    return new ProgramIdentity(
        program.getMetadata().getName(),
        program.getMetadata().getUid(),
        program.getMetadata().getGeneration());
  }
}
