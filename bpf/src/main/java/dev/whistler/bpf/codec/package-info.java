/**
 * Values of maps as Java values: a {@link dev.whistler.bpf.codec.Codec} turns the bytes of a fixed
 * size, in the kernel's layout, into a value and back.
 *
 * <p>{@link dev.whistler.bpf.codec.Codecs} has those of integers, texts, bytes and lists; {@link
 * dev.whistler.bpf.codec.StructCodec} puts them together, {@link dev.whistler.bpf.codec.BtfCodecs}
 * does so as type information says, and {@link dev.whistler.bpf.codec.RecordCodec} shows a struct
 * as a Java record. {@link dev.whistler.bpf.map.TypedMap} uses them on a map.
 */
@NullMarked
package dev.whistler.bpf.codec;

import org.jspecify.annotations.NullMarked;
