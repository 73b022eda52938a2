//! Certificate authority (CA) of the sandbox's widgets: the CA's folder, and the command that makes browsers trust the
//! CA.

use std::fs;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::error::CliError;

/// Returns the CA's folder, which is in the user's data folder.
pub(crate) fn folder() -> Result<PathBuf, CliError> {
    let strategy = etcetera::base_strategy::choose_native_strategy()
        .map_err(|error| CliError::Other(format!("cannot find the user's data folder: {error}; set HOME")))?;
    Ok(strategy.data_dir().join("renumerate"))
}

/// Copies the CA certificate to `file`. Returns an error if `file` is in the CA's own folder, because the copy could
/// overwrite one of the CA's files there.
pub(crate) fn copy(certificate: &Path, file: &Path) -> Result<(), CliError> {
    let failed = |error: &dyn std::fmt::Display| {
        CliError::Other(format!("cannot copy the CA certificate to {}: {error}", file.display()))
    };
    let text = fs::read(certificate).map_err(|error| failed(&error))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| failed(&error))?;
    let target = file.canonicalize().unwrap_or_else(|_| folder.join(file.file_name().unwrap_or_default()));
    let ca_folder = certificate.parent().and_then(|folder| folder.canonicalize().ok());
    if ca_folder.as_deref().is_some_and(|ca_folder| target.starts_with(ca_folder)) {
        return Err(failed(
            &"the file is in the folder of the certificate authority itself; choose another folder",
        ));
    }
    fs::write(file, text).map_err(|error| failed(&error))
}

/// Browsers for which [`trust_command`] works, and instructions for other browsers.
pub(crate) const NOTE: &str = if cfg!(target_os = "macos") {
    "Safari and Chrome; for Firefox, import the certificate in its settings"
} else if cfg!(windows) {
    "Edge and Chrome; for Firefox, import the certificate in its settings"
} else {
    "Chrome, requires certutil from libnss3-tools; for Firefox, import the certificate in its settings"
};

/// Returns a shell command that makes the browsers on this operating system trust the CA certificate.
pub(crate) fn trust_command(certificate: &Path) -> String {
    let file = certificate.display();
    if cfg!(target_os = "macos") {
        format!(
            "security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db '{file}'"
        )
    } else if cfg!(windows) {
        format!("certutil -user -addstore Root \"{file}\"")
    } else {
        format!(
            "db=~/.pki/nssdb; [ -e $db/cert9.db ] || {{ mkdir -p $db && certutil -d sql:$db -N --empty-password; }}; \
             certutil -d sql:$db -A -t C,, -n 'Renumerate sandbox CA' -i '{file}'"
        )
    }
}
