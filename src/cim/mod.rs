//! The CIM model and its XML form ([DSP0004], [DSP0227], [DSP0230]).
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim
//! [DSP0227]: https://www.dmtf.org/standards/wsman
//! [DSP0230]: https://www.dmtf.org/standards/wsman

pub mod class;
