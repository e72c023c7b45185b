package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a program is attached whose section does not say so. Exactly one of the targets is given.
 *
 * @param program the program's name in the source
 * @param interfaces network interfaces, for packet programs
 * @param cgroup a cgroup of the node
 * @param pods the cgroups of pods
 * @param uprobe a place in a user-space binary
 */
@ResourceValue
@ValidationRule(
    value =
        "[has(self.interfaces), has(self.cgroup), has(self.pods), has(self.uprobe)]"
            + ".filter(given, given).size() == 1",
    message = "an attach entry names exactly one of interfaces, cgroup, pods, uprobe")
public record AttachTarget(
    @Required
        @Size(min = 1, max = 128)
        @JsonPropertyDescription("Name of the program in the source.")
        String program,
    @JsonPropertyDescription("Network interfaces, for packet programs.")
        @Nullable Interfaces interfaces,
    @JsonPropertyDescription("A cgroup of the node.") @Nullable Cgroup cgroup,
    @JsonPropertyDescription("The cgroups of the node's pods that match.") @Nullable Pods pods,
    @JsonPropertyDescription("A place in a user-space binary.") @Nullable Uprobe uprobe) {

  /**
   * Network interfaces of a node; those that come later are attached when they come.
   *
   * @param names exact names
   * @param pattern a name in which {@code *} stands for any text
   */
  @ResourceValue
  @ValidationRule(
      value = "has(self.names) != has(self.pattern)",
      message = "interfaces are given either by names or by a pattern")
  public record Interfaces(
      @Size(min = 1, max = 64) @JsonPropertyDescription("Exact names.")
          List<@Size(min = 1, max = 15) String> names,
      @Size(min = 1, max = 15)
          @JsonPropertyDescription("A name in which * stands for any text, for instance eth*.")
          @Nullable String pattern) {
    public Interfaces {
      names = Absent.list(names);
    }
  }

  /**
   * A cgroup.
   *
   * @param path below the root of the cgroup v2 hierarchy
   */
  @ResourceValue
  public record Cgroup(
      @Required
          @Size(min = 1, max = 1024)
          @Pattern("^/.*$")
          @JsonPropertyDescription("Path below the root of the cgroup v2 hierarchy.")
          String path) {}

  /**
   * Pods of the node.
   *
   * @param podSelector by the pods' labels
   * @param namespaceSelector by their namespaces' labels
   */
  @ResourceValue
  public record Pods(
      @JsonPropertyDescription("Selects by the labels of the pods; all when missing.")
          @Nullable Selector podSelector,
      @JsonPropertyDescription("Selects by the labels of their namespaces; all when missing.")
          @Nullable Selector namespaceSelector) {}

  /**
   * A place in a binary.
   *
   * @param path the file on the node
   * @param symbol a function's name
   * @param offset bytes behind the symbol
   */
  @ResourceValue
  public record Uprobe(
      @Required
          @Size(min = 1, max = 4096)
          @Pattern("^/.*$")
          @JsonPropertyDescription("The binary's path on the node.")
          String path,
      @Required @Size(min = 1, max = 1024) @JsonPropertyDescription("A function's name.")
          String symbol,
      @Min(0) @JsonPropertyDescription("Bytes behind the symbol.") @Nullable Long offset) {}
}
