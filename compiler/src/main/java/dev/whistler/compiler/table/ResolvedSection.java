package dev.whistler.compiler.table;

import java.util.Map;

/**
 * What a section name decides (section 15.2, appendix D).
 *
 * @param written the section as written, or the type's default
 * @param canonical the section in the object
 * @param type the program type keyword without colon, for instance {@code tracepoint}
 * @param kernelType enum bpf_prog_type
 * @param attachType expected attach type, 0 if unused
 * @param attachKind the schema's attach kind, for instance {@code tracepoint}
 * @param attachParameters the schema's parameters in order: strings, {@code Long}s or {@code
 *     Boolean}s
 * @param sleepable whether the section makes the program sleepable
 * @param minReturn smallest allowed return value (signed), {@code Long.MIN_VALUE} for any
 * @param maxReturn largest allowed return value (signed), {@code Long.MAX_VALUE} for any
 */
public record ResolvedSection(
    String written,
    String canonical,
    String type,
    int kernelType,
    int attachType,
    String attachKind,
    Map<String, Object> attachParameters,
    boolean sleepable,
    long minReturn,
    long maxReturn) {}
