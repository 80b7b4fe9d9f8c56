/** Wrappers that make another problem of any task: what a learned optimizer meets there it should not have to be told. */
package io.evolo.tasks.augment;
