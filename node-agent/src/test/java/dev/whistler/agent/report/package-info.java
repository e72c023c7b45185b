@NullMarked
package dev.whistler.agent.report;

import org.jspecify.annotations.NullMarked;
