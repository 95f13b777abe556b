//! The sans-IO engine of clawline.
