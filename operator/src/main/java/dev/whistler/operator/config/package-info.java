/**
 * What an administrator can set. Entry point: {@link dev.whistler.operator.config.OperatorConfig}.
 */
@NullMarked
package dev.whistler.operator.config;

import org.jspecify.annotations.NullMarked;
