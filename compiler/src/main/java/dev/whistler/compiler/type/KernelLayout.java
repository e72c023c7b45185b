package dev.whistler.compiler.type;

/**
 * A struct or union of the kernel (section 14), known by its size; fields are asked of the kernel
 * description.
 *
 * @param name source name, with hyphens
 * @param cName the kernel's name
 * @param size bytes, 0 when not known
 * @param align bytes, 8 when not known
 */
public record KernelLayout(String name, String cName, int size, int align) implements Layout {}
