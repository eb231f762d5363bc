/**
 * The policy language: values become checked rules, or problems. One type per section of the file; each reads what it
 * can and reports the rest, so that all problems are found in one pass.
 */
@NullMarked
package io.headgate.policy.language;

import org.jspecify.annotations.NullMarked;
