/**
 * The element engine of described rules: features of an element and of its tensor, each with its formula and its fast column, and the
 * network that reads them, run one element at a time or in blocks of columns.
 */
package io.evolo.optimizers.learned.element;
