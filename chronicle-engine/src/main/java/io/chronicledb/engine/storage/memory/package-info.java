/** {@link io.chronicledb.engine.storage.Disk} in memory, for databases that need not outlive their process. */
@NullMarked
package io.chronicledb.engine.storage.memory;

import org.jspecify.annotations.NullMarked;
