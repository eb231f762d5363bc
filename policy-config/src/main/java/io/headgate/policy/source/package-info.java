/** Policy text and what is wrong with it: files, the values in them with their places, and problems that point there. */
@NullMarked
package io.headgate.policy.source;

import org.jspecify.annotations.NullMarked;
