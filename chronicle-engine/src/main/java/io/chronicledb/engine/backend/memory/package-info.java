/** Blocks in memory, for databases that need not outlive their process. */
@NullMarked
package io.chronicledb.engine.backend.memory;

import org.jspecify.annotations.NullMarked;
