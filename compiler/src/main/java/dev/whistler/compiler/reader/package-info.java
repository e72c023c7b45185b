/**
 * Text to data (language specification, section 2). Entry point: {@code Reader}. Depends on {@code
 * source} and {@code diagnostic}.
 */
@NullMarked
package dev.whistler.compiler.reader;

import org.jspecify.annotations.NullMarked;
