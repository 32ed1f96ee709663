/** Walks everything that is stored and reports every broken invariant; also the last word of many tests. */
@NullMarked
package io.chronicledb.engine.integrity;

import org.jspecify.annotations.NullMarked;
