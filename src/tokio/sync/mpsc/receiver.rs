//! What the receivers of bounded and unbounded channels have in common.

/// A receiver around tokio's.
macro_rules! receiver {
    ($(#[$doc:meta])* $receiver:ident of $sender:ident) => {
        $(#[$doc])*
        pub struct $receiver<T>(Ended<Shared, mpsc::$receiver<T>>);

        impl<T> $receiver<T> {
            /// Waits for a message; `None` if there is none and all senders are gone.
            #[track_caller]
            pub fn recv(&mut self) -> impl Future<Output = Option<T>> {
                let place = Location::caller();
                async move {
                    let shared = self.0.owner().clone();
                    Announced::new(shared, RECV, None, place, self.0.get_mut().recv()).await
                }
            }

            /// Waits for messages, and appends up to `limit` of them; how many they are. None if all senders are gone,
            /// or `limit` is zero.
            #[track_caller]
            pub fn recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> impl Future<Output = usize> {
                let place = Location::caller();
                async move {
                    let shared = self.0.owner().clone();
                    let received = self.0.get_mut().recv_many(buffer, limit);
                    Announced::new(shared, RECV_MANY, None, place, received).await
                }
            }

            /// The next message, if it is there.
            ///
            /// # Errors
            /// When it is not, or all senders are gone.
            #[track_caller]
            pub fn try_recv(&mut self) -> Result<T, error::TryRecvError> {
                let shared = self.0.owner().clone();
                shared.try_call(TRY_RECV, || self.0.get_mut().try_recv())
            }

            /// As [`recv`](Self::recv), outside of async code.
            ///
            /// # Panics
            /// Inside a runtime.
            #[track_caller]
            pub fn blocking_recv(&mut self) -> Option<T> {
                if is_real() {
                    return self.0.get_mut().blocking_recv();
                }
                task::wait_blocking(self.recv())
            }

            /// As [`recv_many`](Self::recv_many), outside of async code.
            ///
            /// # Panics
            /// Inside a runtime.
            #[track_caller]
            pub fn blocking_recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
                if is_real() {
                    return self.0.get_mut().blocking_recv_many(buffer, limit);
                }
                task::wait_blocking(self.recv_many(buffer, limit))
            }

            /// As [`recv`](Self::recv), for who writes a future.
            #[track_caller]
            pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
                let shared = self.0.owner().clone();
                shared.poll(RECV, Location::caller(), || {
                    poll_unconstrained(pin!(poll_fn(|context| self.0.get_mut().poll_recv(context))), context)
                })
            }

            /// As [`recv_many`](Self::recv_many), for who writes a future.
            #[track_caller]
            pub fn poll_recv_many(
                &mut self,
                context: &mut Context<'_>,
                buffer: &mut Vec<T>,
                limit: usize,
            ) -> Poll<usize> {
                let shared = self.0.owner().clone();
                shared.poll(RECV_MANY, Location::caller(), || {
                    let receiver = self.0.get_mut();
                    let polled = poll_fn(|context| receiver.poll_recv_many(context, buffer, limit));
                    poll_unconstrained(pin!(polled), context)
                })
            }

            /// Lets nothing more in; what was sent before can be had still.
            #[track_caller]
            pub fn close(&mut self) {
                let shared = self.0.owner().clone();
                shared.call(CLOSE, || self.0.get_mut().close());
            }

            /// Whether it is closed, or all senders are gone.
            #[track_caller]
            pub fn is_closed(&self) -> bool {
                self.0.owner().call(IS_CLOSED, || self.0.get().is_closed())
            }

            /// Whether no message is there.
            #[track_caller]
            pub fn is_empty(&self) -> bool {
                self.0.owner().call(LOOK, || self.0.get().is_empty())
            }

            /// How many messages are there.
            #[track_caller]
            pub fn len(&self) -> usize {
                self.0.owner().call(LOOK, || self.0.get().len())
            }

            /// How many senders there are.
            #[track_caller]
            pub fn sender_strong_count(&self) -> usize {
                self.0.owner().call(COUNT, || self.0.get().sender_strong_count())
            }

            /// How many weak senders there are.
            #[track_caller]
            pub fn sender_weak_count(&self) -> usize {
                self.0.owner().call(COUNT, || self.0.get().sender_weak_count())
            }
        }

        impl<T> Drop for $receiver<T> {
            /// Messages that nobody got are dropped when the channel is closed to others: what they do is theirs.
            fn drop(&mut self) {
                let (shared, place) = (self.0.owner().clone(), self.0.place());
                if !shared.is_checked() || is_real() {
                    return;
                }
                let mut left = Vec::new();
                if let Some(mut receiver) = self.0.take() {
                    shared.end(DROP_RECEIVER, place, || {
                        receiver.close();
                        while let Ok(message) = receiver.try_recv() {
                            left.push(message);
                        }
                        drop(receiver);
                    });
                }
            }
        }

        impl<T> fmt::Debug for $receiver<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($receiver)).finish_non_exhaustive()
            }
        }
    };
}

pub(super) use receiver;
