/** Tests of the tables. */
@NullMarked
package dev.whistler.compiler.table;

import org.jspecify.annotations.NullMarked;
