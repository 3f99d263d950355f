//! What can be done with what reads.

/// What reads: `$get` gives tokio's own, or else the end.
macro_rules! reads {
    ($Type:ty, |$it:ident| $get:expr) => {
        impl $Type {
            /// Waits until it can be read from.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            #[track_caller]
            pub fn readable(&self) -> impl Future<Output = io::Result<()>> + '_ {
                let ready = self.ready(Interest::READABLE);
                async { ready.await.map(drop) }
            }

            /// Reads what is there.
            ///
            /// # Errors
            /// `WouldBlock` if nothing is, and as tokio's.
            #[track_caller]
            pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_read(buffer),
                    View::Checked(end) => {
                        let read = end.try_read(buffer.len(), Location::caller())?;
                        buffer[..read.len()].copy_from_slice(&read);
                        Ok(read.len())
                    }
                }
            }

            /// Reads what is there into several buffers, one after the other.
            ///
            /// # Errors
            /// `WouldBlock` if nothing is, and as tokio's.
            #[track_caller]
            pub fn try_read_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_read_vectored(buffers),
                    View::Checked(end) => {
                        let room = buffers.iter().map(|buffer| buffer.len()).sum();
                        let read = end.try_read(room, Location::caller())?;
                        let mut rest = &read[..];
                        for buffer in buffers {
                            let (here, later) = rest.split_at(rest.len().min(buffer.len()));
                            buffer[..here.len()].copy_from_slice(here);
                            rest = later;
                        }
                        Ok(read.len())
                    }
                }
            }

            /// Reads what is there into a buffer that grows.
            ///
            /// # Errors
            /// `WouldBlock` if nothing is, and as tokio's.
            #[track_caller]
            pub fn try_read_buf<B: bytes::BufMut>(&self, buffer: &mut B) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_read_buf(buffer),
                    View::Checked(end) => {
                        let room = buffer.chunk_mut().len();
                        let read = end.try_read(room, Location::caller())?;
                        buffer.put_slice(&read);
                        Ok(read.len())
                    }
                }
            }
        }

        impl AsyncRead for $Type {
            fn poll_read(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let $it = self.get_mut();
                match $get {
                    Ok(real) => Pin::new(real).poll_read(context, buffer),
                    Err(end) => end.poll_read(context, buffer),
                }
            }
        }
    };
}

pub(in crate::tokio::net) use reads;
