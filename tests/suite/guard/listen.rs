//! Prepares a listener as [`kaishu::endpoint::guard::serve`] advises.

use std::io;
use std::net::TcpListener;

/// Binds, asks for a longer queue of connections, and bounds what the kernel holds for each.
pub fn listen(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    rustix::net::sockopt::set_socket_send_buffer_size(&listener, 64 * 1024)?;
    rustix::net::listen(&listener, 4096)?;
    Ok(listener)
}
