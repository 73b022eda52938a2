//! Sets linker options, so that the process that loads the library provides the symbols of Node-API.

fn main() {
    napi_build::setup();
}
