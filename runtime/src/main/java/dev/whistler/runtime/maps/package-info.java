/** Maps of a running program as typed tables: reading, seeding and live changes. */
@NullMarked
package dev.whistler.runtime.maps;

import org.jspecify.annotations.NullMarked;
