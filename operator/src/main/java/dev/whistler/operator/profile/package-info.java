/**
 * What kernels look like: profiles and types that nodes uploaded, checked and parsed once. Entry
 * point: {@link dev.whistler.operator.profile.Profiles}.
 */
@NullMarked
package dev.whistler.operator.profile;

import org.jspecify.annotations.NullMarked;
