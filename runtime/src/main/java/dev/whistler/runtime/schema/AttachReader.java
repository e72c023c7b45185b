package dev.whistler.runtime.schema;

/** Reads the {@code attach} member of a program. */
final class AttachReader {
  private AttachReader() {}

  static Attach read(Fields json) throws SchemaException {
    String kind = json.text("kind");
    return switch (kind) {
      case "tracepoint" -> new Attach.Tracepoint(json.text("category", ""), json.text("event", ""));
      case "raw-tracepoint" ->
          new Attach.RawTracepoint(json.text("event", ""), json.flag("writable"));
      case "kprobe" ->
          new Attach.Kprobe(json.text("function", ""), offset(json), json.flag("return"));
      case "kprobe-multi" ->
          new Attach.KprobeMulti(
              json.text("pattern", ""), json.flag("return"), json.flag("session"));
      case "ksyscall" -> new Attach.Ksyscall(json.text("name", ""), json.flag("return"));
      case "uprobe" ->
          new Attach.Uprobe(
              json.text("path", ""), json.text("symbol", ""), offset(json), json.flag("return"));
      case "uprobe-multi" ->
          new Attach.UprobeMulti(
              json.text("path", ""),
              json.text("pattern", ""),
              json.flag("return"),
              json.flag("session"));
      case "tracing" -> new Attach.Tracing(json.text("mode"), json.text("target", ""));
      case "lsm" -> new Attach.Lsm(json.text("hook", ""));
      case "xdp" -> new Attach.Xdp(json.text("mode", ""));
      case "tc" -> new Attach.Tc(json.text("direction", ""));
      case "cgroup" -> new Attach.Cgroup(attachType(json));
      case "sk-lookup" -> new Attach.SkLookup();
      case "perf-event" -> new Attach.PerfEvent();
      case "sockmap" -> new Attach.Sockmap();
      case "none" -> new Attach.None();
      default -> throw Fields.damaged(json.member("kind"), "is unknown to this runtime");
    };
  }

  private static long offset(Fields json) throws SchemaException {
    return json.number("offset", 0, Long.MAX_VALUE, 0);
  }

  private static String attachType(Fields json) throws SchemaException {
    boolean isNumber = json.node().path("attachType").isNumber();
    return isNumber
        ? Long.toString(json.number("attachType", 0, 1024))
        : json.text("attachType", "");
  }
}
