package dev.whistler.runtime;

import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.SchemaException;
import dev.whistler.runtime.schema.SchemaReader;
import dev.whistler.runtime.schema.StructSchema;
import java.nio.charset.StandardCharsets;

/** Schema sections for tests, in a JSON that is easy to read: single quotes for double ones. */
public final class SchemaText {
  private SchemaText() {}

  /** A whole schema with these structs and maps. */
  public static ObjectSchema of(String structs, String maps) {
    try {
      return SchemaReader.read(bytes(structs, maps));
    } catch (SchemaException e) {
      throw new AssertionError(e);
    }
  }

  public static byte[] bytes(String structs, String maps) {
    String json =
        """
        {'version':1,'compiler':'test 1','arch':'x86-64','programs':[],'maps':[%s],\
        'structs':[%s],'stats':null,'knobs':[],'constants':[],'requires':{},'digest':'00'}\
        """
            .formatted(maps, structs);
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  /** A struct of the name {@code s}. */
  public static StructSchema struct(int size, String... fields) {
    return of(structText("s", size, fields), "").structs().getFirst();
  }

  public static String structText(String name, int size, String... fields) {
    return "{'name':'%s','cname':'%s','size':%d,'align':8,'fields':[%s]}"
        .formatted(name, name.replace('-', '_'), size, String.join(",", fields));
  }

  /**
   * @param more further members, for instance {@code 'kind':'ipv4'}
   */
  public static String field(String name, int offset, String type, int size, String... more) {
    String rest = more.length == 0 ? "" : "," + String.join(",", more);
    return "{'name':'%s','cname':'%s','offset':%d,'size':%d,'type':'%s'%s}"
        .formatted(name, name.replace('-', '_'), offset, size, type, rest);
  }
}
