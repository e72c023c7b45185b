package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One snapshot of what a program runs, and how far its roll-out is. Written by the operator,
 * watched by agents; at most 32 KiB, without source and without code. Its name is {@code
 * PROGRAM-NUMBER}. Which revision a node runs is decided by {@link Membership}.
 */
@JsonClassDescription(
    "One snapshot of what a program runs, and how far its roll-out is. Written by the operator, watched by agents. Its name is PROGRAM-NUMBER.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("wr")
@Categories(Group.CATEGORY)
@AdditionalPrinterColumn(name = "PROGRAM", jsonPath = ".spec.program.name", type = Type.STRING)
@AdditionalPrinterColumn(name = "REVISION", jsonPath = ".spec.revision", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase", type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class WhistlerRevision extends CustomResource<WhistlerRevisionSpec, WhistlerRevisionStatus> {
  private static final long serialVersionUID = 1;

  /** The name of a program's revision. */
  public static String nameOf(String program, long revision) {
    return program + "-" + revision;
  }
}
