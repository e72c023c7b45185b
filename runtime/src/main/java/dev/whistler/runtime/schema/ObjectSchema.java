package dev.whistler.runtime.schema;

/** Being filled in: what the schema section of an object holds. */
public record ObjectSchema(String compiler) {}
