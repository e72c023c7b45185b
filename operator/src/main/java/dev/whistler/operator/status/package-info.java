/**
 * What users are told: conditions, counts, diagnostics, events. Entry point: {@link
 * dev.whistler.operator.status.ProgramStatus#of}.
 */
@NullMarked
package dev.whistler.operator.status;

import org.jspecify.annotations.NullMarked;
