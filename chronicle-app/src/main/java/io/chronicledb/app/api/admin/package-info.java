/** JSON for those who run the database: maintenance on demand. */
@NullMarked
package io.chronicledb.app.api.admin;

import org.jspecify.annotations.NullMarked;
