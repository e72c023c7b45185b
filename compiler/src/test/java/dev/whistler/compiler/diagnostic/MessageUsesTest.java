package dev.whistler.compiler.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the compiler's own sources use messages. */
class MessageUsesTest {
  /** What says a message, and how many arguments stand before those of the message. */
  private static final Map<String, Integer> SAYING =
      Map.of(
          "report",
          2,
          "fail",
          2,
          "error",
          2,
          "leak",
          3,
          "BackEndException",
          2,
          "MacroError",
          1,
          "with",
          0);

  private static final Set<Message> USED = EnumSet.noneOf(Message.class);
  private static final List<String> FAULTS = new ArrayList<>();

  @BeforeAll
  static void readSources() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"));
        var manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = files.filter(f -> f.toString().endsWith(".java")).toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(sources));
      for (CompilationUnitTree unit : task.parse()) {
        new Uses().scan(unit, null);
      }
    }
  }

  @Test
  void everyMessageIsUsed() {
    assertThat(USED).containsExactly(Message.values());
  }

  /** Each use passes as many arguments as its texts have places, and none is put together there. */
  @Test
  void everyUsePassesItsArguments() {
    assertThat(FAULTS).isEmpty();
  }

  private static final class Uses extends TreeScanner<Void, Void> {
    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Void nothing) {
      messages(tree).forEach(USED::add);
      return super.visitMemberSelect(tree, nothing);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
      ExpressionTree target = call.getMethodSelect();
      if (target instanceof IdentifierTree name) {
        check(name.getName().toString(), call.getArguments(), call.getArguments(), call);
      } else if (target instanceof MemberSelectTree select) {
        String name = select.getIdentifier().toString();
        List<? extends ExpressionTree> said =
            name.equals("with") ? List.of(select.getExpression()) : call.getArguments();
        check(name, said, call.getArguments(), call);
      }
      return super.visitMethodInvocation(call, nothing);
    }

    @Override
    public Void visitNewClass(NewClassTree call, Void nothing) {
      check(call.getIdentifier().toString(), call.getArguments(), call.getArguments(), call);
      return super.visitNewClass(call, nothing);
    }

    private static void check(
        String name,
        List<? extends ExpressionTree> said,
        List<? extends ExpressionTree> arguments,
        Tree call) {
      if (!SAYING.containsKey(name)) {
        return;
      }
      List<? extends ExpressionTree> own =
          arguments.subList(Math.min(SAYING.get(name), arguments.size()), arguments.size());
      said.stream()
          .flatMap(tree -> messages(tree).stream())
          .filter(message -> message.template().names().size() != own.size())
          .forEach(message -> FAULTS.add(message + " has other places than " + call));
      if (said.stream().anyMatch(tree -> !messages(tree).isEmpty())) {
        own.stream()
            .filter(Uses::isPutTogether)
            .forEach(argument -> FAULTS.add(argument + " is text for messages.txt"));
      }
    }

    /** The constants that an expression may be. */
    private static List<Message> messages(Tree tree) {
      return switch (tree) {
        case ConditionalExpressionTree either ->
            Stream.of(either.getTrueExpression(), either.getFalseExpression())
                .flatMap(branch -> messages(branch).stream())
                .toList();
        case MemberSelectTree select when select.getExpression().toString().equals("Message") ->
            Stream.of(Message.values())
                .filter(message -> message.name().contentEquals(select.getIdentifier()))
                .toList();
        default -> List.of();
      };
    }

    private static boolean isPutTogether(ExpressionTree argument) {
      return Boolean.TRUE.equals(
          new TreeScanner<Boolean, Void>() {
            @Override
            public Boolean visitBinary(BinaryTree sum, Void nothing) {
              return sum.getKind() == Tree.Kind.PLUS
                      && (isText(sum.getLeftOperand()) || isText(sum.getRightOperand()))
                  || Boolean.TRUE.equals(super.visitBinary(sum, nothing));
            }

            @Override
            public Boolean reduce(Boolean one, Boolean other) {
              return Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other);
            }
          }.scan(argument, null));
    }

    private static boolean isText(ExpressionTree tree) {
      return tree instanceof LiteralTree literal && literal.getValue() instanceof String;
    }
  }
}
