package dev.whistler.runtime.load;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.derive.DerivedSchema;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import dev.whistler.runtime.schema.SchemaException;
import dev.whistler.runtime.schema.SchemaReader;
import dev.whistler.tier.Tier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An object of ours, read and checked, on its way into the kernel. */
public final class ObjectLoading {
  private static final String SCHEMA_SECTION = ".whistler.schema";

  private final BpfObject object;
  private final ObjectSchema schema;
  private final byte[] schemaText;

  private ObjectLoading(BpfObject object, ObjectSchema schema, byte[] schemaText) {
    this.object = object;
    this.schema = schema;
    this.schemaText = schemaText;
  }

  /**
   * Reads an object of ours.
   *
   * @throws StartException {@code BAD_OBJECT} if it is damaged, not ours, or for another machine
   */
  public static ObjectLoading read(byte[] bytes) throws StartException {
    return read(bytes, null, Tier.UNRESTRICTED);
  }

  /**
   * Reads an object for the tier {@code unrestricted}.
   *
   * @param records as below
   * @throws StartException {@code BAD_OBJECT} if it is damaged, not ours, or for another machine
   */
  public static ObjectLoading read(byte[] bytes, @Nullable Map<String, String> records)
      throws StartException {
    return read(bytes, records, Tier.UNRESTRICTED);
  }

  /**
   * Reads the object and its schema.
   *
   * @param records if not null, an object of another compiler will do; by ring, the struct of its
   *     records
   * @param tier what the object may do
   * @throws StartException {@code BAD_OBJECT} if it is damaged, not ours, or for another machine;
   *     {@code POLICY_DENIED} if it does what the tier does not allow
   */
  public static ObjectLoading read(byte[] bytes, @Nullable Map<String, String> records, Tier tier)
      throws StartException {
    BpfObject object = open(bytes);
    byte[] text;
    ObjectSchema schema;
    try {
      text = schemaText(object, records);
      schema = SchemaReader.read(text);
      if (object.section(SCHEMA_SECTION).isEmpty()) {
        schema = schema.withUnknownContexts();
      }
    } catch (SchemaException e) {
      throw new StartException(FailureReason.BAD_OBJECT, String.valueOf(e.getMessage()), "", e);
    }
    checkMachine(schema);
    TierVerdict.require(bytes, tier, object, schema);
    return new ObjectLoading(object, schema, text);
  }

  /**
   * Kernel memory that the maps of an object take on this machine once they are full.
   *
   * @return bytes; an upper bound where the kernel allocates as entries come
   * @throws StartException {@code BAD_OBJECT} if it cannot be read
   */
  public static long mapBytes(byte[] bytes) throws StartException {
    return open(bytes).mapBytes();
  }

  private static BpfObject open(byte[] bytes) throws StartException {
    try {
      return BpfObject.open(bytes);
    } catch (ObjectFormatException | BtfException e) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object cannot be read: " + e.getMessage() + "; compile the program again.",
          "",
          e);
    }
  }

  private static byte[] schemaText(BpfObject object, @Nullable Map<String, String> records)
      throws StartException, SchemaException {
    Optional<byte[]> section = object.section(SCHEMA_SECTION);
    if (section.isPresent()) {
      if (records != null && !records.isEmpty()) {
        throw new StartException(
            FailureReason.BAD_OBJECT,
            "The object says itself what its rings carry; leave out the struct of '%s'."
                .formatted(records.keySet().iterator().next()));
      }
      return section.get();
    }
    if (records == null) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object has no section "
              + SCHEMA_SECTION
              + "; compile it with the whistler compiler.");
    }
    return DerivedSchema.of(object, machine(), records);
  }

  private static void checkMachine(ObjectSchema schema) throws StartException {
    String here = machine();
    if (!schema.arch().equals(here)) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object is for %s and this machine is %s; compile the program for this machine."
              .formatted(schema.arch(), here));
    }
  }

  private static String machine() {
    return System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "x86-64";
  }

  public ObjectSchema schema() {
    return schema;
  }

  /** The text that the schema was read from. */
  public byte[] schemaText() {
    return schemaText.clone();
  }

  /**
   * Creates maps, loads programs and fills program arrays.
   *
   * @throws StartException with the verifier's verdict on the source line, or what else went wrong
   */
  public LoadedObject load(LoadOptions options) throws StartException {
    LoadedObject loaded;
    try {
      loaded = object.load(options);
    } catch (VerifierException e) {
      throw VerifierVerdict.of(e, object, schema);
    } catch (ObjectFormatException | BtfException e) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object cannot be loaded: " + e.getMessage() + "; compile the program again.",
          "",
          e);
    } catch (BpfException e) {
      throw Failures.of(FailureReason.LOAD_FAILED, "The object cannot be loaded", e);
    }
    try {
      fillProgramArrays(loaded);
      return loaded;
    } catch (BpfException e) {
      loaded.close();
      throw Failures.of(FailureReason.LOAD_FAILED, "A program array cannot be filled", e);
    }
  }

  private void fillProgramArrays(LoadedObject loaded) {
    for (MapSchema map : schema.maps()) {
      for (MapSchema.ProgramSlot slot : map.programs()) {
        ProgramSchema program = schema.program(slot.program()).orElseThrow();
        loaded.map(map.symbol()).update(word(slot.slot()), loaded.program(program.symbol()).fd());
      }
    }
  }

  private static byte[] word(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** The attach type that the program is loaded with; null where its type has none. */
  @Nullable AttachType attachType(ProgramSchema program) {
    for (BpfObject.Program candidate : object.programs()) {
      if (candidate.name().equals(program.symbol())) {
        return candidate.kind().attachType();
      }
    }
    return null;
  }

  /** The map that counts produced and lost records; null where the object has no ring. */
  public static @Nullable BpfMap statistics(ObjectSchema schema, Map<String, BpfMap> maps)
      throws StartException {
    ObjectSchema.Stats stats = schema.stats();
    if (stats == null) {
      return null;
    }
    String symbol = schema.map(stats.map()).map(MapSchema::symbol).orElse(stats.map());
    BpfMap map = maps.get(symbol);
    if (map == null
        || !map.type().isPerCpu()
        || map.valueSize() != 16
        || map.maxEntries() < stats.rings().size()) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object's schema names a statistics map that the object does not have; compile the"
              + " program again.");
    }
    return map;
  }
}
