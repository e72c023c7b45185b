package dev.whistler.cli.start;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A {@code switch} over types, as the compiler leaves it to {@link
 * java.lang.runtime.SwitchBootstraps#typeSwitch}: that makes a class at run time for each, which no
 * cache keeps. The same as an ordinary method here.
 *
 * @param type from the value and the index to start at, to the index of the first label that fits;
 *     -1 for null and the number of labels if none does
 * @param labels types in the order of the source
 */
record TypeSwitch(MethodTypeDesc type, List<ClassDesc> labels) {
  private static final String BOOTSTRAP = "java/lang/runtime/SwitchBootstraps";
  private static final String NAME = "typeSwitch";

  TypeSwitch {
    labels = List.copyOf(labels);
  }

  /** Empty if the instruction is none, or has labels other than classes. */
  static Optional<TypeSwitch> of(InvokeDynamicInstruction instruction) {
    var bootstrap = instruction.invokedynamic().bootstrap();
    if (!bootstrap.bootstrapMethod().reference().owner().asInternalName().equals(BOOTSTRAP)
        || !instruction.name().equalsString(NAME)) {
      return Optional.empty();
    }
    List<ClassDesc> labels =
        instruction.bootstrapArgs().stream()
            .flatMap(
                label ->
                    label instanceof ClassDesc of && !of.isPrimitive()
                        ? Stream.of(of)
                        : Stream.empty())
            .toList();
    return labels.size() == instruction.bootstrapArgs().size() && !labels.isEmpty()
        ? Optional.of(new TypeSwitch(instruction.typeSymbol(), labels))
        : Optional.empty();
  }

  /** Writes the body of the method. */
  void write(CodeBuilder code) {
    Label[] tests =
        IntStream.rangeClosed(0, labels.size())
            .mapToObj(i -> code.newLabel())
            .toArray(Label[]::new);
    Label notNull = code.newLabel();
    Label none = tests[labels.size()];
    code.aload(0).ifnonnull(notNull).iconst_m1().ireturn().labelBinding(notNull);
    List<SwitchCase> starts =
        IntStream.range(0, labels.size()).mapToObj(i -> SwitchCase.of(i, tests[i])).toList();
    code.iload(1).tableswitch(0, labels.size() - 1, none, starts);
    for (int i = 0; i < labels.size(); i++) {
      code.labelBinding(tests[i]).aload(0).instanceOf(labels.get(i)).ifeq(tests[i + 1]);
      code.loadConstant(i).ireturn();
    }
    code.labelBinding(none).loadConstant(labels.size()).ireturn();
  }
}
