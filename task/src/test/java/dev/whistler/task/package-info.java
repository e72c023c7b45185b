@NullMarked
package dev.whistler.task;

import org.jspecify.annotations.NullMarked;
