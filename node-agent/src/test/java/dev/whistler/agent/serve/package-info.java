@NullMarked
package dev.whistler.agent.serve;

import org.jspecify.annotations.NullMarked;
