package dev.whistler.compiler.form;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.check.TierPolicy;
import dev.whistler.compiler.define.UnitTables.ProgramDefinition;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ProgramType;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import java.util.Optional;

/** The check of the current cgroup at the entry of a program (section 19.9). */
final class ScopeCheck {
  private ScopeCheck() {}

  static Expr wrap(Expr body, ProgramDefinition program, HiddenMaps hidden, BodyAnalyzer analyzer) {
    Optional<MapDefinition> scope = hidden.scope();
    if (scope.isEmpty()) {
      return body;
    }
    ProgramType type = program.context().type();
    Origin at = program.origin();
    if (!type.has(ProgramType.Trait.CURRENT_CGROUP)) {
      throw analyzer.fail(Message.SCOPE_WITHOUT_CGROUP, at, type);
    }
    TreeBuilder tree = Trees.at(at);
    Expr found =
        new Expr.MapLookup(
            scope.get(),
            new Expr.Slot.ByValue(tree.call("get-current-cgroup-id"), 8),
            new PointerType(Region.MAP_VALUE, null, 1, true),
            at);
    // Outside of the scope the program is not there: it lets everything pass.
    long passValue =
        new TierPolicy(CompilationOptions.Tier.OBSERVE)
            .passValue(program.context().section())
            .orElse(0);
    return tree.iff(found, body, tree.word(passValue));
  }
}
