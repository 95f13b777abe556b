//! clawline.
