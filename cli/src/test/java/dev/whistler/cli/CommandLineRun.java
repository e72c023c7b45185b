package dev.whistler.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs one command line in this process and keeps what it said. */
record CommandLineRun(int exitCode, String out, String err) {
  static CommandLineRun of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int exitCode = line.execute(words);
    return new CommandLineRun(exitCode, out.toString(), err.toString());
  }
}
