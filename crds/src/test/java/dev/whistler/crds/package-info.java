/** Tests of the resources' types and of the CRDs that are generated from them. */
@NullMarked
package dev.whistler.crds;

import org.jspecify.annotations.NullMarked;
