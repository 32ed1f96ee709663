/** {@link io.chronicledb.engine.storage.Disk} over the operating system's files. */
@NullMarked
package io.chronicledb.engine.storage.file;

import org.jspecify.annotations.NullMarked;
