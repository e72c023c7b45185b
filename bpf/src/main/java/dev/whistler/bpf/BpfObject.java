package dev.whistler.bpf;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.codec.BtfCodecs;
import dev.whistler.bpf.codec.Codec;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.map.MapMemory;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.object.CodeLinker;
import dev.whistler.bpf.object.DataImage;
import dev.whistler.bpf.object.FunctionImage;
import dev.whistler.bpf.object.MapDefinition;
import dev.whistler.bpf.object.ObjectImage;
import dev.whistler.bpf.object.SectionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A compiled object, read and checked but not loaded. Immutable. */
public final class BpfObject {
  private final ElfFile elf;
  private final ObjectImage image;
  private final CodeLinker linker;

  private BpfObject(ElfFile elf) {
    this.elf = elf;
    this.image = ObjectImage.read(elf);
    this.linker = new CodeLinker(image);
  }

  /**
   * A program of the object.
   *
   * @param name symbol
   * @param section name of its ELF section
   * @param kind program type, attach type and target that the section's name says
   * @param byDefault whether it is loaded unless others are asked for
   */
  public record Program(String name, String section, SectionKind kind, boolean byDefault) {}

  /**
   * Reads an object.
   *
   * @param bytes an ELF file; not to be changed afterwards
   * @throws ObjectFormatException if it is damaged, or needs what this library refuses
   * @throws dev.whistler.bpf.btf.BtfException if its type information is damaged
   */
  public static BpfObject open(byte[] bytes) {
    return new BpfObject(ElfFile.parse(bytes));
  }

  /** The programs in the order of the file whose section names a kind that this library knows. */
  public List<Program> programs() {
    List<Program> programs = new ArrayList<>();
    for (FunctionImage function : image.functions()) {
      SectionKind kind = function.kind();
      if (kind != null && function.isProgram()) {
        programs.add(
            new Program(
                function.name(),
                function.section(),
                kind,
                function.loading() == FunctionImage.Loading.BY_DEFAULT));
      }
    }
    return programs;
  }

  /** The maps in the order of definition; those made for data sections are not among them. */
  public List<MapDefinition> maps() {
    return image.maps();
  }

  /**
   * Kernel memory that the maps take on this machine once they are full, those of data sections
   * among them: an upper bound, see {@link MapMemory}.
   */
  public long mapBytes() {
    long sum = 0;
    for (MapDefinition definition : image.maps()) {
      sum = saturated(sum, MapMemory.bytes(ObjectLoader.spec(definition)));
    }
    for (DataImage data : image.data()) {
      MapSpec spec = MapSpec.of(data.name(), MapType.ARRAY, 4, data.bytes().length, 1);
      sum = saturated(sum, MapMemory.bytes(spec));
    }
    return sum;
  }

  /** The sum of two that are not negative: an object may ask for more than there are numbers. */
  private static long saturated(long sum, long bytes) {
    return bytes > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + bytes;
  }

  /** The license. */
  public String license() {
    return image.license();
  }

  /** A copy of the bytes of an ELF section, as {@code .whistler.schema}. */
  public Optional<byte[]> section(String name) {
    return elf.section(name).map(elf::bytes);
  }

  /** The types of its source; empty if it was compiled without them. */
  public Optional<Btf> types() {
    return Optional.ofNullable(image.btf());
  }

  /**
   * Shows a struct of its source as a Java type, for reading the records of a ring.
   *
   * @param struct name without {@code struct}
   * @param as a record whose components are the struct's fields, or {@code Object} for a map
   * @throws CodecException if the object does not describe such a struct, or it does not fit
   */
  public <T> Codec<T> codec(String struct, Class<T> as) {
    Btf btf = types().orElseThrow(() -> new CodecException("the object has no types"));
    int id =
        btf.find(struct, BtfType.Composite.class)
            .orElseThrow(() -> new CodecException("the object has no struct " + struct));
    return BtfCodecs.of(btf, id, as);
  }

  /**
   * The source of an instruction.
   *
   * @param program symbol
   * @param instruction slot in the program as loaded, subprograms appended: the number that the
   *     verifier gives
   * @return empty if the object does not say
   */
  public Optional<SourceLine> source(String program, int instruction) {
    BtfExt.LineInfo found = null;
    for (CodeLinker.Line line : linker.link(function(program)).lines()) {
      if (line.slot() <= instruction) {
        found = line.info();
      }
    }
    Btf btf = image.btf();
    if (found == null || btf == null) {
      return Optional.empty();
    }
    return Optional.of(
        new SourceLine(
            btf.string(found.fileName()), found.line(), found.column(), btf.string(found.text())));
  }

  /**
   * Creates the maps and loads the programs. Either everything is loaded, or nothing is left
   * behind.
   *
   * @throws dev.whistler.bpf.prog.VerifierException if the kernel refuses a program
   * @throws dev.whistler.bpf.sys.BpfException for all other failures
   */
  public LoadedObject load(LoadOptions options) {
    return new ObjectLoader(image, linker, options).load();
  }

  /** Loads with the default options. */
  public LoadedObject load() {
    return load(LoadOptions.defaults());
  }

  private FunctionImage function(String program) {
    for (FunctionImage function : image.functions()) {
      if (function.isProgram() && function.name().equals(program)) {
        return function;
      }
    }
    throw new IllegalArgumentException("the object has no program " + program);
  }
}
