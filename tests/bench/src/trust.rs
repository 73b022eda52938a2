//! Trust of the platform, for `URLSession`: on Linux it has no setting or variable for additional certificates.

use std::path::Path;

use rustix::mount::mount_bind;

/// Certificates that Debian trusts.
const PLATFORM: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Adds an authority to the certificates of the platform, by a mount that only this process and its children see. The
/// script `own-mounts` sets a variable if there are such mounts.
pub(crate) fn add_to_platform(ca_file: &Path) {
    let added = || {
        if std::env::vars_os().all(|(name, _)| name != "OWN_MOUNTS") {
            return Err("other processes would see the mount".to_owned());
        }
        let text = |error: std::io::Error| error.to_string();
        let certificates = [std::fs::read(PLATFORM).map_err(text)?, std::fs::read(ca_file).map_err(text)?];
        let file = ca_file.with_file_name("certificates.pem");
        std::fs::write(&file, certificates.concat()).map_err(text)?;
        let mounted = mount_bind(&file, PLATFORM).map_err(|error| error.to_string());
        std::fs::remove_file(&file).map_err(text)?; // The mount remains.
        mounted
    };
    if let Err(reason) = added() {
        println!("! URLSession does not trust the server, and has no figures over TLS: {reason}");
    }
}
