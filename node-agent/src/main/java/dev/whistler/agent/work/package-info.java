/**
 * From the revisions that select this node to running programs. {@link
 * dev.whistler.agent.work.Supervisor} is told what should run and makes it so; everything it needs
 * from outside (artifacts, the kernel) comes in as an interface.
 */
@NullMarked
package dev.whistler.agent.work;

import org.jspecify.annotations.NullMarked;
