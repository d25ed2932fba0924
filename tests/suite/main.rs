//! Tests of behaviour, through the public interface and the built binary.
