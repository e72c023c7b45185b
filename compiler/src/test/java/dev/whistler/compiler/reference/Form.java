package dev.whistler.compiler.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Source text as a tree, so that programs can be put together and shrunk. */
sealed interface Form {
  /** A symbol, number or anything else without structure. */
  record Atom(String text) implements Form {
    @Override
    public String toString() {
      return text;
    }
  }

  /** A list. */
  record Cell(List<Form> items) implements Form {
    public Cell {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("(");
      for (Form item : items) {
        if (text.length() > 1) {
          text.append(' ');
        }
        text.append(item);
      }
      return text.append(')').toString();
    }
  }

  static Form atom(String text) {
    return new Atom(text);
  }

  static Form atom(long number) {
    return new Atom(Long.toString(number));
  }

  /** A list of forms and of things whose text is an atom. */
  static Form list(Object... items) {
    List<Form> forms = new ArrayList<>();
    for (Object item : items) {
      switch (item) {
        case Form form -> forms.add(form);
        case List<?> more -> more.forEach(m -> forms.add((Form) m));
        default -> forms.add(new Atom(item.toString()));
      }
    }
    return new Cell(forms);
  }

  /** The number of atoms. */
  default int size() {
    return switch (this) {
      case Atom atom -> 1;
      case Cell cell -> 1 + cell.items().stream().mapToInt(Form::size).sum();
    };
  }

  /** Reads one form of the simple kind that generators write: no strings, no quotes. */
  static Form read(String text) {
    String spaced = text.replace("(", " ( ").replace(")", " ) ").strip();
    int[] at = {0};
    return read(Arrays.asList(spaced.split("\\s+")), at);
  }

  private static Form read(List<String> tokens, int[] at) {
    String token = tokens.get(at[0]++);
    if (!token.equals("(")) {
      return new Atom(token);
    }
    List<Form> items = new ArrayList<>();
    while (!tokens.get(at[0]).equals(")")) {
      items.add(read(tokens, at));
    }
    at[0]++;
    return new Cell(items);
  }
}
