/** Follows policy files while they change: valid edits go live, broken ones leave the running policy in force. */
@NullMarked
package io.headgate.policy.reload;

import org.jspecify.annotations.NullMarked;
