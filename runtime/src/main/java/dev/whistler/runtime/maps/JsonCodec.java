package dev.whistler.runtime.maps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whistler.bpf.codec.Codec;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.runtime.decode.ValueRenderer;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.encode.EncodeException;
import dev.whistler.runtime.encode.ValueEncoder;
import dev.whistler.runtime.schema.ValueType;
import java.lang.foreign.MemorySegment;

/**
 * Values of a type of the schema as JSON text: structs are objects, kinds are text as in records.
 * Text that decoding gave is encoded to an equal value. Used by one thread.
 */
final class JsonCodec implements Codec<String> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final ValueType schema;
  private final ValueRenderer renderer;
  private final ValueEncoder encoder;

  JsonCodec(ValueType schema, WallClock clock, ValueEncoder encoder) {
    this.schema = schema;
    this.renderer = new ValueRenderer(schema, clock, WideNumbers.NUMBER);
    this.encoder = encoder;
  }

  @Override
  public Class<?> type() {
    return String.class;
  }

  @Override
  public int size() {
    return schema.size();
  }

  @Override
  public String decode(MemorySegment source) {
    return renderer.render(source, 0);
  }

  @Override
  public void encode(String value, MemorySegment target) {
    try {
      byte[] bytes = encoder.encode(schema, JSON.readTree(value), "value");
      target.copyFrom(MemorySegment.ofArray(bytes));
    } catch (JsonProcessingException e) {
      throw new CodecException("'" + value + "' is no JSON: " + e.getOriginalMessage(), e);
    } catch (EncodeException e) {
      throw new CodecException(String.valueOf(e.getMessage()), e);
    }
  }
}
