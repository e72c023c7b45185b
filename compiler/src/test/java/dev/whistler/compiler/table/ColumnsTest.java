package dev.whistler.compiler.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.whistler.compiler.Compiler;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every column and trait of a table is asked for: what nothing asks for was forgotten. */
class ColumnsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Compiler.class.getProtectionDomain().getCodeSource().getLocation());

  /** The classes that use a member, without the one that has it. */
  private static Set<String> users(Collection<? extends JavaAccess<?>> accesses) {
    return accesses.stream()
        .filter(access -> !access.getOriginOwner().equals(access.getTargetOwner()))
        .map(access -> access.getOriginOwner().getName())
        .collect(Collectors.toSet());
  }

  private static Set<String> usersOf(Class<?> row, String column) {
    return users(CLASSES.get(row).getMethod(column).getAccessesToSelf());
  }

  @Test
  void everyColumnIsRead() {
    for (Class<?> row :
        List.of(ProgramType.class, Helper.class, Sections.Row.class, ResolvedSection.class)) {
      for (RecordComponent column : row.getRecordComponents()) {
        assertThat(usersOf(row, column.getName()).isEmpty() && !isReadInside(row, column.getName()))
            .as("%s of %s is not read", column.getName(), row.getSimpleName())
            .isFalse();
      }
    }
  }

  /** Whether a method of the row itself uses a column, beside its accessor. */
  private static boolean isReadInside(Class<?> row, String column) {
    return CLASSES.get(row).getField(column).getAccessesToSelf().stream()
        .map(JavaAccess::getOrigin)
        .anyMatch(user -> user instanceof JavaMethod && !user.getName().equals(column));
  }

  @Test
  void everyTraitIsReadAndOfSomeRow() {
    for (Helper.Trait trait : Helper.Trait.values()) {
      assertRead(trait);
      assertThat(Helpers.all()).as("%s", trait).anyMatch(helper -> helper.has(trait));
    }
    for (ProgramType.Trait trait : ProgramType.Trait.values()) {
      assertRead(trait);
      assertThat(ProgramTypes.all()).as("%s", trait).anyMatch(type -> type.has(trait));
    }
    for (AttachPoint point : AttachPoint.values()) {
      assertThat(ProgramTypes.all()).as("%s", point).anyMatch(type -> type.attachPoint() == point);
    }
    for (TargetForm form : TargetForm.values()) {
      assertThat(Sections.rows()).as("%s", form).anyMatch(row -> row.form() == form);
    }
  }

  private static void assertRead(Enum<?> trait) {
    assertThat(
            users(
                CLASSES.get(trait.getDeclaringClass()).getField(trait.name()).getAccessesToSelf()))
        .as("who asks for %s", trait)
        .isNotEmpty();
  }

  /** Others ask what a type is like; by its name they would be a further place of its facts. */
  @Test
  void programTypesAreNotToldApartByTheirNames() {
    assertThat(usersOf(ProgramType.class, "name"))
        .containsOnly(
            "dev.whistler.compiler.table.ProgramTypes",
            "dev.whistler.compiler.object.SchemaWriter");
    assertThat(usersOf(ProgramType.class, "context"))
        .containsOnly("dev.whistler.compiler.table.Contexts");
  }
}
