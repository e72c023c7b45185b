package dev.whistler.compiler.define;

import dev.whistler.compiler.define.UnitTables.ProgramDefinition;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
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
      throw diagnostics.fail(
          Code.E_SYNTAX, form.origin(), "defprog has the shape (defprog NAME (OPTION…) FORM…)");
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "program", at);
    if (unit.tables().programs().size() >= MAX_PROGRAMS) {
      throw diagnostics.fail(
          Code.E_LIMIT, form.origin(), "a unit has at most " + MAX_PROGRAMS + " programs");
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
    return ProgramTypes.named(name)
        .orElseThrow(
            () ->
                diagnostics.fail(
                    Code.E_PROGTYPE,
                    context.originOf(datum),
                    name.isEmpty()
                        ? "a program type is a keyword such as :xdp"
                        : "unknown program type :" + name,
                    NearMatches.hint(name, ProgramTypes.names())));
  }

  private ResolvedSection section(
      OptionList options, ProgramType type, Origin at, ExpansionContext context) {
    @Nullable Datum datum = options.value("section");
    Origin sectionAt = datum == null ? at : context.originOf(datum);
    ResolvedSection section =
        datum == null ? defaultSection(type, at) : written(options, type, sectionAt, context);
    if (Sections.lacksTarget(section)) {
      diagnostics.report(
          Code.W_SECTION,
          sectionAt,
          "the section \""
              + section.written()
              + "\" names no "
              + (section.written().equals(section.canonical()) ? "target" : "complete target")
              + ", so the program is not attached by itself",
          section.written().equals(section.canonical())
              ? null
              : Sections.targetShape(section.written())
                  .map(shape -> "give the place, " + shape + ", here or when it is attached")
                  .orElse(null));
    }
    return section;
  }

  private ResolvedSection defaultSection(ProgramType type, Origin at) {
    return Sections.defaultOf(type)
        .orElseThrow(
            () ->
                diagnostics.fail(
                    Code.E_SECTION,
                    at,
                    "programs of type :" + type + " have no default section",
                    "state a :section"));
  }

  private ResolvedSection written(
      OptionList options, ProgramType type, Origin sectionAt, ExpansionContext context) {
    String written = text(options, "section", "", context);
    ResolvedSection section =
        Sections.resolve(written)
            .orElseThrow(
                () ->
                    diagnostics.fail(
                        Code.E_SECTION,
                        sectionAt,
                        unknownSection(written),
                        Sections.targetShape(written).isPresent()
                            ? null
                            : NearMatches.hint(written, Sections.names())));
    if (options.has("type") && !section.type().equals(type)) {
      diagnostics.report(
          Code.W_TYPE,
          sectionAt,
          "the section \"" + written + "\" is one of type :" + section.type() + ", not :" + type,
          "the section wins; correct the :type");
    }
    return section;
  }

  private static String unknownSection(String written) {
    return Sections.targetShape(written)
        .map(
            shape ->
                "the section \"" + written + "\" names no " + shape + " behind its first slash")
        .orElse("unknown section \"" + written + "\"");
  }

  private void checkKernel(ResolvedSection section, Origin at) {
    KernelDescription kernel = unit.request().kernel();
    if (kernel != null
        && kernel.feature("prog:" + section.kernelType()) == KernelDescription.Answer.ABSENT) {
      diagnostics.report(
          Code.E_PROGTYPE, at, "this kernel has no programs of type :" + section.type(), null);
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
    throw diagnostics.fail(
        Code.E_SYNTAX, context.originOf(datum), "the option :" + option + " is a string");
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
          Code.E_LICENSE,
          licenseAt,
          "all programs of a unit have one licence; "
              + first.context().name()
              + " states \""
              + first.context().license()
              + "\"",
          "state the same :license everywhere");
    }
  }
}
