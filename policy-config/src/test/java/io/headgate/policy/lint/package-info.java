@NullMarked
package io.headgate.policy.lint;

import org.jspecify.annotations.NullMarked;
