package dev.whistler.cli.start;

import java.io.ByteArrayInputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rewrites class files to the same classes in the form that a class cache keeps: of a version with
 * stack maps (the cache refuses those verified without), and without switches over types that make
 * classes at run time.
 */
final class ClassRewrite {
  /** The first version that must have stack maps. */
  private static final int WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION;

  private static final String METHOD = "typeSwitch$";

  private final ClassHierarchyResolver types;

  /**
   * For the classes of one jar.
   *
   * @param entries entry name to content, where types of the jar are looked up
   */
  ClassRewrite(Map<String, byte[]> entries) {
    types =
        ClassHierarchyResolver.ofResourceParsing(
                type -> {
                  String descriptor = type.descriptorString();
                  byte[] bytes =
                      entries.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
                  return bytes == null ? null : new ByteArrayInputStream(bytes);
                })
            .orElse(ClassHierarchyResolver.defaultResolver());
  }

  /** The rewritten class; the bytes themselves where nothing is to be done. */
  byte[] rewrite(byte[] bytes) {
    ClassModel model = ClassFile.of().parse(bytes);
    boolean old = model.majorVersion() < WITH_STACK_MAPS;
    if (!old && !hasTypeSwitch(model)) {
      return bytes;
    }
    ClassFile writer =
        old
            ? ClassFile.of(
                ClassHierarchyResolverOption.of(types),
                StackMapsOption.GENERATE_STACK_MAPS,
                ConstantPoolSharingOption.NEW_POOL)
            : ClassFile.of(ClassHierarchyResolverOption.of(types));
    return writer.transformClass(writer.parse(bytes), new Rewriting(model, old));
  }

  private static boolean hasTypeSwitch(ClassModel model) {
    return model.methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(CodeModel::elementStream)
        .anyMatch(element -> typeSwitch(element).isPresent());
  }

  private static Optional<TypeSwitch> typeSwitch(CodeElement element) {
    return element instanceof InvokeDynamicInstruction dynamic
        ? TypeSwitch.of(dynamic)
        : Optional.empty();
  }

  /** One class on its way; the methods for its switches come at its end. */
  private static final class Rewriting implements ClassTransform {
    private final ClassModel model;
    private final boolean old;
    private final List<TypeSwitch> switches = new ArrayList<>();

    Rewriting(ClassModel model, boolean old) {
      this.model = model;
      this.old = old;
    }

    @Override
    public void accept(ClassBuilder builder, ClassElement element) {
      switch (element) {
        case ClassFileVersion version when old ->
            builder.withVersion(WITH_STACK_MAPS, version.minorVersion());
        case MethodModel method ->
            builder.transformMethod(method, MethodTransform.transformingCode(this::code));
        default -> builder.with(element);
      }
    }

    private void code(CodeBuilder code, CodeElement element) {
      Optional<TypeSwitch> found = typeSwitch(element);
      if (found.isEmpty()) {
        code.with(element);
        return;
      }
      code.invokestatic(
          model.thisClass().asSymbol(),
          METHOD + switches.size(),
          found.get().type(),
          model.flags().has(AccessFlag.INTERFACE));
      switches.add(found.get());
    }

    @Override
    public void atEnd(ClassBuilder builder) {
      for (int i = 0; i < switches.size(); i++) {
        TypeSwitch of = switches.get(i);
        builder.withMethodBody(
            METHOD + i,
            of.type(),
            ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
            of::write);
      }
    }
  }
}
