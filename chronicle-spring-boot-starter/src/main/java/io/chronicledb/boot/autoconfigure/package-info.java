/** Auto-configures an embedded database from {@code chronicle.*}. */
@NullMarked
package io.chronicledb.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
