package dev.whistler.compiler.type;

/** The static type of an expression (section 4.4). */
public sealed interface StaticType permits ScalarType, PointerType {}
