package dev.whistler.cli;

import dev.whistler.compiler.kernel.MalformedKernelException;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code whistler} command. */
@Command(
    name = "whistler",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description =
        "Compiles Whistler programs to eBPF, explains them and runs them on this machine.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the program or the data is at fault",
      "2:wrong usage",
      "3:this machine cannot do it (privilege, kernel feature), or an output failed;",
      "  an output that nobody reads any more (| head) ends run with 0",
    },
    footerHeading = "%nIn a checkout:%n",
    footer = {
      "  ./whistler demo          the whole path on a cluster of its own",
      "  ./whistler test          all tests",
      "",
      "Examples:",
      "  whistler check examples/forks.lisp",
      "  whistler run examples/forks.lisp --count 5 --for 20s",
    })
public final class Main {
  /** In the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = commands();

  /** Wide enough for the examples, which are to be copied as they stand. */
  private static final int HELP_COLUMNS = 100;

  private Main() {}

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("compile", CompileCommand.class);
    commands.put("check", CheckCommand.class);
    commands.put("disasm", DisasmCommand.class);
    commands.put("profile", ProfileCommand.class);
    commands.put("run", RunCommand.class);
    commands.put("generate-completion", AutoComplete.GenerateCompletion.class);
    return Collections.unmodifiableMap(commands);
  }

  public static void main(String[] arguments) {
    StandardOutput output = StandardOutput.install();
    System.exit(output.finish(execute(arguments)));
  }

  /** Runs one command line and returns its exit code. */
  public static int execute(String... arguments) {
    // A call that names its command needs no other: reading all takes as long as a compilation.
    String first = arguments.length == 0 ? "" : arguments[0];
    return (COMMANDS.containsKey(first) ? commandLine(Set.of(first)) : commandLine())
        .execute(arguments);
  }

  static CommandLine commandLine() {
    return commandLine(COMMANDS.keySet());
  }

  private static CommandLine commandLine(Set<String> names) {
    CommandLine line = new CommandLine(new Main());
    COMMANDS.forEach(
        (name, command) -> {
          if (names.contains(name)) {
            line.addSubcommand(name, command);
          }
        });
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(HELP_COLUMNS);
    line.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          PrintWriter err = command.getErr();
          if (exception instanceof CommandFailure failure) {
            err.println("whistler: " + failure.getMessage());
            return failure.exitCode();
          }
          if (exception instanceof MalformedKernelException malformed) {
            err.println("whistler: " + sentence(malformed));
            return CommandFailure.BAD_INPUT;
          }
          // A defect of ours: the trace is what a bug report needs.
          exception.printStackTrace(err);
          err.println("whistler: internal error; please report it with the lines above");
          return CommandFailure.BAD_INPUT;
        });
    return line;
  }

  /** Says what is wrong with a kernel, and what to do about it. */
  static String sentence(MalformedKernelException malformed) {
    return malformed.getMessage()
        + "; no kernel writes such a thing: describe the kernel anew with whistler profile";
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"whistler " + (version == null ? "development" : version)};
    }
  }
}
