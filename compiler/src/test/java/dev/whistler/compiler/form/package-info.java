/** Tests of the analyzers: diagnostics by golden files, typed trees by their shape. */
package dev.whistler.compiler.form;
