package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * The kernel profiles and pieces of types that agents may create now. There is one, {@link #NAME},
 * written by the operator; it is the parameter of the admission policy for both. It is a kind of
 * ours because an API server ends its watch of a built-in kind once no policy uses it, and never
 * begins it again.
 */
@JsonClassDescription(
    "Which kernel profiles and kernel types agents may create now. There is one, named wanted, written by the operator.")
@io.fabric8.kubernetes.model.annotation.Group(Group.NAME)
@Version(Group.VERSION)
@ShortNames("kpr")
@Categories(Group.CATEGORY)
@ValidationRule(
    value = "self.metadata.name == 'wanted'",
    message = "there is one list of wanted profiles, and its name is wanted")
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class KernelProfileRequest extends CustomResource<KernelProfileRequestSpec, Void> {
  private static final long serialVersionUID = 1;

  /** The name of the only one. */
  public static final String NAME = "wanted";
}
