//! What the streams of both families have in common: each is tokio's for real, and an end of the virtual network inside a
//! check. Knows no addresses.

mod common;
mod halves;
mod reads;
mod whole;
pub(super) mod writes;

/// A stream and its halves. `$Address` is what its ends are at, of which `address` makes one.
macro_rules! stream {
    ($Stream:ident, $tokio:ident::$family:ident, $Std:ty, $Address:ty) => {
        use crate::backend::{self, Backend};
        use crate::tokio::net::wire::End;
        use ::tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
        use std::error::Error;
        use std::fmt;
        use std::io::{self, IoSlice, IoSliceMut};
        use std::panic::Location;
        use std::pin::Pin;
        use std::task::{Context, Poll};

        $crate::tokio::net::stream::whole!($Stream, $tokio, $Std);
        $crate::tokio::net::stream::halves!($Stream, $tokio::$family);

        $crate::tokio::net::stream::common!($Stream, $Address);
        $crate::tokio::net::stream::common!(ReadHalf<'_>, $Address);
        $crate::tokio::net::stream::common!(WriteHalf<'_>, $Address);
        $crate::tokio::net::stream::common!(OwnedReadHalf, $Address);
        $crate::tokio::net::stream::common!(OwnedWriteHalf, $Address);

        $crate::tokio::net::stream::reads!($Stream, |stream| match &mut stream.0 {
            Inner::Real(real) => Ok(real),
            Inner::Checked(end) => Err(&*end),
        });
        $crate::tokio::net::stream::reads!(ReadHalf<'_>, |half| match &mut half.0 {
            Reading::Real(real) => Ok(real),
            Reading::Checked(end) => Err(*end),
        });
        $crate::tokio::net::stream::reads!(OwnedReadHalf, |half| match &mut half.0 {
            OwnedReading::Real(real) => Ok(real),
            OwnedReading::Checked(end) => Err(&*end),
        });

        $crate::tokio::net::stream::writes!($Stream, |stream| match &mut stream.0 {
            Inner::Real(real) => Ok(real),
            Inner::Checked(end) => Err(&*end),
        });
        $crate::tokio::net::stream::writes!(WriteHalf<'_>, |half| match &mut half.0 {
            Writing::Real(real) => Ok(real),
            Writing::Checked(end) => Err(*end),
        });
        $crate::tokio::net::stream::writes!(OwnedWriteHalf, |half| {
            match half.0.as_mut().expect("it goes with this") {
                OwnedWriting::Real(real) => Ok(real),
                OwnedWriting::Checked(end) => Err(&*end),
            }
        });
    };
}

pub(super) use {common::common, halves::halves, reads::reads, stream, whole::whole, writes::writes};
