/**
 * What is wanted and what is there: immutable data without a client. May not depend on any other
 * package of the operator.
 */
@NullMarked
package dev.whistler.operator.model;

import org.jspecify.annotations.NullMarked;
