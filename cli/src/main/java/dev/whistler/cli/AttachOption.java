package dev.whistler.cli;

import dev.whistler.runtime.AttachTarget;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads {@code --attach}. */
final class AttachOption {
  private AttachOption() {}

  static AttachTarget parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':', equals);
    if (equals <= 0 || colon < 0 || colon == text.length() - 1) {
      throw wrong(text);
    }
    String rest = text.substring(colon + 1);
    return new AttachTarget(
        text.substring(0, equals),
        switch (text.substring(equals + 1, colon)) {
          case "if" -> device(rest, text);
          case "cgroup" -> new AttachTarget.Cgroup(path(rest, text));
          case "uprobe" -> uprobe(rest, text);
          default -> throw wrong(text);
        });
  }

  /** The name of an interface holds no colon (dev_valid_name, net/core/dev.c). */
  private static AttachTarget.Interface device(String place, String text) {
    int colon = place.indexOf(':');
    if (colon == 0) {
      throw wrong(text);
    }
    return colon < 0
        ? new AttachTarget.Interface(place)
        : new AttachTarget.Interface(
            place.substring(0, colon),
            switch (place.substring(colon + 1)) {
              case "ingress" -> AttachTarget.Direction.INGRESS;
              case "egress" -> AttachTarget.Direction.EGRESS;
              default -> throw wrong(text);
            });
  }

  private static Path path(String place, String text) {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw wrong(text);
    }
  }

  private static AttachTarget.Uprobe uprobe(String place, String text) {
    int colon = place.lastIndexOf(':');
    if (colon <= 0 || colon == place.length() - 1) {
      throw wrong(text);
    }
    String symbol = place.substring(colon + 1);
    int plus = symbol.indexOf('+');
    try {
      long offset = plus < 0 ? 0 : Long.decode(symbol.substring(plus + 1));
      return new AttachTarget.Uprobe(
          Path.of(place.substring(0, colon)),
          plus < 0 ? symbol : symbol.substring(0, plus),
          offset);
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
  }

  private static CommandFailure wrong(String text) {
    return CommandFailure.usage(
        "--attach takes PROGRAM=if:NAME[:ingress|:egress], PROGRAM=cgroup:PATH or"
            + " PROGRAM=uprobe:FILE:SYMBOL[@VERSION][+OFFSET], not "
            + text);
  }
}
