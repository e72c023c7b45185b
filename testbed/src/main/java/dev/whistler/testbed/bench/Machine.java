package dev.whistler.testbed.bench;

/** Where it was measured, as far as that matters to a reader. */
record Machine(String kernel, String architecture, int processors, String java) {
  static Machine here() {
    return new Machine(
        System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version().feature() + "");
  }
}
