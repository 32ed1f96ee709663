/** The database in the host's info. */
@NullMarked
package io.chronicledb.boot.info;

import org.jspecify.annotations.NullMarked;
