package dev.whistler.compiler.define;

import dev.whistler.compiler.define.UnitTables.ProgramDefinition;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ProgramType;
import dev.whistler.compiler.table.ProgramTypes;
import dev.whistler.compiler.table.ResolvedSection;
import dev.whistler.compiler.table.Sections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code defprog}: its options; the body waits (sections 15.1 to 15.4). */
public final class ProgramDefinitions {
  private static final int MAX_PROGRAMS = 64;

  private final UnitContext unit;
  private final Names names;
  private final Diagnostics diagnostics;

  public ProgramDefinitions(UnitContext unit, Names names) {
    this.unit = unit;
    this.names = names;
    this.diagnostics = unit.diagnostics();
  }

  public void define(Form form, ExpansionContext context) {
    if (form.count() < 2) {
      throw diagnostics.fail(Message.DEFPROG_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "program", at);
    if (unit.tables().programs().size() >= MAX_PROGRAMS) {
      throw diagnostics.fail(Message.TOO_MANY_PROGRAMS, form.origin(), MAX_PROGRAMS);
    }
    String symbol = names.claim("program", name, at);
    OptionList options =
        new OptionList(
            ProperList.require(
                form.operand(1), "the options of defprog", form.origin(), diagnostics),
            Set.of("type", "section", "license", "sleepable", "include-reader"),
            "defprog",
            context,
            diagnostics);
    ProgramType type = type(options, context);
    ResolvedSection section = section(options, type, form.origin(), context);
    Datum sectionDatum = options.value("section");
    checkKernel(section, form.origin());
    SectionTargets.check(
        section,
        unit,
        form.origin(),
        sectionDatum == null ? form.origin() : context.originOf(sectionDatum));
    String license = text(options, "license", "GPL", context);
    checkLicense(license, options, form.origin(), context);
    List<Datum> body = form.from(2);
    if (body.size() > 1 && body.getFirst() instanceof Datum.Str) {
      body = body.subList(1, body.size());
    }
    ProgramContext program =
        new ProgramContext(
            name, section, license, section.sleepable() || isTrue(options.value("sleepable")));
    unit.tables()
        .programs()
        .add(
            new ProgramDefinition(
                program,
                symbol,
                isTrue(options.value("include-reader")),
                body,
                context.within(form.cons()),
                form.origin()));
  }

  private static boolean isTrue(@Nullable Datum value) {
    return value != null && !Datum.isNil(value);
  }

  private ProgramType type(OptionList options, ExpansionContext context) {
    Datum datum = options.value("type");
    if (datum == null) {
      return ProgramTypes.DEFAULT;
    }
    String name = datum instanceof Datum.Symbol s && s.name().isKeyword() ? s.name().text() : "";
    return ProgramTypes.named(name).orElseThrow(() -> notAType(name, context.originOf(datum)));
  }

  private AnalysisException notAType(String name, Origin at) {
    String hint = NearMatches.hint(name, ProgramTypes.names());
    return name.isEmpty()
        ? diagnostics.fail(Message.PROGRAM_TYPE_EXPECTED, at, hint)
        : diagnostics.fail(Message.PROGRAM_TYPE_UNKNOWN, at, name, hint);
  }

  private ResolvedSection section(
      OptionList options, ProgramType type, Origin at, ExpansionContext context) {
    @Nullable Datum datum = options.value("section");
    Origin sectionAt = datum == null ? at : context.originOf(datum);
    ResolvedSection section =
        datum == null ? defaultSection(type, at) : written(options, type, sectionAt, context);
    if (Sections.lacksTarget(section)) {
      if (section.written().equals(section.canonical())) {
        diagnostics.report(Message.SECTION_WITHOUT_TARGET, sectionAt, section.written());
      } else {
        diagnostics.report(
            Message.SECTION_TARGET_INCOMPLETE,
            sectionAt,
            section.written(),
            Sections.targetShape(section.written()).orElse(null));
      }
    }
    return section;
  }

  private ResolvedSection defaultSection(ProgramType type, Origin at) {
    return Sections.defaultOf(type)
        .orElseThrow(() -> diagnostics.fail(Message.SECTION_MISSING, at, type));
  }

  private ResolvedSection written(
      OptionList options, ProgramType type, Origin sectionAt, ExpansionContext context) {
    String written = text(options, "section", "", context);
    ResolvedSection section =
        Sections.resolve(written).orElseThrow(() -> unknownSection(written, sectionAt));
    if (options.has("type") && !section.type().equals(type)) {
      diagnostics.report(
          Message.TYPE_CONTRADICTS_SECTION, sectionAt, written, section.type(), type);
    }
    return section;
  }

  private AnalysisException unknownSection(String written, Origin at) {
    return Sections.targetShape(written)
        .map(shape -> diagnostics.fail(Message.SECTION_PLACE_MISSING, at, written, shape))
        .orElseGet(
            () ->
                diagnostics.fail(
                    Message.SECTION_UNKNOWN,
                    at,
                    written,
                    NearMatches.hint(written, Sections.names())));
  }

  private void checkKernel(ResolvedSection section, Origin at) {
    KernelDescription kernel = unit.request().kernel();
    if (kernel != null
        && kernel.feature("prog:" + section.kernelType()) == KernelDescription.Answer.ABSENT) {
      diagnostics.report(Message.PROGRAM_TYPE_NOT_IN_KERNEL, at, section.type());
    }
  }

  private String text(OptionList options, String option, String missing, ExpansionContext context) {
    Datum datum = options.value(option);
    if (datum == null) {
      return missing;
    }
    if (datum instanceof Datum.Str text) {
      return text.text();
    }
    throw diagnostics.fail(Message.OPTION_NEEDS_STRING, context.originOf(datum), option);
  }

  private void checkLicense(
      String license, OptionList options, Origin at, ExpansionContext context) {
    if (unit.tables().programs().isEmpty()) {
      return;
    }
    ProgramDefinition first = unit.tables().programs().getFirst();
    if (!first.context().license().equals(license)) {
      Origin licenseAt = options.has("license") ? context.originOf(options.key("license")) : at;
      diagnostics.report(
          Message.LICENCES_DIFFER, licenseAt, first.context().name(), first.context().license());
    }
  }
}
