package dev.whistler.compiler.type;

/** The field of a {@code defstruct} that a place is, for kinds, tags and warnings. */
public record FieldRef(StructLayout struct, StructField field) {}
