package dev.whistler.bpf.codec;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A fixed number of elements at equal distances. */
final class ListCodec<T> implements Codec<List<T>> {
  private final Codec<T> element;
  private final int stride;
  private final int count;
  private final int size;

  ListCodec(Codec<T> element, int stride, int count) {
    if (stride < element.size() || count < 0 || (long) stride * count > Integer.MAX_VALUE) {
      throw new CodecException(
          "there is no list of " + count + " elements, " + stride + " bytes apart");
    }
    this.element = element;
    this.stride = stride;
    this.count = count;
    this.size = stride * count;
  }

  @Override
  public Class<?> type() {
    return List.class;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<T> decode(MemorySegment source) {
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(element.decode(part(source, i)));
    }
    return List.copyOf(values);
  }

  @Override
  public void encode(List<T> value, MemorySegment target) {
    if (value.size() != count) {
      throw new CodecException(value.size() + " elements were given, there are " + count);
    }
    for (int i = 0; i < count; i++) {
      element.encode(value.get(i), part(target, i));
    }
  }

  private MemorySegment part(MemorySegment whole, int index) {
    return whole.asSlice((long) index * stride, element.size());
  }
}
