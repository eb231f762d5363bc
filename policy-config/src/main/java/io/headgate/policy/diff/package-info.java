/** What an edit changes: two policies, side by side. */
@NullMarked
package io.headgate.policy.diff;

import org.jspecify.annotations.NullMarked;
